package inherit

import (
	"strconv"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
	"lab.example/gopark/scheduler/model"
)

const (
	// filmed is which of the waits in the model is drawn: the first is shorter, because
	// sysmon's looks and the slice do not begin together.
	filmed = 1

	// shown is how many turns of the players are drawn at either end of the wait. The
	// thousands in between look the same.
	shown = 5
)

// film keeps what happens in the model from the moment at which the root goroutine has
// come back from one wait until it comes back from the next.
type film struct {
	returns int // of the root, so far
	scene   []model.Observed
}

func (f *film) see(o model.Observed) {
	// The wait in which the players begin is not among those that waits returns.
	const before = filmed + 1
	back := o.What == model.Start && o.G == 0
	if back {
		f.returns++
	}
	if f.returns == before || back && f.returns == before+1 {
		f.scene = append(f.scene, o)
	}
}

// draw shows the wait that was filmed. Goroutine 0 is the one who waits.
func (f *film) draw(r *experiment.Recorder) {
	states := make(map[int]timeline.State)
	move := func(at int64, g int, to timeline.State, attrs ...timeline.Attr) {
		r.Event(timeline.Event{
			At: time.Duration(at), Provenance: timeline.Simulated, Subject: timeline.G(g),
			From: states[g], To: to, Attrs: attrs,
		})
		states[g] = to
	}
	// Who stops without having been preempted has yielded if it is the root, else it waits
	// for the ball.
	stop := func(at int64, g int) {
		if g == 0 {
			move(at, g, timeline.Runnable, timeline.Attr{Key: "reason", Value: "Gosched"})
		} else {
			move(at, g, timeline.Waiting)
		}
	}
	const nobody = -1
	running := nobody
	for turn, o := range f.scene { // the root's return is turn 0
		g := int(o.G)
		switch {
		case f.leftOut(turn):
		case o.What == model.Preempt:
			move(o.At, g, timeline.Runnable, timeline.Attr{Key: "reason", Value: "preempted"})
			g = nobody
		case g == 0:
			move(o.At, g, timeline.Running)
		default:
			if running != nobody {
				stop(o.At, running)
			}
			move(o.At, g, timeline.Running, timeline.Attr{Key: "turn", Value: strconv.Itoa(turn)})
		}
		running = g
	}
}

// leftOut reports whether a turn is not drawn. An even number of them is not, so that the
// players still alternate.
func (f *film) leftOut(turn int) bool {
	from := shown + 1
	to := len(f.scene) - 2 - shown // behind the turns come the preemption and the root
	return turn >= from && turn < to-(to-from)%2
}
