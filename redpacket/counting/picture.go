package counting

import (
	"fmt"
	"sync"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// picture draws the first two who are in between together and have drawn the same.
type picture struct{ r *experiment.Recorder }

// figure is the two of them and the count of their amount. A figure of nobody draws nothing.
type figure struct {
	r     *experiment.Recorder
	first int // the index of the one; the other one has the next
	value timeline.Subject

	mu    sync.Mutex
	drawn int // how often the amount was drawn by those who have counted it, or tried to
}

// of returns the figure of people who count in rows of size.
func (p picture) of(parts []int64, size int) *figure {
	f := &figure{r: p.r, first: -2}
	if size != 2 {
		return f
	}
	before := make(map[int64]int)
	for i := 0; i+1 < len(parts); i += 2 {
		a, b := parts[i], parts[i+1]
		if a == b {
			f.first, f.drawn = i, before[a]
			f.value = timeline.Subject{Kind: timeline.Value, ID: fmt.Sprint("count-of-", a)}
			return f
		}
		before[a]++
		before[b]++
	}
	return f
}

// read draws that the one with this index has read n.
func (f *figure) read(index, n int) {
	if f.has(index) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.event(timeline.G(index-f.first+1), "", timeline.Running, "read", n)
	}
}

// wrote draws that he has written n, and whether that is right.
func (f *figure) wrote(index, n int) {
	if f.has(index) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.drawn++
		f.event(timeline.G(index-f.first+1), timeline.Running, timeline.NotExist, "wrote", n)
		state := timeline.Inside
		if n != f.drawn {
			state = timeline.Outside
		}
		f.event(f.value, "", state, "store", n, "drawn", f.drawn)
	}
}

func (f *figure) has(index int) bool { return index == f.first || index == f.first+1 }

func (f *figure) event(s timeline.Subject, from, to timeline.State, attrs ...any) {
	e := timeline.Event{At: f.r.Since(), Provenance: timeline.Observed, Subject: s, From: from, To: to}
	for i := 0; i < len(attrs); i += 2 {
		e.Attrs = append(e.Attrs, timeline.Attr{Key: attrs[i].(string), Value: fmt.Sprint(attrs[i+1])})
	}
	f.r.Event(e)
}
