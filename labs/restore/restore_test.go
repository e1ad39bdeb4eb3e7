package restore

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Drain.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errFirst  = errors.New("shutting down")
	errSecond = errors.New("shutting down now")
)

// post is where items are sent. A Send takes a second, and can be interrupted all the time.
type post struct {
	start  time.Time
	caller string // the goroutine that called Drain
	tries  int
	moved  bool // a Send was made by another one

	sent []string
	at   []time.Duration // when they were sent, since start
}

// patience is how often a Send is tried. One who sets the flag again before that is stuck:
// every Send sees it.
const patience = 1000

func (p *post) send(h Handle, item string) error {
	if p.tries++; p.tries > patience {
		panic(stuck)
	}
	p.moved = p.moved || p.caller != "" && goroutine() != p.caller
	if err := h.Sleep(time.Second); err != nil {
		return err
	}
	p.sent = append(p.sent, item)
	p.at = append(p.at, time.Since(p.start))
	return nil
}

// goroutine returns the name of the calling goroutine.
func goroutine() string {
	name, _, _ := strings.Cut(string(debug.Stack()), " [")
	return name
}

const stuck = "the same item was tried a thousand times"

// drain calls Drain with a pause of a minute, after interrupts that are set at these times, and
// fails the test if not all items were sent in order.
func drain(t *testing.T, items int, at ...interruption) (*interrupt.Handle, *post) {
	t.Helper()
	h := interrupt.New("drain")
	p := &post{start: time.Now(), caller: goroutine()}
	var all []string
	for i := range items {
		all = append(all, fmt.Sprint("item ", i))
	}
	for _, in := range at {
		if in.at == 0 {
			h.InterruptCause(in.cause)
			continue
		}
		time.AfterFunc(in.at, func() { h.InterruptCause(in.cause) })
	}
	func() {
		defer func() {
			if r := recover(); r == stuck {
				t.Fatalf("an item was tried %d times: the flag was set again while there was still something to send, and every Send sees it", patience)
			} else if r != nil {
				panic(r)
			}
		}()
		Drain(h, time.Minute, all, p.send)
	}()
	got := p.sent
	switch {
	case p.moved:
		t.Fatal("Send was called by another goroutine: the flag is that of the one that called Drain, and the work is its own")
	case slices.Equal(got, all):
	case slices.Equal(got, all[:min(len(got), len(all))]) && len(got) < len(all):
		t.Fatalf("interrupted, Drain gave up: %d of %d items were sent, and nobody sends the rest", len(got), len(all))
	case len(got) < len(all):
		t.Fatalf("an item is lost: its Send was interrupted, and it was not tried again: %v", got)
	case len(got) > len(all):
		t.Fatalf("an item was sent twice: %v", got)
	default:
		t.Fatalf("the items were sent in another order: %v", got)
	}
	return h, p
}

type interruption struct {
	at    time.Duration
	cause error
}

// times fails the test if the items were sent at other times.
func times(t *testing.T, p *post, want ...time.Duration) {
	t.Helper()
	for i, at := range p.at {
		switch {
		case at == want[i]:
		case at > want[i] && at-want[i] >= 30*time.Second:
			t.Fatalf("item %d was sent after %v, want %v: whoever interrupts is in a hurry, and Drain waited all the same", i, at, want[i])
		case at < want[i]:
			t.Fatalf("item %d was sent after %v, want %v: it was not interrupted, and did not wait", i, at, want[i])
		default:
			t.Fatalf("item %d was sent after %v, want %v", i, at, want[i])
		}
	}
}

// owes fails the test if the flag is not what the caller has to see.
func owes(t *testing.T, h *interrupt.Handle, cause error) {
	t.Helper()
	err := h.Check("look")
	again := h.IsInterrupted()
	switch {
	case cause == nil && err != nil:
		t.Fatal("nobody has interrupted, and the flag is set when Drain returns")
	case cause == nil:
	case err == nil:
		t.Fatal("the interrupt is swallowed: Drain was interrupted, and the flag is not set when it returns")
	case errors.Is(err, cause):
	case errors.Is(err, errSecond):
		t.Fatalf("the flag has the cause of the second interrupt, %q: want that of the first, %q", errSecond, cause)
	default:
		t.Fatalf("the cause is lost: the flag is set when Drain returns, with %q, which does not know why: want %q", err, cause)
	}
	if again {
		t.Fatal("the flag was cleared, and is set once more: somebody is at work who is not the caller")
	}
}

const s, m = time.Second, time.Minute

func TestUndisturbed(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		h, p := drain(t, 3)
		times(t, p, s, m+2*s, 2*m+3*s)
		if took := time.Since(p.start); took != 2*m+3*s {
			t.Fatalf("the last item was sent after %v, and Drain returned after %v", 2*m+3*s, took)
		}
		owes(t, h, nil)
	})
	probe.Bubble(t, func(t *testing.T) {
		h, p := drain(t, 0)
		if took := time.Since(p.start); took != 0 {
			t.Fatalf("there was nothing to send, and Drain took %v", took)
		}
		owes(t, h, nil)
	})
}

func TestInterrupted(t *testing.T) {
	first := func(at time.Duration) interruption { return interruption{at, errFirst} }
	second := func(at time.Duration) interruption { return interruption{at, errSecond} }
	for _, tt := range []struct {
		name string
		at   []interruption
		sent []time.Duration
	}{
		{"during a wait", []interruption{first(31 * s)}, []time.Duration{s, 32 * s, 33 * s, 34 * s}},
		{"during a Send", []interruption{first(m + s + s/2)}, []time.Duration{s, m + 2*s + s/2, m + 3*s + s/2, m + 4*s + s/2}},
		{"during the first Send", []interruption{first(s / 2)}, []time.Duration{s + s/2, 2*s + s/2, 3*s + s/2, 4*s + s/2}},
		{"during the last Send", []interruption{first(3*m + 3*s + s/2)}, []time.Duration{s, m + 2*s, 2*m + 3*s, 3*m + 4*s + s/2}},
		{"twice during the same Send", []interruption{first(m + s + s/2), second(m + 2*s)}, []time.Duration{s, m + 3*s, m + 4*s, m + 5*s}},
		{"before the call", []interruption{first(0)}, []time.Duration{s, 2 * s, 3 * s, 4 * s}},
		{"twice", []interruption{first(31 * s), second(32*s + s/2)}, []time.Duration{s, 32 * s, 33*s + s/2, 34*s + s/2}},
		{"before the call, and again", []interruption{first(0), second(s / 2)}, []time.Duration{s + s/2, 2*s + s/2, 3*s + s/2, 4*s + s/2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				h, p := drain(t, 4, tt.at...)
				if p.tries > 4+len(tt.at) {
					t.Fatalf("4 items, %d interrupts, and Send was called %d times: it was interrupted again by the same one", len(tt.at), p.tries)
				}
				if tt.at[0].at == 0 && p.at[0] > tt.sent[0] {
					t.Fatalf("the flag was set before the call, and the first item was sent after %v, want %v", p.at[0], tt.sent[0])
				}
				times(t, p, tt.sent...)
				owes(t, h, errFirst)
			})
		})
	}
}

// tight is a handle that is interrupted, when everything has been sent, in the very moment in
// which somebody has looked at its flag, or is about to clear it.
type tight struct {
	*interrupt.Handle
	over  func() bool
	tight *int // how often that has happened
}

func (h tight) interrupt() {
	if h.over() {
		*h.tight++
		h.InterruptCause(errFirst)
	}
}

func (h tight) Check(op string) error {
	defer h.interrupt()
	return h.Handle.Check(op)
}

func (h tight) IsInterrupted() bool {
	defer h.interrupt()
	return h.Handle.IsInterrupted()
}

func (h tight) Interrupted() bool {
	h.interrupt()
	return h.Handle.Interrupted()
}

func TestInterruptedAtTheEnd(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		p := &post{start: time.Now()}
		h := interrupt.New("drain")
		times := 0
		Drain(tight{h, func() bool { return len(p.sent) == 2 }, &times}, m, []string{"a", "b"}, p.send)
		if times > 0 {
			owes(t, h, errFirst)
		}
	})
}

func TestNothingToSend(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		h, _ := drain(t, 0, interruption{0, errFirst})
		owes(t, h, errFirst)
	})
}

func TestDrainsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		other := interrupt.New("other")
		time.AfterFunc(31*s, other.Interrupt)
		calls.Go(func() { Drain(other, m, []string{"a", "b"}, (&post{start: time.Now()}).send) })
		h, p := drain(t, 3)
		calls.Wait()
		times(t, p, s, m+2*s, 2*m+3*s)
		owes(t, h, nil)
	})
}
