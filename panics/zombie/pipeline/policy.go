package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// policy is when a consumer tells the broker how far it has come, and who handles what
// it has polled.
type policy struct {
	name string

	// handOff is whether the goroutine that polls hands records to another one over a
	// channel. Otherwise it handles them itself.
	handOff bool

	opts []kgo.Opt

	// Called by the goroutine that handles, after each record and after each poll.
	record func(ctx context.Context, c *kgo.Client, r *kgo.Record) error
	batch  func(ctx context.Context, c *kgo.Client, rs []*kgo.Record) error

	// tick returns up to where autocommit must have come before the consumer may die, so
	// that its death falls after the tick of its timer and not at random before or after
	// it. Nil means that there is nothing to wait for.
	tick func(s scene) int
}

// soon and never are intervals of autocommit: one that has passed before the end, and one
// that has not. The default of the client is 5 s.
const (
	soon  = 100 * time.Millisecond // the client allows no less
	never = time.Hour
)

// The policy of the incident, and one that is worse.
const (
	greedyAhead = "channel, autocommit of all polled"
	neverNewest = "channel, never, start at the newest"
)

var policies = []policy{
	{
		name: "inline, autocommit of all polled",
		opts: []kgo.Opt{kgo.GreedyAutoCommit(), kgo.AutoCommitInterval(soon)},
		tick: scene.polledInline,
	},
	{
		name: "inline, autocommit of all polled, before its tick",
		opts: []kgo.Opt{kgo.GreedyAutoCommit(), kgo.AutoCommitInterval(never)},
	},
	{
		name: "inline, autocommit of the polls before",
		opts: []kgo.Opt{kgo.AutoCommitInterval(soon)},
		tick: func(s scene) int { return s.polledInline() - s.Batch },
	},
	{
		name:   "inline, autocommit of marks",
		opts:   []kgo.Opt{kgo.AutoCommitMarks(), kgo.AutoCommitInterval(soon)},
		record: mark,
		tick:   func(s scene) int { return s.Record },
	},
	{
		name:  "inline, commit after each poll",
		opts:  []kgo.Opt{kgo.DisableAutoCommit()},
		batch: func(ctx context.Context, c *kgo.Client, rs []*kgo.Record) error { return c.CommitRecords(ctx, rs...) },
	},
	{
		name:    greedyAhead,
		handOff: true,
		opts:    []kgo.Opt{kgo.GreedyAutoCommit(), kgo.AutoCommitInterval(soon)},
		tick:    scene.polledAhead,
	},
	{
		name:    "channel, autocommit of all polled, before its tick",
		handOff: true,
		opts:    []kgo.Opt{kgo.GreedyAutoCommit(), kgo.AutoCommitInterval(never)},
	},
	{
		name:    "channel, autocommit of the polls before",
		handOff: true,
		opts:    []kgo.Opt{kgo.AutoCommitInterval(soon)},
		tick:    func(s scene) int { return s.polledAhead() - s.Batch },
	},
	{
		name:    "channel, autocommit of marks",
		handOff: true,
		opts:    []kgo.Opt{kgo.AutoCommitMarks(), kgo.AutoCommitInterval(soon)},
		record:  mark,
		tick:    func(s scene) int { return s.Record },
	},
	{
		name:    "channel, commit after each record",
		handOff: true,
		opts:    []kgo.Opt{kgo.DisableAutoCommit()},
		record:  func(ctx context.Context, c *kgo.Client, r *kgo.Record) error { return c.CommitRecords(ctx, r) },
	},
	{
		name:    neverNewest,
		handOff: true,
		opts:    []kgo.Opt{kgo.DisableAutoCommit(), kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd())},
	},
}

func mark(_ context.Context, c *kgo.Client, r *kgo.Record) error {
	c.MarkCommitRecords(r)
	return nil
}

// newest reports whether a member of a group that has committed nothing starts behind
// what is there.
func (p policy) newest() bool { return p.name == neverNewest }

// polledInline returns how many records have been polled when the consumer dies, if it
// handles them where it polls them: all up to the end of the batch.
func (s scene) polledInline() int { return (s.Record/s.Batch + 1) * s.Batch }

// polledAhead returns the same if it hands them on: the handler holds one, the channel is
// full, and the goroutine that polls waits with the next one in its hand.
func (s scene) polledAhead() int { return (s.inHand()/s.Batch + 1) * s.Batch }

// inHand returns the record that cannot be handed on.
func (s scene) inHand() int { return s.Record + 1 + s.Channel }

func findPolicy(name string) (policy, error) {
	i := slices.IndexFunc(policies, func(p policy) bool { return p.name == name })
	if i < 0 {
		return policy{}, fmt.Errorf("no way to commit is called %q: want one of those in the table", name)
	}
	return policies[i], nil
}
