package testcache

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// Judge asks right after Forget, and when all is over. Between the end of the old load and the end
// of the new one nobody comes.
func Judge(t T, make Maker) {
	judgeKept(t, make)
	judgeEmpty(t, make)
	judgeShared(t, make)
	judgeErrors(t, make)
	judgeKeys(t, make)
	judgeForget(t, make)
	judgeForgetMeanwhile(t, make)
	judgeTwoCaches(t, make)
}

var errBroken = errors.New("the database is away")

// source is where values come from. The third value of "a" is "a3", and takes a second.
type source struct {
	mu    sync.Mutex
	loads map[string]int
	fails bool
}

func (s *source) load(key string) (string, error) {
	s.mu.Lock()
	if s.loads == nil {
		s.loads = make(map[string]int)
	}
	s.loads[key]++
	value, fails := fmt.Sprint(key, s.loads[key]), s.fails
	s.mu.Unlock()

	time.Sleep(time.Second)
	if fails {
		return "", errBroken
	}
	return value, nil
}

func (s *source) setFails(fails bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = fails
}

// reply is what Get returned, and when.
type reply struct {
	value string
	err   error
	took  time.Duration
}

// later calls Get in another goroutine.
func later(c Cache, key string) <-chan reply {
	r := make(chan reply, 1)
	go func() {
		start := time.Now()
		value, err := c.Get(key)
		r <- reply{value, err, time.Since(start)}
	}()
	return r
}

// await waits for a reply, which may never come.
func await(t T, r <-chan reply) (got reply) {
	select {
	case got = <-r:
	case <-time.After(time.Hour):
		t.Fatalf("Get has not returned after an hour")
	}
	return got
}

func get(t T, c Cache, key string) reply { return await(t, later(c, key)) }

func want(t T, what string, got, want reply) {
	if got != want {
		t.Fatalf("%s: Get returned %+v, want %+v", what, got, want)
	}
}

// loaded is the reply to who began the load, kept to who came when it was over.
func loaded(value string) reply { return reply{value, nil, time.Second} }
func kept(value string) reply   { return reply{value, nil, 0} }

func none(t T) {
	if n := t.Left(); n > 0 {
		t.Fatalf("%d goroutines are left", n)
	}
}

func judgeKept(t T, make Maker) {
	c := make(new(source).load)
	want(t, "first", get(t, c, "a"), loaded("a1"))
	want(t, "second", get(t, c, "a"), kept("a1"))
	time.Sleep(10000 * time.Hour)
	want(t, "after a year", get(t, c, "a"), kept("a1"))
	none(t)
}

func judgeEmpty(t T, make Maker) {
	loads := 0
	c := make(func(string) (string, error) {
		loads++
		return "", nil
	})
	c.Get("a")
	c.Get("a")
	if loads != 1 {
		t.Fatalf("an empty value was loaded %d times", loads)
	}
}

// judgeShared has four ask, one after another, while the value is loaded.
func judgeShared(t T, make Maker) {
	c := make(new(source).load)
	const step = time.Second / 4
	var replies []<-chan reply
	for range 4 {
		replies = append(replies, later(c, "a"))
		time.Sleep(step)
	}
	for i, r := range replies {
		want(t, "shared", await(t, r), reply{"a1", nil, time.Second - time.Duration(i)*step})
	}
	// Now at the same instant.
	first, second := later(c, "b"), later(c, "b")
	want(t, "at the same time", await(t, first), loaded("b1"))
	want(t, "at the same time", await(t, second), loaded("b1"))
	none(t)
}

func judgeErrors(t T, make Maker) {
	var s source
	s.setFails(true)
	c := make(s.load)
	failed := reply{"", errBroken, time.Second}
	first, second := later(c, "a"), later(c, "a")
	want(t, "load fails", await(t, first), failed)
	want(t, "load fails", await(t, second), failed)
	s.setFails(false)
	want(t, "after an error", get(t, c, "a"), loaded("a2"))
	want(t, "after an error", get(t, c, "a"), kept("a2"))
	none(t)
}

// judgeKeys has one key loaded while others are asked for.
func judgeKeys(t T, make Maker) {
	c := make(new(source).load)
	want(t, "known", get(t, c, "known"), loaded("known1"))
	slow := later(c, "slow")
	time.Sleep(time.Second / 2)
	want(t, "known, while another is loaded", get(t, c, "known"), kept("known1"))
	want(t, "new, while another is loaded", get(t, c, "new"), loaded("new1"))
	want(t, "slow", await(t, slow), loaded("slow1"))
	none(t)
}

func judgeForget(t T, make Maker) {
	c := make(new(source).load)
	get(t, c, "a")
	get(t, c, "b")
	c.Forget("a")
	c.Forget("never known")
	want(t, "forgotten", get(t, c, "a"), loaded("a2"))
	want(t, "not forgotten", get(t, c, "b"), kept("b1"))
	none(t)
}

// judgeForgetMeanwhile has a key forgotten while it is loaded, and another one, too. Then it is
// asked for before that load is over, or after it, and once more during the new load.
func judgeForgetMeanwhile(t T, make Maker) {
	for _, wait := range []time.Duration{0, 5 * time.Second} {
		c := make(new(source).load)
		old, other := later(c, "a"), later(c, "b")
		time.Sleep(time.Second / 2)
		waited := later(c, "a")
		t.Wait()
		start := time.Now()
		c.Forget("a")
		if took := time.Since(start); took > 0 {
			t.Fatalf("Forget took %v", took)
		}
		time.Sleep(wait)
		again := later(c, "a")
		want(t, "after Forget", await(t, again), loaded("a2"))
		want(t, "before Forget", await(t, old), loaded("a1"))
		want(t, "waiting before Forget", await(t, waited), reply{"a1", nil, time.Second / 2})
		want(t, "another key, loaded during Forget", await(t, other), loaded("b1"))
		want(t, "another key, after that", get(t, c, "b"), kept("b1"))
		want(t, "at last", get(t, c, "a"), kept("a2"))
		none(t)
	}
}

func judgeTwoCaches(t T, make Maker) {
	one, two := make(new(source).load), make(func(string) (string, error) { return "other", nil })
	first := later(one, "a")
	t.Wait()
	want(t, "another cache, meanwhile", get(t, two, "a"), kept("other"))
	want(t, "one cache", await(t, first), loaded("a1"))
	want(t, "another cache", get(t, two, "a"), kept("other"))
	none(t)
}

// verdict: assert: your test lets a cache through that keeps the value of a load that had begun before Forget until
