package zombie

import (
	"fmt"
	"slices"
	"strings"

	"lab.example/gopark/internal/experiment"
)

// scene is the size of the incident.
type scene struct {
	Records int64 `obs:"/scene/waiting:records"`
	Record  int64 `obs:"/scene/panic:record"` // counted from 0
	More    int64 `obs:"/scene/later:records"`
	Batch   int64 `obs:"/scene/poll:records"`
	Channel int64 `obs:"/scene/channel:records"`
}

type observed struct {
	scene

	// The consumer that hands on, commits all that it has polled, and recovers, logs and
	// returns: before and after more records have come.
	State   string  `obs:"/zombie/process:state"`
	Beats   int64   `obs:"/zombie/heartbeats:heartbeats"` // answered by the broker meanwhile
	Group   string  `obs:"/zombie/group:state"`
	Members int64   `obs:"/zombie/group/members:members"`
	Handled []int64 `obs:"/zombie/handled:records"`
	Lag     []int64 `obs:"/zombie/lag:records"`
	Handler int64   `obs:"/zombie/dump/handler:goroutines"`
	Feeder  string  `obs:"/zombie/dump/feeder:state"`

	// The same one, if its goroutine closes the client.
	ClosedState   string `obs:"/closed/process:state"`
	ClosedGroup   string `obs:"/closed/group:state"`
	ClosedMembers int64  `obs:"/closed/group/members:members"`
	ClosedHandled int64  `obs:"/closed/handled:records"`

	// The group of one that has called os.Exit.
	ExitedGroup   string `obs:"/exited/group:state"`
	ExitedMembers int64  `obs:"/exited/group/members:members"`

	Outcomes experiment.Table `obs:"/outcomes:rows"`
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.checkZombie(); err != nil {
		return err
	}
	if err := checkLeaks(o); err != nil {
		return err
	}
	outcomes := seen.Outcomes
	return checkOutcomes(seen.scene, outcomes)
}

// checkZombie holds that nothing but the work shows that something is wrong.
func (s observed) checkZombie() error {
	behind := s.Records - s.polledAhead()
	switch {
	case s.State != "S" || s.ClosedState != "S":
		return experiment.Refuted("a process without a handler was not asleep: %s, and %s when its client was closed", s.State, s.ClosedState)
	case s.Beats < 1 || s.Group != "Stable" || s.Members != 1:
		return experiment.Refuted("its group was %s with %d members after %d heartbeats: it does look ill", s.Group, s.Members, s.Beats)
	case !slices.Equal(s.Handled, []int64{s.Record, s.Record}):
		return experiment.Refuted("it had handled %d records, not %d, and no more later", s.Handled, s.Record)
	case !slices.Equal(s.Lag, []int64{behind, behind + s.More}):
		return experiment.Refuted("its lag was %d, not %d and then %d", s.Lag, behind, behind+s.More)
	case s.Handler != 0:
		return experiment.Refuted("the goroutine that handles was there: %d", s.Handler)
	case strings.TrimSuffix(s.Feeder, " (leaked)") != "chan send": // says who has looked for leaks
		return experiment.Refuted("the goroutine that polls was not in a send: %s", s.Feeder)
	case s.ClosedGroup != "Empty" || s.ClosedMembers != 0:
		return experiment.Refuted("the deferred Close did not leave the group: %s with %d members", s.ClosedGroup, s.ClosedMembers)
	case s.ClosedHandled != s.Record:
		return experiment.Refuted("the one that closed its client handled %d records, not %d", s.ClosedHandled, s.Record)
	case s.ExitedGroup != "Stable" || s.ExitedMembers != 1:
		return experiment.Refuted("a deferred Close ran after os.Exit: the group was %s with %d members", s.ExitedGroup, s.ExitedMembers)
	}
	return nil
}

// checkLeaks judges the goroutineleak profile, if there is one.
func checkLeaks(o experiment.Observations) error {
	leaked, ok := o.Lookup("/zombie/leaked:goroutines")
	if !ok {
		return nil
	}
	at, _ := o.Lookup("/zombie/leaked/at:functions")
	functions, _ := at.([]string)
	if leaked != int64(1) || len(functions) != 1 || !strings.HasSuffix(functions[0], "handOn") {
		return experiment.Refuted("leaked were %v goroutines, in %v, and not just the one that hands on", leaked, functions)
	}
	return nil
}

// policies are the ways to commit, with the offset at which the group stands in the end:
// whoever comes next starts there.
var policies = []struct {
	name      string
	committed func(s scene, e ending) int64
}{
	{"inline, autocommit of all polled", func(s scene, _ ending) int64 { return s.polledInline() }},
	{"inline, autocommit of all polled, before its tick", onLeaving(scene.polledInline)},
	{"inline, autocommit of the polls before", func(s scene, _ ending) int64 { return s.polledInline() - s.Batch }},
	{"inline, autocommit of marks", func(s scene, _ ending) int64 { return s.Record }},
	{"inline, commit after each poll", func(s scene, _ ending) int64 { return s.polledInline() - s.Batch }},
	{"channel, autocommit of all polled", func(s scene, _ ending) int64 { return s.polledAhead() }},
	{"channel, autocommit of all polled, before its tick", onLeaving(scene.polledAhead)},
	{"channel, autocommit of the polls before", func(s scene, _ ending) int64 { return s.polledAhead() - s.Batch }},
	{"channel, autocommit of marks", func(s scene, _ ending) int64 { return s.Record }},
	{"channel, commit after each record", func(s scene, _ ending) int64 { return s.Record }},
	{"channel, never, start at the newest", func(s scene, _ ending) int64 { return s.Records + s.More }},
}

// onLeaving is the law of autocommit whose timer has not ticked: only who closes the
// client commits.
func onLeaving(polled func(scene) int64) func(scene, ending) int64 {
	return func(s scene, e ending) int64 {
		if e.closes {
			return polled(s)
		}
		return 0
	}
}

// ending is what the consumer does about its panic.
type ending struct {
	name    string
	closes  bool   // its client is closed, whether by a deferred call or at the end
	process string // what has become of it when it has panicked
}

var endings = []ending{
	{"recover, log, return", false, "alive"},
	{"recover, log, return; client closed", true, "alive"},
	{"recover, log, os.Exit(1)", false, "exit 1"},
	{"no recover; client closed", true, "exit 2"},
	{"recover into an error; stop, close, exit", true, "exit 1"},
	{"recover into an error; stop, close, start again", true, "alive"},
}

// polledInline returns how many records have been polled when the panic comes, if they are
// handled where they are polled.
func (s scene) polledInline() int64 { return (s.Record/s.Batch + 1) * s.Batch }

// polledAhead returns the same if they are handed on: one is in the handler, the channel is
// full, and one more is in the hand of the goroutine that polls.
func (s scene) polledAhead() int64 { return ((s.Record+1+s.Channel)/s.Batch + 1) * s.Batch }

// checkOutcomes holds that all outcomes follow from the committed offset alone: what lies
// between it and the record of the panic is lost, or handled twice.
func checkOutcomes(s scene, outcomes experiment.Table) error {
	for _, p := range policies {
		for _, e := range endings {
			committed := p.committed(s, e)
			want := []string{
				p.name, e.name, e.process,
				fmt.Sprint(max(0, committed-s.Record)), fmt.Sprint(max(0, s.Record-committed)),
			}
			row := outcomes.Row(p.name, e.name)
			if !slices.Equal(row, want) {
				return experiment.Refuted("%s; %s: process, lost, twice: %v, not %v", p.name, e.name, tail(row), tail(want))
			}
		}
	}
	if n := len(policies) * len(endings); len(outcomes.Rows) != n {
		return experiment.Refuted("%d outcomes, and %d were judged", len(outcomes.Rows), n)
	}
	return nil
}

func tail(row []string) []string { return row[min(2, len(row)):] }
