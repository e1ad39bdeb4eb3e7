package durable

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/grabtest"
	"lab.example/gopark/redpacket/grab/recipe"
)

var small = redpacket.Params{N: 60, Min: 1, Max: 90, Sum: 1200}

// formatted is a disk with a new log.
func formatted(t testing.TB, seed uint64, p redpacket.Params) *disk {
	t.Helper()
	r, err := recipe.Wish{Params: p, Seed: &recipe.Seed{byte(seed), byte(seed >> 8)}}.New()
	require.NoError(t, err)
	return newDisk(seed, header{r}.encode())
}

// answer is the last one that a user has got.
type answer int

const (
	nothing answer = iota
	yes
	no
	unknown
)

// told is what everybody was told, over all lives of the log.
type told struct {
	mu   sync.Mutex
	user map[string]*history
}

type history struct {
	answer   answer
	grant    grab.Grant
	calls    int  // under way
	together bool // there were several since there was none
}

// ask has user ask, and notes the answer if it reaches anybody. A no to one of several calls at
// the same time does not tell whether it came before the yes to another.
func (a *told) ask(ctx context.Context, l *Log, d *disk, user string) {
	a.mu.Lock()
	h := a.user[user]
	if h == nil {
		h = new(history)
		a.user[user] = h
	}
	h.calls++
	h.together = h.calls > 1
	a.mu.Unlock()

	g, err := l.Grab(ctx, user)

	a.mu.Lock()
	defer a.mu.Unlock()
	h.calls--
	looked := !errors.Is(err, context.Canceled) && !errors.Is(err, ErrClosed)
	switch {
	case h.answer == yes:
	case err == nil && !d.dead():
		h.answer, h.grant = yes, g
	case errors.Is(err, grab.ErrUnknown), d.dead(), h.together:
		h.answer = unknown
	case looked || h.answer == nothing:
		h.answer = no
	}
}

var logs = flag.Int("logs", 200, "of how many logs TestNobodyIsToldWrong lets the disk fail")

// TestNobodyIsToldWrong lets a disk fail in every way that it can, one life of a log after the
// other, and holds that nobody who was told yes has lost it, and that nobody who was told no has
// it.
func TestNobodyIsToldWrong(t *testing.T) {
	seeds := uint64(*logs)
	if child.RaceEnabled {
		seeds = min(seeds, 50)
	}
	var all struct{ lives, cuts, lost int }
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			d := formatted(t, seed, small)
			d.fault = slow(func(op) fault { return none })
			everybody := &told{user: make(map[string]*history)}
			for life := 0; ; life++ {
				require.Less(t, life, 1000, "seed %d: it is never over", seed)
				calm := life > 30 // it has to end some time
				var mu sync.Mutex
				d.fault = slow(func(o op) fault {
					mu.Lock()
					defer mu.Unlock()
					if calm || r.IntN(8) != 0 {
						return none
					}
					return 1 + fault(r.IntN(3))
				})
				l, err := recoverLog(d, recipe.Wish{Params: small})
				if err != nil {
					require.NotErrorIs(t, err, ErrDamaged, "seed %d, life %d", seed, life)
				} else {
					require.NoError(t, everybody.agree(l), "seed %d, life %d", seed, life)
					if l.Left() == 0 {
						all.lives += life
						requireAll(t, l)
						require.NoError(t, l.Close())
						return
					}
					live(l, d, everybody, r.Uint64())
					if l.lost != nil {
						all.lost++
					}
				}
				cut := r.IntN(2) == 0
				if cut {
					all.cuts++
				}
				d.restart(cut)
			}
		})
	}
	for _, a := range []int{all.lives, all.cuts, all.lost} {
		require.NotZero(t, a, "%+v", all)
	}
	t.Logf("%d logs: %+v", seeds, all)
}

// live is one life of a log: many users ask, some for a short time only, until all have an answer
// or nobody can hear it any more.
func live(l *Log, d *disk, everybody *told, seed uint64) {
	var users sync.WaitGroup
	for i := range 80 {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		users.Go(func() {
			user := fmt.Sprint("user", r.IntN(90))
			for range 1 + r.IntN(3) {
				time.Sleep(time.Duration(r.IntN(8)) * time.Millisecond / 2)
				ctx, cancel := context.WithTimeoutCause(context.Background(), time.Duration(1+r.IntN(6))*time.Millisecond, context.Canceled)
				everybody.ask(ctx, l, d, user)
				cancel()
			}
		})
	}
	users.Wait()
	_ = l.Close()
}

// agree holds what everybody was told against what a log believes.
func (a *told) agree(l *Log) error {
	has := maps.Collect(l.Holders())
	for user, h := range a.user {
		g, holds := has[user]
		switch {
		case h.answer == yes && (!holds || g.Index != h.grant.Index || g.Amount != h.grant.Amount):
			return fmt.Errorf("%s was given %+v and has %+v (%v)", user, h.grant, g, holds)
		case h.answer == no && holds:
			return fmt.Errorf("%s was told no and has %+v", user, g)
		}
	}
	for user := range has {
		if a.user[user] == nil {
			return fmt.Errorf("%s has something without having asked", user)
		}
	}
	return nil
}

// requireAll holds that all has been given away, each packet once, and nothing else.
func requireAll(t testing.TB, l *Log) {
	t.Helper()
	require.NoError(t, grabtest.AllGiven(l.Params(), l.Holders()))
	require.Zero(t, l.Left())
	next := 0
	for user, g := range l.Holders() {
		require.Equal(t, next, g.Index, user)
		next++
	}
}
