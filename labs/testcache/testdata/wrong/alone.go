package testcache

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// Judge is the only one that ever asks. Whether a load is shared nobody sees then.
func Judge(t T, make Maker) {
	judgeKept(t, make)
	judgeEmpty(t, make)
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

func get(c Cache, key string) reply {
	start := time.Now()
	value, err := c.Get(key)
	return reply{value, err, time.Since(start)}
}

// later keeps the reply for later.
func later(c Cache, key string) <-chan reply {
	r := make(chan reply, 1)
	r <- get(c, key)
	return r
}

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
	want(t, "first", get(c, "a"), loaded("a1"))
	want(t, "second", get(c, "a"), kept("a1"))
	time.Sleep(10000 * time.Hour)
	want(t, "after a year", get(c, "a"), kept("a1"))
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

func judgeErrors(t T, make Maker) {
	var s source
	s.setFails(true)
	c := make(s.load)
	failed := reply{"", errBroken, time.Second}
	first, second := later(c, "a"), later(c, "a")
	want(t, "load fails", <-first, failed)
	want(t, "load fails", <-second, failed)
	s.setFails(false)
	want(t, "after an error", get(c, "a"), loaded("a3"))
	want(t, "after an error", get(c, "a"), kept("a3"))
	none(t)
}

// judgeKeys has one key loaded while others are asked for.
func judgeKeys(t T, make Maker) {
	c := make(new(source).load)
	want(t, "known", get(c, "known"), loaded("known1"))
	slow := later(c, "slow")
	time.Sleep(time.Second / 2)
	want(t, "known, while another is loaded", get(c, "known"), kept("known1"))
	want(t, "new, while another is loaded", get(c, "new"), loaded("new1"))
	want(t, "slow", <-slow, loaded("slow1"))
	none(t)
}

func judgeForget(t T, make Maker) {
	c := make(new(source).load)
	get(c, "a")
	get(c, "b")
	c.Forget("a")
	c.Forget("never known")
	want(t, "forgotten", get(c, "a"), loaded("a2"))
	want(t, "not forgotten", get(c, "b"), kept("b1"))
	none(t)
}

// judgeForgetMeanwhile has a key forgotten while it is loaded, and then asked for before that
// load is over, or after it.
func judgeForgetMeanwhile(t T, make Maker) {
	for _, wait := range []time.Duration{0, 5 * time.Second} {
		c := make(new(source).load)
		old := later(c, "a")
		time.Sleep(time.Second / 2)
		start := time.Now()
		c.Forget("a")
		if took := time.Since(start); took > 0 {
			t.Fatalf("Forget took %v", took)
		}
		time.Sleep(wait)
		want(t, "after Forget", get(c, "a"), loaded("a2"))
		want(t, "before Forget", <-old, loaded("a1"))
		want(t, "at last", get(c, "a"), kept("a2"))
		none(t)
	}
}

func judgeTwoCaches(t T, make Maker) {
	one, two := make(new(source).load), make(func(string) (string, error) { return "other", nil })
	want(t, "one cache", get(one, "a"), loaded("a1"))
	want(t, "another cache", get(two, "a"), kept("other"))
	none(t)
}

// verdict: assert: your test lets a cache through that loads twice when two ask for a key at the same time
