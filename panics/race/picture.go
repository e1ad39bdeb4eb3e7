package race

import (
	"fmt"
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// shown is the pairs that are drawn, and what they are called in the picture.
var shown = map[string]string{"turns": "ints", "long-keys": "long-keys"}

// picture draws a pair that has ended, which shared a P: its process, the writers as
// goroutines 1 and 2, and the flag in the map. The flag cannot be seen. That it is down when
// the writers of ints change over, and up when those of long keys do, follows from how the
// process has ended.
type picture struct {
	r    *experiment.Recorder
	pair string
}

func draw(r *experiment.Recorder, w pair, end experiment.Ending) error {
	p := picture{r, shown[w.name]}
	if p.pair == "" || end.Exit != 0 && !isNoticed(end) {
		return nil
	}
	p.event(timeline.Observed, p.process(), timeline.NotExist, timeline.Running)
	for me := range 2 {
		p.event(timeline.Inferred, p.writer(me+1), timeline.NotExist, timeline.Runnable)
	}
	p.event(timeline.Inferred, p.flag(), "", timeline.Clear)
	if isNoticed(end) {
		p.meeting()
	} else if err := p.turns(end.Stdout); err != nil {
		return err
	}
	p.event(timeline.Observed, p.process(), timeline.Running, timeline.Exited, timeline.Attr{Key: "status", Value: strconv.FormatInt(end.Exit, 10)})
	for me := range 2 {
		p.event(timeline.Inferred, p.writer(me+1), "", timeline.NotExist)
	}
	return nil
}

// turns draws what a pair has said of its turns.
func (p picture) turns(said []string) error {
	var number, last int
	if len(said) != 1 {
		return fmt.Errorf("the writers said %q of their turns", said)
	}
	if _, err := fmt.Sscanf(said[0], saidTurns, &number, &last); err != nil {
		return fmt.Errorf("the writers said %q of their turns: %w", said[0], err)
	}
	for turn := range number {
		me := last
		if (number-1-turn)%2 == 1 {
			me = other(last)
		}
		if turn > 0 {
			p.event(timeline.Inferred, p.writer(other(me)), timeline.Running, timeline.Runnable)
		}
		p.event(timeline.Observed, p.writer(me), timeline.Runnable, timeline.Running, timeline.Attr{Key: "turn", Value: strconv.Itoa(turn + 1)})
		p.event(timeline.Inferred, p.flag(), timeline.Clear, timeline.Set)
		p.event(timeline.Inferred, p.flag(), timeline.Set, timeline.Clear)
	}
	return nil
}

// meeting draws that one writer has been stopped in the middle of a write.
func (p picture) meeting() {
	p.event(timeline.Inferred, p.writer(1), timeline.Runnable, timeline.Running)
	p.event(timeline.Inferred, p.flag(), timeline.Clear, timeline.Set)
	p.event(timeline.Inferred, p.writer(1), timeline.Running, timeline.Runnable)
	p.event(timeline.Inferred, p.writer(2), timeline.Runnable, timeline.Running)
}

func other(me int) int { return 3 - me }

func (p picture) process() timeline.Subject {
	return timeline.Subject{Kind: timeline.Process, ID: p.pair}
}

func (p picture) writer(me int) timeline.Subject {
	return timeline.Subject{Kind: timeline.Goroutine, ID: strconv.Itoa(me) + "/" + p.pair}
}

// flag is up while a write is under way.
func (p picture) flag() timeline.Subject {
	return timeline.Subject{Kind: timeline.Flag, ID: "writing/" + p.pair}
}

// event records what happened next: the order is known, the time is not.
func (p picture) event(how timeline.Provenance, s timeline.Subject, from, to timeline.State, attrs ...timeline.Attr) {
	p.r.Event(timeline.Event{Provenance: how, Subject: s, From: from, To: to, Attrs: attrs})
}
