package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"lab.example/gopark/internal/hint"
)

// File is a program file: a program, alone or with what the real runtime did with it.
//
// A file of its own is the object of the program:
//
//	{"chans":[0,3],"mutexes":1,"procs":[[["go",1],["send",0]],[["recv",0]]]}
//
// A recorded file holds that object under "program", beside "tick0_mod61", "order",
// "ticks_used" and "status".
type File struct {
	Program *Program
	Tick0   uint32 // P.schedtick mod 61 when the root performed its first operation; 1 if the file does not say

	Recorded *Recorded // nil when the file holds a program only
}

// Recorded is what the real runtime did with a program.
type Recorded struct {
	Go         string
	Goroutines int
	Order      []Event
	Ticks      uint32
	Status     string
}

// Event says that an operation was finished: by which goroutine (the root is 0, then
// in the order of the go operations), at which place (the index of the operation when
// all procedures are laid out one behind the other, see code.go), with which result.
type Event struct {
	G   uint32
	PC  uint32
	Res int32
}

// MarshalJSON writes [g, pc, res].
func (e Event) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d,%d]", e.G, e.PC, e.Res), nil
}

// UnmarshalJSON reads [g, pc, res].
func (e *Event) UnmarshalJSON(data []byte) error {
	var v []int64
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if len(v) != 3 || v[0] != int64(uint32(v[0])) || v[1] != int64(uint32(v[1])) || v[2] != int64(int32(v[2])) {
		return fmt.Errorf("event %s is not [goroutine, pc, result]", data)
	}
	*e = Event{uint32(v[0]), uint32(v[1]), int32(v[2])}
	return nil
}

// ErrProgram is wrapped by every error that Parse returns: the text is not a program
// that can be run.
var ErrProgram = errors.New("not a program")

// Parse reads a program file. The error says where in the file the trouble is; the
// program it returns has been validated.
func Parse(data []byte) (*File, error) {
	var form struct {
		programForm
		Program    *programForm `json:"program"`
		Tick0      *uint32      `json:"tick0_mod61"`
		Go         string       `json:"go"`
		Goroutines int          `json:"goroutines"`
		Order      []Event      `json:"order"`
		Ticks      uint32       `json:"ticks_used"`
		Status     string       `json:"status"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&form); err != nil {
		return nil, badJSON(data, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: there is more behind the end of the object, %s", ErrProgram, position(data, d.InputOffset()))
	}
	pf := &form.programForm
	if form.Program != nil {
		pf = form.Program
	}
	if pf.Procs == nil {
		return nil, hint.With(fmt.Errorf("%w: it has no procs", ErrProgram),
			`the smallest program is {"procs":[[["yield"]]]}: a list of procedures, each a list of operations`)
	}
	p, err := pf.program()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProgram, err)
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	f := &File{Program: p, Tick0: 1}
	if form.Tick0 != nil {
		f.Tick0 = *form.Tick0
	}
	if form.Order != nil {
		f.Recorded = &Recorded{form.Go, form.Goroutines, form.Order, form.Ticks, form.Status}
	}
	return f, nil
}

func badJSON(data []byte, err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it is empty", ErrProgram)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w: %w, %s", ErrProgram, err, position(data, syntax.Offset-1))
	}
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%w: %s is a %s and not a %s, %s", ErrProgram, typ.Field, typ.Value, typ.Type, position(data, typ.Offset))
	}
	return fmt.Errorf("%w: %w", ErrProgram, err)
}

func position(data []byte, offset int64) string {
	before := data[:min(int(offset), len(data))]
	line := 1 + bytes.Count(before, []byte("\n"))
	return fmt.Sprintf("at line %d, column %d", line, len(before)-bytes.LastIndexByte(before, '\n'))
}

// programForm is the JSON form of a Program.
type programForm struct {
	Name      string              `json:"name,omitempty"`
	Chans     []int               `json:"chans"`
	Mutexes   int                 `json:"mutexes"`
	RWMutexes int                 `json:"rwmutexes"`
	Conds     []int               `json:"conds"`
	WGs       []int               `json:"wgs"`
	Timers    []int               `json:"timers,omitempty"`
	Procs     [][]json.RawMessage `json:"procs"`
}

func (f *programForm) program() (*Program, error) {
	p := &Program{
		Name: f.Name, Chans: f.Chans, Mutexes: f.Mutexes, RWMutexes: f.RWMutexes,
		Conds: f.Conds, WaitGroups: f.WGs, Timers: f.Timers,
	}
	for i, raw := range f.Procs {
		body, err := readOps(raw, fmt.Sprintf("procs[%d]", i), 0)
		if err != nil {
			return nil, err
		}
		p.Procs = append(p.Procs, body)
	}
	return p, nil
}

func readOps(raw []json.RawMessage, at string, depth int) ([]Op, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%s: loops are nested deeper than %d", at, maxDepth)
	}
	ops := make([]Op, 0, len(raw))
	for i, r := range raw {
		op, err := readOp(r, fmt.Sprintf("%s[%d]", at, i), depth)
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	return ops, nil
}

func readOp(raw json.RawMessage, at string, depth int) (Op, error) {
	var parts []json.RawMessage
	var name string
	if json.Unmarshal(raw, &parts) != nil || len(parts) == 0 || json.Unmarshal(parts[0], &name) != nil {
		return Op{}, fmt.Errorf(`%s: %s is not an operation: want ["name"], ["name", argument] or ["rep", n, [...]]`, at, shorten(raw))
	}
	kind, ok := kindNamed(name)
	if !ok {
		err := fmt.Errorf("%s: there is no operation %q", at, name)
		if near := hint.Nearest(name, kindNames()); len(near) > 0 {
			return Op{}, hint.With(err, "did you mean %q?", near[0])
		}
		return Op{}, hint.With(err, "the operations are %s", strings.Join(kindNames(), ", "))
	}
	op := Op{Kind: kind}
	args := parts[1:]
	want := func(n int) error {
		if len(args) == n {
			return nil
		}
		return fmt.Errorf("%s: %s takes %d arguments and not %d", at, name, n, len(args))
	}
	number := func(i int) (n int, err error) {
		if err := json.Unmarshal(args[i], &n); err != nil {
			return 0, fmt.Errorf("%s: %s is not an integer", at, shorten(args[i]))
		}
		return n, nil
	}
	var err error
	switch {
	case kind == Rep:
		var body []json.RawMessage
		if err = want(2); err != nil {
			break
		}
		if op.Arg, err = number(0); err != nil {
			break
		}
		if json.Unmarshal(args[1], &body) != nil {
			err = fmt.Errorf("%s: the body of rep is not a list of operations", at)
			break
		}
		op.Body, err = readOps(body, at+"[2]", depth+1)
	case kind == Select:
		err = readSelect(&op, args, at)
	default:
		switch kinds[kind].arg {
		case noOperand:
			// An argument that means nothing is tolerated: recorders write ["yield", 0].
			if len(args) > 1 {
				err = want(0)
			}
		case aDuration:
			if err = want(1); err == nil {
				op.Dur, err = readDuration(args[0], at)
			}
		case timerAndDuration:
			if err = want(2); err != nil {
				break
			}
			if op.Arg, err = number(0); err == nil {
				op.Dur, err = readDuration(args[1], at)
			}
		default:
			if err = want(1); err == nil {
				op.Arg, err = number(0)
			}
		}
	}
	return op, err
}

// readSelect reads ["select", [["send",0],["recv",1]]] and ["select", [...], "default"].
func readSelect(op *Op, args []json.RawMessage, at string) error {
	shape := fmt.Errorf(`%s: want ["select", [["send", channel], ["recv", channel], ...]], and perhaps "default" behind the list`, at)
	if len(args) < 1 || len(args) > 2 {
		return shape
	}
	if len(args) == 2 {
		var word string
		if json.Unmarshal(args[1], &word) != nil || word != "default" {
			return shape
		}
		op.Default = true
	}
	var cases [][]json.RawMessage
	if json.Unmarshal(args[0], &cases) != nil {
		return shape
	}
	for _, c := range cases {
		var name string
		var ch int
		if len(c) != 2 || json.Unmarshal(c[0], &name) != nil || json.Unmarshal(c[1], &ch) != nil || name != "send" && name != "recv" {
			return shape
		}
		op.Cases = append(op.Cases, Case{Send: name == "send", Chan: ch})
	}
	return nil
}

// readDuration reads "1.5ms" or a number of nanoseconds.
func readDuration(raw json.RawMessage, at string) (time.Duration, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		d, err := time.ParseDuration(text)
		if err != nil {
			return 0, fmt.Errorf("%s: %q is not a duration such as \"5ms\"", at, text)
		}
		return d, nil
	}
	var ns int64
	if json.Unmarshal(raw, &ns) != nil {
		return 0, fmt.Errorf("%s: %s is neither a duration such as \"5ms\" nor a number of nanoseconds", at, shorten(raw))
	}
	return time.Duration(ns), nil
}

func shorten(raw json.RawMessage) string {
	const most = 60
	if len(raw) > most {
		return string(raw[:most]) + "…"
	}
	return string(raw)
}

// MarshalJSON writes the form that Parse reads.
func (p *Program) MarshalJSON() ([]byte, error) {
	f := programForm{
		Name: p.Name, Chans: p.Chans, Mutexes: p.Mutexes, RWMutexes: p.RWMutexes,
		Conds: p.Conds, WGs: p.WaitGroups, Timers: p.Timers, Procs: [][]json.RawMessage{},
	}
	for _, ops := range p.Procs {
		raw, err := writeOps(ops)
		if err != nil {
			return nil, err
		}
		f.Procs = append(f.Procs, raw)
	}
	return json.Marshal(f)
}

func writeOps(ops []Op) ([]json.RawMessage, error) {
	raw := make([]json.RawMessage, 0, len(ops))
	for _, op := range ops {
		parts := []any{op.Kind.String()}
		switch {
		case op.Kind == Rep:
			body, err := writeOps(op.Body)
			if err != nil {
				return nil, err
			}
			parts = append(parts, op.Arg, body)
		case op.Kind == Select:
			cases := [][]any{}
			for _, c := range op.Cases {
				name := "recv"
				if c.Send {
					name = "send"
				}
				cases = append(cases, []any{name, c.Chan})
			}
			parts = append(parts, cases)
			if op.Default {
				parts = append(parts, "default")
			}
		default:
			switch kinds[op.Kind].arg {
			case noOperand:
			case aDuration:
				parts = append(parts, op.Dur.String())
			case timerAndDuration:
				parts = append(parts, op.Arg, op.Dur.String())
			default:
				parts = append(parts, op.Arg)
			}
		}
		one, err := json.Marshal(parts)
		if err != nil {
			return nil, err
		}
		raw = append(raw, one)
	}
	return raw, nil
}
