package redis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/grabtest"
	"lab.example/gopark/redpacket/grab/recipe"
)

var small = redpacket.Params{N: 60, Min: 1, Max: 90, Sum: 1200}

func opened(t testing.TB, c rueidis.Client, key string, p redpacket.Params) *Envelope {
	t.Helper()
	e, err := Open(t.Context(), c, key, p)
	require.NoError(t, err)
	return e
}

// local is an Envelope with the methods that one in memory has. Its users, once they have asked,
// wait for the answer.
type local struct{ *Envelope }

func (l local) Grab(ctx context.Context, user string) (grab.Grant, error) {
	if ctx.Err() != nil {
		return grab.Grant{}, context.Cause(ctx)
	}
	return l.Envelope.Grab(context.WithoutCancel(ctx), user)
}

func (l local) Left() int {
	n, err := l.Envelope.Left(context.Background())
	if err != nil {
		return -1
	}
	return n
}

func (l local) Grants() []grab.Grant {
	grants, err := l.Envelope.Grants(context.Background())
	if err != nil {
		return nil
	}
	return grants
}

// TestContract is what every envelope promises, not put to the test as often as for one that needs
// no other process. A bubble has no place for the goroutines of a client that is there before it.
func TestContract(t *testing.T) {
	c := start(t).client(t)
	made := 0
	for _, check := range grabtest.Checks() {
		t.Run(check.Name, func(t *testing.T) {
			check.Runs = min(check.Runs, 20)
			require.NoError(t, check.Try(func(p redpacket.Params) (grab.Envelope, func(), error) {
				made++
				e, err := Open(t.Context(), c, fmt.Sprint("contract", made), p)
				return local{e}, func() {}, err
			}))
		})
	}
}

// requireAll holds that all has been given away, each packet once, and nothing else.
func requireAll(t testing.TB, e *Envelope) map[string]grab.Grant {
	t.Helper()
	holders, err := e.Holders(t.Context())
	require.NoError(t, err)
	require.NoError(t, grabtest.AllGiven(e.Params(), maps.All(holders)))
	left, err := e.Left(t.Context())
	require.NoError(t, err)
	require.Zero(t, left)
	return holders
}

// TestUser is the names that there may be, those of the other fields among them.
func TestUser(t *testing.T) {
	c := start(t).client(t)
	e := opened(t, c, "key", small)
	for i, name := range []string{"", "\x00", "\xff\xfe", "id", "split", "=", strings.Repeat("x", MaxUser)} {
		g, err := e.Grab(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, grab.Grant{Index: i, Amount: e.amounts[i]}, g)
		holders, err := e.Holders(t.Context())
		require.NoError(t, err)
		require.Equal(t, g, holders[name])
		require.Len(t, holders, i+1)
	}
	_, err := e.Grab(t.Context(), strings.Repeat("x", MaxUser+1))
	require.EqualError(t, err, "grab: the name of the user has 1025 bytes, which is more than 1024")
}

// TestOpenAtOnce holds that all who open a split at the same time get the same one.
func TestOpenAtOnce(t *testing.T) {
	s := start(t)
	for round := range 10 {
		var all sync.WaitGroup
		envelopes := make([]*Envelope, 8)
		for i := range envelopes {
			c := s.client(t)
			all.Go(func() {
				e, err := Open(t.Context(), c, fmt.Sprint("key", round), small)
				if err == nil {
					envelopes[i] = e
				}
			})
		}
		all.Wait()
		for _, e := range envelopes {
			require.NotNil(t, e)
			require.Equal(t, envelopes[0].id, e.id)
			require.Equal(t, envelopes[0].amounts, e.amounts)
		}
	}
}

// TestOther is keys that hold something else than is asked for, and keep it.
func TestOther(t *testing.T) {
	c := start(t).client(t)
	opened(t, c, "split", small)
	other := small
	other.Sum++
	_, err := Open(t.Context(), c, "split", other)
	require.ErrorIs(t, err, ErrOther)
	require.ErrorContains(t, err, "splits 1200 into 60 parts of 1..90, and not 1201 into 60 of 1..90")
	_, err = Open(t.Context(), c, "split", small, WithSeed([32]byte{1}))
	require.ErrorIs(t, err, ErrOther)
	require.ErrorContains(t, err, "another seed")
	do(t, c, "SET", "text", "do not lose me")
	_, err = Open(t.Context(), c, "text", small)
	require.ErrorIs(t, err, ErrOther)
	require.ErrorContains(t, err, "it is no hash")
	do(t, c, "HSET", "hash", "do not", "lose me")
	_, err = Open(t.Context(), c, "hash", small)
	require.ErrorIs(t, err, ErrOther)
	require.ErrorContains(t, err, "it is no split")

	stored, err := c.Do(t.Context(), c.B().Hget().Key("split").Field(splitField).Build()).ToString()
	require.NoError(t, err)
	for change, want := range map[[2]string]string{
		{`"format":1`, `"format":2`}:                                         "it has format 2, and this program knows format 1",
		{fmt.Sprintf(`"stream":%d`, redpacket.StreamVersion), `"stream":99`}: "drawn by version 99 of the stream",
		{`"uniform"`, `"none"`}:                                              `unknown method "none"`,
		{`"seed":"`, `"seed":"x`}:                                            "its seed is not one",
		{`"seed":"`, `"seed":"00`}:                                           "its seed is not one",
		{`"seed":"`, `"seed":"","old":"`}:                                    "its seed is not one",
		{`"n":60`, `"n":-1`}:                                                 "it splits 1200 into -1 parts",
		{`"n":60`, `"n":1000000000000`}:                                      "it splits 1200 into 1000000000000 parts",
		{`"amounts":`, `"amounts":1,"other":`}:                               recipe.ErrDrifted.Error(),
	} {
		require.Contains(t, stored, change[0])
		do(t, c, "HSET", "split", splitField, strings.Replace(stored, change[0], change[1], 1))
		_, err := Open(t.Context(), c, "split", small)
		require.ErrorContains(t, err, want)
	}

	do(t, c, "HSET", "split", splitField, stored)
	do(t, c, "HDEL", "split", idField)
	_, err = Open(t.Context(), c, "split", small)
	require.ErrorIs(t, err, ErrOther)

	_, err = Open(t.Context(), c, "new", redpacket.Params{N: 1, Min: 2, Max: 1})
	require.ErrorIs(t, err, redpacket.ErrInfeasible)
	n, err := c.Do(t.Context(), c.B().Exists().Key("new").Build()).AsInt64()
	require.NoError(t, err)
	require.Zero(t, n)
}

// TestSeed holds that a seed is a split.
func TestSeed(t *testing.T) {
	c := start(t).client(t)
	seed := [32]byte{1, 2, 3}
	a, err := Open(t.Context(), c, "a", small, WithSeed(seed), WithMethod(redpacket.Uniform))
	require.NoError(t, err)
	b, err := Open(t.Context(), c, "b", small, WithSeed(seed))
	require.NoError(t, err)
	require.Equal(t, a.amounts, b.amounts)
	require.NotEqual(t, a.amounts, opened(t, c, "c", small).amounts)
}

// TestGone holds that a key which is deleted, or which has become another one's, gives nothing away.
func TestGone(t *testing.T) {
	c := start(t).client(t)
	e := opened(t, c, "key", small)
	_, err := e.Grab(t.Context(), "user")
	require.NoError(t, err)
	for _, becomes := range []func(){
		func() {},
		func() { opened(t, c, "key", small) },
		func() { do(t, c, "SET", "key", "text") },
	} {
		do(t, c, "DEL", "key")
		becomes()
		_, err = e.Grab(t.Context(), "user")
		require.ErrorIs(t, err, ErrGone)
		require.NotErrorIs(t, err, grab.ErrUnknown)
		_, err = e.Left(t.Context())
		require.ErrorIs(t, err, ErrGone)
		_, err = e.Grants(t.Context())
		require.ErrorIs(t, err, ErrGone)
		_, err = e.Holders(t.Context())
		require.ErrorIs(t, err, ErrGone)
	}
}

// TestForeign is a hash to which somebody else has written.
func TestForeign(t *testing.T) {
	c := start(t).client(t)
	e := opened(t, c, "key", small)
	var err error
	for _, junk := range []string{"1000", "60", "-1", "abc", "", "1.5", "nan", "0x1", "99999999999999999999"} {
		do(t, c, "HSET", "key", "=user", junk)
		_, err = e.Grab(t.Context(), "user")
		require.ErrorContains(t, err, "somebody else writes to key", "%q", junk)
		require.NotErrorIs(t, err, grab.ErrUnknown)
		require.NotErrorIs(t, err, grab.ErrSoldOut)
		holders, err := e.Holders(t.Context())
		require.ErrorContains(t, err, "somebody else writes to key", "%q", junk)
		require.Nil(t, holders)
	}
	_, err = e.Holders(t.Context())
	require.ErrorContains(t, err, "somebody else writes to key")
	do(t, c, "HSET", "key", "=user", "0", "", "1")
	_, err = e.Holders(t.Context())
	require.ErrorContains(t, err, "somebody else writes to key")
	for i := range small.N {
		do(t, c, "HSET", "key", fmt.Sprint("=", i), "0")
	}
	_, err = e.Left(t.Context())
	require.ErrorContains(t, err, "somebody else writes to key")
}

var errTired = errors.New("tired of waiting")

// TestCancelled is a context that ends before Redis is asked, and one that ends while Redis does
// not answer.
func TestCancelled(t *testing.T) {
	s := start(t)
	written := make(chan struct{}, 1)
	e := opened(t, s.client(t, watch(func() {
		select {
		case written <- struct{}{}:
		default:
		}
	}, new(atomic.Bool))), "key", small)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTired)
	_, err := e.Grab(ctx, "user")
	require.Equal(t, errTired, err)
	_, err = Open(ctx, e.client, "other", small)
	require.ErrorIs(t, err, errTired)
	left, err := e.Left(t.Context())
	require.NoError(t, err)
	require.Equal(t, small.N, left)

	require.NoError(t, s.process.Signal(syscall.SIGSTOP))
	require.NoError(t, s.process.WaitStopped(t.Context()))
	ctx, cancel = context.WithCancelCause(t.Context())
	select { // what was written before does not count
	case <-written:
	default:
	}
	go func() {
		<-written
		cancel(errTired)
	}()
	_, err = e.Grab(ctx, "user")
	require.ErrorIs(t, err, errTired)
	require.ErrorIs(t, err, grab.ErrUnknown)
	require.NoError(t, s.process.Signal(syscall.SIGCONT))
	g, err := e.Grab(t.Context(), "user")
	require.NoError(t, err)
	require.Zero(t, g.Index, "he has one, whichever call has got it for him")
	left, err = e.Left(t.Context())
	require.NoError(t, err)
	require.Equal(t, small.N-1, left)
}

// TestAnswerLost holds that a grab which has happened, and of which nobody knows, is found again.
func TestAnswerLost(t *testing.T) {
	s := start(t)
	var deaf atomic.Bool
	e := opened(t, s.client(t, watch(func() {}, &deaf)), "key", small)
	_, err := e.Grab(t.Context(), "somebody else") // so that Redis knows the script
	require.NoError(t, err)
	deaf.Store(true)
	_, err = e.Grab(t.Context(), "user")
	require.ErrorIs(t, err, grab.ErrUnknown)
	deaf.Store(false)
	g, err := e.Grab(t.Context(), "user")
	require.NoError(t, err)
	require.Equal(t, grab.Grant{Index: 1, Amount: e.amounts[1], Again: true}, g)
}

// TestAway holds that a Redis which is not there is an error, which says that nothing has happened,
// and that all goes on when it is back.
func TestAway(t *testing.T) {
	s := start(t, durable()...)
	e := opened(t, s.client(t), "key", small)
	g, err := e.Grab(t.Context(), "early")
	require.NoError(t, err)
	s.kill(t)
	for certain := false; !certain; { // a connection may take a moment to notice
		_, err := e.Grab(t.Context(), "user")
		require.Error(t, err)
		certain = !errors.Is(err, grab.ErrUnknown)
		if certain {
			require.ErrorContains(t, err, "reach redis: ")
		}
	}
	_, err = e.Left(t.Context())
	require.Error(t, err)
	_, err = Open(t.Context(), e.client, "key", small)
	require.Error(t, err)
	s.begin(t)
	again, err := e.Grab(t.Context(), "early")
	require.NoError(t, err)
	g.Again = true
	require.Equal(t, g, again)
	later, err := e.Grab(t.Context(), "user")
	require.NoError(t, err)
	require.Equal(t, 1, later.Index)
}

// TestNotLinked holds that who runs gopark does not wait for a client of Redis to be compiled.
func TestNotLinked(t *testing.T) {
	deps := func(pkg string) string {
		out, err := exec.Command("go", "list", "-deps", pkg).Output()
		require.NoError(t, err)
		return string(out)
	}
	const client = "github.com/redis/rueidis"
	require.NotContains(t, deps("lab.example/gopark"), client)
	require.Contains(t, deps("lab.example/gopark/redpacket/grab/redis"), client, "the control")
}
