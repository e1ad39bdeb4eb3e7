package cond

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact, and
// after synctest.Wait everybody has come as far as he can.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// a taker is one call of Take, in a goroutine of its own.
type taker struct {
	over atomic.Bool
	got  atomic.Bool
}

// take starts a call and lets it go as far as it can.
func take(s Stock, n int) *taker {
	var c taker
	go func() {
		c.got.Store(s.Take(n))
		c.over.Store(true)
	}()
	synctest.Wait()
	return &c
}

// served reports whether the call has returned true.
func (c *taker) served() bool { return c.over.Load() && c.got.Load() }

func count(all ...*taker) (served, waiting int) {
	for _, c := range all {
		switch {
		case !c.over.Load():
			waiting++
		case c.got.Load():
			served++
		}
	}
	return served, waiting
}

func TestWaitsExactly(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New()
		c := take(s, 1)
		time.Sleep(time.Second + 7)
		if c.over.Load() {
			t.Fatal("Take did not wait: nothing was there, the stock was open, and it returned")
		}
		s.Add(1)
		synctest.Wait()
		added := c.over.Load()
		time.Sleep(time.Minute)
		later := c.over.Load()
		s.Close() // else nobody else would let him go
		switch {
		case !later:
			t.Fatal("one waits for 1 unit, it was added, and he still waits: nobody has told him, or what he wants is not enough for him")
		case !added:
			t.Fatal("the unit was added, and Take returned later: it looks from time to time, instead of being told")
		case !c.got.Load():
			t.Fatal("a unit was added, and the Take that had waited for it returned false")
		}
	})
}

func TestCloseWakesEverybody(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New()
		s.Add(1)
		all := []*taker{take(s, 2), take(s, 2), take(s, 7)}
		s.Close()
		synctest.Wait()
		served, waiting := count(all...)
		switch {
		case waiting > 0:
			t.Fatalf("leak: the stock is closed, and %d of 3 calls of Take still wait", waiting)
		case served > 0:
			t.Fatalf("1 unit was there, and after Close %d calls that wanted more returned true", served)
		}
		s.Close()
		if late := take(s, 2); !late.over.Load() {
			t.Fatal("leak: the stock is closed and there is not enough, and a later Take waits")
		} else if late.got.Load() {
			t.Fatal("1 unit was there, and after Close a Take of 2 returned true")
		}
		rest := take(s, 1)
		if !rest.served() {
			t.Fatal("what is left is lost: the stock is closed and 1 unit is there, and a Take of 1 did not return true")
		}
		s.Add(2)
		if more := take(s, 2); !more.served() {
			t.Fatal("2 units were added after Close, and a Take of 2 did not return true")
		}
	})
}

func TestTakesWhatIsThere(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New()
		s.Add(2)
		s.Add(3)
		a, b := take(s, 4), take(s, 1)
		c := take(s, 1)
		switch {
		case !a.over.Load() || !b.over.Load():
			t.Fatal("5 units were there, and a Take of 4 and one of 1 did not both return")
		case !a.served() || !b.served():
			t.Fatal("5 units were there, and a Take of 4 or one of 1 returned false")
		case c.served():
			t.Fatal("5 units were there, and 6 were taken")
		case c.over.Load():
			t.Fatal("Take did not wait: nothing was there, the stock was open, and it returned false")
		}
		s.Add(1)
		synctest.Wait()
		if !c.over.Load() {
			t.Fatal("lost wake-up: one waited for 1 unit, it was added, and he still waits")
		}
		s.Close()
	})
}

// Who waits has nothing in his hands.
func TestNobodyTakesAPart(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New()
		s.Add(3)
		big := take(s, 5)
		small := take(s, 3)
		if !small.over.Load() {
			t.Error("3 units are there, and a Take of 3 waits: one who waits for 5 has taken a part of them, or keeps everybody behind him waiting")
		} else if big.over.Load() || !small.served() {
			t.Error("3 units are there, one waits for 5 and another one wants 3: want true for the second, and the first waits")
		}
		s.Close()
	})
}

// Three are told, and there is enough for one.
func TestOneIsServedOnce(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New()
		all := []*taker{take(s, 2), take(s, 2), take(s, 2)}
		s.Add(3)
		synctest.Wait()
		served, waiting := count(all...)
		switch {
		case served > 1:
			t.Errorf("taken twice: 3 units were there, and %d calls took 2 each: who is woken must look again, others were faster", served)
		case served+waiting < 3:
			t.Error("three waited for 2 units each, 3 were added, and one of those who got nothing returned false: he must wait on")
		case served == 0:
			t.Error("lost wake-up: three waited for 2 units each, 3 were added, and nobody was served")
		}
		s.Close()
	})
}

// One wants much and another little. What is added is enough for the second.
func TestOnlyTheSecondCanBeServed(t *testing.T) {
	for _, order := range [][2]int{{5, 2}, {2, 5}} {
		probe.Bubble(t, func(t *testing.T) {
			s := New()
			wants := map[int]*taker{}
			for _, n := range order {
				wants[n] = take(s, n)
			}
			s.Add(2)
			synctest.Wait()
			if !wants[2].over.Load() {
				t.Error("lost wake-up: one waits for 5 units and another for 2, there are 2, and nobody is served: somebody was told for whom it is not enough")
			} else if !wants[2].served() || wants[5].over.Load() {
				t.Error("one waited for 5 units and another for 2, and 2 were added: want true for the second, and the first waits")
			}
			s.Close()
		})
	}
}

// One Add is enough for three.
func TestAllWhoCanAreServed(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New()
		a, b, c, d := take(s, 1), take(s, 2), take(s, 3), take(s, 4)
		s.Add(6)
		synctest.Wait()
		if served, waiting := count(a, b, c, d); served+waiting < 4 {
			t.Error("four waited on an open stock, and for one of them Take returned false")
		}
		taken := 0
		for n, one := range []*taker{a, b, c, d} {
			if one.served() {
				taken += n + 1
			}
		}
		for n, one := range []*taker{a, b, c, d} {
			if !one.over.Load() && n+1 <= 6-taken {
				t.Errorf("lost wake-up: 6 units were added at once for four who waited, %d are taken, and one still waits for %d", taken, n+1)
				break
			}
		}
		if taken > 6 {
			t.Errorf("taken twice: 6 units were there, and %d were taken", taken)
		}
		s.Close()
	})
}

func TestStocksAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		a, b := New(), New()
		waits := take(a, 1)
		b.Add(1)
		b.Close()
		synctest.Wait()
		if waits.over.Load() {
			t.Fatal("a Take on one stock returned because of what was done to another one")
		}
		a.Close()
	})
}

// Adds and takes come together in every order that there is time for.
func TestManyAtTheSameTime(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			s := New()
			var takers, adders sync.WaitGroup
			for i := range 12 {
				takers.Go(func() {
					for range 10 {
						if !s.Take(1 + i%3) {
							t.Error("Take returned false on an open stock")
						}
					}
				})
			}
			for range 4 {
				adders.Go(func() {
					for range 60 {
						s.Add(1)
					}
				})
			}
			adders.Wait()
			synctest.Wait()
			takers.Wait() // 240 added, 240 taken; Bubble finds who waits for ever
			if rest := take(s, 1); rest.over.Load() {
				t.Fatal("taken twice, or made: 240 units were added and 240 taken, and one is left")
			}
			s.Close()
		})
	}
}
