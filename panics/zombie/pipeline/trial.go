package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"lab.example/gopark/internal/experiment"
)

// trialTime is more than an incident can take.
const trialTime = 30 * time.Second

// outcome is what has become of the records of one incident.
type outcome struct {
	lost    int    // never handled by anybody
	twice   int    // handled again by whoever came after
	process string // the consumer's, when all was over for it: "alive", "exit 1"
}

// trial carries out one incident: a consumer that finds records waiting, and panics at
// one of them; more records, which are produced afterwards; whoever goes on after that;
// and the count. If seen is not nil it is called when the consumer is done for and the
// records that follow have not been produced, and again when they have.
func trial(ctx context.Context, c *cluster, size scene, p policy, e ending, seen func(ctx context.Context, s scope, consumer *process) error) (o outcome, err error) {
	s, err := c.newScope(ctx)
	if err != nil {
		return o, err
	}
	defer func() {
		if gone := s.remove(context.WithoutCancel(ctx)); err == nil {
			err = gone
		}
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, trialTime, errors.New("it takes too long"))
	defer cancel()

	// 1. It dies.
	consumer, err := begin(ctx, s, size, p, e)
	if err != nil {
		return o, err
	}
	defer consumer.kill()
	if err := doomed(ctx, e, consumer); err != nil {
		return o, err
	}
	if seen != nil {
		if err := seen(ctx, s, consumer); err != nil {
			return o, err
		}
	}
	// 2. The world goes on.
	if err := s.produce(ctx, size.More); err != nil {
		return o, err
	}
	if seen != nil {
		if err := seen(ctx, s, consumer); err != nil {
			return o, err
		}
	}
	process := consumer.String()
	// 3. Somebody takes over.
	handled, err := succeed(ctx, s, size, p, e, consumer)
	if err != nil {
		return o, err
	}
	o = count(handled, size.Records+size.More)
	o.process = process
	return o, nil
}

// begin starts the consumer and gives it its records.
func begin(ctx context.Context, s scope, size scene, p policy, e ending) (*process, error) {
	if !p.newest() {
		// All at once, so that every poll returns a whole batch.
		if err := s.produce(ctx, size.Records); err != nil {
			return nil, err
		}
		return startConsumer(s, size, p, e)
	}
	consumer, err := startConsumer(s, size, p, e)
	if err != nil {
		return nil, err
	}
	if err = consumer.untilTold(ctx, fetching, 1); err == nil {
		err = s.produce(ctx, size.Records)
	}
	if err != nil {
		consumer.kill()
	}
	return consumer, err
}

// doomed returns when the consumer has come to its end, or to what its author thought
// was one.
func doomed(ctx context.Context, e ending, consumer *process) error {
	switch {
	case e.dies:
		return consumer.wait(ctx)
	case e.restarts:
		return consumer.untilTold(ctx, "closed", 1)
	}
	return consumer.untilTold(ctx, "returned", 1)
}

// succeed has somebody handle what is left, and returns all that has been handled by
// either, once for each time.
func succeed(ctx context.Context, s scope, size scene, p policy, e ending, consumer *process) ([]int, error) {
	last := size.Records + size.More // one more record, by which one knows that all others have come
	if e.restarts {
		if err := consumer.order(commandRestart); err != nil {
			return nil, fmt.Errorf("restart the consumer: %w", err)
		}
		if err := consumer.untilTold(ctx, fetching, 2); err != nil {
			return nil, err
		}
		if err := s.produce(ctx, 1); err != nil {
			return nil, err
		}
		err := consumer.until(ctx, "done", func(_ []string, handled []int) bool { return slices.Contains(handled, last) })
		return consumer.handledSoFar(), err
	}
	consumer.kill()
	if err := s.bury(ctx); err != nil {
		return nil, err
	}
	rest, err := successor(ctx, s, p, last)
	return append(consumer.handledSoFar(), rest...), err
}

// successor is the consumer that is started next, with the same settings. It returns
// what it handles, up to the record called last, which is produced when it has decided
// where it starts.
func successor(ctx context.Context, s scope, p policy, last int) ([]int, error) {
	started := make(chan struct{})
	c := &consumer{policy: p, tell: func(what string, _ ...any) {
		if what == fetching {
			close(started)
		}
	}}
	if err := c.open(s.name, s.name, base(s.brokers)...); err != nil {
		return nil, err
	}
	defer c.client.Close()
	select {
	case <-started:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a successor to start: %w", context.Cause(ctx))
	}
	if err := s.produce(ctx, 1); err != nil {
		return nil, err
	}
	var handled []int
	for !slices.Contains(handled, last) {
		polled := c.client.PollFetches(ctx)
		if err := polled.Err0(); err != nil {
			return nil, fmt.Errorf("poll as the successor: %w", err)
		}
		polled.EachRecord(func(r *kgo.Record) { handled = append(handled, int(r.Offset)) })
	}
	return handled, nil
}

// count compares what has been handled with the records 0 to n-1.
func count(handled []int, n int) (o outcome) {
	times := make([]int, n)
	for _, r := range handled {
		if r < n {
			times[r]++
		}
	}
	for _, t := range times {
		if t == 0 {
			o.lost++
		}
		o.twice += max(0, t-1)
	}
	return o
}

// table is the command that carries out every incident there is.
type table struct {
	scene
	Items bool `hidden:"" help:"Print in the text form of observations."`
}

// atOnce is how many incidents the table has under way. They spend more time waiting for
// the tick of autocommit than working, so it need not be the number of cores.
const atOnce = 16

// run returns a row for each policy and each ending.
func (t table) run(ctx context.Context, c *cluster) (experiment.Table, error) {
	type row struct {
		p policy
		e ending
		o outcome
	}
	var rows []*row
	for _, p := range policies {
		for _, e := range endings {
			rows = append(rows, &row{p: p, e: e})
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	places := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for _, r := range rows {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			var err error
			if r.o, err = trial(ctx, c, t.scene, r.p, r.e, nil); err != nil {
				cancel(fmt.Errorf("%s; %s: %w", r.p.name, r.e.name, err))
			}
		})
	}
	all.Wait()
	result := experiment.Table{Header: []string{"commit", "panic", "process", "lost", "twice"}}
	for _, r := range rows {
		result.Add(r.p.name, r.e.name, r.o.process, r.o.lost, r.o.twice)
	}
	return result, context.Cause(ctx)
}
