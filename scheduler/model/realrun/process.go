package realrun

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/model"
)

// Body is the Spec.Body of the processes that [Do] starts; what is given to child.Main
// must hand them to [Serve].
const Body = "realrun"

const (
	enough    = 30 * time.Second // after which a process begins no other program
	wall      = 2 * time.Minute  // for one process: it hangs
	memory    = 3 << 30
	fileLimit = 1 << 30
)

// Do runs each request on the real runtime, in processes of their own, and returns one
// Run for each. What is wrong with a program is told by its Run; the error is not nil if
// the processes could not do their work, or ctx ended: then the Runs are those that were
// finished before.
func Do(ctx context.Context, requests []Request) ([]Run, error) {
	var h header
	var err error
	if h.Chart, err = ownChart(); err != nil {
		h.Unread = unread(err)
	}
	return doWith(ctx, h, requests)
}

func doWith(ctx context.Context, h header, requests []Request) ([]Run, error) {
	if err := Available(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "gopark-realrun")
	if err != nil {
		return nil, fmt.Errorf("run programs: %w", err)
	}
	defer os.RemoveAll(dir)
	var runs []Run
	for len(runs) < len(requests) {
		more, err := session(ctx, dir, h, requests[len(runs):])
		runs = append(runs, more...)
		if err != nil {
			return runs, fmt.Errorf("run programs: %w", err)
		}
	}
	return runs, nil
}

// session runs as many requests as one process can, and at least one.
func session(ctx context.Context, dir string, h header, requests []Request) ([]Run, error) {
	if err := writeRequests(filepath.Join(dir, "requests"), h, requests); err != nil {
		return nil, err
	}
	var stderr strings.Builder
	status, err := child.Run(ctx, child.Spec{
		Body: Body, Arg: []byte(dir),
		Env: child.Env("GOMAXPROCS=1", "GOGC=off", "GODEBUG="),
		Limits: child.Limits{
			Wall: wall, Memory: memory, File: fileLimit,
		},
		Output: func(_ child.Stream, p []byte) {
			const most = 4 << 10
			stderr.Write(p[:min(len(p), most-min(most, stderr.Len()))])
		},
	})
	if err != nil {
		return nil, err
	}
	if status.Limit == child.Cancelled {
		return nil, context.Cause(ctx)
	}
	runs, err := readRuns(filepath.Join(dir, "runs"))
	switch {
	case err != nil:
		return nil, err
	case status.Exit == 0 && len(runs) > 0 && status.Limit == child.None:
		return runs, nil
	case len(runs) < len(requests):
		// It died of the program that it was at.
		tick0 := requests[len(runs)].Tick0 % period
		return append(runs, Run{Status: lastWords(status, stderr.String()), Tick0: tick0, Why: Died}), nil
	}
	return runs, fmt.Errorf("its process: %s", lastWords(status, stderr.String()))
}

func lastWords(status child.Status, stderr string) string {
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ") {
			return strings.TrimSpace(line)
		}
	}
	switch {
	case status.Reason != "":
		return status.Reason
	case status.Signal != "":
		return "ended by " + status.Signal
	}
	return fmt.Sprintf("ended with status %d: %s", status.Exit, strings.TrimSpace(stderr))
}

// Serve does the work of a process that Do started, and returns its exit status.
func Serve(job child.Job) int {
	runtime.MemProfileRate = 0
	debug.SetGCPercent(-1)
	if err := serve(string(job.Arg)); err != nil {
		fmt.Fprintln(os.Stderr, "gopark: error: run programs:", err)
		return 1
	}
	return 0
}

func serve(dir string) error {
	in, err := os.Open(filepath.Join(dir, "requests"))
	if err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(dir, "runs"))
	if err != nil {
		return err
	}
	requests := gob.NewDecoder(bufio.NewReader(in))
	var h header
	if err := requests.Decode(&h); err != nil {
		return err
	}
	d, err := newDriver(h.eye())
	if err != nil {
		return err
	}
	runs := gob.NewEncoder(out)
	for begin := time.Now(); d.leaked < leakedMax && time.Since(begin) < enough; {
		var r Request
		if err := requests.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		run := d.run(r)
		run.Unread = h.Unread
		if err := runs.Encode(pack(run)); err != nil {
			return err
		}
	}
	return out.Close()
}

// header is what comes before the requests.
type header struct {
	Chart  *chart
	Unread string // why there is none
}

// eye returns nil, and says why, if the runtime's state cannot be read.
func (h *header) eye() *eye {
	if h.Chart == nil {
		return nil
	}
	e, err := h.Chart.open()
	if err != nil {
		h.Unread = unread(err)
		return nil
	}
	return e
}

func unread(err error) string {
	why := "the runtime's state was not read: " + err.Error()
	if way := hint.Of(err); way != "" {
		why += "; " + way
	}
	return why
}

func writeRequests(name string, h header, requests []Request) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	buffered := bufio.NewWriter(f)
	out := gob.NewEncoder(buffered)
	if err := out.Encode(h); err != nil {
		return err
	}
	for _, r := range requests {
		if err := out.Encode(r); err != nil {
			return err
		}
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// packed is a Run on its way between processes.
type packed struct {
	Run
	Events []byte
	Sights []byte // the same number of states, or none
}

func pack(r Run) packed {
	p := packed{Run: r}
	for _, e := range r.Order {
		p.Events = binary.AppendUvarint(p.Events, uint64(e.G))
		p.Events = binary.AppendUvarint(p.Events, uint64(e.PC))
		p.Events = binary.AppendVarint(p.Events, int64(e.Res))
	}
	for _, s := range r.States {
		p.Sights = binary.AppendUvarint(p.Sights, uint64(s.Ticks))
		p.Sights = binary.AppendUvarint(p.Sights, uint64(s.Ring))
		p.Sights = binary.AppendUvarint(p.Sights, uint64(s.Global))
		p.Sights = binary.AppendVarint(p.Sights, int64(s.Next))
	}
	p.Order, p.States = nil, nil
	return p
}

func (p packed) unpack() Run {
	r := p.Run
	for b := numbers(p.Events); len(b) > 0; {
		r.Order = append(r.Order, model.Event{G: b.unsigned(), PC: b.unsigned(), Res: b.signed()})
	}
	for b := numbers(p.Sights); len(b) > 0; {
		r.States = append(r.States, State{Ticks: b.unsigned(), Ring: b.unsigned(), Global: b.unsigned(), Next: b.signed()})
	}
	return r
}

// numbers are varints.
type numbers []byte

func (b *numbers) unsigned() uint32 {
	v, n := binary.Uvarint(*b)
	*b = (*b)[n:]
	return uint32(v)
}

func (b *numbers) signed() int32 {
	v, n := binary.Varint(*b)
	*b = (*b)[n:]
	return int32(v)
}

// readRuns reads what a process has written. The last one may be cut off.
func readRuns(name string) ([]Run, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := gob.NewDecoder(bufio.NewReader(f))
	var runs []Run
	for {
		var p packed
		if err := in.Decode(&p); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return runs, nil
		} else if err != nil {
			return nil, err
		}
		runs = append(runs, p.unpack())
	}
}
