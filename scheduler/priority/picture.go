package priority

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
	"lab.example/gopark/scheduler/model"
)

// film keeps what the three of an inversion say about themselves. Its methods may be
// called by many goroutines at once.
type film struct {
	running atomic.Int64 // who said last that it runs

	mu    sync.Mutex
	notes []note
}

type note struct {
	at    time.Time
	who   int
	to    timeline.State
	attrs []timeline.Attr
}

func (f *film) add(at time.Time, who int, to timeline.State, attrs ...timeline.Attr) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes = append(f.notes, note{at, who, to, attrs})
}

func (f *film) runs(who int) {
	f.running.Store(int64(who))
	f.add(time.Now(), who, timeline.Running)
}

// waits is called by one that is about to wait.
func (f *film) waits(who int, reason string) {
	f.add(time.Now(), who, timeline.Waiting, timeline.Attr{Key: "reason", Value: reason})
}

func (f *film) ends(who int) { f.add(time.Now(), who, timeline.NotExist) }

// compute is the function compute for one of the three, which notes when another one ran
// meanwhile. It can be preempted between any two lines, so it looks who ran last before it
// reads the clock and after: only a reading between two such looks is its own. When the
// kernel keeps its thread waiting, nobody else runs, and nothing is noted.
func (f *film) compute(who int, d time.Duration) {
	me := int64(who)
	for last, used := time.Now(), time.Duration(0); used < d; {
		back := f.running.Swap(me) != me
		now := time.Now()
		if f.running.Load() != me {
			continue
		}
		if back {
			f.add(last, who, timeline.Runnable)
			f.add(now, who, timeline.Running)
		} else if took := now.Sub(last); took < away {
			used += took
		}
		last = now
	}
}

// draw shows the inversion as it happened.
func (f *film) draw(r *experiment.Recorder) {
	zero := time.Now().Add(-r.Since())
	slices.SortStableFunc(f.notes, func(a, b note) int { return a.at.Compare(b.at) })
	c := cast{r: r, how: timeline.Observed}
	for _, n := range f.notes {
		c.move(n.at.Sub(zero), n.who, n.to, n.attrs...)
	}
}

// drawKernel shows the inversion in the model of a kernel with fixed priorities, where the
// three have the numbers 11 to 13.
func drawKernel(ctx context.Context, r *experiment.Recorder) error {
	const policy = "priority"
	rules, known := model.PolicyNamed(policy)
	if !known {
		return fmt.Errorf("model: there is no policy %q", policy)
	}
	var scene []model.Observed
	result, err := model.Run(ctx, inversionProgram(), model.Config{Rules: rules.Rules, Observe: func(o model.Observed) {
		scene = append(scene, o)
	}})
	if err != nil {
		return err
	}
	ended := make(map[int]int) // how many events there were when it had ended
	events := 0
	for step := range result.Steps() {
		events++
		if step.Op.Kind == model.Exit {
			ended[step.G] = events
		}
	}

	c := cast{r: r, how: timeline.Simulated, offset: 10}
	const nobody, root = -1, 0
	running := nobody
	// stop says what becomes of the one that ran, after so many events.
	stop := func(at int64, seen int) {
		switch {
		case running == nobody || running == root:
		case ended[running] <= seen:
			c.move(time.Duration(at), running, timeline.NotExist)
		default:
			c.move(time.Duration(at), running, timeline.Waiting)
		}
		running = nobody
	}
	for i, o := range scene {
		switch o.What {
		case model.Preempt:
			if resumed(scene[i+1:], o.G) {
				continue // its time slice was over, and nobody is more urgent
			}
			if o.G != root {
				c.move(time.Duration(o.At), int(o.G), timeline.Runnable, timeline.Attr{Key: "reason", Value: "preempted"})
			}
			running = nobody
		case model.Start:
			if running == int(o.G) {
				continue
			}
			stop(o.At, o.Seen)
			running = int(o.G)
			if running != root {
				c.move(time.Duration(o.At), running, timeline.Running)
			}
		}
	}
	stop(int64(result.Elapsed), events)
	return nil
}

// resumed reports whether the next thing that happens is the start of g.
func resumed(rest []model.Observed, g uint32) bool {
	return len(rest) > 0 && rest[0].What == model.Start && rest[0].G == g
}

// cast keeps the states of the three of an inversion, and tells their names when they
// first appear.
type cast struct {
	r      *experiment.Recorder
	how    timeline.Provenance
	offset int // is added to their numbers
	states [high + 1]timeline.State
}

func (c *cast) move(at time.Duration, who int, to timeline.State, attrs ...timeline.Attr) {
	if c.states[who] == "" {
		attrs = append([]timeline.Attr{{Key: "name", Value: names[who]}}, attrs...)
	}
	c.r.Event(timeline.Event{
		At: at, Provenance: c.how, Subject: timeline.G(c.offset + who), From: c.states[who], To: to, Attrs: attrs,
	})
	c.states[who] = to
}
