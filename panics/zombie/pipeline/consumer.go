package main

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// consumer is one life of the program of the incident: from the first poll to its end.
type consumer struct {
	scene
	policy policy
	client *kgo.Client
	known  *customers
	work   chan *kgo.Record // from poll to handle, if the policy hands on
	tell   teller

	sending   *latch // the record that is being handed on
	committed *latch // how far autocommit has come
}

// customers is what the handler looks an order's customer up in. One customer is not
// there yet when it is asked for first: somebody else writes that table.
type customers struct {
	late int // the record whose customer comes late, or -1
	came bool
}

type customer struct{ orders int }

// find returns nil for a customer that is not there.
func (c *customers) find(order int) *customer {
	if order == c.late && !c.came {
		c.came = true
		return nil
	}
	return new(customer)
}

// handle does the work for one record, and is seen to do it: what it tells is its effect
// in the world.
func (c *consumer) handle(ctx context.Context, r *kgo.Record) error {
	order := int(r.Offset)
	found := c.known.find(order)
	if found == nil {
		c.awaitTick(ctx)
	}
	found.orders++ // the nil dereference
	c.tell("handled %d", order)
	if c.policy.record != nil {
		return c.policy.record(ctx, c.client, r)
	}
	return nil
}

// consume is what the consumer goroutine does: it handles, until something is wrong.
func (c *consumer) consume(ctx context.Context) error {
	if c.policy.handOff {
		for r := range c.work {
			if err := c.handle(ctx, r); err != nil {
				return err
			}
		}
		return nil
	}
	return c.poll(ctx, func(r *kgo.Record) error { return c.handle(ctx, r) })
}

// feed is what the other goroutine does, if there is one: it polls, and hands on. It
// does not ask whether anybody is there to take it.
func (c *consumer) feed(ctx context.Context) error { return c.poll(ctx, c.handOn) }

func (c *consumer) handOn(r *kgo.Record) error {
	c.sending.reach(r.Offset)
	c.work <- r
	return nil
}

// feedUntil is feed that ends with ctx.
func (c *consumer) feedUntil(ctx context.Context) error {
	return c.poll(ctx, func(r *kgo.Record) error {
		c.sending.reach(r.Offset)
		select {
		case c.work <- r:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

// poll gives every record to each, until something is wrong.
func (c *consumer) poll(ctx context.Context, each func(*kgo.Record) error) error {
	for {
		polled := c.client.PollRecords(ctx, c.Batch)
		if err := polled.Err0(); err != nil {
			return fmt.Errorf("poll: %w", err)
		}
		records := polled.Records()
		for _, r := range records {
			if err := each(r); err != nil {
				return err
			}
		}
		if c.policy.batch != nil {
			if err := c.policy.batch(ctx, c.client, records); err != nil {
				return fmt.Errorf("commit a batch: %w", err)
			}
		}
	}
}

// awaitTick is a handler that is slow for once: it returns when the other goroutine can
// hand on no more, and when autocommit has come. Without it, whether the timer of
// autocommit ticks between the poll and the panic would be left to chance.
func (c *consumer) awaitTick(ctx context.Context) {
	if c.policy.handOff {
		c.sending.await(ctx, int64(c.inHand()))
	}
	if c.policy.tick != nil {
		c.committed.await(ctx, int64(c.policy.tick(c.scene)))
	}
}

// open connects the consumer. It tells "fetching" with its first fetch, before which it
// has decided where it starts. How the brokers are reached is told by opts.
func (c *consumer) open(topic, group string, opts ...kgo.Opt) error {
	c.sending, c.committed = newLatch(), newLatch()
	c.work = make(chan *kgo.Record, c.Channel)
	opts = append(opts,
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.WithHooks(&told{tell: c.tell}),
		kgo.AutoCommitCallback(c.committed.committed),
	)
	client, err := kgo.NewClient(append(opts, c.policy.opts...)...)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	c.client = client
	return nil
}

// close leaves the group, which makes the last commit if autocommit is on.
func (c *consumer) close() {
	c.client.Close()
	c.tell("closed")
}
