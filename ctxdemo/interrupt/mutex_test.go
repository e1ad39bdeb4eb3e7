package interrupt

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// try starts f in a goroutine with a handle and waits until that has ended or blocks.
func try(f func(h *Handle) error) *Handle {
	h := Go("subject", f)
	synctest.Wait()
	return h
}

// ended reports whether the goroutine of h has ended.
func ended(h *Handle) bool {
	select {
	case <-h.Done():
		return true
	default:
		return false
	}
}

func TestLockLooksAtTheFlagFirst(t *testing.T) {
	var m Mutex
	h := New("subject")
	for name, lock := range map[string]func() error{
		"LockInterruptibly": func() error { return m.LockInterruptibly(h) },
		"TryLockFor, zero":  func() error { _, err := m.TryLockFor(h, 0); return err },
		"TryLockFor":        func() error { _, err := m.TryLockFor(h, time.Hour); return err },
	} {
		t.Run(name, func(t *testing.T) {
			h.InterruptCause(errBoss)
			err := lock()
			require.EqualError(t, err, "lock: interrupted: the boss said so")
			require.ErrorIs(t, err, errBoss)
			require.False(t, h.IsInterrupted(), "the error has taken the flag over")
			require.False(t, m.HeldBy(h))

			require.NoError(t, lock(), "the control: without the flag")
			require.True(t, m.HeldBy(h))
			m.Unlock()
		})
	}
}

func TestLockDoesNotLookAtTheFlag(t *testing.T) {
	var m Mutex
	h := New("subject")
	h.Interrupt()
	m.Lock()
	require.False(t, m.TryLock())
	m.Unlock()
	require.True(t, m.TryLock())
	require.False(t, m.HeldBy(h), "nobody has said so")
	m.Unlock()
	require.True(t, h.IsInterrupted())
}

func TestInterruptCallsAWaiterAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		m.Lock()
		polite := try(func(h *Handle) error {
			err := m.LockInterruptibly(h)
			require.False(t, h.IsInterrupted())
			return err
		})
		timed := try(func(h *Handle) error {
			got, err := m.TryLockFor(h, time.Hour)
			require.False(t, got)
			return err
		})
		deaf := try(func(h *Handle) error {
			m.Lock()
			defer m.Unlock()
			require.True(t, h.IsInterrupted(), "it was not looked at")
			return nil
		})
		require.Equal(t, 3, m.queue.n)
		start := time.Now()
		for _, h := range []*Handle{polite, timed, deaf} {
			require.False(t, ended(h))
			h.Interrupt()
		}
		synctest.Wait()
		require.EqualError(t, polite.Err(), "lock: interrupted")
		require.EqualError(t, timed.Err(), "lock: interrupted")
		require.Zero(t, time.Since(start))
		require.False(t, ended(deaf))
		require.Equal(t, 1, m.queue.n, "who was interrupted has left the queue")
		require.False(t, m.TryLock(), "nobody has touched the lock")
		m.Unlock()
		<-deaf.Done()
	})
}

func TestTryLockForGivesUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		h := New("subject")
		m.Lock()
		got, err := m.TryLockFor(h, -1)
		require.NoError(t, err)
		require.False(t, got)

		start := time.Now()
		got, err = m.TryLockFor(h, time.Minute)
		require.NoError(t, err)
		require.False(t, got)
		require.Equal(t, time.Minute, time.Since(start))
		require.Zero(t, m.queue.n)

		time.AfterFunc(time.Second, m.Unlock)
		got, err = m.TryLockFor(h, time.Minute)
		require.NoError(t, err)
		require.True(t, got)
		require.Equal(t, time.Minute+time.Second, time.Since(start))
		require.True(t, m.HeldBy(h))
		m.Unlock()
		require.True(t, m.TryLock())
	})
}

func TestHolderIsKnownByItsHandle(t *testing.T) {
	var m Mutex
	h, other := New("holder"), New("other")
	require.False(t, m.HeldBy(h))
	require.NoError(t, m.LockInterruptibly(h))
	require.True(t, m.HeldBy(h))
	require.False(t, m.HeldBy(other))
	require.ErrorIs(t, m.LockInterruptibly(h), ErrDeadlock)
	got, err := m.TryLockFor(h, time.Hour)
	require.False(t, got)
	require.ErrorIs(t, err, ErrDeadlock)
	h.Interrupt()
	require.ErrorIs(t, m.LockInterruptibly(h), ErrInterrupted, "the flag comes first")
	require.True(t, m.HeldBy(h), "nothing has changed")
	m.Unlock()
	require.False(t, m.HeldBy(h))
	require.PanicsWithValue(t, "interrupt: Unlock of a Mutex that nobody holds", m.Unlock)
	require.True(t, m.TryLock(), "the panic has left it as it was")
}

// TestHolderIsKnownAfterAWait has one who waits get the lock by a token, and another one by
// a hand-over.
func TestHolderIsKnownAfterAWait(t *testing.T) {
	for _, wait := range []time.Duration{0, starvation} {
		synctest.Test(t, func(t *testing.T) {
			var m Mutex
			m.Lock()
			h := try(func(h *Handle) error { return m.LockInterruptibly(h) })
			time.Sleep(wait)
			m.Unlock()
			synctest.Wait()
			require.True(t, m.HeldBy(h))
			require.Equal(t, h.key, m.state, "nobody waits: the next Unlock is spared the queue")
			m.Unlock()
		})
	}
}

// TestTokenIsPassedOn interrupts the first in the queue while a token is on its way to him:
// he leaves with it, and the next one must get it. The lock is taken in passing meanwhile, so
// that the next Unlock would not know that somebody waits.
func TestTokenIsPassedOn(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			var m Mutex
			m.Lock()
			first := try(func(h *Handle) error { return m.LockInterruptibly(h) })
			second := try(func(h *Handle) error { return m.LockInterruptibly(h) })
			first.Interrupt()
			m.Unlock()
			passing := m.TryLock()
			synctest.Wait()
			if passing {
				m.Unlock()
				synctest.Wait()
			}
			if first.Err() == nil { // it was faster than its interrupt
				require.True(t, ended(first))
				m.Unlock()
				synctest.Wait()
			}
			require.True(t, ended(second), "nobody has told it")
			require.NoError(t, second.Err())
			require.True(t, m.HeldBy(second))
			require.Zero(t, m.queue.n)
		})
	}
}

// TestStarvedWaiterIsHandedTheLock unlocks and asks for the lock again at once, which no waiter
// that must wake up first could prevent.
func TestStarvedWaiterIsHandedTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		m.Lock()
		var waiters []*Handle
		for range 3 {
			waiters = append(waiters, try(func(h *Handle) error { return m.LockInterruptibly(h) }))
		}
		time.Sleep(starvation)
		waiters[0].Interrupt() // too late or not, that is the question
		m.Unlock()
		require.False(t, m.TryLock(), "it was handed over")
		synctest.Wait()
		next := 0
		if waiters[0].Err() != nil {
			next++
		}
		require.True(t, m.HeldBy(waiters[next]))
		require.False(t, ended(waiters[next+1]))

		m.Unlock() // too early for another one: it is woken, and finds the lock free
		synctest.Wait()
		require.True(t, m.HeldBy(waiters[next+1]))
		for next += 2; next < len(waiters); next++ {
			m.Unlock()
			synctest.Wait()
			require.True(t, m.HeldBy(waiters[next]))
		}
	})
}

// TestHandOversAreRationed has four starve. The turn of the second comes after a third of the
// time, as there are three by then, and that of the third after half of it.
func TestHandOversAreRationed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		for range 4 {
			w := newWaiter(nil, locked)
			w.since = time.Now()
			m.queue.push(w)
		}
		turn := func() bool {
			m.state = 0
			return m.hand(m.queue.first)
		}
		time.Sleep(starvation - time.Nanosecond)
		require.False(t, turn())
		time.Sleep(time.Nanosecond)
		require.True(t, turn())
		require.False(t, turn())
		time.Sleep(starvation / 3)
		require.True(t, turn())
		time.Sleep(starvation / 3)
		require.False(t, turn())
		time.Sleep(starvation/2 - starvation/3)
		require.True(t, turn())
	})
}

// TestDeadlockIsBroken lets two wait for each other; the interrupt of one frees both.
func TestDeadlockIsBroken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a, b Mutex
		cross := func(mine, other *Mutex) func(h *Handle) error {
			return func(h *Handle) error {
				if err := mine.LockInterruptibly(h); err != nil {
					return err
				}
				defer mine.Unlock()
				time.Sleep(time.Second)
				if err := other.LockInterruptibly(h); err != nil {
					return err
				}
				other.Unlock()
				return nil
			}
		}
		p, q := Go("p", cross(&a, &b)), Go("q", cross(&b, &a))
		time.Sleep(time.Hour)
		require.False(t, ended(p) || ended(q))
		p.Interrupt()
		synctest.Wait()
		require.ErrorIs(t, p.Err(), ErrInterrupted)
		require.True(t, ended(q))
		require.NoError(t, q.Err())
	})
}

func TestLockOfAFreeMutexDoesNotAllocate(t *testing.T) {
	var m Mutex
	h, count := New("subject"), 0
	require.Zero(t, testing.AllocsPerRun(100, func() {
		require.NoError(t, m.LockInterruptibly(h))
		m.Unlock()
		m.Lock()
		count++
		m.Unlock()
		_, err := m.TryLockFor(h, time.Hour)
		require.NoError(t, err)
		m.Unlock()
	}))
}

// TestStorm has goroutines lock in every way, while others interrupt them, and looks for two
// holders at once and for a lock that is free while somebody waits: then it would hang.
func TestStorm(t *testing.T) {
	const goroutines, rounds, interrupts = 8, 3000, 2000
	var m Mutex
	var inside, interrupted atomic.Int32
	held := 0 // guarded by m; the race detector looks
	storm(goroutines, func(h *Handle, random *rand.Rand) {
		for i := 0; i < rounds || interrupted.Load() < interrupts; i++ {
			var err error
			got := true
			switch random.IntN(5) {
			case 0:
				m.Lock()
			case 1:
				got = m.TryLock()
			case 2:
				got, err = m.TryLockFor(h, time.Duration(random.IntN(20_000)))
			default:
				err = m.LockInterruptibly(h)
			}
			if err != nil {
				interrupted.Add(1)
			}
			if err != nil || !got {
				continue
			}
			if inside.Add(1) != 1 {
				panic("two holders")
			}
			held++
			if random.IntN(4) == 0 {
				runtime.Gosched()
			}
			inside.Add(-1)
			m.Unlock()
		}
	})
	require.Zero(t, m.state)
	require.Zero(t, m.queue.n)
	require.NotZero(t, held)
}

// storm calls f in goroutines, each with a handle, and interrupts them all until they end.
func storm(goroutines int, f func(h *Handle, random *rand.Rand)) {
	handles := make([]*Handle, goroutines)
	for i := range handles {
		handles[i] = Go("in the storm", func(h *Handle) error {
			f(h, rand.New(rand.NewPCG(1, uint64(i))))
			return nil
		})
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := 0; ; i++ {
				h := handles[i%goroutines]
				h.Interrupt()
				runtime.Gosched()
				if !slices.ContainsFunc(handles, func(h *Handle) bool { return !ended(h) }) {
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestTooLateToLeave gives a waiter what it waits for when it has made up its mind to leave.
func TestTooLateToLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Mutex
		w := newWaiter(nil, locked)
		m.queue.push(w)
		time.Sleep(2 * starvation)
		require.True(t, m.hand(w))
		require.False(t, m.leave(w), "it has the lock")
		require.False(t, m.TryLock())

		var rw RWMutex
		rw.Lock()
		w = newWaiter(nil, 0)
		require.False(t, rw.takeOrEnter(w))
		rw.Unlock()
		require.False(t, rw.leave(w), "it has the lock")
		rw.RUnlock()

		c := NewCond(&m)
		w = newWaiter(nil, locked)
		c.queue.push(w)
		c.Signal()
		require.False(t, c.leave(w), "it was signalled")
	})
}
