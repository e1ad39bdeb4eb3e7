package grabtest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// faulty is an envelope behind one lock, with at most one fault.
type faulty struct {
	fault string
	mu    sync.Mutex
	parts []int64
	users map[string]int
	taken int
	back  []int // handed back
	shown int   // what Left and Grants know, if they come late
}

func newFaulty(fault string) Make {
	return func(p redpacket.Params) (grab.Envelope, func(), error) {
		parts, err := redpacket.Split(p, nil)
		return &faulty{fault: fault, parts: parts, users: make(map[string]int)}, func() {}, err
	}
}

func (f *faulty) has(fault string) bool { return f.fault == fault }

// gap lets everybody else go on as far as they can: in a bubble, time goes on only then. The lock
// must not be held by whoever waits here, except through gapInside.
func (f *faulty) gap(fault string) {
	if f.has(fault) {
		time.Sleep(time.Nanosecond)
	}
}

// gapInside is a gap in what should be one step under the lock.
func (f *faulty) gapInside(fault string) {
	if f.has(fault) {
		f.mu.Unlock()
		f.gap(fault)
		f.mu.Lock()
	}
}

func (f *faulty) Grab(ctx context.Context, user string) (grab.Grant, error) {
	if f.has("letters of either case are the same") {
		user = strings.ToLower(user)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.cancelled(ctx, user); err != nil {
		return grab.Grant{}, err
	}
	i, ok := f.users[user]
	switch {
	case f.has("who has something is told that it is sold out") && f.taken == len(f.parts):
		return grab.Grant{}, grab.ErrSoldOut
	case f.has("takes first and hands back") && f.left() > 0:
		return f.takeFirst(user)
	case ok:
		return grab.Grant{Index: i, Amount: f.parts[i%len(f.parts)], Again: !f.has("again is not marked")}, nil
	}
	f.gapInside("two grants for one user")
	if f.left() == 0 || f.has("sold out too early") && f.left() == 1 {
		if f.has("sold out comes with a grant") {
			return grab.Grant{Index: 1}, grab.ErrSoldOut
		}
		return grab.Grant{}, grab.ErrSoldOut
	}
	f.gapInside("a part too many")
	i = f.take()
	if f.has("one part for two") && i > 0 {
		i--
	}
	f.users[user] = i
	if f.has("looks at the context too late") && ctx.Err() != nil {
		return grab.Grant{}, context.Cause(ctx)
	}
	g := grab.Grant{Index: i, Amount: f.parts[i%len(f.parts)]}
	if f.has("a coin is lost") && i == len(f.parts)-1 {
		f.parts[i]--
		g.Amount--
	}
	if !f.has("shown late") {
		f.shown = f.taken
	}
	return g, nil
}

func (f *faulty) cancelled(ctx context.Context, user string) error {
	switch {
	case f.has("does not look at the context") || ctx.Err() == nil:
		return nil
	case f.has("forgets the cause"):
		return ctx.Err()
	case f.has("remembers whom it refused") && f.left() > 0:
		f.users[user] = f.take()
	}
	return context.Cause(ctx)
}

func (f *faulty) take() int {
	if n := len(f.back); n > 0 {
		i := f.back[n-1]
		f.back = f.back[:n-1]
		return i
	}
	f.taken++
	return f.taken - 1
}

// takeFirst gives a part back if the user turns out to have one. In between, others were told
// that nothing is left.
func (f *faulty) takeFirst(user string) (grab.Grant, error) {
	i := f.take()
	f.gapInside("takes first and hands back")
	if had, ok := f.users[user]; ok {
		f.back = append(f.back, i)
		return grab.Grant{Index: had, Amount: f.parts[had], Again: true}, nil
	}
	f.users[user] = i
	return grab.Grant{Index: i, Amount: f.parts[i]}, nil
}

func (f *faulty) left() int { return len(f.parts) - f.taken + len(f.back) }

func (f *faulty) Left() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.has("shown late") {
		defer func() { f.shown = f.taken }()
		return len(f.parts) - f.shown
	}
	return max(0, f.left())
}

func (f *faulty) Grants() (grants []grab.Grant) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, amount := range f.parts {
		if i > 0 {
			f.gapInside("Grants is not of one moment")
		}
		for _, has := range f.users {
			if has == i {
				grants = append(grants, grab.Grant{Index: i, Amount: amount})
			}
		}
	}
	return grants
}

// TestFaults holds that every fault is found by the check that is for it. It is carried out in a
// bubble, in which a gap is as long as it takes the others to fall into it. Of histories, the
// rarest fault (that Grants is not of one moment) is in every eighth: 200 of them miss it once in
// 10^11 times.
func TestFaults(t *testing.T) {
	checks := make(map[string]Check)
	for _, c := range Checks() {
		checks[c.Name] = c
	}
	for fault, by := range map[string][]string{
		"two grants for one user":                       {"the same user at the same time", "a crowd", "history"},
		"a part too many":                               {"a crowd", "history"},
		"one part for two":                              {"one after the other", "a crowd", "in step", "history"},
		"sold out too early":                            {"one after the other", "a last part", "a crowd", "in step", "history"},
		"sold out comes with a grant":                   {"one after the other", "nothing in it", "a crowd"},
		"a coin is lost":                                {"one after the other", "a last part", "a crowd"},
		"again is not marked":                           {"again", "in step", "history"},
		"who has something is told that it is sold out": {"again", "a crowd", "history"},
		"letters of either case are the same":           {"again"},
		"does not look at the context":                  {"cancelled before"},
		"looks at the context too late":                 {"cancelled at a look", "history"},
		"forgets the cause":                             {"cancelled before"},
		"remembers whom it refused":                     {"cancelled before", "cancelled in a crowd", "history"},
		"takes first and hands back":                    {"history"},
		"shown late":                                    {"one after the other", "looked at while it is grabbed", "history"},
		"Grants is not of one moment":                   {"history"},
	} {
		for _, name := range by {
			t.Run(fault+"/"+name, func(t *testing.T) {
				c, ok := checks[name]
				require.True(t, ok)
				synctest.Test(t, func(t *testing.T) {
					err := c.Try(newFaulty(fault))
					require.Error(t, err)
					t.Log(err)
				})
			})
		}
	}
}

// TestFaultless holds that what finds the faults is nothing else about the envelope that has them.
func TestFaultless(t *testing.T) { Contract(t, newFaulty("")) }
