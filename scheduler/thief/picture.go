package thief

import (
	"slices"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// drawnHauls is of how many hauls the goroutines are drawn, beside that of the newest.
const drawnHauls = 3

// borders are the goroutines that are drawn: the first and last ones of those that were
// in the global queue and of the first hauls. So many lanes can be looked at, 300 cannot.
func borders(n int64) []int64 {
	all := []int64{0, 1, ring/2 - 1, ring, n - 2, n - 1}
	hauls := hauls(n)
	for _, haul := range hauls[:min(drawnHauls, len(hauls))] {
		last := len(haul) - 1
		all = append(all, haul[0], haul[min(1, last)], haul[last])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// draw shows when those at the borders were made and when they ran. To which queue they
// were moved in between cannot be seen, so it is inferred, and by the rules that the
// check holds: to the global queue when the first one was made for which there was no
// place, and to the thief's when the last of a haul runs, which it does at once.
func draw(r *experiment.Recorder, seen scene) {
	n := int64(len(seen.order))
	event := func(at time.Duration, how timeline.Provenance, i int64, from, to timeline.State, attrs ...timeline.Attr) {
		r.Event(timeline.Event{
			At: at, Provenance: how, Subject: timeline.G(int(i)), From: from, To: to, Attrs: attrs,
		})
	}
	drawn := borders(n)
	enqueue := func(at time.Duration, queue string, all []int64) {
		for _, i := range all {
			if slices.Contains(drawn, i) {
				event(at, timeline.Inferred, i, timeline.Runnable, timeline.Runnable, timeline.Attr{Key: "queue", Value: queue})
			}
		}
	}
	for i := range n {
		if slices.Contains(drawn, i) {
			event(seen.made[i], timeline.Observed, i, timeline.NotExist, timeline.Runnable)
		}
		if i == places {
			enqueue(seen.made[i], "global", slices.DeleteFunc(slices.Clone(drawn), func(i int64) bool { return !shared(i) }))
		}
	}
	hauls := hauls(n)
	for _, i := range seen.order {
		if k := slices.IndexFunc(hauls, func(haul []int64) bool { return haul[len(haul)-1] == i }); k >= 0 {
			enqueue(seen.began[i], "thief", hauls[k])
		}
		if slices.Contains(drawn, i) {
			event(seen.began[i], timeline.Observed, i, timeline.Runnable, timeline.Running)
			event(seen.began[i], timeline.Observed, i, timeline.Running, timeline.NotExist)
		}
	}
}
