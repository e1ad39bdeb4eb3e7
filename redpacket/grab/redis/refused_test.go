package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket/grab"
)

// TestRefused holds that what Redis refuses has not happened, and that the error says so, whatever
// the reason is.
func TestRefused(t *testing.T) {
	for _, why := range []struct {
		says           string
		refuse, accept [][]string
	}{
		{"OOM", [][]string{{"CONFIG", "SET", "maxmemory", "1"}}, [][]string{{"CONFIG", "SET", "maxmemory", "0"}}},
		{"READONLY", [][]string{{"REPLICAOF", "127.0.0.1", "1"}}, [][]string{{"REPLICAOF", "NO", "ONE"}}},
		{
			"MASTERDOWN",
			[][]string{{"CONFIG", "SET", "replica-serve-stale-data", "no"}, {"REPLICAOF", "127.0.0.1", "1"}},
			[][]string{{"REPLICAOF", "NO", "ONE"}},
		},
		{"NOREPLICAS", [][]string{{"CONFIG", "SET", "min-replicas-to-write", "1"}}, [][]string{{"CONFIG", "SET", "min-replicas-to-write", "0"}}},
		{"can't run this command", [][]string{{"ACL", "SETUSER", "default", "-hset"}}, [][]string{{"ACL", "SETUSER", "default", "+@all"}}},
		{"NOPERM", [][]string{{"ACL", "SETUSER", "default", "-eval", "-evalsha"}}, [][]string{{"ACL", "SETUSER", "default", "+@all"}}},
	} {
		t.Run(why.says, func(t *testing.T) {
			c := start(t).client(t)
			e := opened(t, c, "key", small)
			g, err := e.Grab(t.Context(), "early")
			require.NoError(t, err)
			for _, words := range why.refuse {
				do(t, c, words...)
			}
			requireRefused(t, e, why.says)
			for _, words := range why.accept {
				do(t, c, words...)
			}
			requireNothingGiven(t, e, g)
		})
	}
}

// requireRefused holds that nobody gets anything, and is told that it is certain and not for ever.
func requireRefused(t *testing.T, e *Envelope, says string) {
	t.Helper()
	g, err := e.Grab(t.Context(), "user")
	require.ErrorContains(t, err, says)
	for _, other := range []error{grab.ErrUnknown, grab.ErrSoldOut, ErrGone} {
		require.NotErrorIs(t, err, other)
	}
	require.Zero(t, g)
}

// requireNothingGiven holds that early, who has the first packet, is the only one who has something,
// and that user can get the next one.
func requireNothingGiven(t *testing.T, e *Envelope, early grab.Grant) {
	t.Helper()
	holders, err := e.Holders(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]grab.Grant{"early": early}, holders)
	early.Again = true
	again, err := e.Grab(t.Context(), "early")
	require.NoError(t, err)
	require.Equal(t, early, again)
	g, err := e.Grab(t.Context(), "user")
	require.NoError(t, err)
	require.Equal(t, grab.Grant{Index: 1, Amount: e.amounts[1]}, g)
}

// TestBusy holds that somebody else's script which does not end gives nothing away and takes nothing.
func TestBusy(t *testing.T) {
	s := start(t)
	c, other := s.client(t), s.client(t)
	e := opened(t, c, "key", small)
	g, err := e.Grab(t.Context(), "early")
	require.NoError(t, err)
	do(t, c, "CONFIG", "SET", "busy-reply-threshold", "1")
	ended := make(chan error)
	go func() {
		ended <- other.Do(t.Context(), other.B().Eval().Script("while true do end").Numkeys(0).Build()).Error()
	}()
	for busy := false; !busy; runtime.Gosched() {
		err := c.Do(t.Context(), c.B().Ping().Build()).Error()
		busy = err != nil && strings.HasPrefix(err.Error(), "BUSY")
	}
	requireRefused(t, e, "BUSY")
	do(t, c, "SCRIPT", "KILL")
	require.ErrorContains(t, <-ended, "Script killed by user")
	requireNothingGiven(t, e, g)
}

// TestScriptsForgotten holds that a Redis which is told to forget its scripts, again and again, is
// given them again, and that nobody notices.
func TestScriptsForgotten(t *testing.T) {
	s := start(t)
	c, other := s.client(t), s.client(t)
	e := opened(t, c, "key", small)
	var all sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(small.N))
	for i := range small.N {
		all.Go(func() {
			defer left.Add(-1)
			g, err := e.Grab(t.Context(), fmt.Sprint(i))
			if err != nil || g.Again {
				t.Errorf("%+v %v", g, err)
			}
		})
	}
	for left.Load() > 0 {
		do(t, other, "SCRIPT", "FLUSH")
	}
	all.Wait()
	requireAll(t, e)
}

// TestForgets holds that a Redis which has come back empty is noticed: nothing is given away twice.
// Whoever opens the key then has another split.
func TestForgets(t *testing.T) {
	s := start(t) // it appends to no file
	e := opened(t, s.client(t), "key", small)
	_, err := e.Grab(t.Context(), "early")
	require.NoError(t, err)
	s.kill(t)
	s.begin(t)
	for gone := false; !gone; { // a connection may take a moment to notice
		g, err := e.Grab(t.Context(), "early")
		require.Error(t, err)
		require.Zero(t, g)
		if gone = errors.Is(err, ErrGone); !gone && !errors.Is(err, grab.ErrUnknown) {
			require.ErrorContains(t, err, "reach redis: ")
		}
	}
	anew := opened(t, e.client, "key", small)
	require.NotEqual(t, e.amounts, anew.amounts)
	g, err := anew.Grab(t.Context(), "early")
	require.NoError(t, err)
	require.Equal(t, grab.Grant{Index: 0, Amount: anew.amounts[0]}, g)
	_, err = e.Grab(t.Context(), "early")
	require.ErrorIs(t, err, ErrGone)
}

// TestHangs holds that a Redis which does not answer is not waited for for ever, and that what it does
// in the end is found.
func TestHangs(t *testing.T) {
	for name, wait := range map[string]struct {
		client func(*rueidis.ClientOption)
		ctx    func(context.Context) (context.Context, context.CancelFunc)
		cause  error
	}{
		"the client's timeout": {
			func(o *rueidis.ClientOption) {
				o.ConnWriteTimeout, o.Dialer.KeepAlive = 50*time.Millisecond, 10*time.Millisecond
			},
			context.WithCancel, nil,
		},
		"a deadline": {
			func(*rueidis.ClientOption) {},
			func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeoutCause(ctx, 50*time.Millisecond, errTired)
			},
			errTired,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			e := opened(t, s.client(t, wait.client), "key", small)
			require.NoError(t, s.process.Signal(syscall.SIGSTOP))
			require.NoError(t, s.process.WaitStopped(t.Context()))
			ctx, cancel := wait.ctx(t.Context())
			defer cancel()
			_, err := e.Grab(ctx, "user")
			require.ErrorIs(t, err, grab.ErrUnknown)
			if wait.cause != nil {
				require.ErrorIs(t, err, wait.cause)
			}
			require.NoError(t, s.process.Signal(syscall.SIGCONT))
			patient := opened(t, s.client(t), "key", small)
			g, err := patient.Grab(t.Context(), "user")
			require.NoError(t, err)
			require.Zero(t, g.Index, "he has one, whichever call has got it for him")
			left, err := patient.Left(t.Context())
			require.NoError(t, err)
			require.Equal(t, small.N-1, left)
		})
	}
}

// TestClosed holds that a client which has been closed gives no answer that could be taken for one.
func TestClosed(t *testing.T) {
	s := start(t)
	c, err := connect(s.socket)
	require.NoError(t, err)
	e := opened(t, c, "key", small)
	c.Close()
	_, err = e.Grab(t.Context(), "user")
	require.ErrorIs(t, err, rueidis.ErrClosing)
	require.NotErrorIs(t, err, grab.ErrSoldOut)
	_, err = e.Holders(t.Context())
	require.ErrorIs(t, err, rueidis.ErrClosing)
}

// lateTimer is a context whose deadline has passed, and which learns of that when somebody asks
// for Done.
type lateTimer struct {
	context.Context
	cancel context.CancelCauseFunc
}

func (lateTimer) Deadline() (time.Time, bool) { return time.Unix(1, 0), true }

func (l lateTimer) Done() <-chan struct{} {
	l.cancel(errTired)
	return l.Context.Done()
}

// TestFailure is what answers mean that are not to be had from the Redis at hand.
func TestFailure(t *testing.T) {
	c := start(t).client(t)
	// This is how a Redis before version 7 says it.
	old := "ERR Error running script (call to f_0123): @user_script:2: WRONGTYPE Operation against a key"
	said := c.Do(t.Context(), c.B().Eval().Script("return redis.error_reply(ARGV[1])").Numkeys(0).Arg(old).Build()).Error()
	require.ErrorContains(t, said, "@user_script:2: WRONGTYPE", "the control")
	require.ErrorIs(t, failure(t.Context(), said), ErrGone)

	dial := &net.OpError{Op: "dial", Err: context.Canceled}
	err := failure(t.Context(), dial)
	require.ErrorIs(t, err, dial)
	require.NotErrorIs(t, err, grab.ErrUnknown)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTired)
	err = failure(ctx, dial)
	require.ErrorIs(t, err, errTired)
	require.NotErrorIs(t, err, grab.ErrUnknown)
	read := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	require.ErrorIs(t, failure(t.Context(), read), grab.ErrUnknown)

	inner, cancel := context.WithCancelCause(t.Context())
	err = failure(lateTimer{inner, cancel}, context.DeadlineExceeded)
	require.ErrorIs(t, err, errTired, "the client has looked at the clock, and the context not yet")
	require.ErrorIs(t, err, grab.ErrUnknown)
}
