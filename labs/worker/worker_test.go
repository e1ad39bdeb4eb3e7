package worker

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact, and the
// first message that you see says what is wrong with Work. The flags are real ones, of the package
// ctxdemo/interrupt.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lap is no round number.
const lap = time.Second + 7*time.Nanosecond

var (
	errFirst  = errors.New("shutting down")
	errSecond = errors.New("shutting down now")
	errBroken = errors.New("the tool is broken")
)

// flag is a Handle.
type flag struct{ *interrupt.Handle }

func (f flag) Check(op string) error {
	if err := f.Handle.Check(op); err != nil {
		return fmt.Errorf("%w: %w", ErrInterrupted, err)
	}
	return nil
}

func (f flag) sleep(d time.Duration) error {
	if err := f.Handle.Sleep(d); err != nil {
		return fmt.Errorf("%w: %w", ErrInterrupted, err)
	}
	return nil
}

// bench is a Shop. Every item takes a lap, and so does cleaning. Between two items there may be
// a pause, and Next waits for its end.
type bench struct {
	t     *testing.T
	f     flag
	pause time.Duration
	deaf  bool           // Do does not look at the flag
	fails map[string]any // items that fail, after a lap

	queue   []string
	begun   []string
	done    []string
	back    []string
	cleaned int
	cleans  int
	ready   time.Time // when Next has something
}

func (b *bench) Next(Handle) (string, error) {
	if d := time.Until(b.ready); d > 0 {
		if err := b.f.sleep(d); err != nil {
			return "", err
		}
	}
	if len(b.queue) == 0 {
		return "", io.EOF
	}
	item := b.queue[0]
	b.queue = b.queue[1:]
	return item, nil
}

func (b *bench) Do(_ Handle, item string) error {
	if b.cleaned > 0 {
		b.t.Fatalf("the bench was cleaned, and %q was begun afterwards", item)
	}
	b.begun = append(b.begun, item)
	if b.deaf {
		time.Sleep(lap)
	} else if err := b.f.sleep(lap); err != nil {
		return fmt.Errorf("do %s: %w", item, err)
	}
	if b.fails[item] != nil {
		return errBroken
	}
	b.done = append(b.done, item)
	b.ready = time.Now().Add(b.pause)
	return nil
}

func (b *bench) PutBack(item string) { b.back = append(b.back, item) }

func (b *bench) Clean(Handle) error {
	if b.cleans++; b.cleans > 1000 {
		b.t.Fatal("Clean was called 1000 times and interrupted every time: the flag was set again before it was through, and it looks at the flag")
	}
	if err := b.f.sleep(lap); err != nil {
		return err
	}
	b.cleaned++
	return nil
}

// want is what is left behind.
type want struct {
	done  int
	back  string        // the item that was put back
	err   error         // a cause, if Work was interrupted
	flag  error         // the cause of the flag
	after time.Duration // until Work returns
}

// ends ends the test if Work leaves something else behind.
func (b *bench) ends(story string, w want) {
	t := b.t
	t.Helper()
	start := time.Now()
	done, err := Work(b.f, b)
	took := time.Since(start)
	flagged := b.f.Check("look")
	var back []string
	if w.back != "" {
		back = []string{w.back}
	}
	interrupted := errors.Is(err, ErrInterrupted)
	switch {
	case len(b.begun) > w.done+len(back):
		t.Fatalf("%s, and Work began another item, %q, instead of ending", story, b.begun[len(b.begun)-1])
	case len(b.begun) < w.done+len(back):
		t.Fatalf("%s, and Work began only %d items, want %d", story, len(b.begun), w.done+len(back))
	case b.cleaned == 0 && b.cleans > 0:
		t.Fatalf("%s, Clean was interrupted, and the bench is not clean: nobody has called it again", story)
	case b.cleaned == 0:
		t.Fatalf("%s, and Work left without cleaning the bench", story)
	case b.cleaned > 1:
		t.Fatalf("%s, and the bench was cleaned %d times", story, b.cleaned)
	case len(b.back) < len(back):
		t.Fatalf("an item is lost: %s, and %q was neither done nor put back", story, w.back)
	case !slices.Equal(b.back, back):
		t.Fatalf("%s, and %q were put back, want %q", story, b.back, back)
	case done != w.done:
		t.Fatalf("%s, %d items were done, and Work returned %d", story, w.done, done)
	case interrupted && flagged != nil:
		t.Fatalf("%s, and the interrupt is reported twice: Work returned it, and the flag is set", story)
	case w.err == nil && w.flag == nil && flagged != nil:
		t.Fatalf("%s, and the flag is set when Work returns", story)
	case !interrupted && flagged == nil && (w.flag != nil || errors.Is(w.err, errFirst)):
		t.Fatalf("the interrupt is lost: %s, Work returned %v, and the flag is not set", story, err)
	case !errors.Is(err, w.err) || w.err == nil && err != nil:
		t.Fatalf("%s, and Work returned the error %v, want %v", story, err, w.err)
	case w.flag != nil && !errors.Is(flagged, w.flag):
		t.Fatalf("%s, and the flag has another cause: %v, want that of the first interrupt, %q", story, flagged, w.flag)
	case took != w.after:
		t.Fatalf("%s, and Work returned after %v, want %v", story, took, w.after)
	}
}

// newBench returns one with four items, and interrupts it at these times.
func newBench(t *testing.T, at ...time.Duration) *bench {
	b := &bench{t: t, f: flag{interrupt.New("worker")}, queue: []string{"vase", "cup", "plate", "bowl"}, ready: time.Now()}
	for i, d := range at {
		cause := []error{errFirst, errSecond}[i]
		if d == 0 {
			b.f.InterruptCause(cause)
			continue
		}
		time.AfterFunc(d, func() { b.f.InterruptCause(cause) })
	}
	return b
}

func TestUndisturbed(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		newBench(t).ends("nobody interrupted", want{done: 4, after: 5 * lap})
	})
	probe.Bubble(t, func(t *testing.T) {
		b := newBench(t)
		b.queue = nil
		b.ends("there was nothing to do", want{after: lap})
	})
}

func TestInterrupted(t *testing.T) {
	const half = lap / 2
	for _, tt := range []struct {
		story string
		set   func(*bench)
		at    []time.Duration
		want  want
	}{
		{"it was interrupted while it waited in Next", func(b *bench) { b.pause = time.Minute }, []time.Duration{lap + half}, want{1, "", errFirst, nil, 2*lap + half}},
		{"it was interrupted in Do", nil, []time.Duration{lap + half}, want{1, "cup", errFirst, nil, 2*lap + half}},
		{"it was interrupted during an item that does not look at the flag", func(b *bench) { b.deaf = true }, []time.Duration{lap + half}, want{2, "", errFirst, nil, 3 * lap}},
		{"it was interrupted before the call", nil, []time.Duration{0}, want{0, "", errFirst, nil, lap}},
		{"it was interrupted in Do, and again while it cleaned", nil, []time.Duration{lap + half, 2 * lap}, want{1, "cup", errFirst, nil, 3 * lap}},
		{"it was interrupted in Next, and again while it cleaned", func(b *bench) { b.pause = time.Minute }, []time.Duration{2 * lap, 2*lap + half}, want{1, "", errFirst, nil, 3*lap + half}},
		{"Do failed", func(b *bench) { b.fails = map[string]any{"cup": true} }, nil, want{1, "cup", errBroken, nil, 3 * lap}},
		{"it was interrupted while it cleaned after the last item", nil, []time.Duration{4*lap + half}, want{4, "", nil, errFirst, 5*lap + half}},
		{"it was interrupted twice while it cleaned after the last item", nil, []time.Duration{4*lap + half, 5 * lap}, want{4, "", nil, errFirst, 6 * lap}},
		{"Do failed, and it was interrupted while it cleaned", func(b *bench) { b.fails = map[string]any{"vase": true} }, []time.Duration{lap + half}, want{0, "vase", errBroken, errFirst, 2*lap + half}},
		{"Do did not look at the flag, and failed after an interrupt", func(b *bench) { b.deaf, b.fails = true, map[string]any{"vase": true} }, []time.Duration{half}, want{0, "vase", errBroken, errFirst, 2 * lap}},
		{"Do did not look at the flag, and failed after an interrupt, and there was another while it cleaned", func(b *bench) { b.deaf, b.fails = true, map[string]any{"vase": true} }, []time.Duration{half, lap + half}, want{0, "vase", errBroken, errFirst, 2*lap + half}},
	} {
		t.Run(tt.story, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				b := newBench(t, tt.at...)
				if tt.set != nil {
					tt.set(b)
				}
				b.ends(tt.story, tt.want)
			})
		})
	}
}

func TestWorkersAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var both sync.WaitGroup
		both.Go(func() {
			newBench(t, lap/2).ends("one of two was interrupted", want{0, "vase", errFirst, nil, lap + lap/2})
		})
		both.Go(func() { newBench(t).ends("another one was interrupted", want{done: 4, after: 5 * lap}) })
		both.Wait()
	})
}
