// Package conformance asks: do the queue rules that we teach explain every start of a
// goroutine that the real runtime makes?
//
// Explain takes a runtime/trace of Go 1.26 and replays it through the rules of
// runtime/proc.go: what each operation does to runnext, to the ring of each P and to the
// global queue. Every start must then have a [Reason]: this goroutine, and no other, was
// what the rules made this P choose. A start without one is a [Gap].
//
// With one P that is bookkeeping. With more, the order of operations on different Ps is
// not in the trace: an event is written a moment before a goroutine goes into a queue,
// or a moment after it was taken out. Explain knows that moment only as the time between
// two events of one P, and looks for an order within those bounds in which all starts
// have reasons. It carries a set of hypotheses through the trace: whole machines, with
// all their queues. Unknowns are parts of a hypothesis: at which of the 61 ticks a P
// is, whom it stole from, what was runnable at the beginning.
//
// Such a search could explain anything. It must therefore be shown to fail: under each
// of the [Mutants], which are the rules with one error, and for traces in which two
// waiting goroutines have changed places, see [WithSwaps]. The report says how
// many choices the best hypothesis needed.
//
// It must not exclude what can have happened, either. The times in a trace say less
// than they seem to, see clock.go, and a thread can be put aside by the operating system
// in the middle of everything, for so long that the others do thousands of operations.
//
// What is left: the number of hypotheses is limited. On two Ps, also with one core for
// both, that has been enough for every run that we looked at. On more, with a busy
// global queue, a search can take minutes, and it may end with gaps.
//
// What is not replayed: which M runs a P and why it was woken, and coroutines. A program
// built with the race detector chooses at random, and is not explained.
//
// Read rules.go (what is checked, as data), moves.go (into the queues) and find.go (out
// of them: findRunnable), then machine.go (a hypothesis), search.go (the set of them),
// claim.go and tape.go (the order on the global queue, decided late), history.go, clock.go
// and builder.go (from trace to operations), control.go (swaps), workloads.go and run.go.
package conformance

import (
	"errors"
	"io"
	"time"
)

// Report says how much of a trace the rules explain.
type Report struct {
	Workload  string         `json:"workload,omitempty"`
	Procs     int            `json:"procs"`     // GOMAXPROCS at the beginning of the trace
	Starts    int            `json:"starts"`    // times a runnable goroutine was started
	Explained int            `json:"explained"` // of those, the ones with a reason
	ByReason  map[Reason]int `json:"by_reason"`
	Contested int            `json:"contested"`      // starts at which another goroutine was waiting too, at least
	Gaps      []Gap          `json:"gaps,omitempty"` // the starts without a reason, in order

	// Stops counts the times when a P went idle although the best hypothesis had work
	// for it.
	Stops int `json:"stops"`

	// Choices counts what the best hypothesis had to assume: how often operations of
	// different Ps were not in the order of their events, and ways into a queue of
	// goroutines that the scheduler itself made ready. Width is the number of hypotheses that were
	// carried along, and Peak the largest number before the worst were dropped.
	Choices int `json:"choices"`
	Width   int `json:"width"`
	Peak    int `json:"peak"`

	// Swaps counts the traces with two goroutines swapped that were tried, see
	// WithSwaps, and Caught those that could not be explained.
	Swaps  int `json:"swaps"`
	Caught int `json:"caught"`
}

// Share returns the share of starts that have a reason, 0 to 1; 1 if there were none.
func (r Report) Share() float64 {
	if r.Starts == 0 {
		return 1
	}
	return float64(r.Explained) / float64(r.Starts)
}

// Gap is a start without a reason. What follows it may be a consequence: the queues
// of the replay are no longer those of the runtime.
type Gap struct {
	At time.Duration `json:"at_ns"` // since the first event
	G  int64         `json:"g"`
	P  int64         `json:"p"`
}

// Option changes what Explain does.
type Option func(*options)

type options struct {
	rules      Rules
	widths     []int
	swaps      int
	seed       uint64
	timestamps bool
}

// WithRules replays under other rules than those of Go 1.26.
func WithRules(r Rules) Option { return func(o *options) { o.rules = r } }

// WithWidth carries up to n hypotheses. Without it, Explain tries few and then, while
// there are gaps, more.
func WithWidth(n int) Option { return func(o *options) { o.widths = []int{max(1, n)} } }

// WithSwaps also replays n traces in each of which two goroutines that wait at the same
// time have changed places from that moment on. The pairs depend on the seed. A trace
// that is not explained itself is not swapped: it would prove nothing.
func WithSwaps(n int, seed uint64) Option {
	return func(o *options) { o.swaps, o.seed = n, seed }
}

// WithTimestamps takes the order of events for the order of operations, and searches
// for no other. That is wrong, and shows what the search is for.
func WithTimestamps() Option { return func(o *options) { o.timestamps = true } }

// Explain replays what runtime/trace wrote. An error means that the trace cannot be
// read; a start that cannot be explained is none.
func Explain(r io.Reader, opts ...Option) (Report, error) {
	o := options{rules: Go126(), widths: []int{16, 64, 256}}
	for _, opt := range opts {
		opt(&o)
	}
	if o.rules.Poll < 1 || o.rules.Poll > 64 {
		return Report{}, errors.New("explain trace: Rules.Poll is not in 1 to 64")
	}
	h, err := readHistory(r)
	if err != nil {
		return Report{}, err
	}
	var best Report
	for _, width := range o.widths {
		report := explain(h, o, width)
		if best.Width == 0 || len(report.Gaps) < len(best.Gaps) {
			best = report
		}
		if len(best.Gaps) == 0 {
			break
		}
	}
	if len(best.Gaps) == 0 {
		best.Swaps, best.Caught = control(h, o, best.Width)
	}
	return best, nil
}

// explain replays a history once.
func explain(h *history, o options, width int) Report {
	s := newSearch(h, o, width)
	m := s.run()
	report := Report{
		Procs: h.procs, Starts: h.starts, Contested: h.contested(), ByReason: make(map[Reason]int), Width: width, Peak: s.peak,
		Stops: m.cost.stops, Choices: m.cost.moved + m.cost.picks,
	}
	for _, step := range m.steps() {
		if step.reason == Unexplained {
			report.Gaps = append(report.Gaps, h.gap(step.start))
			continue
		}
		report.Explained++
		report.ByReason[step.reason]++
	}
	return report
}

func (h *history) gap(start int32) Gap {
	o := &h.ops[start]
	return Gap{At: time.Duration(o.at - h.begin), G: int64(o.g), P: int64(h.ids[o.lane])}
}
