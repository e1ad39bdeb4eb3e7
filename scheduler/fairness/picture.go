package fairness

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

const (
	// shown is how many of the others are drawn.
	shown = 7

	// From the one turn of the host to the other: two rounds in the middle.
	firstRound, lastRound = rounds / 2, rounds/2 + 2
)

// draw shows two rounds of a crowd, from when the host begins. Goroutine 0 is the guest, 1
// the greedy one, 2 the host.
func (c *crowd) draw(r *experiment.Recorder) {
	zero := time.Now().Add(-r.Since())
	from, to := c.turns[theHost][firstRound].began, c.turns[theHost][lastRound].began
	var events []timeline.Event
	for who, turns := range c.turns[:firstOther+shown] {
		for i, t := range turns {
			story := t.story(who, zero)
			switch {
			case !t.began.Before(to):
			case !t.began.Before(from):
				events = append(events, story...)
			case i+1 < len(turns) && !turns[i+1].began.Before(from):
				events = append(events, story[len(story)-1]) // how it is found
			}
		}
	}
	slices.SortStableFunc(events, func(a, b timeline.Event) int { return cmp.Compare(a.At, b.At) })
	for _, e := range events {
		r.Event(e)
	}
}

// story returns what happened in a turn. That the guest is runnable when the host is about
// to wake it is inferred: nothing in the program sees it happen.
func (t turn) story(who int, zero time.Time) (events []timeline.Event) {
	event := func(at time.Time, how timeline.Provenance, from, to timeline.State, attrs ...timeline.Attr) {
		events = append(events, timeline.Event{
			At: at.Sub(zero), Provenance: how, Subject: timeline.G(who), From: from, To: to, Attrs: attrs,
		})
	}
	after := timeline.Runnable // it steps aside
	if who == theGuest {
		after = timeline.Waiting
		event(t.ready, timeline.Inferred, timeline.Waiting, timeline.Runnable)
	}
	var behind []timeline.Attr
	if !t.ready.IsZero() {
		behind = []timeline.Attr{{Key: "behind", Value: strconv.FormatInt(t.behind, 10)}}
	}
	event(t.began, timeline.Observed, timeline.Runnable, timeline.Running, behind...)
	event(t.ended, timeline.Observed, timeline.Running, after,
		timeline.Attr{Key: "ran", Value: t.ended.Sub(t.began).Round(time.Microsecond).String()})
	return events
}
