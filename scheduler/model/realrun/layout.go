package realrun

import (
	"errors"
	"fmt"

	"lab.example/gopark/scheduler/model"
)

// ErrUnsupported is wrapped by the errors about programs that the executor cannot run:
// those with operations that take time, and those about priorities.
var ErrUnsupported = errors.New("cannot be run on the real runtime")

// opcode is a kind of operation, or one of the two that the layout adds.
type opcode uint8

const (
	opEnd  opcode = 254 // of a rep
	opExit opcode = 255 // of a procedure
)

// instr is one place of the layout.
type instr struct {
	op    opcode
	depth uint8  // of rep and end: how many loops are around it
	arg   uint32 // of end: the first place of the body
	sel   *model.Op
}

// layout is a program as the goroutines interpret it: all procedures one behind the
// other. The numbering is that of [model.Event].
type layout struct {
	ins     []instr
	entries []uint32
	depth   int
	threads bool // goroutines are locked to threads
}

func layOut(p *model.Program) (*layout, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	l := &layout{}
	for _, ops := range p.Procs {
		l.entries = append(l.entries, uint32(len(l.ins)))
		if err := l.ops(ops, 0); err != nil {
			return nil, err
		}
		l.ins = append(l.ins, instr{op: opExit})
	}
	return l, nil
}

func (l *layout) ops(ops []model.Op, depth int) error {
	for i := range ops {
		op := &ops[i]
		switch threads := op.Kind == model.LockThread || op.Kind == model.UnlockThread; {
		case threads:
			l.threads = true
		case op.Kind > model.Broadcast:
			return fmt.Errorf("%s: %w", op, ErrUnsupported)
		}
		in := instr{op: opcode(op.Kind), arg: uint32(op.Arg), depth: uint8(depth)}
		if op.Kind == model.Select {
			in.sel = op
		}
		l.ins = append(l.ins, in)
		if op.Kind != model.Rep {
			continue
		}
		l.depth = max(l.depth, depth+1)
		body := uint32(len(l.ins))
		if err := l.ops(op.Body, depth+1); err != nil {
			return err
		}
		l.ins = append(l.ins, instr{op: opEnd, arg: body, depth: uint8(depth)})
	}
	return nil
}
