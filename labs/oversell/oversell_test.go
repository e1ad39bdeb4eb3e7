package oversell

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"lab.example/gopark/labs/probe"
)

// The ledger of these tests has a hook behind every question, at which two meet if the
// packet lets them: then both have asked, and neither has been given anything.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// book is a ledger that remembers what must not be. Hooks that are nil do nothing.
type book struct {
	asked  func(user string)       // called by Has and Left, when they know the answer
	giving func(user string) error // called by Give before it writes

	mu    sync.Mutex
	left  int
	given map[string]int // how many shares a user has
}

func newBook(left int) *book { return &book{left: left, given: make(map[string]int)} }

func (b *book) Has(user string) bool {
	b.mu.Lock()
	has := b.given[user] > 0
	b.mu.Unlock()
	if b.asked != nil {
		b.asked(user)
	}
	return has
}

func (b *book) Left() int {
	b.mu.Lock()
	left := b.left
	b.mu.Unlock()
	if b.asked != nil {
		b.asked("")
	}
	return max(0, left)
}

func (b *book) Give(user string) (int, error) {
	if b.giving != nil {
		if err := b.giving(user); err != nil {
			return 0, err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left--
	b.given[user]++
	return 100 + b.left, nil
}

// wrong says what must not be in the book, or "".
func (b *book) wrong(shares int, at string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for user, n := range b.given {
		if n > 1 {
			return fmt.Sprintf("twice: %s asked several times at once and got %d shares%s", user, n, at)
		}
	}
	if b.left < 0 {
		return fmt.Sprintf("oversold: the packet had %d, and %d shares are given away%s", shares, shares-b.left, at)
	}
	return ""
}

func TestOneAfterAnother(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		b := newBook(2)
		b.given["early"] = 1
		p := New(b)
		if _, err := p.Grab("early"); err != ErrTwice {
			t.Fatalf("a user who had a share before New asked, and Grab returned the error %v: want ErrTwice", err)
		}
		for i, user := range []string{"ann", "bob"} {
			cents, err := p.Grab(user)
			switch {
			case err != nil:
				t.Fatalf("%d shares were left, but Grab returned the error %v", 2-i, err)
			case b.given[user] == 0:
				t.Fatal("Grab returned a share, and it is not in the ledger yet")
			case cents != 101-i:
				t.Fatalf("the ledger gave %d cents, but Grab returned %d", 101-i, cents)
			}
		}
		if _, err := p.Grab("ann"); err != ErrTwice {
			t.Fatalf("a user who has a share asked when no share was left, and Grab returned the error %v: want ErrTwice", err)
		}
		if _, err := p.Grab("eve"); err != ErrEmpty {
			t.Fatalf("no share was left, and Grab returned the error %v: want ErrEmpty", err)
		}
		if wrong := b.wrong(2, ""); wrong != "" {
			t.Fatal(wrong)
		}
	})
}

// One share, two users, at the same time.
func TestLastShare(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var seam probe.Point
		b := newBook(1)
		b.asked = func(user string) {
			if user == "" { // Left
				seam.Here()
			}
		}
		p := New(b)
		errs := atOnce(p, "ann", "bob")
		if wrong := b.wrong(1, seam.Place()); wrong != "" {
			t.Fatalf("%s: somebody got in between a question and what it allowed", wrong)
		}
		if !(errs[0] == nil && errs[1] == ErrEmpty || errs[1] == nil && errs[0] == ErrEmpty) {
			t.Fatalf("two users asked at once for the last share, and Grab returned the errors %v and %v: want nil and ErrEmpty", errs[0], errs[1])
		}
	})
}

// Plenty of shares, and one user with two hands.
func TestTwoHands(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var seam probe.Point
		b := newBook(10)
		b.asked = func(user string) {
			if user != "" { // Has
				seam.Here()
			}
		}
		p := New(b)
		errs := atOnce(p, "ann", "ann")
		if wrong := b.wrong(10, seam.Place()); wrong != "" {
			t.Fatalf("%s: somebody got in between a question and what it allowed", wrong)
		}
		if errs[0] == ErrEmpty || errs[1] == ErrEmpty {
			t.Fatal("turned away: a user who asked while another call was under way was told ErrEmpty, and 9 shares are left")
		}
		if !(errs[0] == nil && errs[1] == ErrTwice || errs[1] == nil && errs[0] == ErrTwice) {
			t.Fatalf("one user asked twice at once, and Grab returned the errors %v and %v: want nil and ErrTwice", errs[0], errs[1])
		}
	})
}

// One share, one user. One of his hands stops behind its first question until the other
// one is done, if that can go on.
func TestOneHandIsSlow(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var stopped atomic.Bool
		b := newBook(1)
		b.asked = func(string) {
			if stopped.CompareAndSwap(false, true) {
				new(probe.Point).Here()
			}
		}
		p := New(b)
		errs := atOnce(p, "ann", "ann")
		if wrong := b.wrong(1, ""); wrong != "" {
			t.Fatalf("%s: somebody got in between a question and what it allowed", wrong)
		}
		if errs[0] == ErrEmpty || errs[1] == ErrEmpty {
			t.Fatal("one user asked twice at once, got the only share, and was also told ErrEmpty: who has a share is told ErrTwice, and an answer to Has may be old by the time of Left")
		}
	})
}

func TestGiveFails(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		broken := errors.New("disk full")
		b := newBook(1)
		gives := 0
		b.giving = func(string) error {
			if gives++; gives > 99 {
				return nil // for who never gives up
			}
			return broken
		}
		p := New(b)
		_, err := p.Grab("ann")
		switch {
		case gives > 1:
			t.Fatal("one Grab told the ledger to give again when that had failed: whether to ask again is for the user to say")
		case err != broken:
			t.Fatalf("Give failed, and Grab returned the error %v: want that of Give, %q, as it is", err, broken)
		}
		b.giving = nil
		again := make(chan error, 1)
		go func() { _, err := p.Grab("ann"); again <- err }()
		new(probe.Point).Here() // until it cannot go on
		select {
		case err := <-again:
			switch err {
			case nil:
			case ErrTwice:
				t.Fatal("Give failed for a user, and when he asked again he was told ErrTwice: he has no share")
			case ErrEmpty:
				t.Fatal("Give failed, and the share that nobody got is lost: the next one was told ErrEmpty")
			default:
				t.Fatalf("Give failed once, then it worked, but Grab returned the error %v", err)
			}
		default:
			t.Fatal("deadlock: Give failed once, and the next call of Grab waits for ever: the packet stays locked")
		}
	})
}

// The ledger fails for one user, and in the meantime another one asks for the same last
// share. It is not given away.
func TestTurnedAwayTooEarly(t *testing.T) {
	for _, second := range []string{"ann", "bob"} {
		t.Run(second, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				broken := errors.New("disk full")
				b := newBook(1)
				first := true
				b.giving = func(string) error {
					if !first {
						return nil
					}
					first = false
					new(probe.Point).Here() // until the other cannot go on
					return broken
				}
				p := New(b)
				errs := atOnce(p, "ann", second)
				switch {
				case errs[0] == nil && errs[1] == broken, errs[1] == nil && errs[0] == broken:
				case errs[0] == ErrEmpty || errs[1] == ErrEmpty:
					t.Fatal("turned away too early: one was told ErrEmpty while another was still at the last share, and then did not get it")
				case errs[0] == ErrTwice || errs[1] == ErrTwice:
					t.Fatal("turned away too early: a user was told ErrTwice while his other call was under way, and that failed: he has no share")
				default:
					t.Fatalf("Give fails once, two ask at the same time, and Grab returned the errors %v and %v: want one %q and one nil", errs[0], errs[1], broken)
				}
			})
		})
	}
}

// A slow ledger, more users than shares, and each asks twice. A lock that is opened in the
// middle is handed to somebody else there.
func TestSlowLedger(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		slow := func(string) {
			new(probe.Point).Here() // until the others cannot go on
			unix.Poll(nil, 2)       // milliseconds of real time
		}
		b := newBook(2)
		b.asked = slow
		b.giving = func(user string) error { slow(user); return nil }
		p := New(b)
		errs := atOnce(p, "ann", "ann", "bob", "bob", "eve", "eve")
		if wrong := b.wrong(2, ""); wrong != "" {
			t.Fatalf("%s: somebody got in between a question and what it allowed", wrong)
		}
		check(t, b, 2, errs)
	})
}

func TestManyAtTheSameTime(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			b := newBook(5)
			b.asked = func(string) { runtime.Gosched() }
			p := New(b)
			var users []string
			for i := range 20 {
				users = append(users, fmt.Sprint("user ", i), fmt.Sprint("user ", i))
			}
			errs := atOnce(p, users...)
			if wrong := b.wrong(5, ""); wrong != "" {
				t.Fatalf("%s: somebody got in between a question and what it allowed", wrong)
			}
			check(t, b, 5, errs)
		})
	}
}

// check compares what Grab returned with what is in the book: there were more users than
// shares.
func check(t *testing.T, b *book, shares int, errs []error) {
	t.Helper()
	got := 0
	for _, err := range errs {
		switch err {
		case nil:
			got++
		case ErrTwice, ErrEmpty:
		default:
			t.Fatalf("Grab returned the error %v: want nil, ErrTwice or ErrEmpty", err)
		}
	}
	if got != shares || b.left != 0 {
		t.Fatalf("turned away too early: %d shares, more users than that, and Grab returned a share %d times; %d are left", shares, got, b.left)
	}
}

// atOnce lets users grab at the same time and returns what errors they got.
func atOnce(p Packet, users ...string) []error {
	errs := make([]error, len(users))
	var all sync.WaitGroup
	for i, user := range users {
		all.Go(func() { _, errs[i] = p.Grab(user) })
	}
	all.Wait()
	return errs
}

func TestPacketsDoNotWait(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var seam probe.Point
		var both sync.WaitGroup
		for range 2 {
			b := newBook(1)
			b.asked = func(string) { seam.Here() }
			p := New(b)
			both.Go(func() { p.Grab("ann") })
		}
		both.Wait()
		if seam.Met() == 0 {
			t.Fatal("two packets wait for each other: they must not have one lock between them")
		}
	})
}
