package overflow

import (
	"slices"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// scene is what create saw.
type scene struct {
	order       []int64         // by number, first to run first
	born, began []time.Duration // of each number
}

// borders are the goroutines that are drawn: those to both sides of each place where
// something changes. So many lanes can be looked at, 300 cannot.
func borders(n int64) []int64 {
	all := []int64{0, 1, 2, half - 2, half - 1, half, half + 1, ring - 1, pushed, places, places + 1, n - 2, n - 1}
	all = slices.DeleteFunc(all, func(i int64) bool { return i < 0 || i >= n })
	slices.Sort(all)
	return slices.Compact(all)
}

// draw shows when those at the borders were created and when they ran. That some were
// moved to the global queue cannot be seen, so it is inferred, and by the rule that the
// check holds: it happened when the one after the last place was created.
func draw(r *experiment.Recorder, s scene) {
	n := int64(len(s.order))
	event := func(at time.Duration, how timeline.Provenance, i int64, from, to timeline.State, attrs ...timeline.Attr) {
		r.Event(timeline.Event{
			At: at, Provenance: how, Subject: timeline.G(int(i)), From: from, To: to, Attrs: attrs,
		})
	}
	drawn := borders(n)
	for _, i := range drawn {
		event(s.born[i], timeline.Observed, i, timeline.NotExist, timeline.Runnable)
		if i != places {
			continue
		}
		for _, i := range drawn {
			if moved(n, i) {
				event(s.born[places], timeline.Inferred, i, timeline.Runnable, timeline.Runnable,
					timeline.Attr{Key: "queue", Value: "global"})
			}
		}
	}
	for _, i := range s.order {
		if slices.Contains(drawn, i) {
			event(s.began[i], timeline.Observed, i, timeline.Runnable, timeline.Running)
			event(s.began[i], timeline.Observed, i, timeline.Running, timeline.NotExist)
		}
	}
}
