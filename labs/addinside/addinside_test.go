package addinside

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact, and
// the first message that you see says what is wrong with Walk.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is what there is to visit, and what became of it.
type site struct {
	links map[string][]string
	takes map[string]time.Duration // a second if it is not there

	mu    sync.Mutex
	begun map[string]int
	ended map[string]int
	last  time.Time // when one ended
	wrong string    // the first thing that was
}

func newSite(links map[string][]string) *site {
	return &site{links: links, begun: make(map[string]int), ended: make(map[string]int)}
}

func (s *site) visit(page string) []string {
	s.mu.Lock()
	if s.begun[page]++; s.begun[page] > 1 {
		s.wrong = fmt.Sprintf("page %q was visited twice", page)
	}
	s.mu.Unlock()
	d, ok := s.takes[page]
	if !ok {
		d = time.Second
	}
	time.Sleep(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended[page]++
	s.last = time.Now()
	return s.links[page]
}

// check walks and looks whether everything is as it should be.
func (s *site) check(t *testing.T, pages int, want time.Duration) {
	t.Helper()
	if inCommon {
		t.SkipNow()
	}
	start := time.Now()
	n := Walk("start", s.visit)
	took := time.Since(start)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.wrong != "":
		t.Fatal(s.wrong)
	case len(s.ended) < pages:
		t.Fatalf("leak: Walk returned when %d of %d visits were over: nobody had counted the others yet", len(s.ended), pages)
	case n != pages:
		t.Fatalf("there were %d visits, and Walk returned %d", pages, n)
	case start.Add(took).After(s.last):
		t.Fatalf("all visits were over after %v, and Walk returned after %v: it looks from time to time, instead of being told", s.last.Sub(start), took)
	case took > want && took == time.Duration(pages)*time.Second:
		t.Fatalf("the visits were one after another: %d visits of 1s took %v, want %v", pages, took, want)
	case took > want:
		t.Fatalf("took %v, want %v: some visit waited for one that did not lead to it", took, want)
	case took < want:
		t.Fatalf("took %v, want %v", took, want)
	}
}

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

// inCommon is whether walks wait for each other. Then the other tests would wait for ever.
var inCommon bool

// One walk is held in its only visit, and there is another one. This is not in a bubble: in
// there no time passes while somebody waits for a lock or a WaitGroup of the whole package.
func TestNoWalkWaitsForAnother(t *testing.T) {
	visit := func(page string) []string {
		if page == "start" {
			return []string{"a"}
		}
		return nil
	}
	if !returns(func() { Walk("start", visit) }) {
		return // the others say why
	}
	var both sync.WaitGroup
	hold := make(chan struct{})
	both.Go(func() {
		Walk("start", func(string) []string {
			<-hold
			return nil
		})
	})
	runtime.Gosched()
	both.Add(1)
	n := 0
	walked := make(chan struct{})
	went := returns(func() {
		defer both.Done()
		n = Walk("start", visit)
		close(walked)
	})
	if !went {
		select {
		case <-walked: // it slept: the others say why
			went = true
		case <-time.After(time.Second):
		}
	}
	close(hold)
	both.Wait()
	if !went {
		inCommon = true
		t.Fatal("one walk waits for another: a lock or a WaitGroup that is a variable of the package is common to all calls")
	}
	if n > 2 {
		t.Fatalf("one walk counts the visits of another: there were 2 in the second walk, and it returned %d", n)
	}
}

func TestOnePage(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newSite(nil)
		s.takes = map[string]time.Duration{"start": time.Second + 7}
		s.check(t, 1, time.Second+7)
	})
}

func TestChain(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		newSite(map[string][]string{"start": {"a"}, "a": {"b"}, "b": {"c"}}).check(t, 4, 4*time.Second)
	})
}

func TestLinksAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		links := map[string][]string{}
		for i := range 20 {
			links["start"] = append(links["start"], fmt.Sprint(i))
			links[fmt.Sprint(i)] = []string{fmt.Sprint(i, " next")}
		}
		newSite(links).check(t, 41, 3*time.Second)
	})
}

// One page of the second level takes long, and one of the third level, which is not behind it.
func TestNobodyWaitsForOthers(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newSite(map[string][]string{"start": {"slow", "quick"}, "quick": {"behind"}})
		s.takes = map[string]time.Duration{"slow": time.Minute, "behind": time.Minute}
		s.check(t, 4, 2*time.Second+time.Minute)
	})
}

// A short walk and a long one at the same time.
func TestWalksAreIndependent(t *testing.T) {
	if inCommon {
		t.SkipNow()
	}
	probe.Bubble(t, func(t *testing.T) {
		long := newSite(nil)
		long.takes = map[string]time.Duration{"start": time.Hour}
		var both sync.WaitGroup
		both.Go(func() { Walk("start", long.visit) })
		n := Walk("start", newSite(map[string][]string{"start": {"a"}}).visit)
		both.Wait()
		if n != 2 {
			t.Fatalf("there were 2 visits, and while another walk was under way Walk returned %d", n)
		}
	})
}

// Visits that take no time at all: whoever is not counted in time is not waited for.
func TestInNoTime(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			links, takes := map[string][]string{}, map[string]time.Duration{"start": 0}
			for i := range 60 {
				page := fmt.Sprint(i)
				takes[page] = 0
				parent := "start"
				if i >= 3 {
					parent = fmt.Sprint(i/3 - 1)
				}
				links[parent] = append(links[parent], page)
			}
			s := newSite(links)
			s.takes = takes
			s.check(t, 61, 0)
		})
	}
}
