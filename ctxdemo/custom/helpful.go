package custom

import (
	"context"
	"sync"
	"time"
)

// helpful is a context in which there is nothing of package context. It has an AfterFunc
// method, which is how such a type can take part: package context calls it for each child
// instead of starting a goroutine.
type helpful struct {
	done chan struct{}

	mu    sync.Mutex
	err   error
	funcs map[*func()]bool // to be called by cancel
}

func newHelpful() (context.Context, context.CancelFunc) {
	h := &helpful{done: make(chan struct{}), funcs: make(map[*func()]bool)}
	return h, h.cancel
}

func (h *helpful) Deadline() (time.Time, bool) { return time.Time{}, false }
func (h *helpful) Done() <-chan struct{}       { return h.done }
func (h *helpful) Value(any) any               { return nil }

func (h *helpful) Err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

// AfterFunc has f called when h is cancelled, in the goroutine that cancels: what package
// context passes does not block. stop reports whether it came in time.
func (h *helpful) AfterFunc(f func()) (stop func() bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil {
		go f()
		return func() bool { return false }
	}
	h.funcs[&f] = true
	return func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		waiting := h.funcs[&f]
		delete(h.funcs, &f)
		return waiting
	}
}

// cancel calls the functions without its lock: they ask for Err.
func (h *helpful) cancel() {
	h.mu.Lock()
	if h.err != nil {
		h.mu.Unlock()
		return
	}
	h.err = context.Canceled
	close(h.done)
	funcs := h.funcs
	h.funcs = nil
	h.mu.Unlock()
	for f := range funcs {
		(*f)()
	}
}

// promotes embeds the type itself, so that it has all of its methods.
type promotes struct{ *helpful }

func promote(c context.Context) context.Context { return promotes{c.(*helpful)} }
