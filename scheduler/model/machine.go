package model

import (
	"context"
	"fmt"
	"math"
)

// none is no goroutine: slots are numbered from 1.
const none = 0

// gor is a goroutine (a G). Two of them fill a cache line.
type gor struct {
	pc    uint32
	next  uint32 // in a run queue, a wait queue or the list of free slots
	prev  uint32 // in a wait queue
	id    uint32 // in the order of creation
	aux   uint32 // what woke it: the case of a select, the ticket of a semaphore; its wait list's ticket
	left  uint32 // rounds of the innermost loop
	prio  uint16
	step  step // where in an operation it stands
	flags gflags
	spun  uint8 // how often it has spun for a mutex
}

type gflags uint8

const (
	threadLocked gflags = 1 << iota // LockOSThread: only its own M may run it
	starving                        // of Mutex.lockSlow
	awoke                           // the same
	ticket                          // of a semaphore: handed over, no need to compete
	lifo                            // how it waits at a semaphore
	announced                       // a writer that waits for the readers that are in
)

// slow is the rest of a goroutine, of the size of the first part, which only operations
// that take time look at.
type slow struct {
	since int64  // when it became runnable; only if measure
	began int64  // when it began to wait for a mutex; 0 if it does not
	left  int64  // of the processor time it asked for
	m     int32  // the M it is locked to
	sel   uint32 // first of the places in queues where a select waits
}

// step says where a goroutine goes on when it runs again. The zero value is: with the
// operation at pc.
type step uint8

const (
	stepStart  step = iota
	stepDone        // the operation is finished: make its event
	stepPanic       // a send whose channel was closed meanwhile
	stepSelect      // a select, woken by the case in aux
	stepSema        // asked a semaphore and was woken
	stepSpin        // in the loop of Mutex.lockSlow
	stepCond        // Cond.Wait, behind the Unlock
	stepRelock      // Cond.Wait, woken
	stepCPU         // has processor time left to use
)

// Machine runs one program. It is not safe for concurrent use.
type Machine struct {
	// What every decision touches.
	now, horizon int64 // the virtual clock; when another actor's turn comes
	opCost       int64
	switchCost   int64
	code         []instr
	entries      []uint32 // where each procedure begins
	gs           []gor
	loops        []uint32 // depth counters for each goroutine: rounds of the loops that have loops in them
	depth        int
	log          []uint64 // the events, see log.go
	ends         int      // how often the end of a loop was reached
	global       gQueue
	rules        Rules
	disc         discipline // nil: the queues of the runtime
	odd          bool       // the inner loop must not choose: see reset
	plain        bool       // !odd, and no P is idle: who wakes somebody has no more to do
	measure      bool       // keep the figures of note
	npidle       int32
	nmspinning   int32
	decisions    uint64
	eventTick    uint32

	free uint32 // list of free slots
	born uint32
	cold []slow

	chans   []channel
	mutexes []mutex
	rws     []rwmutex
	conds   []cond
	groups  []waitGroup
	timers  []timer
	nodes   []waitNode // of selects
	freeN   uint32

	// The rest of the scheduler.
	ps           []*proc
	ms           []*thread
	pidle        *proc   // list of idle Ps, last in, first out
	midle        *thread // list of idle Ms, the same
	needspinning bool
	agenda       agenda
	sysmon       sysmon
	net          network
	order        stealOrder

	// What a run leaves behind.
	cfg       Config
	costs     Costs
	program   *Program
	compiled  *code
	stats     Stats
	latest    int64 // the greatest m.now so far
	slowly    bool  // tests: never go through the inner loop
	watch     func(tick, ring, global uint32, next int64)
	forgotten int // events that were not kept
	fatal     string
	err       error
	ctx       context.Context
	running   *thread // whose turn it is
	seq       uint64
	tick0     uint32
	rnd       uint64 // seed of the next M
}

// proc is a P.
type proc struct {
	id          int32
	running     bool // not idle
	preempt     bool
	m           *thread
	schedtick   uint32
	syscalltick uint32
	phase       uint32 // schedtick mod the poll period
	runnext     uint32
	head, tail  uint32
	last        uint32 // the goroutine that ran last, for counting switches
	began       int64  // when it began to run what it runs
	timers      timerHeap
	seen        sysmonTick
	link        *proc
	runq        [256]uint32
}

// New makes a machine for a program, which must not be changed while it is used.
// The error wraps ErrProgram if the program or the configuration is unusable.
func New(p *Program, cfg Config) (*Machine, error) {
	c, err := compile(p)
	if err != nil {
		return nil, err
	}
	if cfg, err = cfg.complete(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProgram, err)
	}
	m := &Machine{cfg: cfg, program: p, compiled: c}
	m.reset()
	return m, nil
}

// Run runs a program from its start to its end. It returns an error if the program
// cannot be run (ErrProgram), does not end (ErrSteps), makes too many goroutines
// (ErrGoroutines), cannot be replayed (ErrReplay) or ctx is done. A deadlock or a
// fatal error of the program is a result.
func Run(ctx context.Context, p *Program, cfg Config) (*Result, error) {
	m, err := New(p, cfg)
	if err != nil {
		return nil, err
	}
	return m.Run(ctx)
}

// Run runs the program from its start. It can be called again, which saves the
// allocations of New; the result of the call before is then no longer valid.
func (m *Machine) Run(ctx context.Context) (*Result, error) {
	if m.born > 0 {
		m.reset()
	}
	m.ctx = ctx
	m.begin()
	for m.err == nil && m.fatal == "" {
		turn, ok := m.agenda.pop()
		if !ok || m.agenda.idle(turn) {
			break
		}
		m.take(turn)
	}
	if m.err != nil {
		return nil, m.err
	}
	return m.result(), nil
}

// reset puts the machine in the state before main.main.
func (m *Machine) reset() {
	cfg := m.cfg
	p := m.program
	m.now, m.latest, m.horizon = 0, 0, math.MaxInt64
	m.costs = cfg.Costs
	m.opCost, m.switchCost = cfg.Costs.Op, cfg.Costs.Switch
	m.code, m.entries, m.depth = m.compiled.ins, m.compiled.entries, m.compiled.depth
	m.freeAll()
	m.log, m.forgotten, m.ends = m.log[:0], 0, 0
	m.global = gQueue{}
	m.rules = cfg.Rules
	m.disc = cfg.Rules.discipline()
	m.measure = cfg.Measure || cfg.Observe != nil || m.disc != nil
	m.odd = m.rules.Quirks != 0 || m.measure || m.compiled.hasSel || m.compiled.locks || m.slowly || m.watch != nil
	m.plain = !m.odd
	m.npidle, m.nmspinning = 0, 0
	m.decisions, m.eventTick = 0, cfg.Tick0
	m.born = 0
	m.pidle, m.midle, m.needspinning = nil, nil, false
	m.agenda = agenda{turns: m.agenda.turns[:0]}
	m.net = network{}
	m.stats, m.fatal, m.err = Stats{}, "", nil
	m.seq, m.tick0, m.rnd = 0, cfg.Tick0, cfg.Seed
	m.nodes, m.freeN = append(m.nodes[:0], waitNode{}), 0

	m.chans = m.chans[:0]
	for _, n := range p.Chans {
		m.chans = append(m.chans, channel{cap: int32(n)})
	}
	m.mutexes = append(m.mutexes[:0], make([]mutex, p.Mutexes)...)
	m.rws = append(m.rws[:0], make([]rwmutex, p.RWMutexes)...)
	m.conds = m.conds[:0]
	for _, l := range p.Conds {
		m.conds = append(m.conds, cond{l: uint32(l)})
	}
	m.groups = m.groups[:0]
	for _, n := range p.WaitGroups {
		m.groups = append(m.groups, waitGroup{v: int32(n)})
	}
	m.timers = m.timers[:0]
	for _, q := range p.Timers {
		m.timers = append(m.timers, timer{entry: m.compiled.entries[q]})
	}

	if len(m.ps) != cfg.Procs {
		m.ps = make([]*proc, cfg.Procs)
		for i := range m.ps {
			m.ps[i] = &proc{id: int32(i)}
		}
	}
	for i, pp := range m.ps {
		*pp = proc{id: int32(i), timers: pp.timers[:0]}
		pp.syscalltick = 1 // there have been system calls before main: sysmon must see the next one twice
	}
	m.ms = m.ms[:0]
	m.order.reset(uint32(cfg.Procs))
}

// freeAll makes a list of the slots of the run before, from which they are taken in the
// order in which they were made.
func (m *Machine) freeAll() {
	if len(m.gs) == 0 {
		m.gs, m.cold, m.loops = []gor{{}}, []slow{{}}, make([]uint32, m.depth)
	}
	clear(m.cold)
	m.free = none
	for gi := uint32(len(m.gs)) - 1; gi > 0; gi-- {
		m.gs[gi] = gor{next: m.free}
		m.free = gi
	}
}

// begin starts M 0 on P 0 with the root goroutine; the other Ps are idle, P 1 on top.
func (m *Machine) begin() {
	for i := len(m.ps) - 1; i > 0; i-- {
		m.pidleput(m.ps[i])
	}
	m0 := m.newThread()
	pp := m.ps[0]
	pp.schedtick = m.tick0
	pp.phase = m.tick0 % m.rules.Poll
	m.acquire(m0, pp)
	m0.curg = m.newG(m.compiled.entries[0])
	pp.last = m0.curg
	m0.stage = stageRun
	m.meet(m0, 0)
	m.sysmonStart()
}

// newG makes a goroutine that will begin at pc, on no queue yet. It returns none if
// there are too many.
func (m *Machine) newG(pc uint32) uint32 {
	gi := m.free
	if gi != none {
		m.free = m.gs[gi].next
	} else if gi = m.grow(); gi == none {
		return none
	}
	g := &m.gs[gi]
	g.pc, g.id = pc, m.born
	m.born++
	m.runnable(gi)
	return gi
}

// runnable notes since when a goroutine waits for a P.
func (m *Machine) runnable(gi uint32) {
	if m.measure {
		m.cold[gi].since = m.now
	}
}

// grow makes room for one more goroutine than ever before.
func (m *Machine) grow() uint32 {
	gi := uint32(len(m.gs))
	if int(gi) > m.cfg.Goroutines {
		return none
	}
	m.gs = append(m.gs, gor{})
	m.cold = append(m.cold, slow{})
	for range m.depth {
		m.loops = append(m.loops, 0)
	}
	return gi
}

// die ends the run as the runtime's fatal does: for the whole program, at once.
func (m *Machine) die(message string) {
	if m.fatal == "" {
		m.fatal = "fatal error: " + message
	}
}
