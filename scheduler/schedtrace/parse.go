package schedtrace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Parse reads what a program wrote to its standard error and returns the snapshots in
// it. Other lines, and pieces of lines, are passed over: the program may print there too,
// and the runtime does not write a line in one piece. The error is that of r.
//
// The fields are those of Go 1.26 (schedtrace of runtime/proc.go). Lines of an older Go,
// which lack schedticks, are not recognized.
func Parse(r io.Reader) ([]Snapshot, error) {
	var all []Snapshot
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if complete, ok := strings.CutSuffix(line, "\n"); ok {
			all = take(all, complete)
		}
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, fmt.Errorf("read schedtrace: %w", err)
		}
	}
}

// take adds what the line says to the snapshots.
func take(all []Snapshot, line string) []Snapshot {
	if s, err := ParseHead(line); err == nil {
		return append(all, s)
	}
	if len(all) > 0 && all[len(all)-1].Detail != nil {
		_ = all[len(all)-1].add(line)
	}
	return all
}

// ParseHead reads the first line of a snapshot, without a newline. The snapshot has a
// Detail if the line is one of scheddetail=1.
func ParseHead(line string) (Snapshot, error) {
	var s Snapshot
	var ms int
	at, rest, ok := strings.Cut(line, "ms: ")
	after, sched := strings.CutPrefix(at, "SCHED ")
	if !ok || !sched {
		return s, notOurs(line)
	}
	c := cut{rest: rest}
	c.int(after, &ms)
	s.At = time.Duration(ms) * time.Millisecond
	c.field("gomaxprocs", &s.Procs)
	c.field("idleprocs", &s.IdleProcs)
	c.field("threads", &s.Threads)
	c.field("spinningthreads", &s.Spinning)
	c.field("needspinning", &s.NeedSpinning)
	c.field("idlethreads", &s.IdleThreads)
	c.field("runqueue", &s.GlobalQueue)
	if strings.HasPrefix(c.rest, "[ ") {
		c.list("", &s.LocalQueues)
		c.list("schedticks=", &s.SchedTicks)
	} else {
		s.Detail = new(Detail)
		c.truth("gcwaiting", &s.GCWaiting)
		c.field("nmidlelocked", &s.LockedIdle)
		c.field("stopwait", &s.StopWait)
		c.truth("sysmonwait", &s.SysmonWait)
	}
	return s, c.end(line)
}

// add reads one more line of a detailed snapshot.
func (s *Snapshot) add(line string) error {
	id, rest, ok := strings.Cut(line, ": ")
	if !ok || len(id) < len("  P0") {
		return notOurs(line)
	}
	c := cut{rest: rest}
	switch kind, id := id[:3], id[3:]; kind {
	case "  P":
		var p P
		c.int(id, &p.ID)
		c.field("status", (*int)(&p.Status))
		c.field("schedtick", &p.SchedTick)
		c.field("syscalltick", &p.SyscallTick)
		c.field("m", &p.M)
		c.field("runqsize", &p.Queue)
		c.field("gfreecnt", &p.FreeGs)
		c.field("timerslen", &p.Timers)
		if c.end(line) == nil {
			s.Ps = append(s.Ps, p)
		}
	case "  M":
		var m M
		c.int(id, &m.ID)
		c.field("p", &m.P)
		c.field("curg", &m.G)
		c.field("mallocing", &m.Mallocing)
		c.field("throwing", &m.Throwing)
		c.text("preemptoff=", " locks=", &m.PreemptOff)
		c.field("locks", &m.Locks)
		c.field("dying", &m.Dying)
		c.truth("spinning", &m.Spinning)
		c.truth("blocked", &m.Blocked)
		c.field("lockedg", &m.LockedG)
		if c.end(line) == nil {
			s.Ms = append(s.Ms, m)
		}
	case "  G":
		var g G
		var status string
		c.int(id, &g.ID)
		c.text("status=", " m=", &status)
		number, reason, ok := strings.Cut(strings.TrimSuffix(status, ")"), "(")
		c.failed = c.failed || !ok || !strings.HasSuffix(status, ")")
		c.int(number, (*int)(&g.Status))
		g.Reason = reason
		c.field("m", &g.M)
		c.field("lockedm", &g.LockedM)
		if c.end(line) == nil {
			s.Gs = append(s.Gs, g)
		}
	default:
		return notOurs(line)
	}
	return c.end(line)
}

func notOurs(line string) error { return fmt.Errorf("parse schedtrace: not such a line: %q", line) }

// cut takes fields off the front of a line, in their order. After the first that is not
// there it does nothing more.
type cut struct {
	rest   string
	failed bool
}

// text takes what stands between key and the next key, which stays.
func (c *cut) text(key, next string, into *string) {
	after, ok := strings.CutPrefix(c.rest, key)
	end := strings.Index(after, next)
	if !ok || end < 0 {
		c.failed = true
		return
	}
	*into, c.rest = after[:end], after[end+1:]
}

// word takes key=word and the space behind it.
func (c *cut) word(key string) string {
	after, ok := strings.CutPrefix(c.rest, key+"=")
	if !ok {
		c.failed = true
		return ""
	}
	var word string
	word, c.rest, _ = strings.Cut(after, " ")
	return word
}

func (c *cut) field(key string, into *int) { c.int(c.word(key), into) }

func (c *cut) int(word string, into *int) {
	if word == "nil" {
		*into = None
		return
	}
	n, err := strconv.ParseUint(word, 10, 32) // nothing here is negative: ticks wrap round
	if err != nil {
		c.failed = true
		return
	}
	*into = int(n)
}

func (c *cut) truth(key string, into *bool) {
	word := c.word(key)
	*into = word == "true"
	c.failed = c.failed || word != "true" && word != "false"
}

// list takes key[ 1 2 3 ].
func (c *cut) list(key string, into *[]int) {
	after, ok := strings.CutPrefix(c.rest, key+"[ ")
	inside, rest, closed := strings.Cut(after, "]")
	if !ok || !closed {
		c.failed = true
		return
	}
	c.rest = strings.TrimPrefix(rest, " ")
	for word := range strings.FieldsSeq(inside) {
		var n int
		c.int(word, &n)
		*into = append(*into, n)
	}
}

// end reports whether all fields were there, and nothing else.
func (c *cut) end(line string) error {
	if c.failed || c.rest != "" {
		return notOurs(line)
	}
	return nil
}
