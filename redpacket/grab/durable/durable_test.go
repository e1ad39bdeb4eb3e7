package durable

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/grabtest"
	"lab.example/gopark/redpacket/grab/recipe"
)

func opened(t testing.TB, d *disk, p redpacket.Params) *Log {
	t.Helper()
	l, err := recoverLog(d, recipe.Wish{Params: p})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// TestGrab is what an envelope does, over two lives of the process.
func TestGrab(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	given := make(map[string]grab.Grant)
	for again := range 2 {
		l, err := Open(name, small)
		require.NoError(t, err)
		require.Equal(t, small.N-len(given), l.Left())
		for i := range small.N * (again + 1) / 2 {
			user := fmt.Sprint("user", i)
			g, err := l.Grab(t.Context(), user)
			require.NoError(t, err)
			was, ok := given[user]
			require.Equal(t, ok, g.Again)
			if ok {
				was.Again = true
				require.Equal(t, was, g)
				continue
			}
			require.Equal(t, i, g.Index)
			given[user] = g
		}
		require.Equal(t, small.N-len(given), l.Left())
		if l.Left() == 0 {
			_, err := l.Grab(t.Context(), "late")
			require.ErrorIs(t, err, grab.ErrSoldOut)
			requireAll(t, l)
		}
		grants := l.Grants()
		require.Len(t, grants, len(given))
		for user, g := range l.Holders() {
			require.Equal(t, given[user], g)
			require.Equal(t, given[user], grants[g.Index])
		}
		require.NoError(t, l.Close())
		require.NoError(t, l.Close())
		_, err = l.Grab(t.Context(), "later")
		require.ErrorIs(t, err, map[bool]error{true: grab.ErrSoldOut, false: ErrClosed}[l.Left() == 0])
		g, err := l.Grab(t.Context(), "user0")
		require.NoError(t, err, "it is on disk, open or not")
		require.True(t, g.Again)
	}
}

// TestUser is the names that there may be.
func TestUser(t *testing.T) {
	d := formatted(t, 1, small)
	l := opened(t, d, small)
	names := []string{"", "\x00", "\xff\xfe", strings.Repeat("x", 127), strings.Repeat("x", 128), strings.Repeat("x", MaxUser)}
	for i, name := range names {
		g, err := l.Grab(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, i, g.Index)
	}
	_, err := l.Grab(t.Context(), strings.Repeat("x", MaxUser+1))
	require.EqualError(t, err, "grab: the name of the user has 1025 bytes, which is more than 1024")
	d.restart(true)
	l = opened(t, d, small)
	i := 0
	for name := range l.Holders() {
		require.Equal(t, names[i], name)
		i++
	}
	require.Equal(t, len(names), i)
}

// TestGroups holds that those who ask while the disk is busy share the next sync, and that a group
// is not longer than one that Open would believe.
func TestGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := redpacket.Params{N: 1000, Min: 1, Max: 1, Sum: 1000}
		d := formatted(t, 1, p)
		d.fault = slow(d.fault)
		l, err := recoverLog(d, recipe.Wish{Params: p})
		require.NoError(t, err)
		before := d.syncs
		var users sync.WaitGroup
		for i := range p.N {
			users.Go(func() {
				_, err := l.Grab(t.Context(), fmt.Sprintf("%0*d", MaxUser, i))
				require.NoError(t, err)
			})
		}
		users.Wait()
		most := maxNames / nameSize(strings.Repeat("x", MaxUser))
		require.LessOrEqual(t, d.syncs-before, 2+p.N/most)
		require.GreaterOrEqual(t, d.syncs-before, p.N/most)
		require.NoError(t, l.Close())
		d.restart(true)
		again, err := recoverLog(d, recipe.Wish{Params: p})
		require.NoError(t, err)
		requireAll(t, again)
	})
}

// TestOneOfMany holds that of several calls by one user at the same time one is the first.
func TestOneOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := formatted(t, 1, small)
		d.fault = slow(d.fault)
		l, err := recoverLog(d, recipe.Wish{Params: small})
		require.NoError(t, err)
		var mu sync.Mutex
		first := make(map[string]int)
		var calls sync.WaitGroup
		for i := range 10 * small.N {
			calls.Go(func() {
				user := fmt.Sprint(i % small.N)
				g, err := l.Grab(t.Context(), user)
				require.NoError(t, err)
				mu.Lock()
				defer mu.Unlock()
				if !g.Again {
					first[user]++
				}
			})
		}
		calls.Wait()
		require.Len(t, first, small.N)
		for user, n := range first {
			require.Equal(t, 1, n, user)
		}
		requireAll(t, l)
		require.NoError(t, l.Close())
	})
}

// patient is a Log whose users, once they have asked, wait for the answer. An envelope in memory
// is always like that.
type patient struct{ *Log }

func (l patient) Grab(ctx context.Context, user string) (grab.Grant, error) {
	if ctx.Err() != nil {
		return grab.Grant{}, context.Cause(ctx)
	}
	return l.Log.Grab(context.WithoutCancel(ctx), user)
}

// TestContract is what every envelope promises, not put to the test as often as for one that
// needs no disk.
func TestContract(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	made := 0
	open := func(p redpacket.Params) (grab.Envelope, func(), error) {
		made++
		l, err := Open(fmt.Sprint(file, made), p)
		return patient{l}, func() { require.NoError(t, l.Close()) }, err
	}
	for _, c := range grabtest.Checks() {
		t.Run(c.Name, func(t *testing.T) {
			c.Runs = min(c.Runs, 20)
			require.NoError(t, c.Try(open))
			c.Runs = 1
			synctest.Test(t, func(t *testing.T) { require.NoError(t, c.Try(open)) })
		})
	}
}

var errTired = errors.New("tired of waiting")

// TestCancelledBefore holds that who is cancelled before he has a claim gets none, and learns why.
func TestCancelledBefore(t *testing.T) {
	l := opened(t, formatted(t, 1, small), small)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTired)
	_, err := l.Grab(ctx, "user")
	require.Equal(t, errTired, err)
	require.Equal(t, small.N, l.Left())
	g, err := l.Grab(t.Context(), "user")
	require.NoError(t, err)
	require.False(t, g.Again)
}

// TestCancelledAfter holds that who is cancelled while the disk is busy is told so at once, that
// his claim stands, and that he finds it when he asks again.
func TestCancelledAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := formatted(t, 1, small)
		l, err := recoverLog(d, recipe.Wish{Params: small})
		require.NoError(t, err)
		release := make(chan struct{})
		d.fault = func(o op) fault {
			if o == syncOp {
				<-release
			}
			return none
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errTired) })
		start := time.Now()
		_, err = l.Grab(ctx, "user")
		require.ErrorIs(t, err, grab.ErrUnknown)
		require.ErrorIs(t, err, errTired)
		require.Equal(t, time.Second, time.Since(start))
		require.Equal(t, small.N, l.Left(), "it is not on disk")
		close(release)
		g, err := l.Grab(t.Context(), "user")
		require.NoError(t, err)
		require.True(t, g.Again)
		require.Equal(t, small.N-1, l.Left())
		require.NoError(t, l.Close())
	})
}

// TestDiskFull holds that a write that fails takes nothing away from anybody, and that the log
// goes on when there is room again.
func TestDiskFull(t *testing.T) {
	for _, how := range []fault{refuse, already} {
		synctest.Test(t, func(t *testing.T) {
			d := formatted(t, 1, small)
			l, err := recoverLog(d, recipe.Wish{Params: small})
			require.NoError(t, err)
			_, err = l.Grab(t.Context(), "early")
			require.NoError(t, err)
			size := len(d.cache)
			full := func(o op) fault {
				if o == writeOp {
					time.Sleep(time.Millisecond)
					return how
				}
				return none
			}
			d.fault = full
			var users sync.WaitGroup
			for i := range 2 * small.N { // so that some wait to learn that it is sold out
				users.Go(func() {
					_, err := l.Grab(t.Context(), fmt.Sprint("user", i))
					require.ErrorIs(t, err, syscall.ENOSPC)
					require.NotErrorIs(t, err, grab.ErrUnknown)
				})
			}
			users.Wait()
			require.Equal(t, small.N-1, l.Left())
			require.Len(t, d.platter, size)
			g, err := l.Grab(t.Context(), "early")
			require.NoError(t, err)
			require.Equal(t, 0, g.Index)
			d.fault = func(op) fault { return none }
			for i := range small.N - 1 {
				g, err := l.Grab(t.Context(), fmt.Sprint("user", 2*i))
				require.NoError(t, err)
				require.Equal(t, grab.Grant{Index: 1 + i, Amount: l.amounts[1+i]}, g)
			}
			requireAll(t, l)
			require.NoError(t, l.Close())
		})
	}
}

// TestSyncFails holds that nothing is given away on top of a group of which nobody knows whether
// it is on disk, and that Open finds out: it makes it so, even if the kernel believes that it has
// nothing to write.
func TestSyncFails(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			d := formatted(t, seed, small)
			l, err := recoverLog(d, recipe.Wish{Params: small})
			require.NoError(t, err)
			g, err := l.Grab(t.Context(), "early")
			require.NoError(t, err)
			d.fault = slow(func(o op) fault {
				if o == syncOp {
					return refuse
				}
				return none
			})
			var users sync.WaitGroup
			users.Go(func() {
				_, err := l.Grab(t.Context(), "flying")
				require.ErrorIs(t, err, grab.ErrUnknown)
				require.ErrorIs(t, err, syscall.EIO)
				require.ErrorIs(t, err, ErrLost)
			})
			synctest.Wait()
			users.Go(func() {
				_, err := l.Grab(t.Context(), "behind")
				require.ErrorIs(t, err, ErrLost)
				require.ErrorContains(t, err, "the write before was lost")
				require.NotErrorIs(t, err, grab.ErrUnknown)
			})
			users.Wait()
			d.fault = func(op) fault { return none } // the disk is well again, but it is too late
			_, err = l.Grab(t.Context(), "flying")
			require.ErrorIs(t, err, grab.ErrUnknown, "and stays so")
			_, err = l.Grab(t.Context(), "later")
			require.ErrorIs(t, err, ErrLost)
			require.NotErrorIs(t, err, grab.ErrUnknown)
			again, err := l.Grab(t.Context(), "early")
			require.NoError(t, err)
			require.Equal(t, g.Index, again.Index)
			require.NoError(t, l.Close())

			next := opened(t, d, small) // without a power cut: what was written can be read
			f, err := next.Grab(t.Context(), "flying")
			require.NoError(t, err)
			require.True(t, f.Again)
			d.restart(true)
			last := opened(t, d, small)
			require.Equal(t, 2, len(last.Grants()), "seed %d: who was told yes has it", seed)
		})
	}
}

// TestSoldOutIsCertain holds that nobody is sent away while those who have it all may lose it yet.
func TestSoldOutIsCertain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := redpacket.Params{N: 1, Min: 5, Max: 5, Sum: 5}
		d := formatted(t, 1, p)
		l, err := recoverLog(d, recipe.Wish{Params: p})
		require.NoError(t, err)
		verdict := make(chan fault)
		d.fault = func(o op) fault {
			if o == writeOp {
				return <-verdict
			}
			return none
		}
		var users sync.WaitGroup
		users.Go(func() {
			_, err := l.Grab(t.Context(), "first")
			require.ErrorIs(t, err, syscall.ENOSPC)
		})
		synctest.Wait()
		users.Go(func() {
			g, err := l.Grab(t.Context(), "second")
			require.NoError(t, err)
			require.False(t, g.Again)
		})
		ctx, cancel := context.WithCancelCause(t.Context())
		users.Go(func() {
			_, err := l.Grab(ctx, "third")
			require.Equal(t, errTired, err, "there was no claim")
		})
		synctest.Wait()
		cancel(errTired)
		synctest.Wait()
		verdict <- refuse
		verdict <- none
		users.Wait()
		_, err = l.Grab(t.Context(), "first")
		require.ErrorIs(t, err, grab.ErrSoldOut)
		require.NoError(t, l.Close())
	})
}

// TestCloseWaits holds that who waits for an answer gets it, whoever closes the log.
func TestCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := formatted(t, 1, small)
		d.fault = slow(d.fault)
		l, err := recoverLog(d, recipe.Wish{Params: small})
		require.NoError(t, err)
		var users sync.WaitGroup
		for i := range 20 {
			users.Go(func() {
				_, err := l.Grab(t.Context(), fmt.Sprint(i))
				require.NoError(t, err)
			})
		}
		synctest.Wait()
		require.NoError(t, l.Close())
		require.Len(t, l.Grants(), 20)
		users.Wait()
	})
}

// TestCloseAmongMany closes a log while many grab from it, and holds that who was told yes has
// something, and who was told anything else has nothing.
func TestCloseAmongMany(t *testing.T) {
	for round := range 20 {
		name := filepath.Join(t.TempDir(), "log")
		p := redpacket.Params{N: 300, Min: 1, Max: 9, Sum: 1500}
		l, err := Open(name, p)
		require.NoError(t, err)
		var mu sync.Mutex
		told := make(map[string]grab.Grant)
		var users sync.WaitGroup
		some := make(chan struct{}, 400)
		for i := range 400 {
			users.Go(func() {
				user := fmt.Sprint("user", i)
				g, err := l.Grab(t.Context(), user)
				if err == nil {
					mu.Lock()
					told[user] = g
					mu.Unlock()
				} else if !errors.Is(err, ErrClosed) && !errors.Is(err, grab.ErrSoldOut) {
					t.Error(err)
				}
				some <- struct{}{}
			})
		}
		for range round * 15 {
			<-some
		}
		users.Go(func() { require.NoError(t, l.Close()) })
		users.Go(func() { require.NoError(t, l.Close()) })
		users.Wait()
		l, err = Open(name, p)
		require.NoError(t, err)
		require.Equal(t, told, maps.Collect(l.Holders()))
		require.NoError(t, l.Close())
	}
}
