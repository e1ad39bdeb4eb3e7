package realrun

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"lab.example/gopark/scheduler/model"
)

// SoakOptions say how much is compared, and of what.
type SoakOptions struct {
	N        int         // programs of all classes together; 0 means until ctx ends
	Seed     uint64      // of the first program of each class
	Classes  []Class     // nil means all of them
	Workers  int         // processes at a time; 0 means 1. More than half the cores disturb each other
	Rules    model.Rules // the zero value is Go's
	Progress io.Writer   // if not nil, is told what was found so far, a line at a time
}

// Tally is what came of the programs of one class.
type Tally struct {
	Programs int
	Exact    int // the model did the same
	Wrong    int // it did not
	Events   int // of valid runs
	States   int // those of them at which the state of the scheduler was compared, too
	Seconds  float64

	Invalid map[string]int // programs without a run that counts, by the last reason
	Doubts  map[string]int // runs that did not count, by reason, of all programs
}

// Report is the result of Soak.
type Report struct {
	Classes    map[string]*Tally
	Mismatches []*Mismatch // the first few, made smaller
	Unread     string      // why the state of the scheduler was not compared; "" if it was
}

// keptMismatches is how many mismatches are made smaller and kept.
const keptMismatches = 5

// Soak compares the model with the runtime on random programs. Each class gets a share
// of the programs that takes about the same time. It ends when N programs were compared
// or ctx ended; the latter is not an error. The error says that programs could not be
// run at all; the report is what was found until then.
func Soak(ctx context.Context, o SoakOptions) (*Report, error) {
	if err := Available(); err != nil {
		return nil, err
	}
	if o.Classes == nil {
		o.Classes = Classes
	}
	s := &soak{SoakOptions: o, report: &Report{Classes: make(map[string]*Tally)}, next: make(map[string]uint64)}
	failures := make([]error, max(1, o.Workers))
	var workers sync.WaitGroup
	for i := range failures {
		workers.Go(func() { failures[i] = s.work(ctx) })
	}
	workers.Wait()
	if ctx.Err() != nil {
		return s.report, nil
	}
	return s.report, cmp.Or(failures...)
}

// soak is the state of a Soak.
type soak struct {
	SoakOptions

	mu      sync.Mutex
	report  *Report
	started int               // programs
	turn    int               // batches
	next    map[string]uint64 // seed
}

func (s *soak) work(ctx context.Context) error {
	for ctx.Err() == nil {
		c, requests := s.batch()
		if len(requests) == 0 {
			return nil
		}
		begin := time.Now()
		runs, err := Do(ctx, requests)
		for i, run := range runs {
			if !run.Valid {
				s.count(c, run, nil)
				continue
			}
			m := Diff(ctx, requests[i], run, s.Rules)
			if ctx.Err() != nil {
				return nil
			}
			s.count(c, run, m)
			if m != nil {
				s.keep(ctx, m)
			}
		}
		if err != nil {
			return err
		}
		s.progress(c, time.Since(begin))
	}
	return nil
}

// batch returns the next programs: of each class in turn.
func (s *soak) batch() (Class, []Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.Classes[s.turn%len(s.Classes)]
	s.turn++
	n := c.batch
	if s.N > 0 {
		n = min(n, s.N-s.started)
	}
	s.started += n
	var requests []Request
	for range n {
		requests = append(requests, Generate(c, s.Seed+s.next[c.Name]))
		s.next[c.Name]++
	}
	return c, requests
}

func (s *soak) tally(c Class) *Tally {
	t := s.report.Classes[c.Name]
	if t == nil {
		t = &Tally{Invalid: make(map[string]int), Doubts: make(map[string]int)}
		s.report.Classes[c.Name] = t
	}
	return t
}

func (s *soak) count(c Class, run Run, m *Mismatch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tally(c)
	t.Programs++
	for _, why := range run.Doubts {
		t.Doubts[why]++
	}
	if run.Unread != "" {
		s.report.Unread = run.Unread
	}
	if !run.Valid {
		t.Invalid[run.Why]++
		return
	}
	t.Events += len(run.Order)
	t.States += len(run.States)
	if m == nil {
		t.Exact++
	} else {
		t.Wrong++
	}
}

// keep makes a mismatch smaller and keeps it, if there are not enough.
func (s *soak) keep(ctx context.Context, m *Mismatch) {
	s.mu.Lock()
	enough := len(s.report.Mismatches) == keptMismatches
	s.mu.Unlock()
	if enough {
		return
	}
	small := Reduce(ctx, m, s.Rules)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.report.Mismatches) < keptMismatches {
		s.report.Mismatches = append(s.report.Mismatches, small)
	}
}

func (s *soak) progress(c Class, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tally(c)
	t.Seconds += d.Seconds()
	if s.Progress != nil {
		fmt.Fprintf(s.Progress, "%s: %s\n", c.Name, t)
	}
}

// String returns a line of text.
func (t *Tally) String() string {
	events := fmt.Sprintf("%d events", t.Events)
	if t.States > 0 && t.States == t.Events {
		events += " with the state"
	} else if t.States > 0 {
		events += fmt.Sprintf(" (%d with the state)", t.States)
	}
	s := fmt.Sprintf("%d programs, %s, %.1f s: %d exact, %d wrong", t.Programs, events, t.Seconds, t.Exact, t.Wrong)
	return s + reasons(", not measured", t.Invalid) + reasons(", runs thrown away", t.Doubts)
}

func reasons(title string, counts map[string]int) string {
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[why], why))
	}
	if parts == nil {
		return ""
	}
	return title + " (" + strings.Join(parts, ", ") + ")"
}

// String returns the tallies, and the mismatches with their programs.
func (r *Report) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.Classes)) {
		fmt.Fprintf(&b, "%-13s %s\n", name, r.Classes[name])
	}
	if r.Unread != "" {
		fmt.Fprintf(&b, "%s\n", r.Unread)
	}
	for _, m := range r.Mismatches {
		fmt.Fprintf(&b, "\n%s", m)
	}
	return b.String()
}

// Exact reports whether the model did the same as the runtime in every run that counts,
// and there was at least one.
func (r *Report) Exact() bool {
	compared := 0
	for _, t := range r.Classes {
		if t.Wrong > 0 {
			return false
		}
		compared += t.Exact
	}
	return compared > 0
}
