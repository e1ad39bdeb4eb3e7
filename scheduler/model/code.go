package model

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"lab.example/gopark/internal/hint"
)

// Limits of a program. They are far above what anybody writes by hand; they exist so
// that every number fits the field that carries it.
const (
	maxDepth  = 200
	maxCode   = 1 << 24
	maxThings = 1 << 20 // channels, mutexes and so on, of each kind
	maxRep    = math.MaxUint32
	maxCases  = 200
	maxTime   = 1000 * time.Hour
)

// instr is one instruction of the machine. All procedures are laid out one behind the
// other: an operation takes one place; a rep takes one before its body and one, its
// end, behind it; a procedure ends with an exit. The place is the pc of an [Event].
// From its lowest bits: the opcode (8), nothing (8), aux (16), arg (32). Packed, it is
// fetched at once.
type instr uint64

func pack(op opcode, aux uint16, arg uint32) instr {
	return instr(op) | instr(aux)<<16 | instr(arg)<<32
}

func (in instr) op() opcode  { return opcode(in) }
func (in instr) aux() uint16 { return uint16(in >> 16) } // of rep and end: 0, or the level, from 1, if there are loops in it; of reset: the timer
func (in instr) arg() uint32 { return uint32(in >> 32) }

// opcode is what the machine switches on: the kinds, and what the layout adds.
type opcode uint8

const (
	opEnd  opcode = opcode(Priority) + 1 + iota // of a rep: arg is the first place of its body
	opExit                                      // the end of a procedure
)

// Exit is the kind of a [Step] that is the end of a procedure. It stands in no program.
const Exit = Kind(opExit)

// code is a program in the form in which it is run.
type code struct {
	ins     []instr
	entries []uint32 // where each procedure begins
	depth   int      // how deep loops are nested at most, the innermost not counted
	durs    []time.Duration
	selects []selectCode
	locks   bool // goroutines to threads
	hasSel  bool // a select that draws lots: others never ask for randomness on one P
}

// Validate reports the first thing that is wrong with p, with its place; the error
// wraps ErrProgram. A program that is valid may still deadlock, panic or never end:
// those are things that programs do.
func (p *Program) Validate() error {
	_, err := compile(p)
	return err
}

// compile lays p out.
func compile(p *Program) (*code, error) {
	c := &compiler{p: p, code: &code{}}
	if err := c.program(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProgram, err)
	}
	return c.code, nil
}

type compiler struct {
	p    *Program
	code *code
}

func (c *compiler) program() error {
	p := c.p
	if len(p.Procs) == 0 {
		return hint.With(fmt.Errorf("it has no procedure"), "the root goroutine runs procs[0]: write at least one")
	}
	for what, n := range map[string]int{
		"chans": len(p.Chans), "mutexes": p.Mutexes, "rwmutexes": p.RWMutexes,
		"conds": len(p.Conds), "wgs": len(p.WaitGroups), "timers": len(p.Timers), "procs": len(p.Procs),
	} {
		if n < 0 || n > maxThings {
			return fmt.Errorf("%s: %d is not between 0 and %d", what, n, maxThings)
		}
	}
	for i, n := range p.Chans {
		if n < NilChan || n > math.MaxInt32 {
			return fmt.Errorf("chans[%d]: a capacity of %d is not possible", i, n)
		}
	}
	for i, m := range p.Conds {
		if err := inRange(fmt.Sprintf("conds[%d]", i), "mutex", m, p.Mutexes); err != nil {
			return err
		}
	}
	for i, n := range p.WaitGroups {
		if n < 0 || n > math.MaxInt32 {
			return fmt.Errorf("wgs[%d]: a counter cannot start at %d", i, n)
		}
	}
	for i, q := range p.Timers {
		if err := inRange(fmt.Sprintf("timers[%d]", i), "procedure", q, len(p.Procs)); err != nil {
			return err
		}
	}
	for i, ops := range p.Procs {
		c.code.entries = append(c.code.entries, uint32(len(c.code.ins)))
		if err := c.ops(ops, fmt.Sprintf("procs[%d]", i), 0); err != nil {
			return err
		}
		c.emit(pack(opExit, 0, 0))
	}
	return nil
}

func (c *compiler) emit(in instr) { c.code.ins = append(c.code.ins, in) }

func (c *compiler) ops(ops []Op, at string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s: loops are nested deeper than %d", at, maxDepth)
	}
	for i, op := range ops {
		if len(c.code.ins) >= maxCode {
			return fmt.Errorf("%s: the program is longer than %d operations", at, maxCode)
		}
		if err := c.op(op, fmt.Sprintf("%s[%d]", at, i), depth); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) op(op Op, at string, depth int) error {
	if int(op.Kind) >= len(kinds) {
		return fmt.Errorf("%s: there is no operation number %d", at, op.Kind)
	}
	aux, arg := uint16(0), uint32(op.Arg)
	switch kinds[op.Kind].arg {
	case noOperand:
		arg = 0
	case number:
		if op.Arg < 0 || op.Arg > math.MaxInt32 {
			return fmt.Errorf("%s: %s %d: want a number from 0 to %d", at, op.Kind, op.Arg, math.MaxInt32)
		}
	case count:
		if op.Arg < 1 || op.Arg > maxRep {
			return fmt.Errorf("%s: %s %d: want a number from 1 to %d", at, op.Kind, op.Arg, uint32(maxRep))
		}
	case aDuration, timerAndDuration:
		if op.Dur < 0 || op.Dur > maxTime {
			return fmt.Errorf("%s: %s %v: want a time from 0 to %v", at, op.Kind, op.Dur, maxTime)
		}
		if kinds[op.Kind].arg == timerAndDuration {
			if err := inRange(at, "timer", op.Arg, len(c.p.Timers)); err != nil {
				return err
			}
			if op.Arg > math.MaxUint16 {
				return fmt.Errorf("%s: timer %d cannot be reset: only the first %d can", at, op.Arg, math.MaxUint16+1)
			}
			aux = uint16(op.Arg)
		}
		arg = uint32(len(c.code.durs))
		c.code.durs = append(c.code.durs, op.Dur)
	default:
		name, n := c.things(kinds[op.Kind].arg)
		if err := inRange(at+": "+op.Kind.String(), name, op.Arg, n); err != nil {
			return err
		}
	}
	switch op.Kind {
	case LockThread:
		c.code.locks = true
	case Rep:
		outer := 0
		if slices.ContainsFunc(op.Body, func(op Op) bool { return op.Kind == Rep }) {
			outer = depth + 1
			c.code.depth = max(c.code.depth, outer)
		}
		c.emit(pack(opcode(Rep), uint16(outer), arg))
		start := len(c.code.ins)
		if err := c.ops(op.Body, at+"[2]", depth+1); err != nil {
			return err
		}
		c.emit(pack(opEnd, uint16(outer), uint32(start)))
		return nil
	case Select:
		if len(op.Cases) > maxCases {
			return fmt.Errorf("%s: a select of %d cases: at most %d are possible", at, len(op.Cases), maxCases)
		}
		for i, one := range op.Cases {
			if err := inRange(fmt.Sprintf("%s: select, case %d", at, i), "channel", one.Chan, len(c.p.Chans)); err != nil {
				return err
			}
		}
		arg = uint32(len(c.code.selects))
		sel := layOutSelect(c.p, op)
		c.code.selects = append(c.code.selects, sel)
		c.code.hasSel = c.code.hasSel || sel.draws
	}
	c.emit(pack(opcode(op.Kind), aux, arg))
	return nil
}

func (c *compiler) things(o operand) (name string, n int) {
	switch o {
	case aProc:
		return "procedure", len(c.p.Procs)
	case aChan:
		return "channel", len(c.p.Chans)
	case aMutex:
		return "mutex", c.p.Mutexes
	case anRWMutex:
		return "rwmutex", c.p.RWMutexes
	case aCond:
		return "cond", len(c.p.Conds)
	case aWaitGroup:
		return "waitgroup", len(c.p.WaitGroups)
	default:
		return "timer", len(c.p.Timers)
	}
}

func inRange(at, what string, i, n int) error {
	switch {
	case i >= 0 && i < n:
		return nil
	case n == 0:
		return fmt.Errorf("%s: there is no %s %d: the program has none", at, what, i)
	default:
		return fmt.Errorf("%s: there is no %s %d: they are numbered from 0 to %d", at, what, i, n-1)
	}
}

// Places returns what stands at each pc of an [Event]: "procs[1]: send 0".
func (p *Program) Places() []string {
	var places []string
	for i, ops := range p.Procs {
		var walk func(ops []Op)
		walk = func(ops []Op) {
			for _, op := range ops {
				places = append(places, fmt.Sprintf("procs[%d]: %s", i, op))
				if op.Kind == Rep {
					walk(op.Body)
					places = append(places, fmt.Sprintf("procs[%d]: end of rep", i))
				}
			}
		}
		walk(ops)
		places = append(places, fmt.Sprintf("procs[%d]: exit", i))
	}
	return places
}

// String returns the operation as a program listing has it, without the body of a rep.
func (op Op) String() string {
	switch {
	case op.Kind == Rep:
		return fmt.Sprintf("rep %d", op.Arg)
	case op.Kind == Select:
		var parts []string
		for _, c := range op.Cases {
			word := "recv"
			if c.Send {
				word = "send"
			}
			parts = append(parts, fmt.Sprintf("%s %d", word, c.Chan))
		}
		if op.Default {
			parts = append(parts, "default")
		}
		return "select { " + strings.Join(parts, "; ") + " }"
	case op.Kind == Exit:
		return "exit"
	}
	switch kinds[min(int(op.Kind), len(kinds)-1)].arg {
	case noOperand:
		return op.Kind.String()
	case aDuration:
		return fmt.Sprintf("%s %v", op.Kind, op.Dur)
	case timerAndDuration:
		return fmt.Sprintf("%s %d %v", op.Kind, op.Arg, op.Dur)
	default:
		return fmt.Sprintf("%s %d", op.Kind, op.Arg)
	}
}

// String returns the program as a listing, one operation a line with its pc.
func (p *Program) String() string {
	var b strings.Builder
	if p.Name != "" {
		fmt.Fprintf(&b, "program %s\n", p.Name)
	}
	if len(p.Chans) > 0 {
		fmt.Fprintf(&b, "chans %v\n", p.Chans)
	}
	if p.Mutexes > 0 {
		fmt.Fprintf(&b, "mutexes %d\n", p.Mutexes)
	}
	if p.RWMutexes > 0 {
		fmt.Fprintf(&b, "rwmutexes %d\n", p.RWMutexes)
	}
	if len(p.Conds) > 0 {
		fmt.Fprintf(&b, "conds on mutexes %v\n", p.Conds)
	}
	if len(p.WaitGroups) > 0 {
		fmt.Fprintf(&b, "wgs %v\n", p.WaitGroups)
	}
	if len(p.Timers) > 0 {
		fmt.Fprintf(&b, "timers start procs %v\n", p.Timers)
	}
	pc := 0
	var list func(ops []Op, depth int)
	list = func(ops []Op, depth int) {
		for _, op := range ops {
			fmt.Fprintf(&b, "%4d  %s%s\n", pc, strings.Repeat("    ", depth), op)
			pc++
			if op.Kind == Rep {
				list(op.Body, depth+1)
				pc++
			}
		}
	}
	for i, ops := range p.Procs {
		fmt.Fprintf(&b, "procs[%d]:\n", i)
		list(ops, 0)
		pc++ // exit
	}
	return b.String()
}
