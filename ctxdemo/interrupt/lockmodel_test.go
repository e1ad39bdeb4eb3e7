package interrupt

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// A game is a sequence of moves: goroutines lock, unlock and wait, are interrupted and run out of
// time. It is played in a bubble with the real locks, and beside them with sets: who holds,
// who wants, who waits for a signal, and with which error each must come back. After every move
// all goroutines are left to do what they can, and then the two must agree. Who of those that want
// the lock gets it is not prescribed; that it is one of them is.

// player is a goroutine that does what it is told.
type player struct {
	h      *Handle
	orders chan func() error
	busy   atomic.Bool
	err    error // of the last order; read while it is not busy

	// The model's view.
	holds, reads bool
	wants        bool      // the lock
	waits        bool      // for a signal
	late         time.Time // when it gives up, or zero
	deaf         bool      // to interrupts
	flag         bool
	with         error // how the order will end once the lock is there
}

func newPlayer(i int) *player {
	p := &player{h: New(fmt.Sprint("player ", i)), orders: make(chan func() error)}
	go func() {
		for order := range p.orders {
			p.err = order()
			p.busy.Store(false)
		}
	}()
	return p
}

// move is what happens next. Whoever cannot make it passes.
type move struct {
	Kind    string
	Player  int
	Seconds int // that a player waits at most, and a bit that is his, or that pass
}

func drawMoves(t *rapid.T, players int, kinds ...string) []move {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) move {
		return move{
			Kind:    rapid.SampledFrom(kinds).Draw(t, "kind"),
			Player:  rapid.IntRange(0, players-1).Draw(t, "player"),
			Seconds: rapid.IntRange(1, 3).Draw(t, "seconds"),
		}
	}), 1, 60).Draw(t, "moves")
}

type game struct {
	players []*player
	m       locker
	c       *Cond // nil if m has none
	signals []*player
}

// locker is a lock that is played with.
type locker interface {
	// call returns the way of locking that kind names, and whether it is for reading.
	call(kind string, h *Handle, d time.Duration) (lock func() error, reads bool)
	unlock(reads bool)
	queued() int
}

// play returns what the locks and the model do not agree on.
func (g *game) play(players int, moves []move) (err error) {
	for i := range players {
		g.players = append(g.players, newPlayer(i))
	}
	for i, m := range moves {
		if err := g.move(i, m); err != nil {
			return fmt.Errorf("move %d, %v: %w", i, m, err)
		}
	}
	// The end: everybody leaves. If somebody was forgotten, he stays.
	for range 3 * players {
		for i := range g.players {
			if err := errors.Join(g.move(0, move{Kind: "unlock", Player: i}), g.move(0, move{Kind: "broadcast"})); err != nil {
				return fmt.Errorf("at the end: %w", err)
			}
		}
	}
	for _, p := range g.players {
		if p.busy.Load() {
			return fmt.Errorf("%s is forgotten", p.h.Name())
		}
		close(p.orders)
	}
	return nil
}

// move makes the i-th move and waits until nothing happens any more.
func (g *game) move(i int, m move) error {
	p := g.players[m.Player]
	d := time.Duration(m.Seconds)*time.Second + time.Duration(i)*time.Millisecond
	switch {
	case m.Kind == "interrupt":
		p.h.Interrupt()
		p.flag = true
		if (p.wants || p.waits) && !p.deaf {
			g.callAway(p, ErrInterrupted)
		}
	case m.Kind == "unpark":
		p.h.Unpark() // rings for nothing
	case m.Kind == "time":
		for end := time.Now().Add(time.Duration(m.Seconds) * time.Second); time.Now().Before(end); {
			if err := g.pass(end); err != nil {
				return err
			}
		}
	case m.Kind == "signal" && g.c != nil:
		g.c.Signal()
		g.signalled(1)
	case m.Kind == "broadcast" && g.c != nil:
		g.c.Broadcast()
		g.signalled(len(g.signals))
	case p.busy.Load():
	case m.Kind == "unlock" && p.holds:
		p.holds = false
		g.m.unlock(p.reads)
	case strings.HasPrefix(m.Kind, "wait") && p.holds:
		p.ordered(m.Kind, d)
		p.holds, p.waits = p.with != nil, p.with == nil
		if p.waits {
			g.signals = append(g.signals, p)
		}
		p.orders <- g.wait(m.Kind, p.h, d)
	case strings.Contains(m.Kind, "lock") && m.Kind != "unlock" && !p.holds:
		var lock func() error
		lock, p.reads = g.m.call(m.Kind, p.h, d)
		p.ordered(m.Kind, d)
		p.wants = p.with == nil
		p.orders <- lock
	}
	synctest.Wait()
	return g.judge()
}

// pass lets time pass until end, or until somebody's time is over: never two at once, as each
// has his bit.
func (g *game) pass(end time.Time) error {
	var first *player
	for _, p := range g.players {
		if (p.wants || p.waits) && !p.late.IsZero() && !p.late.After(end) {
			first, end = p, p.late
		}
	}
	time.Sleep(time.Until(end))
	synctest.Wait()
	if first != nil {
		g.callAway(first, errLate)
	}
	return g.judge()
}

// ordered notes an order that may end at once: with says so.
func (p *player) ordered(kind string, d time.Duration) {
	p.busy.Store(true)
	p.with, p.late = nil, time.Time{}
	p.deaf = strings.HasSuffix(kind, "-deaf")
	if strings.HasSuffix(kind, "-timed") {
		p.late = time.Now().Add(d)
	}
	if p.flag && !p.deaf {
		p.with, p.flag = ErrInterrupted, false
	}
}

func (g *game) wait(kind string, h *Handle, d time.Duration) func() error {
	switch kind {
	case "wait-deaf":
		return func() error { g.c.WaitUninterruptibly(); return nil }
	case "wait-timed":
		return func() error { return inTime(g.c.WaitFor(h, d)) }
	default:
		return func() error { return g.c.Wait(h) }
	}
}

// inTime turns the results of an operation with a time limit into one.
func inTime(got bool, err error) error {
	if err == nil && !got {
		return errLate
	}
	return err
}

// callAway ends what p waits for with err. From a wait for a signal the way leads through the
// lock, and nobody is called away from that any more.
func (g *game) callAway(p *player, err error) {
	p.with = err
	if p.waits {
		p.waits, p.wants, p.deaf, p.late = false, true, true, time.Time{}
		g.signals = slices.DeleteFunc(g.signals, func(other *player) bool { return other == p })
		return
	}
	p.wants = false
	if err == ErrInterrupted {
		p.flag = false
	}
}

func (g *game) signalled(n int) {
	for _, p := range g.signals[:min(n, len(g.signals))] {
		p.waits, p.wants, p.deaf, p.late = false, true, true, time.Time{}
	}
	g.signals = g.signals[min(n, len(g.signals)):]
}

// judge lets those have the lock who have got it, and reports what cannot be.
func (g *game) judge() error {
	var writes, reads, writersWait, readersWait int
	for _, p := range g.players {
		if p.wants && !p.busy.Load() {
			p.wants, p.holds = false, true
			if p.with == ErrInterrupted {
				p.flag = false
			}
		}
		switch {
		case p.busy.Load() != (p.wants || p.waits):
			return fmt.Errorf("%s is blocked: %v, want %v", p.h.Name(), p.busy.Load(), !p.busy.Load())
		case !p.busy.Load() && !errors.Is(p.err, p.with):
			return fmt.Errorf("%s has returned %v, want %v", p.h.Name(), p.err, p.with)
		case !(p.with == ErrInterrupted && p.wants) && p.h.IsInterrupted() != p.flag:
			return fmt.Errorf("%s has the flag: %v, want %v", p.h.Name(), !p.flag, p.flag)
		}
		switch {
		case p.wants && p.reads:
			readersWait++
		case p.wants:
			writersWait++
		case p.holds && p.reads:
			reads++
		case p.holds:
			writes++
		}
	}
	wanting := writersWait + readersWait
	switch {
	case writes > 1 || writes == 1 && reads > 0:
		return fmt.Errorf("%d write and %d read at once", writes, reads)
	case writersWait > 0 && writes+reads == 0, readersWait > 0 && writes+writersWait == 0:
		return errors.New("somebody waits for nothing")
	case g.m.queued() != wanting:
		return fmt.Errorf("%d are in the queue, want %d", g.m.queued(), wanting)
	}
	if g.c == nil {
		return nil
	}
	g.c.mu.Lock()
	defer g.c.mu.Unlock()
	if g.c.queue.n != len(g.signals) {
		return fmt.Errorf("%d wait for a signal, want %d", g.c.queue.n, len(g.signals))
	}
	return nil
}

type playedMutex struct{ *Mutex }

func (m playedMutex) call(kind string, h *Handle, d time.Duration) (func() error, bool) {
	switch kind {
	case "lock-deaf":
		return func() error { m.Lock(); return nil }, false
	case "lock-timed":
		return func() error { return inTime(m.TryLockFor(h, d)) }, false
	default:
		return func() error { return m.LockInterruptibly(h) }, false
	}
}

func (m playedMutex) unlock(bool) { m.Unlock() }

func (m playedMutex) queued() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.queue.n
}

type playedRWMutex struct{ *RWMutex }

func (m playedRWMutex) call(kind string, h *Handle, d time.Duration) (func() error, bool) {
	half, reads := halves(m.RWMutex)[0], strings.HasPrefix(kind, "r")
	if reads {
		half = halves(m.RWMutex)[1]
	}
	switch kind[1:] {
	case "lock-deaf":
		return func() error { half.lock(); return nil }, reads
	case "lock-timed":
		return func() error { return inTime(half.tryFor(h, d)) }, reads
	default:
		return func() error { return half.interruptibly(h) }, reads
	}
}

func (m playedRWMutex) unlock(reads bool) {
	if reads {
		m.RUnlock()
	} else {
		m.Unlock()
	}
}

func (m playedRWMutex) queued() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.queue.n
}

// playAll plays games of moves of these kinds, each with what begin returns.
func playAll(t *testing.T, players int, begin func() *game, kinds ...string) {
	rapid.Check(t, func(rt *rapid.T) {
		moves := drawMoves(rt, players, kinds...)
		var err error
		defer func() {
			if err != nil {
				_ = recover() // the bubble complains about players who are blocked for ever
				rt.Fatal(err)
			}
		}()
		synctest.Test(t, func(*testing.T) { err = begin().play(players, moves) })
	})
}

func TestMutexGame(t *testing.T) {
	begin := func() *game {
		var m Mutex
		return &game{m: playedMutex{&m}, c: NewCond(&m)}
	}
	playAll(t, 4, begin, "lock", "lock-deaf", "lock-timed", "unlock", "unlock", "wait", "wait-deaf", "wait-timed",
		"signal", "broadcast", "interrupt", "interrupt", "unpark", "time")
}

func TestRWMutexGame(t *testing.T) {
	begin := func() *game { return &game{m: playedRWMutex{new(RWMutex)}} }
	playAll(t, 5, begin, "rlock", "rlock", "rlock-deaf", "rlock-timed", "wlock", "wlock-deaf", "wlock-timed",
		"unlock", "unlock", "unlock", "interrupt", "interrupt", "unpark", "time")
}
