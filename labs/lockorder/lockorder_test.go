package lockorder

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// The accounts of these tests have hooks, at which those meet who must not: a deadlock
// that comes once in a month is here at the first call.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// returns reports whether f comes to its end, or waits when nobody else can go on.
func returns(f func()) bool {
	var done atomic.Bool
	go func() {
		f()
		done.Store(true)
	}()
	new(probe.Point).Here() // returns when nobody else can run
	return done.Load()
}

// inside returns how much is in the account.
func inside(a *Account) int {
	a.Lock()
	defer a.Unlock()
	return a.Cents()
}

func TestOneTransfer(t *testing.T) {
	for _, ids := range [][2]int{{1, 2}, {2, 1}} {
		probe.Bubble(t, func(t *testing.T) {
			from, to := NewAccount(ids[0], 100), NewAccount(ids[1], 10)
			changes, alone := 0, false
			look := func() {
				changes++
				alone = alone || !from.locked.Load() || !to.locked.Load()
				new(probe.Point).Here() // who does not wait for this has returned by now
			}
			from.beforeChange, to.beforeChange = look, look
			err := Transfer(from, to, 100)
			switch {
			case from.locked.Load() || to.locked.Load():
				t.Fatal("Transfer has returned, and an account is still locked")
			case alone:
				t.Fatal("the money is under way while only one of the two accounts is locked: somebody who looks now misses it")
			case err != nil:
				t.Fatalf("there were 100 cents, and a Transfer of 100 returned the error %v", err)
			case inside(from) != 0 || inside(to) != 110:
				t.Fatalf("100 of 100 cents were moved to an account with 10: now there are %d and %d", inside(from), inside(to))
			case changes != 2:
				t.Fatalf("one Transfer changed accounts %d times: want each once", changes)
			}
		})
	}
}

func TestNotEnough(t *testing.T) {
	for _, ids := range [][2]int{{1, 2}, {2, 1}} {
		probe.Bubble(t, func(t *testing.T) {
			from, to := NewAccount(ids[0], 99), NewAccount(ids[1], 500)
			err := Transfer(from, to, 100)
			switch {
			case from.locked.Load() || to.locked.Load():
				t.Fatal("deadlock: there was not enough money, and an account stays locked: the next who comes waits for ever")
			case err != ErrFunds:
				t.Fatalf("there were 99 cents, and a Transfer of 100 returned the error %v: want ErrFunds", err)
			case inside(from) != 99 || inside(to) != 500:
				t.Fatalf("Transfer returned ErrFunds, but changed accounts with 99 and 500 cents to %d and %d", inside(from), inside(to))
			}
		})
	}
}

func TestToItself(t *testing.T) {
	for _, tt := range []struct {
		cents int
		want  error
	}{{100, nil}, {101, ErrFunds}} {
		probe.Bubble(t, func(t *testing.T) {
			a := NewAccount(1, 100)
			var err error
			if !returns(func() { err = Transfer(a, a, tt.cents) }) {
				t.Fatal("deadlock: a Transfer from an account to itself waits for the lock that it has taken itself")
			}
			switch {
			case a.locked.Load():
				t.Fatal("deadlock: after a Transfer from an account to itself it stays locked")
			case !errors.Is(err, tt.want):
				t.Fatalf("an account has 100 cents, and a Transfer of %d to itself returned the error %v: want %v", tt.cents, err, tt.want)
			case inside(a) != 100:
				t.Fatalf("an account had 100 cents, and after a Transfer to itself it has %d", inside(a))
			}
		})
	}
}

// Two transfers in opposite directions. If each may lock one account before either has both,
// it does.
func TestThereAndBack(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		a, b := NewAccount(1, 100), NewAccount(2, 100)
		a.afterLock, b.afterLock = p.Here, p.Here
		var both sync.WaitGroup
		both.Go(func() { Transfer(a, b, 30) })
		both.Go(func() { Transfer(b, a, 10) })
		both.Wait() // Bubble finds that nobody can go on
		if inside(a) != 80 || inside(b) != 120 {
			t.Fatalf("30 cents went there and 10 back between accounts with 100: now there are %d and %d", inside(a), inside(b))
		}
	})
}

// Everybody gives to his neighbour, in a circle. Whoever has locked an account is held until
// all others cannot go on.
func TestCircle(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 5
		var circle []*Account
		for i := range n {
			a := NewAccount(1+i, 100)
			a.afterLock = func() { new(probe.Point).Here() }
			circle = append(circle, a)
		}
		var all sync.WaitGroup
		for i, a := range circle {
			all.Go(func() { Transfer(a, circle[(i+1)%n], 10) })
		}
		all.Wait() // Bubble finds that nobody can go on
		for _, a := range circle {
			if got := inside(a); got != 100 {
				t.Fatalf("each of %d accounts with 100 cents gave 10 to its neighbour: now one has %d", n, got)
			}
		}
	})
}

func TestStrangersDoNotWait(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		var both sync.WaitGroup
		for i := range 2 {
			a, b := NewAccount(10*i+1, 100), NewAccount(10*i+2, 100)
			a.beforeChange = p.Here
			both.Go(func() { Transfer(a, b, 10) })
		}
		both.Wait()
		if p.Met() == 0 {
			t.Fatal("two transfers that have no account in common wait for each other: they must not have one lock between them")
		}
	})
}

// Somebody has locked an account for long. Who wants that one waits, and nobody else.
func TestWhoWaitsKeepsNobodyUp(t *testing.T) {
	for busy := range 2 {
		probe.Bubble(t, func(t *testing.T) {
			pair := []*Account{NewAccount(1, 100), NewAccount(2, 100)}
			pair[busy].Lock()
			var waits sync.WaitGroup
			waits.Add(1)
			if returns(func() { defer waits.Done(); Transfer(pair[0], pair[1], 10) }) {
				t.Fatal("an account was locked by somebody else, and Transfer did not wait for it")
			}
			went := returns(func() { Transfer(NewAccount(3, 100), NewAccount(4, 100), 10) })
			pair[busy].Unlock()
			if !went {
				t.Fatal("a transfer waits for an account that is locked for long, and one that has no account in common waits for that transfer")
			}
			waits.Wait()
			if got := inside(pair[1]); got != 110 {
				t.Fatalf("a transfer of 10 cents waited for an account, and when it was unlocked the other had %d: want 110", got)
			}
		})
	}
}

// Two want all of the same money. If one may look, open the account and come back, the other
// one looks meanwhile.
func TestTwoWantAll(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var p probe.Point
		from, b, c := NewAccount(2, 100), NewAccount(1, 0), NewAccount(3, 0)
		from.afterUnlock = p.Here
		var errs [2]error
		var both sync.WaitGroup
		both.Go(func() { errs[0] = Transfer(from, b, 100) })
		both.Go(func() { errs[1] = Transfer(from, c, 100) })
		both.Wait()
		switch left := inside(from); {
		case left < 0:
			t.Fatalf("overdrawn: two wanted all of 100 cents at the same time, and now there are %d: the account was opened between the look and the change", left)
		case !(errs[0] == nil && errs[1] == ErrFunds || errs[1] == nil && errs[0] == ErrFunds):
			t.Fatalf("two wanted all of 100 cents at the same time, and Transfer returned the errors %v and %v: want nil and ErrFunds", errs[0], errs[1])
		}
	})
}

func TestManyAtTheSameTime(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			var all []*Account
			for i := range 4 {
				a := NewAccount(4-i, 100)
				a.afterLock, a.beforeChange = runtime.Gosched, runtime.Gosched
				all = append(all, a)
			}
			var clients sync.WaitGroup
			for i := range 8 {
				clients.Go(func() {
					for j := range 8 {
						Transfer(all[i%4], all[(i+j)%4], 30)
					}
				})
			}
			clients.Wait()
			sum := 0
			for _, a := range all {
				cents := inside(a)
				if cents < 0 {
					t.Fatalf("overdrawn: an account has %d cents", cents)
				}
				sum += cents
			}
			if sum != 400 {
				t.Fatalf("money is lost or made: four accounts with 100 cents each have %d together", sum)
			}
		})
	}
}
