package testcache

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/internal/stacks"
)

func TestMain(m *testing.M) {
	status := m.Run()
	if status == 0 {
		if err := goleak.Find(abandoned...); err != nil {
			fmt.Fprintf(os.Stderr, "goleak: Errors on successful test run: %v\n", err)
			status = 1
		}
	}
	os.Exit(status)
}

// abandoned are the goroutines of tests that had reported something, and may leave some.
var abandoned []goleak.Option

// Below are the caches that your test is tested with. None of them depends on luck.

// subject makes a Maker, whose goroutines are gone soon after release is closed.
type subject struct {
	what string // "your test lets a cache through that ...": what it does wrong; or how it is built
	make func(release <-chan struct{}) Maker
}

// asIs is for programs that need no release.
func asIs(m Maker) func(<-chan struct{}) Maker {
	return func(<-chan struct{}) Maker { return func(load Load) Cache { return hide(m(load)) } }
}

// hide returns c without its type: all caches look alike when they are printed.
func hide(c Cache) Cache { return &hidden{c.Get, c.Forget} }

type hidden struct {
	get    func(key string) (string, error)
	forget func(key string)
}

func (h *hidden) Get(key string) (string, error) { return h.get(key) }
func (h *hidden) Forget(key string)              { h.forget(key) }

var rightCaches = []subject{
	{"has a mutex and two maps, of values and of loads", flaws{}.make},
	{"has a sync.Map of calls", asIs(func(load Load) Cache { return &callsCache{load: load} })},
	{"loads in goroutines of its own, and hands results on through channels", asIs(func(load Load) Cache {
		c := &relaysCache{load: load, table: make(chan map[string]chan relayed, 1)}
		c.table <- make(map[string]chan relayed)
		return c
	})},
}

// callsCache is a cache.
type callsCache struct {
	load Load
	all  sync.Map // of key to *cacheCall
}

type cacheCall struct {
	done  chan struct{}
	value string
	err   error

	forgotten bool // when it was going on; only of a flawedCache
}

func (c *callsCache) Get(key string) (string, error) {
	own := &cacheCall{done: make(chan struct{})}
	if other, ok := c.all.LoadOrStore(key, own); ok {
		other := other.(*cacheCall)
		<-other.done
		return other.value, other.err
	}
	if own.value, own.err = c.load(key); own.err != nil {
		c.all.CompareAndDelete(key, own)
	}
	close(own.done)
	return own.value, own.err
}

func (c *callsCache) Forget(key string) { c.all.Delete(key) }

// relaysCache is a cache.
type relaysCache struct {
	load  Load
	table chan map[string]chan relayed // who has it may use the map
}

type relayed struct {
	value string
	err   error
}

func (c *relaysCache) Get(key string) (string, error) {
	table := <-c.table
	relay := table[key]
	if relay == nil {
		relay = make(chan relayed, 1)
		table[key] = relay
		go func() {
			value, err := c.load(key)
			if err != nil {
				table := <-c.table
				if table[key] == relay {
					delete(table, key)
				}
				c.table <- table
			}
			relay <- relayed{value, err}
		}()
	}
	c.table <- table
	r := <-relay
	relay <- r // to the next
	return r.value, r.err
}

func (c *relaysCache) Forget(key string) {
	table := <-c.table
	delete(table, key)
	c.table <- table
}

// flaws are what a cache does wrong.
type flaws struct {
	forgetful   bool // keeps nothing
	expires     bool // keeps values for an hour
	emptyIsNone bool // does not keep ""
	twice       bool // shares no load
	keepsErrors bool
	silent      bool // who waited for a load that failed gets no error
	retries     bool // who waited for a load that failed loads, too
	polls       bool // who waits looks from time to time
	serial      bool // one Get at a time
	oneLoad     bool // who asks for any key waits for the load that is going on, and gets its result
	deaf        bool // Forget does nothing
	clears      bool // Forget forgets all
	joins       bool // Forget has no effect on a load that has begun
	stale       bool // a load that was forgotten is kept when it is over
	waits       bool // Forget waits for the load
	leaves      bool // a goroutine for each load
	shares      bool // all caches have the same values
	sharesLoads bool // all caches have the same loads
	between     bool // stale, if the key is being loaded again
	evicts      bool // a load that was forgotten takes the one after it out of the list
	careless    bool // Forget takes all loads for forgotten
	drops       bool // who waited for a load that was forgotten gets no value
	strands     bool // leaves a goroutine for each load that fails
	hangs       bool // who waited for a load that failed never returns
	behind      bool // who loads after Forget gets the value of before
}

var wrongCaches = []subject{
	{"keeps nothing: it loads each time", flaws{forgetful: true}.make},
	{"forgets values by itself, when they are an hour old", flaws{expires: true}.make},
	{"does not keep a value that is empty", flaws{emptyIsNone: true}.make},
	{"loads twice when two ask for a key at the same time", flaws{twice: true}.make},
	{"keeps errors", flaws{keepsErrors: true}.make},
	{"gives the error of a load only to the one who began it: those who waited get nil", flaws{silent: true}.make},
	{"has everybody who waited for a load that failed load again", flaws{retries: true}.make},
	{"has those who wait look from time to time whether the value is there", flaws{polls: true}.make},
	{"holds its lock while it loads: whoever asks for another key waits", flaws{serial: true}.make},
	{"gives those who ask for another key the result of the load that is going on", flaws{oneLoad: true}.make},
	{"does not forget", flaws{deaf: true}.make},
	{"forgets all keys when it is to forget one", flaws{clears: true}.make},
	{"does not forget a key that is being loaded: who asks after Forget gets the old load", flaws{joins: true}.make},
	{"keeps the value of a load that had begun before Forget", flaws{stale: true}.make},
	{"makes Forget wait for a load that is going on", flaws{waits: true}.make},
	{"leaves a goroutine behind", flaws{leaves: true}.make},
	{"shares its values with other caches", flaws{shares: true}.make},
	{"shares its loads with other caches", flaws{sharesLoads: true}.make},
	{"keeps the value of a load that had begun before Forget until the key has been loaded again", flaws{between: true}.make},
	{"loads anew for those who come when a load that was forgotten is over, although the key is being loaded", flaws{evicts: true}.make},
	{"forgets loads of other keys when it is to forget one", flaws{careless: true}.make},
	{"gives those who waited for a load that was then forgotten nothing", flaws{drops: true}.make},
	{"leaves a goroutine behind when a load fails", flaws{strands: true}.make},
	{"never returns to those who waited for a load that failed", flaws{hangs: true}.make},
	{"loads after Forget, and gives the value of before all the same: the new one is for those who come later", flaws{behind: true}.make},
}

// flawedCache is a cache. Without flaws it is right.
type flawedCache struct {
	flaws
	load    Load
	release <-chan struct{}
	turn    chan struct{} // for serial

	mu     *sync.Mutex
	values map[string]keptValue
	loads  map[string]*cacheCall
	before map[string]keptValue // for behind
}

type keptValue struct {
	*cacheCall
	since time.Time
}

func (f flaws) make(release <-chan struct{}) Maker {
	var mu sync.Mutex
	values, loads := make(map[string]keptValue), make(map[string]*cacheCall)
	return func(load Load) Cache {
		c := &flawedCache{flaws: f, load: load, release: release, turn: make(chan struct{}, 1), mu: new(sync.Mutex), values: make(map[string]keptValue), loads: make(map[string]*cacheCall), before: make(map[string]keptValue)}
		if f.shares {
			c.mu, c.values = &mu, values
		}
		if f.sharesLoads {
			c.mu, c.loads = &mu, loads
		}
		return hide(c)
	}
}

func (c *flawedCache) Get(key string) (string, error) {
	if c.serial {
		c.turn <- struct{}{}
		defer func() { <-c.turn }()
	}
	c.mu.Lock()
	if v, ok := c.values[key]; ok && !(c.emptyIsNone && v.value == "") && !(c.expires && time.Since(v.since) > time.Hour) {
		c.mu.Unlock()
		return v.value, v.err
	}
	if other, ok := c.loads[c.slot(key)]; ok && !c.twice {
		c.mu.Unlock()
		return c.wait(key, other)
	}
	own := &cacheCall{done: make(chan struct{})}
	c.loads[c.slot(key)] = own
	c.mu.Unlock()

	if c.leaves {
		go func() { <-c.release }()
	}
	own.value, own.err = c.load(key)
	if c.strands && own.err != nil {
		go func() { <-c.release }()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.hangs || own.err == nil {
		defer close(own.done)
	}
	newest := c.loads[c.slot(key)]
	current := newest == own || c.evicts && !own.forgotten
	if current || c.evicts {
		delete(c.loads, c.slot(key))
	}
	if (current || c.stale || c.between && newest != nil) && (own.err == nil || c.keepsErrors) && !c.forgetful {
		c.values[key] = keptValue{own, time.Now()}
	}
	if before, ok := c.before[key]; ok && c.behind {
		delete(c.before, key)
		return before.value, nil
	}
	return own.value, own.err
}

// slot is under which name a load is known.
func (c *flawedCache) slot(key string) string {
	if c.oneLoad {
		return ""
	}
	return key
}

func (c *flawedCache) wait(key string, other *cacheCall) (string, error) {
	for ended := false; c.polls && !ended; {
		select {
		case <-other.done:
			ended = true
		default:
			time.Sleep(7 * time.Millisecond)
		}
	}
	select {
	case <-other.done:
	case <-c.release: // who hangs is gone, too
		return "", nil
	}
	switch {
	case other.forgotten && c.drops:
		return "", nil
	case other.err != nil && c.silent:
		return "", nil
	case other.err != nil && c.retries:
		return c.load(key)
	}
	return other.value, other.err
}

func (c *flawedCache) Forget(key string) {
	if c.deaf {
		return
	}
	c.mu.Lock()
	if v, ok := c.values[key]; ok {
		c.before[key] = v
	}
	delete(c.values, key)
	if c.clears {
		clear(c.values)
	}
	going := c.loads[c.slot(key)]
	if going != nil {
		going.forgotten = true
	}
	if !c.joins {
		delete(c.loads, c.slot(key))
	}
	if c.careless {
		clear(c.loads)
	}
	c.mu.Unlock()
	if c.waits && going != nil {
		<-going.done
	}
}

// judgeRecorder is the T that your test gets.
type judgeRecorder struct {
	before int // goroutines of the bubble

	mu   sync.Mutex
	said []string
}

func (r *judgeRecorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *judgeRecorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *judgeRecorder) Wait() { synctest.Wait() }

func (r *judgeRecorder) Left() int {
	synctest.Wait()
	return goroutinesInBubble() - r.before
}

// goroutinesInBubble counts the goroutines in the bubble of the caller.
func goroutinesInBubble() (n int) {
	all := stacks.Parse(stacks.All())
	for _, g := range all {
		if g.Bubble == all[0].Bubble {
			n++
		}
	}
	return n
}

// virtualPatience is in the time of the bubble.
const virtualPatience = 100000 * time.Hour

// tryOut has your test judge a cache, and returns what it said, and how many goroutines there
// were that had not ended when it returned, its own and the cache's.
func tryOut(t *testing.T, p subject) (said []string, lingering int) {
	t.Helper()
	r := new(judgeRecorder)
	late := false
	var panicked any
	stuck := inBubbleOfItsOwn(t, func() {
		release, ended := make(chan struct{}), make(chan any, 1)
		go func() {
			defer func() { ended <- recover() }()
			r.before = goroutinesInBubble()
			Judge(r, p.make(release))
		}()
		select {
		case panicked = <-ended:
			synctest.Wait()
			lingering = goroutinesInBubble() - (r.before - 1) // without the one that called it
		case <-time.After(virtualPatience):
			late = true
		}
		close(release)
		time.Sleep(virtualPatience) // what still runs comes to its end
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case panicked != nil:
		t.Fatalf("panic: your test panicked when it was given a cache that %s: %v", p.what, panicked)
	case late:
		t.Fatalf("hang: your test has not ended after %v of virtual time when it was given a cache that %s", virtualPatience, p.what)
	case stuck != "" && len(r.said) == 0:
		t.Fatalf("leak: your test has reported nothing and left goroutines behind when it was given a cache that %s", p.what)
	case stuck != "":
		abandoned = append(abandoned, goleak.IgnoreCurrent())
	}
	return slices.Clone(r.said), lingering
}

// inBubbleOfItsOwn runs f in a bubble, and returns what the bubble says if goroutines are left. A
// test that has reported something may leave some.
func inBubbleOfItsOwn(t *testing.T, f func()) (stuck string) {
	defer func() {
		if p := recover(); p != nil {
			stuck = fmt.Sprint(p)
		}
	}()
	synctest.Test(t, func(*testing.T) { f() })
	return ""
}

func mustBeAccepted(t *testing.T, p subject) {
	t.Helper()
	said, lingering := tryOut(t, p)
	if len(said) > 0 {
		mustRepeat(t, p, said)
		t.Fatalf("your test rejects a cache that is right: it %s; your test said %q", p.what, strings.Join(said, "; "))
	}
	if lingering > 0 {
		t.Fatalf("leak: your test has returned and reported nothing, and %d goroutines that it has started were still there; the cache %s", lingering, p.what)
	}
}

func mustBeRejected(t *testing.T, p subject) {
	t.Helper()
	if said, _ := tryOut(t, p); len(said) == 0 {
		mustRepeat(t, p, said)
		t.Fatalf("your test lets a cache through that %s", p.what)
	}
}

// mustRepeat asks once more before your test is told that it is wrong about p: if it then says the
// opposite, that has nothing to do with p.
func mustRepeat(t *testing.T, p subject, said []string) {
	t.Helper()
	if again, _ := tryOut(t, p); (len(again) == 0) != (len(said) == 0) {
		t.Fatalf("your test says one thing of a cache, and the opposite when it is called again: earlier calls must have no bearing, nor luck; the cache %s; your test said %q, then %q", p.what, said, again)
	}
}

func TestRightCachesPass(t *testing.T) {
	for _, p := range rightCaches {
		mustBeAccepted(t, p)
	}
}

// Among the caches that are wrong come some that are right, and a coin says when: to know how
// many there have been does not help. For a test that goes by the cache alone, it changes nothing.
func TestWrongCachesFail(t *testing.T) {
	for _, p := range wrongCaches {
		mustBeRejected(t, p)
		if rand.N(2) == 0 {
			mustBeAccepted(t, rightCaches[rand.N(len(rightCaches))])
		}
	}
}
