package grabtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

// Everybody has so many goroutines grab for users of whom each comes once, and returns when all
// have come. A goroutine stops at its first error; they are joined.
func Everybody(goroutines, users int, grab func(user string) error) error {
	var next atomic.Int64
	var all sync.WaitGroup
	failed := make([]error, goroutines)
	for i := range goroutines {
		all.Go(func() {
			for n := next.Add(1); n <= int64(users) && failed[i] == nil; n = next.Add(1) {
				failed[i] = grab("user" + strconv.FormatInt(n, 10))
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// Storm is goroutines that grab for users chosen at random.
type Storm struct {
	Seed       uint64
	Goroutines int
	Users      int  // how many there are to choose from
	Forever    bool // also when nothing is left, until the process is killed
}

// Run has them grab until it is sold out, or there is an error, and say what they got, for Heard.
func (s Storm) Run(grabs func(context.Context, string) (grab.Grant, error), say Say) {
	var all sync.WaitGroup
	for i := range s.Goroutines {
		all.Go(func() {
			for r := rand.New(rand.NewPCG(s.Seed, uint64(i))); ; {
				user := fmt.Sprint("user", r.IntN(s.Users))
				switch g, err := grabs(context.Background(), user); {
				case errors.Is(err, grab.ErrSoldOut):
					if !s.Forever {
						return
					}
				case err != nil:
					say("error %v", err)
					return
				default:
					say("%s %d %d", user, g.Index, g.Amount)
				}
			}
		})
	}
	all.Wait()
}

// Heard is what users were told, by any number of processes. What one was told lasts: he is never
// told anything else, and at any time after that he has it. The zero value has heard of nothing.
type Heard struct {
	mu     sync.Mutex
	grants map[string]grab.Grant
	wrong  error
}

// Line hears what a Storm says.
func (h *Heard) Line(line string) {
	var user string
	var g grab.Grant
	if _, err := fmt.Sscanf(line, "%s %d %d", &user, &g.Index, &g.Amount); err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.wrong = errors.New(line)
		return
	}
	h.Hear(user, g)
}

// Hear hears what a user was told.
func (h *Heard) Hear(user string, g grab.Grant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g.Again = false
	if was, ok := h.grants[user]; ok && was != g {
		h.wrong = fmt.Errorf("%s has %+v and had %+v", user, g, was)
	}
	if h.grants == nil {
		h.grants = make(map[string]grab.Grant)
	}
	h.grants[user] = g
}

// Lasts is an error if something that was heard was wrong, or if somebody does not have what he was
// told. Others, who were not told in time, may have something, too.
func (h *Heard) Lasts(holders iter.Seq2[string, grab.Grant]) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wrong != nil {
		return h.wrong
	}
	found := 0
	for user, g := range holders {
		if was, ok := h.grants[user]; ok {
			if was != g {
				return fmt.Errorf("%s has %+v and was told %+v", user, g, was)
			}
			found++
		}
	}
	if found != len(h.grants) {
		return fmt.Errorf("%d of %d users who were told that they have something do not have it", len(h.grants)-found, len(h.grants))
	}
	return nil
}

// AllGiven is an error unless all of p has been given away, each part once, to as many users, and
// nothing else.
func AllGiven(p redpacket.Params, holders iter.Seq2[string, grab.Grant]) error {
	users, indices := make(map[string]bool), make(map[int]bool)
	var sum int64
	for user, g := range holders {
		switch {
		case users[user]:
			return fmt.Errorf("%s is there twice", user)
		case indices[g.Index]:
			return fmt.Errorf("part %d is there twice", g.Index)
		case g.Index < 0 || g.Index >= p.N || g.Again:
			return fmt.Errorf("%s has %+v of %d parts", user, g, p.N)
		}
		users[user], indices[g.Index] = true, true
		sum += g.Amount
	}
	if len(users) != p.N || sum != p.Sum {
		return fmt.Errorf("%d of %d parts were given, %d of %d in all", len(users), p.N, sum, p.Sum)
	}
	return nil
}
