package pinned

import (
	"strconv"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
	"lab.example/gopark/scheduler/model"
)

// shown is how many turns of a rally are drawn, from its beginning. The thousands behind
// them look the same.
const shown = 6

// film keeps what happens in the model during those turns.
type film struct {
	turns int
	scene []model.Observed
	ended time.Duration // when the whole rally was over
}

func (f *film) see(o model.Observed) {
	if f.turns == shown {
		return
	}
	if o.What == model.Start {
		f.turns++
	}
	f.scene = append(f.scene, o)
}

// stage is where films are shown, one after the other.
type stage struct {
	r      *experiment.Recorder
	began  time.Duration // of this film
	states map[timeline.Subject]timeline.State
}

// draw shows films in a row. Goroutines are numbered from 1 on through all of them.
func draw(r *experiment.Recorder, films ...*film) {
	s := stage{r: r, states: make(map[timeline.Subject]timeline.State)}
	for i, f := range films {
		s.show(f, 2*i)
		s.began += f.ended
	}
}

// show draws one film, with so many goroutines in those before. There is one P, so who
// stops waits for the ball, and the thread that had the P sleeps when another gets it.
func (s *stage) show(f *film, before int) {
	const nobody = -1
	holder, player := nobody, nobody
	turn := 0
	for _, o := range f.scene {
		at := time.Duration(o.At)
		if player != nobody {
			s.move(at, timeline.G(before+player), timeline.Waiting)
			player = nobody
		}
		if m := int(o.M); m != holder {
			if holder != nobody {
				s.move(at, timeline.M(holder), timeline.Idle)
			}
			s.move(at, timeline.M(m), timeline.Running)
			holder = m
		}
		if o.What == model.Start {
			turn++
			player = int(o.G)
			s.move(at, timeline.G(before+player), timeline.Running, timeline.Attr{Key: "turn", Value: strconv.Itoa(turn)})
		}
	}
	for player := range 2 {
		s.move(f.ended, timeline.G(before+1+player), timeline.NotExist)
	}
}

func (s *stage) move(at time.Duration, who timeline.Subject, to timeline.State, attrs ...timeline.Attr) {
	from := s.states[who]
	if from == to {
		return
	}
	s.states[who] = to
	if to == timeline.NotExist {
		from = "" // what it was in the turns that are left out is not known
	}
	s.r.Event(timeline.Event{
		At: s.began + at, Provenance: timeline.Simulated, Subject: who, From: from, To: to, Attrs: attrs,
	})
}
