package grabtest

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

// A history is what some goroutines did with an envelope: who asked what, when, and what was the
// answer. It is right if there is an order of all these calls, each one between its beginning and
// its end, in which an envelope without any concurrency would have answered the same. porcupine
// looks for that order; small histories, and many of them, are what it is good at.

const (
	historyUsers   = 5
	historyClients = 4
	historyCalls   = 6 // of each client
)

// inHistory has fewer parts than users, so that most histories get to the end of it.
var inHistory = redpacket.Params{N: 3, Min: 1, Max: 9, Sum: 15}

// call is one of them.
type call struct {
	method string // "Grab", "Left" or "Grants"
	user   int
	ends   int // its context: 0 is never, 1 before the call, 2 and more after so many looks but one
}

// reply is the answer to a call.
type reply struct {
	index  int
	again  bool
	left   int  // of Left
	given  uint // of Grants: a bit for each index
	failed error
}

// state is an envelope without any concurrency: the index of each user's part, plus one.
type state [historyUsers]int8

func (s state) given() (set uint) {
	for _, i := range s {
		if i > 0 {
			set |= 1 << (i - 1)
		}
	}
	return set
}

func (s state) left() int {
	left := inHistory.N
	for _, i := range s {
		if i > 0 {
			left--
		}
	}
	return left
}

// step tells whether an envelope in state s may answer c with r, and what it is then.
func (s state) step(c call, r reply) (bool, state) {
	switch c.method {
	case "Left":
		return r.left == s.left(), s
	case "Grants":
		return r.given == s.given(), s
	}
	had := s[c.user]
	switch {
	case errors.Is(r.failed, errHungUp):
		return c.ends > 0, s
	case errors.Is(r.failed, grab.ErrSoldOut):
		return had == 0 && s.left() == 0, s
	case r.failed != nil || r.index < 0 || r.index >= inHistory.N:
		return false, s
	case r.again:
		return int(had) == r.index+1, s
	case had != 0 || s.given()&(1<<r.index) != 0:
		return false, s
	}
	s[c.user] = int8(r.index + 1)
	return true, s
}

var model = porcupine.Model{
	Init:  func() any { return state{} },
	Equal: func(a, b any) bool { return a.(state) == b.(state) },
	Step: func(s, in, out any) (bool, any) {
		return s.(state).step(in.(call), out.(reply))
	},
}

// history makes one and judges it.
func history(_ redpacket.Params, e grab.Envelope) error {
	seed := rand.Uint64()
	var clock atomic.Int64
	histories := make([][]porcupine.Operation, historyClients)
	together(historyClients, func(client int) answer {
		rng := rand.New(rand.NewPCG(seed, uint64(client)))
		for range historyCalls {
			c := call{"Grab", rng.IntN(historyUsers), max(0, rng.IntN(12)-8)}
			if n := rng.IntN(8); n < 2 {
				c = call{method: []string{"Left", "Grants"}[n]}
			}
			if rng.IntN(2) == 0 {
				runtime.Gosched()
			}
			began := clock.Add(1)
			r := carryOut(e, c)
			histories[client] = append(histories[client], porcupine.Operation{
				ClientId: client, Input: c, Call: began, Output: r, Return: clock.Add(1),
			})
		}
		return answer{}
	})
	all := slices.Concat(histories...)
	switch porcupine.CheckOperationsTimeout(model, all, time.Minute) {
	case porcupine.Illegal:
		return fmt.Errorf("no order explains this history (seed %d):%s", seed, text(all))
	case porcupine.Unknown:
		return errors.New("no verdict about a history within a minute")
	}
	return nil
}

func carryOut(e grab.Envelope, c call) (r reply) {
	switch c.method {
	case "Left":
		r.left = e.Left()
	case "Grants":
		for _, g := range e.Grants() {
			r.given |= 1 << min(uint(g.Index), 63) // nothing is right with what is out of range
		}
	default:
		ctx := newFading(c.ends - 2)
		defer ctx.cancel(nil)
		if c.ends == 1 {
			ctx.cancel(errHungUp)
		}
		var g grab.Grant
		g, r.failed = e.Grab(ctx, name(c.user))
		r.index, r.again = g.Index, g.Again
	}
	return r
}

func text(all []porcupine.Operation) string {
	slices.SortFunc(all, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	var s strings.Builder
	for _, o := range all {
		fmt.Fprintf(&s, "\n%4d..%-4d client %d %+v: %+v", o.Call, o.Return, o.ClientId, o.Input, o.Output)
	}
	return s.String()
}
