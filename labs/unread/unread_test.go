package unread

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/internal/stacks"
	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact, and
// the first message that you see says what is wrong with the producer.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lap is no round number: whoever sleeps where he should wait is late.
const lap = time.Second + 7*time.Nanosecond

// broker is a client whose messages say how long they take, and whether they fail.
type broker struct {
	input     chan *Message
	successes chan *Message
	failures  chan *Failure
	places    chan struct{} // has as much room as the client

	mu     sync.Mutex
	taken  []string // values
	closed int

	unread struct{ successes, failures atomic.Int32 } // outcomes that wait for a reader

	successesLater, errorsLater time.Duration // after the last outcome, they are closed

	onInput func() // what a call of Input does; nil for nothing
}

// fate is what becomes of a message with this value.
type fate struct {
	takes time.Duration
	err   error
}

func newBroker(room int, fates map[string]fate) *broker { return (&broker{}).start(room, fates) }

func (b *broker) start(room int, fates map[string]fate) *broker {
	b.input, b.successes, b.failures = make(chan *Message), make(chan *Message), make(chan *Failure)
	b.places = make(chan struct{}, room)
	go func() {
		b.run(fates)
		var both sync.WaitGroup
		both.Go(func() { time.Sleep(b.successesLater); close(b.successes) })
		both.Go(func() { time.Sleep(b.errorsLater); close(b.failures) })
	}()
	return b
}

func (b *broker) run(fates map[string]fate) {
	var underWay sync.WaitGroup
	for {
		b.places <- struct{}{}
		m, ok := <-b.input
		if !ok {
			break
		}
		b.mu.Lock()
		b.taken = append(b.taken, m.Value)
		b.mu.Unlock()
		underWay.Go(func() {
			f := fates[m.Key+m.Value]
			time.Sleep(f.takes)
			if f.err == nil {
				b.unread.successes.Add(1)
				b.successes <- m
				b.unread.successes.Add(-1)
			} else {
				b.unread.failures.Add(1)
				b.failures <- &Failure{m, f.err}
				b.unread.failures.Add(-1)
			}
			<-b.places
		})
	}
	underWay.Wait()
}

func (b *broker) Successes() <-chan *Message { return b.successes }
func (b *broker) Errors() <-chan *Failure    { return b.failures }

func (b *broker) Input() chan<- *Message {
	if b.onInput != nil {
		b.onInput()
	}
	return b.input
}

func (b *broker) AsyncClose() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed++; b.closed == 1 {
		close(b.input)
	}
}

func (b *broker) took() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.taken)
}

// stuck ends the test if the client waits for somebody who reads.
func (b *broker) stuck(t *testing.T) {
	t.Helper()
	b.stuckAfter(t, "")
}

// stuckAfter is stuck that begins with what has happened before.
func (b *broker) stuckAfter(t *testing.T, before string) {
	t.Helper()
	synctest.Wait()
	s, f := b.unread.successes.Load(), b.unread.failures.Load()
	where := "Successes"
	switch {
	case s == 0 && f == 0:
		return
	case s > 0 && f > 0:
		where = "Successes and Errors"
	case f > 0:
		where = "Errors"
	}
	t.Fatalf("%snobody reads %s: outcomes wait there (%d now), and when there are many the client takes nothing any more", before, where, s+f)
}

// close calls Close, and ends the test if it does not come back or comes too early.
func (b *broker) close(t *testing.T, p Producer) {
	t.Helper()
	var back atomic.Bool
	go func() {
		p.Close()
		back.Store(true)
	}()
	time.Sleep(time.Hour)
	b.stuck(t)
	if !back.Load() {
		t.Fatal("Close does not return, though all outcomes are known")
	}
	b.isClosed(t)
}

func (b *broker) isClosed(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	n := b.closed
	b.mu.Unlock()
	switch {
	case n == 0:
		t.Fatal("Close has returned, and AsyncClose of the client was not called")
	case n > 1:
		t.Fatalf("AsyncClose of the client was called %d times", n)
	}
	select {
	case <-b.successes:
	default:
		t.Fatal("Close has returned too early: not all outcomes have been received, and the channels of the client are open")
	}
	select {
	case <-b.failures:
	default:
		t.Fatal("Close has returned too early: Successes of the client is closed, and Errors is still open")
	}
}

// sending is a Send that is on its way.
type sending struct {
	back  bool
	err   error
	after time.Duration
}

// sends calls Send for messages with the key k and the values, each in a goroutine of its own.
// The result is to be read when everybody waits.
func sends(ctx context.Context, p Producer, values ...string) []*sending {
	var all []*sending
	start := time.Now()
	for _, v := range values {
		s := &sending{}
		all = append(all, s)
		go func() {
			err := p.Send(ctx, "k", v)
			*s = sending{true, err, time.Since(start)}
		}()
	}
	synctest.Wait()
	return all
}

// want ends the test if the outcome is another one.
func (s *sending) want(t *testing.T, what string, err error, after time.Duration) {
	t.Helper()
	synctest.Wait()
	switch {
	case !s.back:
		t.Fatalf("%s: Send does not return", what)
	case s.err == nil && s.after < after:
		t.Fatalf("%s: Send returned nil after %v: the outcome was not known before %v", what, s.after, after)
	case err == nil && s.err != nil:
		t.Fatalf("%s: Send returned the error %q, want nil", what, s.err)
	case s.err != err:
		t.Fatalf("%s: Send returned %v, want %q, that very value", what, s.err, err)
	case s.after != after:
		t.Fatalf("%s: Send returned after %v, want %v", what, s.after, after)
	}
}

var errTooLong, errNoLeader, errShutdown = errors.New("message too long"), errors.New("no leader"), errors.New("shutting down")

func TestOneMessage(t *testing.T) {
	const year = 365*24*time.Hour + 7 // nobody but ctx limits how long it takes
	for _, f := range []fate{{lap, nil}, {lap, errTooLong}, {year, nil}} {
		probe.Bubble(t, func(t *testing.T) {
			b := newBroker(9, map[string]fate{"kv": f})
			p := New(b)
			s := sends(t.Context(), p, "v")
			time.Sleep(2 * f.takes)
			b.stuck(t)
			s[0].want(t, "one message", f.err, f.takes)
			if got := b.took(); !slices.Equal(got, []string{"v"}) {
				t.Fatalf("one message was sent, and the client got %q", got)
			}
			b.close(t, p)
		})
	}
}

// The later a message is put in, the earlier its outcome is known.
func TestEachItsOwnOutcome(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 300 // more than any limit that one might think of
		fates := map[string]fate{}
		var values []string
		for i := range n {
			f := fate{takes: time.Duration(n-i) * lap}
			if i%3 == 0 {
				f.err = fmt.Errorf("failure of %d", i)
			}
			values = append(values, fmt.Sprint(i))
			fates["k"+values[i]] = f
		}
		b := newBroker(n+1, fates)
		p := New(b)
		all := sends(t.Context(), p, values...)
		if got := len(b.took()); got < n {
			t.Fatalf("one waits for another: %d messages were sent at the same time, and the client, which has room for all, got %d", n, got)
		}
		time.Sleep(time.Hour)
		b.stuck(t)
		for i, s := range all {
			f := fates["k"+values[i]]
			if s.back && s.err != f.err && (s.err == nil || errors.Is(f.err, s.err) || slices.ContainsFunc(values, func(v string) bool { return fates["k"+v].err == s.err })) {
				t.Fatalf("message %d got the outcome of another one: Send returned %v, want %v", i, s.err, f.err)
			}
		}
		for i, s := range all {
			f := fates["k"+values[i]]
			s.want(t, fmt.Sprint("message ", i), f.err, f.takes)
		}
		b.close(t, p)
	})
}

// Messages that look the same are not the same.
func TestTheSameMessageTwice(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := newBroker(9, map[string]fate{"kv": {lap, nil}})
		p := New(b)
		all := sends(t.Context(), p, "v", "v", "v")
		time.Sleep(time.Hour)
		b.stuck(t)
		for _, s := range all {
			s.want(t, "one of three messages with the same key and value", nil, lap)
		}
		b.close(t, p)
	})
}

// The client has room for a single message, and some of them fail.
func TestLittleRoom(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		fates := map[string]fate{}
		var values []string
		for i := range 12 {
			f := fate{takes: lap}
			if i%2 == 0 {
				f.err = errTooLong
			}
			values = append(values, fmt.Sprint(i))
			fates["k"+values[i]] = f
		}
		b := newBroker(1, fates)
		p := New(b)
		all := sends(t.Context(), p, values...)
		time.Sleep(time.Hour)
		b.stuck(t)
		for n, v := range b.took() {
			i := slices.Index(values, v)
			all[i].want(t, "message "+v, fates["k"+v].err, time.Duration(n+1)*lap)
		}
		if n := len(b.took()); n < 12 {
			t.Fatalf("12 messages were sent, and the client got %d", n)
		}
		b.close(t, p)
	})
}

// Senders give up, and the outcomes of their messages come later.
func TestContextEndsUnderWay(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := newBroker(4, map[string]fate{"ka": {lap, nil}, "kb": {lap, errTooLong}, "kc": {lap, nil}, "kd": {3 * lap, errNoLeader}, "ke": {lap, nil}})
		p := New(b)
		patient := sends(t.Context(), p, "d")
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(lap/2, func() { end(errShutdown) })
		all := sends(ctx, p, "a", "b", "c")
		time.Sleep(time.Minute)
		for _, s := range all {
			s.want(t, "ctx ended while the message was under way", errShutdown, lap/2)
		}
		b.stuckAfter(t, "senders have given up, and whoever reads for them waits for them: ")
		patient[0].want(t, "others gave up, and this one did not", errNoLeader, 3*lap)
		late := sends(t.Context(), p, "e")
		time.Sleep(time.Minute)
		late[0].want(t, "others gave up before", nil, lap)
		b.close(t, p)
	})
}

// The client has no room, and the sender gives up before there is some.
func TestContextEndsBeforeThereIsRoom(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := newBroker(1, map[string]fate{"ka": {10 * lap, nil}, "kc": {lap, nil}})
		p := New(b)
		first := sends(t.Context(), p, "a")
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(lap, func() { end(errShutdown) })
		other := sends(t.Context(), p, "c")
		second := sends(ctx, p, "b")
		time.Sleep(time.Minute)
		second[0].want(t, "the client had no room for this message and for another one, and ctx ended", errShutdown, lap)
		first[0].want(t, "a message that takes long", nil, 10*lap)
		other[0].want(t, "another one waited for room, and this one did not give up", nil, 11*lap)
		if got := b.took(); len(got) > 2 {
			t.Fatalf("ctx had ended and Send had returned, and its message was put in afterwards: the client got %q", got)
		}
		b.close(t, p)
	})
}

func TestContextHasEnded(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			b := newBroker(9, nil)
			p := New(b)
			synctest.Wait()
			ctx, end := context.WithCancelCause(t.Context())
			end(errShutdown)
			s := sends(ctx, p, "v")
			if got := b.took(); len(got) > 0 {
				t.Fatalf("ctx had ended before the call of Send, and the message was put in")
			}
			s[0].want(t, "ctx had ended before", errShutdown, 0)
			b.close(t, p)
		})
	}
}

// seam is a context, and with it a client, at which one Send is held: when it asks for the
// n-th time whether ctx has ended, or where to put its message in.
type seam struct {
	context.Context
	n      int32
	asked  atomic.Int32
	before func() // what to do when it is held
}

func (s *seam) Err() error            { s.here(); return s.Context.Err() }
func (s *seam) Done() <-chan struct{} { s.here(); return s.Context.Done() }

func (s *seam) here() {
	if s.asked.Add(1) != s.n {
		return
	}
	new(probe.Point).Here() // until nobody else can run any more
	s.before()
	new(probe.Point).Here()
	if all := stacks.All(); !strings.Contains(all, "[sync.Mutex.") && !strings.Contains(all, "[sync.RWMutex.") {
		time.Sleep(time.Hour) // no time passes while somebody waits for a lock
	}
}

// Send is held wherever it can be, and meanwhile its outcome may come, and somebody may close.
func TestBetweenTheStepsOfSend(t *testing.T) {
	for i := range 240 {
		probe.Bubble(t, func(t *testing.T) {
			closing := i%2 == 1
			b := &broker{}
			s := &seam{Context: t.Context(), n: int32(i/2%6 + 1)}
			b.onInput = s.here
			s.asked.Store(-1000) // New may ask
			b.start(9, nil)
			p := New(b)
			var closed sync.WaitGroup
			taken := false
			s.before = func() {
				taken = len(b.took()) > 0
				if closing {
					closed.Go(p.Close)
				}
			}
			synctest.Wait()
			s.asked.Store(0)
			start := time.Now()
			got := sends(s, p, "v")[0]
			time.Sleep(2 * time.Hour)
			synctest.Wait()
			switch {
			case !got.back:
				t.Fatal("an outcome is lost: it was known before Send waited for it, and Send does not return")
			case got.err != nil && taken:
				t.Fatalf("an outcome is lost: the message had been taken when Close was called, and Send returned the error %q", got.err)
			case got.err != nil && (got.err != ErrClosed || !closing):
				t.Fatalf("Send returned the error %q, after %v", got.err, time.Since(start))
			}
			closed.Wait()
			b.close(t, p)
		})
	}
}

// Five messages are under way, and one of them nobody waits for.
func TestCloseDrains(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		lap := 20 * lap // however long it takes
		fates := map[string]fate{"k1": {1 * lap, nil}, "k2": {2 * lap, errTooLong}, "k3": {3 * lap, nil}, "k4": {4 * lap, errNoLeader}, "k5": {5 * lap, errTooLong}}
		b := newBroker(9, fates)
		p := New(b)
		all := sends(t.Context(), p, "1", "2", "3", "4")
		ctx, end := context.WithCancel(t.Context())
		sends(ctx, p, "5")
		end()
		time.Sleep(lap / 2)
		start := time.Now()
		closes := []time.Duration{-1, -1, -1}
		for i := range closes {
			go func() {
				p.Close()
				closes[i] = time.Since(start)
			}()
		}
		synctest.Wait()
		late := sends(t.Context(), p, "6")
		if got := b.took(); len(got) > 5 {
			t.Fatal("Close had been called, and a message was put in afterwards")
		}
		late[0].want(t, "Close had been called before", ErrClosed, 0)
		time.Sleep(10 * lap)
		synctest.Wait()
		for i, s := range all {
			what := fmt.Sprintf("message %d was under way when Close was called", i+1)
			f := fates[fmt.Sprint("k", i+1)]
			if s.back && s.err == ErrClosed {
				t.Fatalf("an outcome is lost: %s, and Send returned ErrClosed", what)
			}
			s.want(t, what, f.err, f.takes)
		}
		b.stuck(t)
		for _, after := range closes {
			switch want := 5*lap - lap/2; {
			case after < 0:
				t.Fatal("Close does not return, though all outcomes are known")
			case after < want:
				t.Fatalf("Close has returned too early: after %v, and the last outcome was received after %v", after, want)
			case after != want:
				t.Fatalf("Close returned after %v, and the last outcome was received after %v", after, want)
			}
		}
		b.isClosed(t)
		p.Close()
		b.isClosed(t)
	})
}

// The client has no room, five wait for some, and somebody closes.
func TestCloseWhileOthersWaitForRoom(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := newBroker(1, map[string]fate{"ka": {3 * lap, nil}})
		p := New(b)
		first := sends(t.Context(), p, "a")
		all := sends(t.Context(), p, "1", "2", "3", "4", "5")
		time.Sleep(lap)
		b.close(t, p)
		if got := b.took(); len(got) > 1 {
			t.Fatalf("Close had been called, and messages were put in afterwards: the client got %q", got)
		}
		first[0].want(t, "a message was under way when Close was called", nil, 3*lap)
		for _, s := range all {
			s.want(t, "the client had no room, and Close was called", ErrClosed, lap)
		}
	})
}

// Messages are put in all the time, and two close.
func TestCloseInTheMiddle(t *testing.T) {
	for range 100 {
		probe.Bubble(t, func(t *testing.T) {
			b := newBroker(3, nil)
			p := New(b)
			var all sync.WaitGroup
			for range 6 {
				all.Go(func() {
					for {
						if err := p.Send(t.Context(), "k", "v"); err == ErrClosed {
							return
						} else if err != nil {
							t.Errorf("somebody closed, and Send returned the error %q", err)
							return
						}
					}
				})
			}
			for range 2 {
				all.Go(p.Close)
			}
			all.Wait()
			b.close(t, p)
		})
	}
}

func TestCloseUnused(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := newBroker(1, nil)
		p := New(b)
		b.close(t, p)
		for range 10 {
			sends(t.Context(), p, "v")[0].want(t, "the producer was closed before", ErrClosed, 0)
		}
	})
}

// The client closes one of its channels later than the other.
func TestCloseWaitsForBothChannels(t *testing.T) {
	for _, b := range []*broker{{successesLater: lap}, {errorsLater: lap}} {
		probe.Bubble(t, func(t *testing.T) {
			b.start(1, nil)
			p := New(b)
			start := time.Now()
			p.Close()
			if took := time.Since(start); took < lap {
				t.Fatalf("Close has returned too early: after %v, and the client has closed both its channels after %v", took, lap)
			}
			b.isClosed(t)
		})
	}
}

func TestProducersAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		a, b := newBroker(1, nil), newBroker(1, map[string]fate{"kv": {lap, errTooLong}})
		p, q := New(a), New(b)
		a.close(t, p)
		s := sends(t.Context(), q, "v")
		time.Sleep(lap)
		synctest.Wait()
		s[0].want(t, "another producer was closed", errTooLong, lap)
		b.close(t, q)
	})
}
