package idempotent

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// The first message that you see says what is wrong. Nothing here is left to chance: the
// store lets two meet where it matters, and processes end where the test says.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errDown   = errors.New("the store does not answer")
	errKilled = errors.New("this process is no more")
)

// fakeStore is a Store.
type fakeStore struct {
	busy bool        // others come at the same moment
	meet probe.Point // if so, two meet here: both have loaded, and neither has committed

	mu     sync.Mutex
	values map[string][2]int // value and revision
	change int
	calls  int

	loses   int    // the call with this number is done, and then answered with errDown; 0 for none
	refuses int    // and this one is not done
	faster  int    // so many commits find that somebody else was faster, who has changed nothing in the end
	killed  int    // the process ends before the call with this number; 0 if it lives on
	wrong   string // a rule that was broken
}

func newStore() *fakeStore { return &fakeStore{values: make(map[string][2]int)} }

func (s *fakeStore) call(key ...string) error {
	runtime.Gosched()
	s.mu.Lock()
	s.calls++
	if s.calls > 10_000 {
		s.mu.Unlock()
		panic("10,000 calls of the store: an applier tries again and again what cannot succeed")
	}
	for _, k := range key {
		for _, given := range []string{"balance/", "price/", "state/", SoldKey, "my/"} {
			if strings.HasPrefix(k, given) {
				k = ""
			}
		}
		if k != "" && s.wrong == "" {
			s.wrong = fmt.Sprintf("an applier uses the key %q: want those that are given, and others that begin with my/", k)
		}
	}
	switch {
	case s.killed > 0 && s.calls >= s.killed:
		return errKilled
	case s.calls == s.refuses:
		return errDown
	}
	return nil
}

func (s *fakeStore) Load(key string) (value, revision int, err error) {
	err = s.call(key)
	defer s.mu.Unlock()
	if err == nil && s.calls == s.loses {
		err = errDown
	}
	if err != nil {
		return 0, 0, err
	}
	return s.values[key][0], s.values[key][1], nil
}

func (s *fakeStore) Commit(writes ...Write) error {
	var keys []string
	for _, w := range writes {
		keys = append(keys, w.Key)
	}
	if s.busy {
		s.meet.Here()
	}
	err := s.call(keys...)
	defer s.mu.Unlock()
	if err != nil {
		return err
	}
	if s.faster > 0 {
		s.faster--
		return ErrConflict
	}
	for _, w := range writes {
		if s.values[w.Key][1] != w.Revision {
			return ErrConflict
		}
	}
	for _, w := range writes {
		s.change++
		s.values[w.Key] = [2]int{w.Value, s.change}
	}
	if s.calls == s.loses {
		return errDown
	}
	return nil
}

// revive is the next process: what was wrong with the store is over.
func (s *fakeStore) revive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loses, s.refuses, s.killed = 0, 0, 0
}

func (s *fakeStore) at(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[key][0]
}

func (s *fakeStore) obeyed(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrong != "" {
		t.Fatal(s.wrong)
	}
}

// applier is one of the three, with a message that it is given again and again.
type applier struct {
	name  string
	apply func(s Store) (any, error)
	want  any            // the answer
	then  map[string]int // what is in the store afterwards
	adds  string         // the key that a message adds to, so that more is too often
}

func appliers() []applier {
	return []applier{
		{
			"ByID", func(s Store) (any, error) { return ByID(s, Deposit{"d1", "ann", 30}) },
			30,
			map[string]int{BalanceKey("ann"): 30},
			BalanceKey("ann"),
		},
		{
			"ByVersion", func(s Store) (any, error) { return nil, ByVersion(s, Price{"tea", 3, 250}) },
			nil,
			map[string]int{PriceKey("tea"): 250},
			"",
		},
		{
			"ByState", func(s Store) (any, error) { return ByState(s, Step{"o1", Paid}) },
			Paid,
			map[string]int{StateKey("o1"): int(Paid), SoldKey: 1},
			SoldKey,
		},
	}
}

// check ends the test if the store is not as after one delivery, or if the answer is not.
func (a applier) check(t *testing.T, s *fakeStore, answer any, err error, when string) {
	t.Helper()
	s.obeyed(t)
	if err != nil {
		t.Fatalf("%s: %s, and it returned the error %q", a.name, when, err)
	}
	if got := s.at(a.adds); got > a.then[a.adds] {
		t.Fatalf("%s applied the message twice: %s, and %s is %d, want %d", a.name, when, a.adds, got, a.then[a.adds])
	}
	for key, want := range a.then {
		if got := s.at(key); got != want {
			t.Fatalf("%s lost the message: %s, and %s is %d, want %d", a.name, when, key, got, want)
		}
	}
	if answer != a.want {
		t.Fatalf("%s answered %v, want %v: %s", a.name, answer, a.want, when)
	}
}

func TestTwiceOneAfterAnother(t *testing.T) {
	for _, a := range appliers() {
		t.Run(a.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				s := newStore()
				answer, err := a.apply(s)
				a.check(t, s, answer, err, "it was delivered for the first time")
				answer, err = a.apply(s)
				a.check(t, s, answer, err, "it was delivered for the second time")
			})
		})
	}
}

// Eight processes that know nothing of each other.
func TestEightAtOnce(t *testing.T) {
	for _, a := range appliers() {
		t.Run(a.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				s := newStore()
				s.busy = true
				var all sync.WaitGroup
				var answers [8]any
				var errs [8]error
				for i := range answers {
					all.Go(func() { answers[i], errs[i] = a.apply(s) })
				}
				all.Wait()
				for i := range answers {
					if errors.Is(errs[i], ErrConflict) {
						t.Fatalf("%s returned ErrConflict: somebody else was faster, and it must begin anew", a.name)
					}
					a.check(t, s, answers[i], errs[i], "it was delivered 8 times at the same moment")
				}
			})
		})
	}
}

// Somebody in another process is faster, a hundred times.
func TestConflicts(t *testing.T) {
	for _, a := range appliers() {
		t.Run(a.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				s := newStore()
				s.faster = 100
				answer, err := a.apply(s)
				if errors.Is(err, ErrConflict) {
					t.Fatalf("%s returned ErrConflict after %d of 100: somebody else was faster, and it must begin anew, as often as it takes", a.name, 100-s.faster)
				}
				a.check(t, s, answer, err, "another process was faster 100 times")
			})
		})
	}
}

// The process ends before each call of the store in turn, and the message is delivered to
// the next.
func TestKilledAnywhere(t *testing.T) {
	for _, a := range appliers() {
		t.Run(a.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				for n := 1; ; n++ {
					s := newStore()
					s.killed = n
					_, err := a.apply(s)
					if err == nil {
						return // it takes fewer calls
					}
					if !errors.Is(err, errKilled) {
						t.Fatalf("%s returned the error %q: want that of the store, %q", a.name, err, errKilled)
					}
					s.revive()
					answer, err := a.apply(s)
					a.check(t, s, answer, err, fmt.Sprintf("the process ended before call %d of the store, and it was delivered again", n))
				}
			})
		})
	}
}

// The answer of the store is lost, or the request, with each call in turn.
func TestLostAnswers(t *testing.T) {
	for _, a := range appliers() {
		t.Run(a.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				for _, done := range []bool{true, false} {
					for n := 1; ; n++ {
						s := newStore()
						if done {
							s.loses = n
						} else {
							s.refuses = n
						}
						_, err := a.apply(s)
						s.mu.Lock()
						calls := s.calls
						s.mu.Unlock()
						if calls < n {
							break
						}
						if !errors.Is(err, errDown) {
							t.Fatalf("%s returned %v: the store answered call %d with the error %q, which is to be returned", a.name, err, n, errDown)
						}
						s.revive()
						answer, err := a.apply(s)
						a.check(t, s, answer, err, fmt.Sprintf("the answer to call %d of the store was lost, and it was delivered again", n))
					}
				}
			})
		})
	}
}

// Repeats come much later, when others have changed the balance.
func TestRepeatOfADeposit(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newStore()
		deposits := []Deposit{{"d1", "ann", 30}, {"d2", "ann", 0}, {"d3", "bob", 7}, {"d4", "ann", -30}, {"d5", "ann", 5}, {"d6", "ann", -50}}
		want := []int{30, 30, 7, 0, 5, -45}
		for _, when := range []string{"the first time", "the second time"} {
			for i, d := range deposits {
				switch got, err := ByID(s, d); {
				case err != nil:
					t.Fatalf("ByID(%v) returned the error %q", d, err)
				case got != want[i] && when == "the second time":
					t.Fatalf("ByID(%v) answered a repeat with %d, and the first time with %d: whoever repeats wants the answer that he has not got", d, got, want[i])
				case got != want[i]:
					t.Fatalf("ByID(%v) answered %d, want %d", d, got, want[i])
				}
			}
		}
		s.obeyed(t)
		if s.at(BalanceKey("ann")) != -45 || s.at(BalanceKey("bob")) != 7 {
			t.Fatalf("ByID applied a message twice: the balances are %d and %d, want -45 and 7", s.at(BalanceKey("ann")), s.at(BalanceKey("bob")))
		}
	})
}

// Different deposits to one account at the same moment: all of them count.
func TestDepositsAtOnce(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newStore()
		s.busy = true
		var all sync.WaitGroup
		var errs [10]error
		for i := range errs {
			all.Go(func() { _, errs[i] = ByID(s, Deposit{fmt.Sprint("d", i), "ann", 1}) })
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				t.Fatalf("10 different deposits came at the same moment, and ByID returned the error %q", err)
			}
		}
		if got := s.at(BalanceKey("ann")); got != 10 {
			t.Fatalf("ByID lost a message: 10 different deposits of 1 came at the same moment, and the balance is %d", got)
		}
	})
}

func TestVersionsInAnyOrder(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newStore()
		newest := 0
		for _, version := range []int{2, 1, 2, 5, 3, 5, 4, 7, 1} {
			if err := ByVersion(s, Price{"tea", version, 100 * version}); err != nil {
				t.Fatalf("ByVersion returned the error %q", err)
			}
			newest = max(newest, version)
			switch got := s.at(PriceKey("tea")); {
			case got < 100*newest:
				t.Fatalf("an older version won: version %d came after version %d, and the price is %d, want %d", version, newest, got, 100*newest)
			case got != 100*newest:
				t.Fatalf("version %d came after version %d, and the price is %d, want %d", version, newest, got, 100*newest)
			}
		}
		if err := ByVersion(s, Price{"milk", 1, 99}); err != nil || s.at(PriceKey("milk")) != 99 {
			t.Fatalf("the first price of another item is %d, want 99: versions are the items' own", s.at(PriceKey("milk")))
		}
		s.busy = true
		var all sync.WaitGroup
		for version := range 20 {
			all.Go(func() { ByVersion(s, Price{"salt", version + 1, 100 * (version + 1)}) })
		}
		all.Wait()
		s.obeyed(t)
		if got := s.at(PriceKey("salt")); got != 2000 {
			t.Fatalf("an older version won: versions 1 to 20 came at the same moment, and the price is %d, want 2000", got)
		}
	})
}

// The process ends with version 5 in its hands, and the next is given version 3 first.
func TestVersionsAcrossAnEnd(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		for n, over := 1, false; !over && n < 100; n++ {
			s := newStore()
			s.killed = n
			over = ByVersion(s, Price{"tea", 5, 500}) == nil
			s.revive()
			before := s.at(PriceKey("tea"))
			ByVersion(s, Price{"tea", 3, 300})
			if got := s.at(PriceKey("tea")); before == 500 && got != 500 {
				t.Fatalf("an older version won: the process ended before call %d of the store, version 5 had set the price, then version 3 came, and the price is %d", n, got)
			}
			ByVersion(s, Price{"tea", 5, 500})
			if got := s.at(PriceKey("tea")); got != 500 {
				t.Fatalf("ByVersion lost the message: the process ended before call %d of the store, version 5 was delivered again after version 3, and the price is %d, want 500", n, got)
			}
		}
	})
}

// A deposit may have an id that is also the name of an item.
func TestEqualNames(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		for _, depositFirst := range []bool{true, false} {
			s := newStore()
			if !depositFirst {
				ByVersion(s, Price{"x", 3, 250})
			}
			ByID(s, Deposit{"x", "x", 30})
			ByVersion(s, Price{"x", 3, 250})
			if balance, price := s.at(BalanceKey("x")), s.at(PriceKey("x")); balance != 30 || price != 250 {
				t.Fatalf("a deposit with the id x and the price of an item x share a key: the balance is %d and the price is %d, want 30 and 250", balance, price)
			}
		}
	})
}

func TestStepsInAnyOrder(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newStore()
		state := Ordered
		for _, to := range []State{Packed, Paid, Shipped, Paid, Packed, Paid, Packed, Shipped, Paid, Shipped, Packed} {
			got, err := ByState(s, Step{"o1", to})
			tooEarly := to > state+1
			before := state
			if !tooEarly {
				state = max(state, to)
			}
			switch is := State(s.at(StateKey("o1"))); {
			case is < state:
				t.Fatalf("the order went back: a step to %d came in state %d, and the state is %d", to, before, is)
			case is > state:
				t.Fatalf("a step to %d came in state %d, and the state is %d: a step before it is missing", to, before, is)
			case tooEarly && !errors.Is(err, ErrTooEarly):
				t.Fatalf("a step to %d came in state %d, and ByState returned %v: want ErrTooEarly", to, before, err)
			case !tooEarly && err != nil:
				t.Fatalf("a step to %d came in state %d, and ByState returned the error %q: a step that has been taken is answered as the first time", to, before, err)
			case !tooEarly && got != to:
				t.Fatalf("a step to %d came in state %d, and ByState answered %d: want %d, as the first time", to, before, got, to)
			}
		}
		s.obeyed(t)
		if n := s.at(SoldKey); n != 1 {
			t.Fatalf("ByState applied the message twice: one order was paid for, and %s is %d", SoldKey, n)
		}
		s.busy = true
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() { ByState(s, Step{fmt.Sprint("p", i), Paid}) })
		}
		all.Wait()
		if n := s.at(SoldKey); n != 11 {
			t.Fatalf("ByState lost a message: 11 orders were paid for, 10 of them at the same moment, and %s is %d", SoldKey, n)
		}
	})
}

// Another store is another world, though the messages are the same.
func TestStoresAreIndependent(t *testing.T) {
	for _, a := range appliers() {
		probe.Bubble(t, func(t *testing.T) {
			first := newStore()
			for i, s := range []*fakeStore{first, newStore(), first} {
				if i == 2 {
					clear(s.values) // a store that begins anew
				}
				answer, err := a.apply(s)
				a.check(t, s, answer, err, "it was delivered to one store, then to another, and then to one that had been emptied: nothing is remembered outside of the store")
			}
		})
	}
}
