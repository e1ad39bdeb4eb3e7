package interrupt

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// condition is a Mutex with its Cond, and a goroutine or two that wait.
type condition struct {
	Mutex
	*Cond
}

func newCondition() *condition {
	c := &condition{}
	c.Cond = NewCond(&c.Mutex)
	return c
}

// waits has a goroutine lock the mutex and call wait, which must return with the lock held.
func (c *condition) waits(wait func(h *Handle) error) *Handle {
	return try(func(h *Handle) error {
		if err := c.LockInterruptibly(h); err != nil {
			return err
		}
		err := wait(h)
		if !c.HeldBy(h) {
			panic("the lock is not held")
		}
		c.Unlock()
		return err
	})
}

func (c *condition) waitFor(d time.Duration) func(h *Handle) error {
	return func(h *Handle) error {
		signalled, err := c.WaitFor(h, d)
		if err == nil && !signalled {
			return errLate
		}
		if err != nil && signalled {
			panic("both")
		}
		return err
	}
}

var errLate = &Error{Op: "late"}

func TestSignalAndBroadcast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCondition()
		c.Signal() // nobody is there: it has no effect
		waiters := []*Handle{
			c.waits(c.Wait), c.waits(c.waitFor(time.Hour)), c.waits(c.Wait), c.waits(c.Wait),
			c.waits(func(*Handle) error { c.WaitUninterruptibly(); return nil }),
		}
		for i := range 2 {
			require.False(t, ended(waiters[i]))
			c.Signal()
			synctest.Wait()
			require.True(t, ended(waiters[i]), "first come, first served")
		}
		require.False(t, ended(waiters[2]))
		c.Lock()
		c.Broadcast()
		synctest.Wait()
		require.False(t, ended(waiters[2]), "the lock is not free")
		c.Unlock()
		for _, h := range waiters {
			<-h.Done()
			require.NoError(t, h.Err())
		}
	})
}

func TestWaitLooksAtTheFlagFirst(t *testing.T) {
	c := newCondition()
	h := New("subject")
	for _, wait := range []func(*Handle) error{c.Wait, c.waitFor(time.Hour), c.waitFor(0)} {
		require.NoError(t, c.LockInterruptibly(h))
		h.InterruptCause(errBoss)
		require.EqualError(t, wait(h), "wait: interrupted: the boss said so")
		require.False(t, h.IsInterrupted())
		require.True(t, c.HeldBy(h))
		c.Unlock()
	}
}

func TestInterruptEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCondition()
		waiters := []*Handle{c.waits(c.Wait), c.waits(c.waitFor(time.Hour))}
		deaf := c.waits(func(h *Handle) error { c.WaitUninterruptibly(); return h.Check("look") })
		c.Lock()
		for _, h := range append(waiters, deaf) {
			h.InterruptCause(errBoss)
		}
		synctest.Wait()
		for _, h := range waiters {
			require.False(t, ended(h), "the lock comes first")
		}
		require.Equal(t, 1, c.Cond.queue.n)
		waiters[0].Interrupt() // once more, on its way back into the lock
		c.Unlock()
		synctest.Wait()
		for _, h := range waiters {
			require.EqualError(t, h.Err(), "wait: interrupted: the boss said so")
			require.False(t, h.IsInterrupted(), "one error for both")
		}
		require.False(t, ended(deaf))
		c.Signal()
		<-deaf.Done()
		require.EqualError(t, deaf.Err(), "look: interrupted: the boss said so", "the flag is kept")
	})
}

func TestWaitForGivesUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCondition()
		start := time.Now()
		h := c.waits(c.waitFor(time.Minute))
		<-h.Done()
		require.Equal(t, errLate, h.Err())
		require.Equal(t, time.Minute, time.Since(start))
		require.Zero(t, c.Cond.queue.n)

		h = c.waits(c.waitFor(time.Minute))
		c.Lock()
		time.Sleep(2 * time.Minute)
		require.False(t, ended(h), "the lock comes first")
		h.Interrupt()
		c.Unlock()
		<-h.Done()
		require.Equal(t, errLate, h.Err(), "that it was late was known before")
		require.True(t, h.IsInterrupted())
	})
}

// TestWaitForNoTimeUnlocks has somebody ask for the lock meanwhile.
func TestWaitForNoTimeUnlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCondition()
		h := New("impatient")
		require.NoError(t, c.LockInterruptibly(h))
		other := try(func(*Handle) error { c.Lock(); defer c.Unlock(); return nil })
		time.Sleep(starvation)
		signalled, err := c.WaitFor(h, -1)
		require.NoError(t, err)
		require.False(t, signalled)
		require.True(t, ended(other))
		require.True(t, c.HeldBy(h))
		c.Unlock()
	})
}

// TestSignalThenInterrupt interrupts a waiter that was signalled and cannot have the lock yet:
// it was signalled.
func TestSignalThenInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCondition()
		for _, wait := range []func(*Handle) error{c.Wait, c.waitFor(time.Hour)} {
			h := c.waits(wait)
			c.Lock()
			c.Signal()
			h.Interrupt()
			synctest.Wait()
			require.False(t, ended(h))
			c.Unlock()
			<-h.Done()
			require.NoError(t, h.Err())
			require.True(t, h.IsInterrupted())
		}
	})
}

// TestNoNotificationIsLost interrupts one of two waiters and signals once, at the same time:
// one of the two has been signalled, whatever comes first.
func TestNoNotificationIsLost(t *testing.T) {
	for range 500 {
		synctest.Test(t, func(t *testing.T) {
			c := newCondition()
			a, b := c.waits(c.Wait), c.waits(c.Wait)
			c.Lock()
			a.Interrupt()
			c.Signal()
			c.Unlock()
			synctest.Wait()
			if ended(b) {
				require.ErrorIs(t, a.Err(), ErrInterrupted)
				require.NoError(t, b.Err())
				return
			}
			require.True(t, ended(a))
			require.NoError(t, a.Err())
			require.True(t, a.IsInterrupted())
			c.Broadcast()
			<-b.Done()
		})
	}
}

func TestWaitWithoutTheLockIsMisuse(t *testing.T) {
	c := newCondition()
	h, other := New("subject"), New("other")
	h.Interrupt()
	nobody, not := "interrupt: Wait without holding the Mutex", "interrupt: Wait with a handle that does not hold the Mutex"
	require.PanicsWithValue(t, nobody, func() { _ = c.Wait(h) })
	require.PanicsWithValue(t, nobody, func() { _, _ = c.WaitFor(h, 0) })
	require.PanicsWithValue(t, "interrupt: WaitUninterruptibly without holding the Mutex", c.WaitUninterruptibly)
	require.NoError(t, c.LockInterruptibly(other))
	require.PanicsWithValue(t, not, func() { _ = c.Wait(h) })
	require.PanicsWithValue(t, not, func() { _, _ = c.WaitFor(h, 0) })
	require.True(t, h.IsInterrupted())
	require.True(t, c.HeldBy(other))
	c.Unlock()
}

// TestWaitOfAnUnknownHolder has the lock taken without a handle: after the wait it is known.
func TestWaitOfAnUnknownHolder(t *testing.T) {
	c := newCondition()
	h := New("subject")
	c.Lock()
	h.Interrupt()
	require.ErrorIs(t, c.Wait(h), ErrInterrupted)
	require.False(t, c.HeldBy(h))
	signalled, err := c.WaitFor(h, 0)
	require.NoError(t, err)
	require.False(t, signalled)
	require.True(t, c.HeldBy(h))
	c.Unlock()
}

// TestStormOnACondition has consumers wait for what producers make, while all are interrupted.
// For every thing there is one Signal, and one at the end for every consumer: if one were lost,
// somebody would wait for ever.
func TestStormOnACondition(t *testing.T) {
	const pairs, each, interrupts = 4, 1000, 1000
	c := newCondition()
	things, ends, consumed := 0, 0, 0 // guarded by the mutex
	var started, interrupted, made atomic.Int32
	lock := func(h *Handle) {
		for c.LockInterruptibly(h) != nil {
			interrupted.Add(1)
		}
	}
	consume := func(h *Handle, random *rand.Rand) (over bool) {
		lock(h)
		defer c.Unlock()
		for things == 0 && ends == 0 {
			var err error
			switch random.IntN(4) {
			case 0:
				c.WaitUninterruptibly()
			case 1:
				_, err = c.WaitFor(h, time.Duration(random.IntN(50_000)))
			default:
				err = c.Wait(h)
			}
			if err != nil {
				interrupted.Add(1)
			}
		}
		if things > 0 {
			things--
			consumed++
			return false
		}
		ends--
		return true
	}
	produce := func(h *Handle, what *int) {
		lock(h)
		*what++
		c.Unlock()
		c.Signal()
		runtime.Gosched() // so that they wait
	}
	storm(2*pairs, func(h *Handle, random *rand.Rand) {
		if started.Add(1) <= pairs {
			for !consume(h, random) {
			}
			return
		}
		for i := 0; i < each || interrupted.Load() < interrupts; i++ {
			produce(h, &things)
			made.Add(1)
		}
		produce(h, &ends)
	})
	require.Equal(t, int(made.Load()), consumed)
	require.Zero(t, things+ends)
	require.Zero(t, c.Cond.queue.n)
	require.Zero(t, c.Mutex.state)
}
