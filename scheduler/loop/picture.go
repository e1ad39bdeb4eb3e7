package loop

import (
	"slices"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// shown is how many requests to give way are drawn for each loop, from its beginning. The
// others look the same.
const shown = 6

// sysmon asks when it has found the same goroutine running for a time slice, and then at
// each of its looks.
const (
	look   = 10 * time.Millisecond // the longest that it sleeps between two
	latest = 2 * look              // when it asks first: a slice, and up to a look before it begins to count
)

// picture draws the goroutine that loops as number 0 and the other one as number 1.
type picture struct {
	r      *experiment.Recorder
	states map[timeline.Subject]timeline.State
}

var (
	looper  = timeline.G(0)
	other   = timeline.G(1)
	request = timeline.Subject{Kind: timeline.Flag, ID: "request"}
)

func newPicture(r *experiment.Recorder) *picture {
	return &picture{r, make(map[timeline.Subject]timeline.State)}
}

// show draws one loop: when it ran, the requests to give way, and the turns of the other
// goroutine, of which the times are given: those during the loop and the first one after
// it. The requests cannot be seen. Whoever gave way has been asked; one who did not was
// asked at the latest when the rule says so.
func (p *picture) show(name string, s stint, turns []time.Duration) {
	opening := len(p.states) == 0
	if opening {
		p.move(s.began, timeline.Inferred, request, timeline.Clear)
	}
	p.move(s.began, timeline.Observed, looper, timeline.Running, timeline.Attr{Key: "loop", Value: name})
	if opening { // it only ever yields
		p.move(s.began, timeline.Inferred, other, timeline.Runnable)
	}
	if s.turns == 0 {
		at := s.began + latest
		for n := 0; n < shown && at < s.began+s.lasted; n++ {
			p.move(at, timeline.Inferred, request, timeline.Set)
			at += look
		}
	}
	first, _ := slices.BinarySearch(turns, s.began)
	after := min(first+int(s.turns), len(turns))
	for _, at := range turns[first:min(after, first+shown)] {
		p.move(at, timeline.Inferred, request, timeline.Set)
		p.turn(at, timeline.Attr{Key: "during", Value: name})
		p.move(at, timeline.Inferred, looper, timeline.Running, timeline.Attr{Key: "loop", Value: name})
	}
	if after < len(turns) {
		p.turn(turns[after], timeline.Attr{Key: "after", Value: name})
	}
}

// turn draws that the looper has let the other one in. There is one P.
func (p *picture) turn(at time.Duration, when timeline.Attr) {
	p.move(at, timeline.Inferred, looper, timeline.Runnable)
	if p.states[request] == timeline.Set {
		p.move(at, timeline.Inferred, request, timeline.Clear)
	}
	p.move(at, timeline.Observed, other, timeline.Running, when)
	p.move(at, timeline.Observed, other, timeline.Runnable)
}

func (p *picture) move(at time.Duration, how timeline.Provenance, who timeline.Subject, to timeline.State, attrs ...timeline.Attr) {
	p.r.Event(timeline.Event{At: at, Provenance: how, Subject: who, From: p.states[who], To: to, Attrs: attrs})
	p.states[who] = to
}
