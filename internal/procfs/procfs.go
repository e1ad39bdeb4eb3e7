// Package procfs answers: what does the kernel know about a process?
//
// It reads /proc/PID/status and /proc/PID/task/TID/status of Linux: in which state a
// process or a thread is, and which signals are pending, blocked, ignored and caught.
// proc(5) describes the fields. Elsewhere than on Linux the files do not exist, and the
// errors wrap fs.ErrNotExist.
package procfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Status is what a status file says. For a process, what is said of a thread is said of
// its first one.
type Status struct {
	Name    string // of the program, at most 15 bytes
	State   State
	PID     int // of the thread
	TGID    int // of the process
	PPID    int // of the parent
	Threads int
	RSS     int64 // bytes of memory that are resident; 0 of a zombie, which has none

	Queued     int  // siginfo entries that are queued for the real user of the process, in all processes
	QueueLimit int  // how many may be: RLIMIT_SIGPENDING
	Pending    Mask // for this thread alone
	Shared     Mask // pending for the process as a whole
	Blocked    Mask // by this thread
	Ignored    Mask // by the process
	Caught     Mask // by a handler of the process
}

// State is the letter of a state.
type State byte

// The states of interest here.
const (
	Running  State = 'R' // or runnable
	Sleeping State = 'S' // until something happens, or a signal
	Disk     State = 'D' // until something happens, whatever the signal
	Stopped  State = 'T' // by a signal
	Traced   State = 't'
	Zombie   State = 'Z' // ended, and not waited for
	Dead     State = 'X'
	Idle     State = 'I'
)

func (s State) String() string { return string(s) }

// Mask is a set of signals: bit 0 is signal 1.
type Mask uint64

// Has reports whether the signal is in the set.
func (m Mask) Has(s syscall.Signal) bool { return s >= 1 && s <= 64 && m>>(s-1)&1 == 1 }

// Signals returns the signals in the set, in order.
func (m Mask) Signals() []syscall.Signal {
	var all []syscall.Signal
	for s := syscall.Signal(1); s <= 64; s++ {
		if m.Has(s) {
			all = append(all, s)
		}
	}
	return all
}

// Process reads the status of a process.
func Process(pid int) (Status, error) { return read(fmt.Sprintf("/proc/%d/status", pid)) }

// Thread reads the status of one thread of a process.
func Thread(pid, tid int) (Status, error) {
	return read(fmt.Sprintf("/proc/%d/task/%d/status", pid, tid))
}

// Tasks returns the status of every thread of a process. A thread that ends meanwhile is
// left out.
func Tasks(pid int) ([]Status, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return nil, fmt.Errorf("list threads: %w", err)
	}
	var all []Status
	for _, e := range entries {
		tid, err := strconv.Atoi(e.Name())
		if err != nil {
			return nil, fmt.Errorf("list threads: %w", err)
		}
		s, err := Thread(pid, tid)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func read(name string) (Status, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return Status{}, fmt.Errorf("read process status: %w", err)
	}
	s, err := Parse(string(text))
	if err != nil {
		return Status{}, fmt.Errorf("read %s: %w", name, err)
	}
	return s, nil
}

// Parse reads the text of a status file. Lines that it does not know it skips; a line
// that it needs must be there and make sense, except that a zombie has no memory.
func Parse(text string) (Status, error) {
	lines := make(map[string]string)
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok {
			lines[key] = strings.TrimSpace(value)
		}
	}
	p := parser{lines: lines}
	s := Status{
		Name:    p.text("Name"),
		PID:     p.number("Pid"),
		TGID:    p.number("Tgid"),
		PPID:    p.number("PPid"),
		Threads: p.number("Threads"),
		Pending: p.mask("SigPnd"),
		Shared:  p.mask("ShdPnd"),
		Blocked: p.mask("SigBlk"),
		Ignored: p.mask("SigIgn"),
		Caught:  p.mask("SigCgt"),
	}
	if state := p.text("State"); state != "" {
		s.State = State(state[0])
	} else if p.err == nil {
		p.err = errors.New("line State: empty")
	}
	s.Queued, s.QueueLimit = p.queue("SigQ")
	if _, ok := lines["VmRSS"]; ok {
		s.RSS = p.kilobytes("VmRSS")
	}
	return s, p.err
}

// parser keeps the first thing that was wrong.
type parser struct {
	lines map[string]string
	err   error
}

func (p *parser) text(key string) string {
	value, ok := p.lines[key]
	if !ok && p.err == nil {
		p.err = fmt.Errorf("no %s line", key)
	}
	return value
}

func (p *parser) parse(key, value string, base int) uint64 {
	n, err := strconv.ParseUint(value, base, 64)
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("line %s: %w", key, err)
	}
	return n
}

func (p *parser) number(key string) int { return int(p.parse(key, p.text(key), 10)) }

func (p *parser) mask(key string) Mask { return Mask(p.parse(key, p.text(key), 16)) }

func (p *parser) kilobytes(key string) int64 {
	return int64(p.parse(key, strings.TrimSuffix(p.text(key), " kB"), 10)) << 10
}

func (p *parser) queue(key string) (queued, limit int) {
	a, b, _ := strings.Cut(p.text(key), "/")
	return int(p.parse(key, a, 10)), int(p.parse(key, b, 10))
}
