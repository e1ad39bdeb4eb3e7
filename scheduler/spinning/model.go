package spinning

import (
	"context"
	"time"

	"lab.example/gopark/internal/timeline"
	"lab.example/gopark/scheduler/model"
)

// burstProgram is burst in the words of the model.
func burstProgram(n int) *model.Program {
	return &model.Program{
		WaitGroups: []int{n},
		Procs: [][]model.Op{
			model.Ops(model.Times(n, model.Do(model.Go, 1)), model.Do(model.Wait, 0)),
			model.Ops(model.For(model.CPU, each), model.Do(model.Done, 0)),
		},
	}
}

// wakes is what the model says about a burst.
type wakes struct {
	threads int64 // woken, all in all
	atOnce  int64 // woken, and still looking: the most at any one time
	inLoop  int64 // woken before the last of the goroutines had been created
	events  []timeline.Event
}

// wakesOf runs a burst of n goroutines on the model. The events are when each P came to
// be used, and when it ceased to be.
func wakesOf(ctx context.Context, procs, n int) (w wakes, err error) {
	looking := make(map[int32]bool) // by thread
	used := func(o model.Observed, from, to timeline.State) {
		w.events = append(w.events, timeline.Event{
			At: time.Duration(o.At), Provenance: timeline.Simulated, Subject: timeline.P(int(o.P)), From: from, To: to,
		})
	}
	_, err = model.Run(ctx, burstProgram(n), model.Config{Procs: procs, Observe: func(o model.Observed) {
		switch o.What {
		case model.WakeThread:
			used(o, timeline.Idle, timeline.Running)
			looking[o.M] = true
			w.threads++
			w.atOnce = max(w.atOnce, int64(len(looking)))
			if o.Seen < n {
				w.inLoop++
			}
		case model.Steal, model.Start:
			delete(looking, o.M)
		case model.Idle:
			delete(looking, o.M)
			used(o, timeline.Running, timeline.Idle)
		}
	}})
	return w, err
}

// endProgram has a goroutine for each P, all of which end at the same moment if that
// is possible: the durations say how long each computes, the root's first.
func endProgram(durations []time.Duration) *model.Program {
	p := &model.Program{Procs: [][]model.Op{nil}}
	for i, d := range durations[1:] {
		p.Procs[0] = append(p.Procs[0], model.Do(model.Go, i+1))
		p.Procs = append(p.Procs, model.Ops(model.For(model.CPU, d)))
	}
	p.Procs[0] = append(p.Procs[0], model.For(model.CPU, durations[0]))
	return p
}

// ends says what becomes of the threads of that many Ps that run out of work at the
// same moment: how many look for more, and how many give up their P at once.
func ends(ctx context.Context, procs int) (look, giveUp int64, err error) {
	const long = time.Millisecond
	durations := make([]time.Duration, procs)
	for i := range durations {
		durations[i] = long
	}
	// The threads do not begin at the same moment: find out when they do.
	_, err = model.Run(ctx, endProgram(durations), model.Config{Procs: procs, Observe: func(o model.Observed) {
		if o.What == model.Start {
			durations[o.G] = long - time.Duration(o.At)
		}
	}})
	if err != nil {
		return 0, 0, err
	}
	_, err = model.Run(ctx, endProgram(durations), model.Config{Procs: procs, Observe: func(o model.Observed) {
		if o.What != model.Idle {
			return
		}
		if time.Duration(o.At) < long+time.Duration(model.DefaultCosts.Steal) {
			giveUp++
		} else {
			look++
		}
	}})
	return look, giveUp, err
}
