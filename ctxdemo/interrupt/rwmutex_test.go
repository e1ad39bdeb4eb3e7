package interrupt

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// half is one of the two ways of locking an RWMutex, with all that a Mutex has.
type half struct {
	name          string
	lock          func()
	interruptibly func(h *Handle) error
	try           func() bool
	tryFor        func(h *Handle, d time.Duration) (bool, error)
	unlock        func()
}

func halves(m *RWMutex) []half {
	return []half{
		{"write", m.Lock, m.LockInterruptibly, m.TryLock, m.TryLockFor, m.Unlock},
		{"read", m.RLock, m.RLockInterruptibly, m.TryRLock, m.TryRLockFor, m.RUnlock},
	}
}

func TestRWLockLooksAtTheFlagFirst(t *testing.T) {
	var m RWMutex
	h := New("subject")
	for _, half := range halves(&m) {
		for _, lock := range []func() error{
			func() error { return half.interruptibly(h) },
			func() error { _, err := half.tryFor(h, 0); return err },
			func() error { _, err := half.tryFor(h, time.Hour); return err },
		} {
			h.InterruptCause(errBoss)
			require.EqualError(t, lock(), "lock: interrupted: the boss said so")
			require.False(t, h.IsInterrupted())
			require.Zero(t, m.state)
			require.NoError(t, lock(), "the control: without the flag")
			require.NotZero(t, m.state)
			half.unlock()
		}
		h.Interrupt()
		half.lock()
		half.unlock()
		require.True(t, half.try())
		half.unlock()
		require.True(t, h.Interrupted(), "it was not looked at")
	}
}

func TestInterruptCallsAnRWWaiterAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m RWMutex
		m.Lock()
		for _, half := range halves(&m) {
			polite := try(half.interruptibly)
			timed := try(func(h *Handle) error { _, err := half.tryFor(h, time.Hour); return err })
			deaf := try(func(h *Handle) error { half.lock(); half.unlock(); return h.Check("look") })
			for _, h := range []*Handle{polite, timed, deaf} {
				require.False(t, ended(h))
				h.Interrupt()
			}
			synctest.Wait()
			require.EqualError(t, polite.Err(), "lock: interrupted")
			require.EqualError(t, timed.Err(), "lock: interrupted")
			require.False(t, ended(deaf))
			require.Equal(t, 1, m.queue.n)
			m.Unlock()
			<-deaf.Done()
			require.EqualError(t, deaf.Err(), "look: interrupted")
			m.Lock()
		}
	})
}

func TestTryRWLockForGivesUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m RWMutex
		h := New("subject")
		for _, half := range halves(&m) {
			m.Lock()
			start := time.Now()
			for d, want := range map[time.Duration]time.Duration{-1: 0, 0: 0, time.Minute: time.Minute} {
				begin := time.Now()
				got, err := half.tryFor(h, d)
				require.NoError(t, err)
				require.False(t, got)
				require.Equal(t, want, time.Since(begin))
			}
			require.Equal(t, time.Minute, time.Since(start))
			time.AfterFunc(time.Second, m.Unlock)
			got, err := half.tryFor(h, time.Minute)
			require.NoError(t, err)
			require.True(t, got)
			require.Equal(t, time.Minute+time.Second, time.Since(start))
			half.unlock()
			require.Zero(t, m.state)
		}
	})
}

func TestReadersShareAndWritersDoNot(t *testing.T) {
	var m RWMutex
	require.True(t, m.TryRLock())
	require.True(t, m.TryRLock())
	require.False(t, m.TryLock())
	m.RUnlock()
	m.RUnlock()
	require.True(t, m.TryLock())
	require.False(t, m.TryLock())
	require.False(t, m.TryRLock())
	require.PanicsWithValue(t, "interrupt: RUnlock of an RWMutex that nobody holds for reading", m.RUnlock)
	m.Unlock()
	require.PanicsWithValue(t, "interrupt: Unlock of an RWMutex that nobody holds for writing", m.Unlock)
	require.PanicsWithValue(t, "interrupt: RUnlock of an RWMutex that nobody holds for reading", m.RUnlock)

	r := m.RLocker()
	r.Lock()
	require.PanicsWithValue(t, "interrupt: Unlock of an RWMutex that nobody holds for writing", m.Unlock)
	require.False(t, m.TryLock())
	r.Unlock()
	require.Zero(t, m.state)
}

func TestWriterIsKnownByItsHandle(t *testing.T) {
	var m RWMutex
	h := New("writer")
	require.NoError(t, m.LockInterruptibly(h))
	require.True(t, m.HeldBy(h))
	require.False(t, m.HeldBy(New("other")))
	require.PanicsWithValue(t, "interrupt: RUnlock of an RWMutex that nobody holds for reading", m.RUnlock)
	for _, half := range halves(&m) {
		require.ErrorIs(t, half.interruptibly(h), ErrDeadlock)
		_, err := half.tryFor(h, time.Hour)
		require.ErrorIs(t, err, ErrDeadlock)
	}
	m.Unlock()
	require.False(t, m.HeldBy(h))
	require.NoError(t, m.RLockInterruptibly(h))
	require.False(t, m.HeldBy(h), "it reads")
	require.NoError(t, m.RLockInterruptibly(h), "it is not noticed, and not refused while nobody writes")
	m.RUnlock()
	m.RUnlock()
}

// TestWhoGetsIn has a queue of readers and writers: those who wait to read get in when a
// writer leaves; the oldest writer when the last reader does.
func TestWhoGetsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m RWMutex
		read := func(h *Handle) error { return m.RLockInterruptibly(h) }
		write := func(h *Handle) error { return m.LockInterruptibly(h) }
		m.RLock()
		first := try(write)
		readers := []*Handle{try(read), try(read)}
		second := try(write)
		readers = append(readers, try(read))
		for _, h := range append(readers, first, second) {
			require.False(t, ended(h), "a writer waits: so do readers that come after it")
		}
		require.False(t, m.TryRLock())
		m.RUnlock()
		synctest.Wait()
		require.True(t, m.HeldBy(first))
		m.Unlock()
		synctest.Wait()
		for _, h := range readers {
			require.True(t, ended(h))
		}
		for range readers {
			require.False(t, ended(second))
			m.RUnlock()
			synctest.Wait()
		}
		require.True(t, m.HeldBy(second))
		require.Equal(t, second.key, m.state, "nobody waits")
		m.Unlock()
	})
}

// TestLeavingWriterLetsReadersIn interrupts a writer for whom alone readers wait: the lock is
// held for reading all the time, so nobody else would let them in. A writer behind them goes on
// waiting, and readers behind that.
func TestLeavingWriterLetsReadersIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m RWMutex
		m.RLock()
		writer := try(m.LockInterruptibly)
		before := try(m.RLockInterruptibly)
		second := try(m.LockInterruptibly)
		behind := try(m.RLockInterruptibly)
		require.False(t, ended(before))
		writer.Interrupt()
		synctest.Wait()
		require.ErrorIs(t, writer.Err(), ErrInterrupted)
		require.True(t, ended(before))
		require.NoError(t, before.Err())
		require.False(t, ended(second) || ended(behind))
		second.Interrupt()
		synctest.Wait()
		require.True(t, ended(behind))
		require.EqualValues(t, 3*oneReader, m.state)
		require.True(t, m.TryRLock(), "nobody waits")
	})
}

func TestFreeRWMutexDoesNotAllocate(t *testing.T) {
	var m RWMutex
	h, count := New("subject"), 0
	require.Zero(t, testing.AllocsPerRun(100, func() {
		require.NoError(t, m.LockInterruptibly(h))
		m.Unlock()
		require.NoError(t, m.RLockInterruptibly(h))
		m.RUnlock()
		m.RLock()
		_ = count
		m.RUnlock()
	}))
}

// TestStormOnAnRWMutex has readers and writers lock in every way, while they are interrupted.
func TestStormOnAnRWMutex(t *testing.T) {
	const goroutines, rounds, interrupts = 8, 2000, 2000
	var m RWMutex
	var readers, writers, interrupted atomic.Int32
	held := 0 // guarded by m; the race detector looks
	var mu sync.Mutex
	read := make(map[int]bool) // guarded by mu
	storm(goroutines, func(h *Handle, random *rand.Rand) {
		halves := halves(&m)
		for i := 0; i < rounds || interrupted.Load() < interrupts; i++ {
			reads := random.IntN(3) > 0
			half := halves[0]
			if reads {
				half = halves[1]
			}
			var err error
			got := true
			switch random.IntN(5) {
			case 0:
				half.lock()
			case 1:
				got = half.try()
			case 2:
				got, err = half.tryFor(h, time.Duration(random.IntN(20_000)))
			default:
				err = half.interruptibly(h)
			}
			switch {
			case err != nil:
				interrupted.Add(1)
			case !got:
			case reads:
				readers.Add(1)
				if writers.Load() != 0 {
					panic("a reader beside a writer")
				}
				mu.Lock()
				read[held] = true
				mu.Unlock()
				readers.Add(-1)
				half.unlock()
			default:
				if writers.Add(1) != 1 || readers.Load() != 0 {
					panic("a writer is not alone")
				}
				held++
				if random.IntN(4) == 0 {
					runtime.Gosched()
				}
				writers.Add(-1)
				half.unlock()
			}
		}
	})
	require.Zero(t, m.state)
	require.Zero(t, m.queue.n)
	require.NotZero(t, held)
	require.Greater(t, len(read), 1)
}
