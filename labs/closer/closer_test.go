package closer

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with the line.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// isClosed reports whether the channel is closed. If it has a value, the test is over.
func isClosed(t *testing.T, values <-chan int) bool {
	t.Helper()
	select {
	case v, ok := <-values:
		if ok {
			t.Fatalf("the line is closed, and %d came out of it", v)
		}
		return true
	default:
		return false
	}
}

func TestSendWaitsForTheReader(t *testing.T) {
	for _, later := range []time.Duration{time.Minute + 7, 365*24*time.Hour + 7} { // Send has no limit of its own
		probe.Bubble(t, func(t *testing.T) {
			l := New()
			start := time.Now()
			var got int
			var reader sync.WaitGroup
			reader.Go(func() {
				time.Sleep(later)
				got = <-l.Values()
			})
			sent := l.Send(42)
			took := time.Since(start)
			switch {
			case !sent && took == 0:
				t.Fatal("Send did not wait: there was no reader yet, and it returned false on an open line")
			case !sent && took < later:
				t.Fatalf("Send returned false after %v, and nobody had closed the line: want it to wait for the reader, who came after %v", took, later)
			case !sent:
				t.Fatal("Send returned false, but the line was open and somebody received the value")
			case took < later:
				t.Fatalf("Send returned true after %v: nobody had received the value, for the reader came after %v", took, later)
			case took > later:
				t.Fatalf("the value was received after %v, but Send returned after %v", later, took)
			}
			reader.Wait()
			if got != 42 {
				t.Fatalf("42 was sent and %d was received", got)
			}
			l.Close()
		})
	}
}

func TestManySendersNothingIsLost(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 100
		l := New()
		var senders sync.WaitGroup
		for i := range n {
			senders.Go(func() {
				if !l.Send(i - n/2) {
					t.Errorf("Send returned false on an open line, for the value %d", i-n/2)
				}
			})
		}
		go func() {
			senders.Wait()
			l.Close()
		}()
		var got []int
		for v := range l.Values() {
			got = append(got, v)
		}
		slices.Sort(got)
		for i := range n {
			if i >= len(got) || got[i] != i-n/2 {
				t.Fatalf("values are lost: %d of %d were received", len(got), n)
			}
		}
	})
}

func TestSendAfterClose(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			l := New()
			l.Close()
			go func() { // somebody would receive
				for range l.Values() {
					t.Error("the line was closed, and somebody received what was sent then")
				}
			}()
			synctest.Wait()
			if l.Send(1) {
				t.Fatal("Send returned true on a line that was closed before")
			}
		})
	}
}

// Often, for who leaves it to another goroutine may be lucky.
func TestCloseClosesTheChannel(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			l := New()
			if a, b := l.Values(), l.Values(); a != b {
				t.Fatal("Values returns another channel each time: want the same one, so that everybody who ranges over it sees its end")
			}
			l.Close()
			if !isClosed(t, l.Values()) {
				t.Fatal("Close has returned, but the channel is not closed: whoever ranges over it waits for ever")
			}
		})
	}
}

func TestCloseTwice(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		l := New()
		l.Close()
		l.Close()
		var calls sync.WaitGroup
		for range 10 {
			calls.Go(l.Close)
		}
		calls.Wait()
	})
}

func TestCloseAtTheSameTime(t *testing.T) {
	for range 200 {
		probe.Bubble(t, func(t *testing.T) {
			l := New()
			gate := make(chan struct{})
			var calls sync.WaitGroup
			var early atomic.Int32
			for range 3 {
				calls.Go(func() { l.Send(1) })
			}
			for range 8 {
				calls.Go(func() {
					<-gate
					l.Close()
					select {
					case <-l.Values():
					default:
						early.Add(1)
					}
				})
			}
			synctest.Wait()
			close(gate)
			calls.Wait()
			if n := early.Load(); n > 0 {
				t.Fatalf("8 goroutines closed the line at the same time, and for %d of them Close returned before the channel was closed", n)
			}
		})
	}
}

// A thousand senders wait, nobody reads, somebody closes.
func TestCloseWakesSenders(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 1000
		l := New()
		var sent, left atomic.Int32
		var senders sync.WaitGroup
		for i := range n {
			senders.Go(func() {
				if l.Send(i) {
					sent.Add(1)
				}
				left.Add(1)
			})
		}
		synctest.Wait()
		start := time.Now()
		l.Close()
		if took := time.Since(start); took > 0 {
			t.Fatalf("Close took %v: want no longer than the senders need to leave, which is no time at all", took)
		}
		closed := isClosed(t, l.Values())
		synctest.Wait()
		switch {
		case left.Load() < n:
			t.Fatalf("leak: the line is closed, and %d of %d senders still wait", n-left.Load(), n)
		case sent.Load() > 0:
			t.Fatalf("nobody read, and Send returned true %d times", sent.Load())
		case !closed:
			t.Fatal("Close has returned, but the channel is not closed: whoever ranges over it waits for ever")
		}
	})
}

// The reader has had enough. It closes the line, and then looks whether something is
// left.
func TestReaderCloses(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		l := New()
		var sent, received atomic.Int32
		var senders sync.WaitGroup
		for range 5 {
			senders.Go(func() {
				for l.Send(1) {
					sent.Add(1)
				}
			})
		}
		for range l.Values() {
			if received.Add(1) == 100 {
				l.Close()
			}
		}
		senders.Wait()
		if sent.Load() != received.Load() || received.Load() != 100 {
			t.Fatalf("the reader received %d values and then closed the line, and Send returned true %d times", received.Load(), sent.Load())
		}
	})
}

// Senders, a reader and two who close come together in every order that there is time
// for. What was received is what Send returned true for, to the last value.
func TestCloseInTheMiddle(t *testing.T) {
	for range 300 {
		probe.Bubble(t, func(t *testing.T) {
			l := New()
			var all sync.WaitGroup
			var mu sync.Mutex
			accepted := map[int]bool{}
			gate := make(chan struct{})
			for i := range 8 {
				all.Go(func() {
					<-gate
					for v := i; l.Send(v); v += 8 {
						runtime.Gosched() // or two of all these play ball, on a single processor
						mu.Lock()
						accepted[v] = true
						mu.Unlock()
					}
				})
			}
			for range 2 {
				all.Go(func() {
					<-gate
					for range 5 {
						<-l.Values()
					}
					l.Close()
				})
			}
			var got []int
			all.Go(func() {
				<-gate
				for v := range l.Values() {
					runtime.Gosched()
					mu.Lock()
					got = append(got, v)
					mu.Unlock()
				}
			})
			close(gate)
			all.Wait()
			for _, v := range got {
				if !accepted[v] {
					t.Fatalf("value %d was received, but Send returned false for it", v)
				}
			}
			// Those who close have received some too, but never more than 10.
			if n := len(accepted) - len(got); n < 0 || n > 10 {
				t.Fatalf("values are lost: Send returned true for %d of them, and %d were received", len(accepted), len(got)+10)
			}
		})
	}
}

// Somebody waits on one line, and another one is closed.
func TestCloseWaitsForNobodyElse(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		a, b := New(), New()
		var both sync.WaitGroup
		both.Go(func() { a.Send(1) })
		synctest.Wait()
		var closed atomic.Bool
		both.Go(func() {
			b.Close()
			closed.Store(true)
		})
		new(probe.Point).Here() // until nobody can run: who waits for what all lines share, too
		if !closed.Load() {
			<-a.Values()
			both.Wait()
			t.Fatal("Close of one line waited for those who send on another")
		}
		a.Close()
		both.Wait()
	})
}

func TestLinesAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		a, b := New(), New()
		b.Close()
		var done sync.WaitGroup
		done.Go(func() {
			if v := <-a.Values(); v != 1 {
				t.Errorf("1 was sent and %d was received: another line was closed, and this one with it", v)
			}
		})
		if !a.Send(1) {
			t.Fatal("Send returned false on an open line: another one was closed")
		}
		done.Wait()
		a.Close()
	})
}
