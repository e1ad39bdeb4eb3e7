package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/model"
)

// Machine is the flags that say on what machine a program runs.
type Machine struct {
	Procs int    `help:"How many Ps (GOMAXPROCS), 1 to 256." default:"1"`
	Seed  uint64 `help:"The state of the scheduler's random numbers: the same seed, the same run."`
	Steps int64  `help:"Give up after that many steps." default:"50000000"`
	Alive int    `name:"goroutines" help:"Give up when more goroutines exist at once." default:"4000000"`
}

// Run is "gopark model FILE".
type Run struct {
	File    string `arg:"" help:"A program in JSON; - is standard input."`
	Machine `embed:""`
	Policy  string `help:"How to schedule; the names are below." default:"go"`
	Lines   int    `help:"How many lines of the timeline to show at most; 0 shows all." default:"60"`
	JSON    bool   `help:"Print one JSON object."`
}

// Help is the long help text.
func (Run) Help() string {
	return `Runs a program of goroutines on the model of Go 1.26's scheduler and shows in which order
they get to run. At one P that is the order in which the real runtime executes the
program ("gopark model diff" puts the two side by side).

A program is a JSON object:

  {"chans":[0,3], "mutexes":1, "wgs":[2],
   "procs":[[["go",1],["go",1],["wait",0]],
            [["send",1],["done",0]]]}

The root goroutine runs the first procedure. chans are capacities (-1 is a nil channel),
conds the mutexes they belong to, wgs what was added to each WaitGroup, timers the
procedures that each timer starts. The operations are

  go P, yield, goexit, mark K, rep N [...]
  send C, recv C, close C, trysend C, tryrecv C
  select [["send",C],["recv",C],...]  with "default" behind the list if it has one
  lock M, unlock M, rlock R, runlock R, wlock R, wunlock R
  add W, done W, wait W, cwait C, csignal C, cbcast C
  sleep D, cpu D, syscall D, net D, reset T D, stop T
  lockthread, unlockthread, priority K

each as ["name", argument]; D is a duration such as "5ms".

With --json the object has
  order       of the events: [goroutine, place, result]; the place is the index of the
              operation when all procedures are laid out one behind the other, and a rep
              takes one for its end too
  ticks_used  P.schedtick at the last event, less that at the start
  status      "all exited", "N goroutines blocked forever" or "fatal error: ..."
  decisions   how often a goroutine was chosen to run
  blocked     who waits at the end: goroutine, place, reason
  stats       switches, wait_sum and wait_max in ns, threads, preempted, retaken, stolen,
              overflows, polls, ambiguous: selects that had several cases ready
  elapsed     ns on the virtual clock

The policies:
` + policyList()
}

func policyList() string {
	var b strings.Builder
	for _, p := range model.Policies {
		fmt.Fprintf(&b, "\n  %-17s %s", p.Name, p.Doc)
	}
	return b.String()
}

// Run does it.
func (c Run) Run(ctx context.Context, t *cli.Terminal) error {
	f, err := load(c.File, t.In)
	if err != nil {
		return err
	}
	policy, err := policyNamed(c.Policy)
	if err != nil {
		return err
	}
	cfg := c.config(f, policy)
	var seen []model.Observed
	if !c.JSON {
		cfg.Observe = func(o model.Observed) {
			if len(seen) < maxObserved {
				seen = append(seen, o)
			}
		}
	}
	r, err := model.Run(ctx, f.Program, cfg)
	if err != nil {
		return explain(c.File, err)
	}
	if c.JSON {
		return printJSON(t, r)
	}
	narrate(t, f.Program, r, seen, c.Lines)
	return nil
}

// maxObserved bounds what is kept for a timeline that nobody could read.
const maxObserved = 1_000_000

func (c Machine) config(f *model.File, p model.Policy) model.Config {
	return model.Config{
		Procs: c.Procs, Seed: c.Seed, Steps: c.Steps, Goroutines: c.Alive, Tick0: f.Tick0, Rules: p.Rules, Measure: true,
	}
}

// maxFile is more than any program that can be run.
const maxFile = 256 << 20

func load(name string, stdin io.Reader) (*model.File, error) {
	r := stdin
	if name != "-" {
		file, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, cli.Usage(hint.With(err, `"gopark model --help" shows what a program looks like`))
		}
		if err != nil {
			return nil, cli.Usage(err)
		}
		defer file.Close()
		r = file
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("read %s: %w", name, err))
	}
	if len(data) > maxFile {
		return nil, cli.Usage(fmt.Errorf("read %s: it is larger than %d MiB", name, maxFile>>20))
	}
	f, err := model.Parse(data)
	if err != nil {
		return nil, explain(name, err)
	}
	return f, nil
}

// explain says what the reader can do about an error of the model.
func explain(name string, err error) error {
	err = fmt.Errorf("%s: %w", name, err)
	switch {
	case errors.Is(err, model.ErrProgram):
		return cli.Usage(err)
	case errors.Is(err, model.ErrSteps):
		return hint.With(err, "if it does end, allow it more: --steps 1000000000")
	case errors.Is(err, model.ErrGoroutines):
		return hint.With(err, "each takes 64 bytes and more; if you have the memory: --goroutines 20000000")
	}
	return err
}

func policyNamed(name string) (model.Policy, error) {
	p, ok := model.PolicyNamed(name)
	if ok {
		return p, nil
	}
	err := fmt.Errorf("there is no policy %q", name)
	if near := hint.Nearest(name, policyNames()); len(near) > 0 {
		return p, cli.Usage(hint.With(err, "did you mean %s?", near[0]))
	}
	return p, cli.Usage(hint.With(err, "the policies are %s", strings.Join(policyNames(), ", ")))
}

func policyNames() []string {
	var names []string
	for _, p := range model.Policies {
		names = append(names, p.Name)
	}
	return names
}

// printJSON writes the order one event after the other: a long run has millions.
func printJSON(t *cli.Terminal, r *model.Result) error {
	type stuck struct {
		G      uint32 `json:"g"`
		PC     uint32 `json:"pc"`
		Reason string `json:"reason"`
	}
	blocked := []stuck{}
	for _, b := range r.Blocked {
		blocked = append(blocked, stuck(b))
	}
	rest, err := json.Marshal(struct {
		Ticks     uint32    `json:"ticks_used"`
		Status    string    `json:"status"`
		Decisions uint64    `json:"decisions"`
		Blocked   []stuck   `json:"blocked"`
		Stats     statsForm `json:"stats"`
		Elapsed   int64     `json:"elapsed"`
	}{r.Ticks, r.Status, r.Decisions, blocked, formOf(r), r.Elapsed.Nanoseconds()})
	if err != nil {
		return err
	}
	out := &stickyWriter{w: t.Out}
	fmt.Fprint(out, `{"order":[`)
	var line []byte
	first := true
	for e := range r.Order() {
		if !first {
			line = append(line, ',')
		}
		first = false
		line = fmt.Appendf(line, "[%d,%d,%d]", e.G, e.PC, e.Res)
		if len(line) > 1<<16 {
			if _, err := out.Write(line); err != nil {
				return err
			}
			line = line[:0]
		}
	}
	out.Write(line)
	fmt.Fprintf(out, "],%s\n", rest[1:])
	return out.err
}

// stickyWriter remembers the first error.
type stickyWriter struct {
	w   io.Writer
	err error
}

func (s *stickyWriter) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(p)
	s.err = err
	return n, err
}

type statsForm struct {
	Switches  uint64 `json:"switches"`
	WaitSum   int64  `json:"wait_sum"`
	WaitMax   int64  `json:"wait_max"`
	Threads   int    `json:"threads"`
	Preempted uint64 `json:"preempted"`
	Retaken   uint64 `json:"retaken"`
	Stolen    uint64 `json:"stolen"`
	Overflows uint64 `json:"overflows"`
	Polls     uint64 `json:"polls"`
	Ambiguous uint64 `json:"ambiguous"`
}

func formOf(r *model.Result) statsForm {
	s := r.Stats
	return statsForm{
		s.Switches, s.WaitSum.Nanoseconds(), s.WaitMax.Nanoseconds(), s.Threads,
		s.Preempted, s.Retaken, s.Stolen, s.Overflows, s.Polls, s.Ambiguous,
	}
}

// narrate writes the run as a timeline: a line for each stretch of one goroutine, and
// one for whatever else the scheduler did.
func narrate(t *cli.Terminal, p *model.Program, r *model.Result, seen []model.Observed, limit int) {
	n := &narrator{t: t, places: p.Places(), limit: limit, p: -1}
	next := 0
	for i, e := range slices.Collect(r.Order()) {
		for next < len(seen) && seen[next].Seen <= i {
			n.observed(seen[next])
			next++
		}
		n.event(e)
	}
	for _, o := range seen[next:] {
		n.observed(o)
	}
	n.flush()
	if n.hidden > 0 {
		t.Printf("  … %d more lines: --lines 0 shows all\n", n.hidden)
	}
	t.Printf("\n%s\n", r.Report(p))
	t.Printf("%d goroutines, %d events, %d decisions, %d ticks, %v on the virtual clock\n",
		r.Goroutines, r.Events, r.Decisions, r.Ticks, r.Elapsed)
}

type narrator struct {
	t      *cli.Terminal
	places []string
	limit  int
	lines  int
	hidden int

	head string   // of the stretch that is being written
	g    uint32   // whose it is
	p    int32    // on which P; -1: none
	ops  []string // what it did
	last string
	same int // how often the last operation was repeated
}

func (n *narrator) observed(o model.Observed) {
	n.flush()
	at := fmt.Sprintf("%12.3f ms  P%-3d", float64(o.At)/1e6, o.P)
	switch o.What {
	case model.Start:
		n.head, n.g, n.p = at, o.G, o.P
	case model.Preempt:
		n.line(at + fmt.Sprintf(" -- G%d must give way", o.G))
	case model.Steal:
		n.line(at + fmt.Sprintf(" -- steals %d from P%d", o.N, o.From))
	case model.Overflow:
		n.line(at + fmt.Sprintf(" -- the ring is full: %d move to the global queue", o.N))
	case model.Retake:
		n.line(at + fmt.Sprintf(" -- sysmon takes the P: M%d is in a system call of G%d", o.M, o.G))
	case model.WakeThread:
		n.line(at + fmt.Sprintf(" -- M%d is woken for it", o.M))
	case model.Idle:
		n.line(at + fmt.Sprintf(" -- idle, M%d leaves it", o.M))
	}
}

func (n *narrator) event(e model.Event) {
	if e.G != n.g || n.head == "" {
		n.flush()
		n.head, n.g = fmt.Sprintf("%15s  %4s", "", ""), e.G
	}
	op := "?"
	if int(e.PC) < len(n.places) {
		_, op, _ = strings.Cut(n.places[e.PC], ": ")
	}
	switch {
	case e.Res == 1001, e.Res == 1 && !strings.HasPrefix(op, "try") && !strings.HasPrefix(op, "select") &&
		!strings.HasPrefix(op, "stop") && !strings.HasPrefix(op, "reset"):
		op += " panics"
	case strings.HasPrefix(op, "try") || strings.HasPrefix(op, "select") || strings.HasPrefix(op, "stop") || strings.HasPrefix(op, "reset"):
		op += fmt.Sprintf(" → %d", e.Res)
	}
	if op == n.last {
		n.same++
		n.ops[len(n.ops)-1] = fmt.Sprintf("%s ×%d", op, n.same)
		return
	}
	n.ops, n.last, n.same = append(n.ops, op), op, 1
}

func (n *narrator) flush() {
	if n.head != "" && len(n.ops) > 0 {
		n.line(fmt.Sprintf("%s G%-5d %s", n.head, n.g, strings.Join(n.ops, " · ")))
	}
	n.head, n.ops, n.last = "", nil, ""
}

func (n *narrator) line(s string) {
	if n.limit > 0 && n.lines >= n.limit {
		n.hidden++
		return
	}
	n.lines++
	if runes := []rune(s); len(runes) > maxLine {
		s = string(runes[:maxLine]) + " …"
	}
	n.t.Printf("%s\n", s)
}

// maxLine bounds a line of the timeline.
const maxLine = 240
