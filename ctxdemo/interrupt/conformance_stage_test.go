package interrupt

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lab.example/gopark/internal/stacks"
)

// stage is where a case is played: in a bubble, where time is virtual and synctest.Wait
// knows who is blocked; or, if the case is about what a bubble does not know (sockets,
// sync.Mutex, processes), outside, where the runtime's stack dump tells.
type stage struct {
	*testing.T
	bubble bool
	kernel bool // what blocks is a system call: others are looked at in passing
}

// translation plays a case.
type translation func(t *testing.T) observed

func inside(play func(s *stage) observed) translation {
	return func(t *testing.T) (seen observed) {
		synctest.Test(t, func(t *testing.T) { seen = play(&stage{T: t, bubble: true}) })
		return seen
	}
}

func outside(play func(s *stage) observed) translation {
	return func(t *testing.T) observed { return play(&stage{T: t}) }
}

// op is an operation that is put to the test, and what is around it.
type op struct {
	call    func(h *Handle) error
	release func()                  // lets a call that is blocked go through; nil if it cannot block for long
	look    func(a *actor) observed // what else there is to be seen afterwards; may be nil
	name    func(err error) string  // what Java calls the outcome; nil for outcome
}

// scene makes the world for an operation.
type scene func(s *stage) op

// actor is a goroutine of a case.
type actor struct {
	h     *Handle
	id    int // of the goroutine; set when born is closed
	born  chan struct{}
	began time.Time

	// These are set when the handle is done.
	err  error
	flag bool // the flag, afterwards
	took time.Duration
}

// start starts a goroutine that executes call; a panic is an outcome too.
func (s *stage) start(call func(h *Handle) error) *actor {
	a := &actor{h: New("actor"), born: make(chan struct{})}
	go a.h.Run(func(h *Handle) error {
		a.id, a.began = goroutineID(), time.Now()
		close(a.born)
		a.err = misuse(func() error { return call(h) })
		a.flag, a.took = h.IsInterrupted(), time.Since(a.began)
		return nil
	})
	return a
}

// interrupted is call for a goroutine whose flag is set.
func interrupted(call func(h *Handle) error) func(h *Handle) error {
	return func(h *Handle) error {
		h.Interrupt()
		return call(h)
	}
}

var errMisuse = errors.New("misuse")

// misuse returns what call does; errMisuse if it panics.
func misuse(call func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errMisuse
		}
	}()
	return call()
}

func goroutineID() int {
	buf := make([]byte, 200)
	return stacks.Parse(string(buf[:runtime.Stack(buf, false)]))[0].ID
}

func (a *actor) ended() bool {
	select {
	case <-a.h.Done():
		return true
	default:
		return false
	}
}

// blocked waits until the goroutine has ended, or blocks and goes on only if somebody else does
// something; and reports that.
func (s *stage) blocked(a *actor) bool {
	if s.bubble {
		synctest.Wait()
		return !a.ended()
	}
	<-a.born
	for !a.ended() {
		if s.waitsFor(a) != "" {
			return true
		}
		runtime.Gosched()
	}
	return false
}

// wantsLock reports whether a goroutine waits in the queue of a Mutex.
func (s *stage) wantsLock(a *actor) bool {
	return slices.ContainsFunc(stacks.Parse(stacks.All()), func(g stacks.Goroutine) bool {
		return g.ID == a.id && calls(g, "interrupt.(*Mutex).")
	})
}

// waitsFor returns what the runtime says that a goroutine outside of a bubble waits for, if
// that is something that a case blocks in, or "". A goroutine may also wait in passing: for the
// garbage collector, or for the lock of a handle.
func (s *stage) waitsFor(a *actor) string {
	if s.bubble {
		return ""
	}
	for _, g := range stacks.Parse(stacks.All()) {
		if g.ID != a.id {
			continue
		}
		own, _ := g.Own()
		switch {
		case slices.Contains([]string{"IO wait", "chan receive", "select"}, g.Wait),
			g.Wait == "sync.Mutex.Lock" && strings.HasSuffix(own.File, "_test.go"),
			s.kernel && g.Wait == "syscall" && calls(g, "syscall.read"),
			g.Wait == "semacquire" && calls(g, "internal/poll.(*fdMutex)."): // for its turn to read
			return g.Wait
		}
	}
	return ""
}

// calls reports whether a function whose name has this in it is being called.
func calls(g stacks.Goroutine, function string) bool {
	return slices.ContainsFunc(g.Frames, func(f stacks.Frame) bool { return strings.Contains(f.Func, function) })
}

// result is what every case shows of the goroutine at its end.
func (op op) result(a *actor) observed {
	<-a.h.Done()
	name := outcome
	if op.name != nil {
		name = op.name
	}
	o := observed{"outcome": name(a.err), "flag_after": a.flag}
	if op.look != nil {
		maps.Copy(o, op.look(a))
	}
	return o
}

// whileBlocked interrupts the operation when it is blocked; if it still is, releases it.
func whileBlocked(scene scene) func(s *stage) observed {
	return func(s *stage) observed {
		op := scene(s)
		a := s.start(op.call)
		was := s.blocked(a)
		a.h.Interrupt()
		still := s.blocked(a)
		waitsFor := s.waitsFor(a)
		released := false
		if still {
			op.release()
			released = !s.blocked(a)
		}
		o := op.result(a)
		o["was_blocked"], o["still_blocked_after_interrupt"], o["waits_for"] = was, still, waitsFor
		for _, field := range []string{"ended_after_release", "ended_after_signal", "unblocked_by_close"} {
			o[field] = released
		}
		return o
	}
}

// flagFirst sets the flag before the operation; if it blocks all the same, releases it.
func flagFirst(scene scene) func(s *stage) observed {
	return func(s *stage) observed {
		op := scene(s)
		a := s.start(interrupted(op.call))
		blocks := op.release != nil && s.blocked(a)
		if blocks {
			op.release()
		}
		o := op.result(a)
		o["returned_or_threw_at_once"] = !blocks && (!s.bubble || a.took == 0)
		o["returned_early"], o["ended_early"] = o["returned_or_threw_at_once"], o["returned_or_threw_at_once"]
		o["blocks_although_flag_set"] = blocks
		return o
	}
}

// undisturbed lets the operation run to its end, with no interrupt.
func undisturbed(scene scene) func(s *stage) observed {
	return func(s *stage) observed {
		op := scene(s)
		return op.result(s.start(op.call))
	}
}

// outcome is what Java calls an error.
func outcome(err error) string {
	switch {
	case err == nil:
		return "returned"
	case errors.Is(err, errMisuse):
		return "IllegalMonitorStateException"
	case errors.Is(err, ErrClosedByInterrupt):
		return "ClosedByInterruptException"
	case errors.Is(err, ErrInterrupted):
		return "InterruptedException"
	case errors.Is(err, ErrBroken):
		return "BrokenBarrierException"
	case errors.Is(err, ErrCancelled):
		return "CancellationException"
	case errors.Is(err, ErrShutdown):
		return "RejectedExecutionException"
	case errors.Is(err, io.EOF):
		return "EOFException"
	}
	return err.Error()
}

// In Go, whatever is done with something closed fails alike. Java has names for whether it was
// closed before or meanwhile, and by which generation of its library.

func socketOutcome(err error) string  { return closedAs("SocketException", err) }
func asyncOutcome(err error) string   { return closedAs("AsynchronousCloseException", err) }
func channelOutcome(err error) string { return closedAs("ClosedChannelException", err) }
func closedAs(name string, err error) string {
	if closed := errors.Is(err, net.ErrClosed) || errors.Is(err, fs.ErrClosed); closed && !errors.Is(err, ErrInterrupted) {
		return name
	}
	return outcome(err)
}

// settle waits until everybody in the bubble is blocked.
func (s *stage) settle() {
	s.Helper()
	if !s.bubble {
		s.Fatal("there is nothing to wait for outside of a bubble")
	}
	synctest.Wait()
}
