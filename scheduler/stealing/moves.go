package stealing

import (
	"io"
	"slices"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// moves reads a trace at whose end one goroutine has created n others, and records what
// happened to them, by their number. It returns how many of them first ran on another P
// than the one on which they were created.
func moves(r *experiment.Recorder, trace io.Reader, n int) (stolen int64, err error) {
	events, err := timeline.FromTrace(trace, func(e timeline.Event) bool { return e.Subject.Kind == timeline.Goroutine })
	if err != nil {
		return 0, err
	}
	numbers := numbered(events, n)
	home := make(map[timeline.Subject]string) // P on which it was created, until it runs
	for _, e := range events {
		number, ours := numbers[e.Subject]
		if !ours {
			continue
		}
		if e.From == timeline.NotExist {
			home[e.Subject] = e.Attr("on")
		} else if p, fresh := home[e.Subject]; fresh && e.To == timeline.Running {
			if p != e.Attr("on") {
				stolen++
			}
			delete(home, e.Subject)
		}
		e.Subject = timeline.G(number)
		e.Attrs = slices.DeleteFunc(e.Attrs, func(a timeline.Attr) bool { return a.Key == "by" }) // in the trace's numbers
		r.Event(e)
	}
	return stolen, nil
}

// numbered numbers the last n goroutines that were created by one that created so many.
func numbered(events []timeline.Event, n int) map[timeline.Subject]int {
	made := make(map[string][]timeline.Subject)
	for _, e := range events {
		if e.From == timeline.NotExist && e.To == timeline.Runnable {
			by := e.Attr("by")
			made[by] = append(made[by], e.Subject)
		}
	}
	var most []timeline.Subject
	for _, all := range made {
		if len(all) > len(most) {
			most = all
		}
	}
	numbers := make(map[timeline.Subject]int, n)
	for i, s := range most[max(0, len(most)-n):] {
		numbers[s] = i
	}
	return numbers
}
