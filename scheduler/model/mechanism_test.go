package model_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/scheduler/model"
)

// marks runs p and returns, in order, the goroutines that came to a Mark.
func marks(t *testing.T, p *model.Program, cfg model.Config) []int {
	t.Helper()
	r, err := model.Run(t.Context(), p, cfg)
	require.NoError(t, err)
	return r.Marks()
}

func ints(parts ...any) []int {
	var all []int
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			all = append(all, p)
		case [2]int:
			for i := p[0]; i <= p[1]; i++ {
				all = append(all, i)
			}
		}
	}
	return all
}

// Who stole what, as measured on the real runtime: of 17 in a ring and runnext, the older
// half, of which the last runs first, and so on; runnext last of all.
func TestStealingHalf(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{
		// The guard keeps the other P until all are there; it is goroutine 1.
		model.Ops(model.Do(model.Go, 1), model.For(model.CPU, time.Millisecond), model.Times(17, model.Do(model.Go, 2)), model.For(model.CPU, 5*time.Millisecond)),
		model.Ops(model.For(model.CPU, 2*time.Millisecond)),
		model.Ops(model.Do(model.Mark, 0)),
	}}
	for seed := range uint64(20) {
		got := marks(t, p, model.Config{Procs: 2, Seed: seed})
		for i := range got {
			got[i] -= 2
		}
		require.Equal(t, ints(7, [2]int{0, 6}, 11, [2]int{8, 10}, 13, 12, 14, 15, 16), got)
	}
	got := marks(t, p, model.Config{Procs: 2, Rules: model.Rules{Quirks: model.StealOne}})
	require.Equal(t, ints([2]int{2, 18}), got, "a thief who takes one leaves the order as it is")
	got = marks(t, p, model.Config{Procs: 2, Rules: model.Rules{Quirks: model.NoSteal}})
	require.Equal(t, ints(18, [2]int{2, 17}), got, "nobody steals: the owner runs them, newest first")
}

// An idle P empties the global queue before it steals: of 300, 0 to 127 and 256 are there.
func TestGlobalBeforeStealing(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{
		model.Ops(model.Do(model.Go, 1), model.For(model.CPU, time.Millisecond), model.Times(300, model.Do(model.Go, 2)), model.For(model.CPU, 8*time.Millisecond)),
		model.Ops(model.For(model.CPU, 2*time.Millisecond)),
		model.Ops(model.Do(model.Mark, 0)),
	}}
	got := marks(t, p, model.Config{Procs: 2})
	require.Len(t, got, 300)
	for i := range got {
		got[i] -= 2
	}
	shared := slices.Clone(got[:129])
	slices.Sort(shared)
	require.Equal(t, ints([2]int{0, 127}, 256), shared)
	require.Equal(t, 212, got[129], "then the last of the older half of 170")
	require.Equal(t, 299, got[299], "runnext last")
}

// Two that compute share a P in slices of about 20 ms: sysmon sees a slice one look late.
// Only the first ones are shorter, while sysmon is fresh.
func TestSlices(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{
		model.Ops(model.Times(2, model.Do(model.Go, 1))),
		model.Ops(model.For(model.CPU, 400*time.Millisecond)),
	}}
	starts := starts(t, p, model.Config{})
	var slices []time.Duration
	for i := 4; i+1 < len(starts)-2; i++ { // the last two have less to do
		slices = append(slices, time.Duration(starts[i+1].At-starts[i].At))
	}
	require.Greater(t, len(slices), 10)
	for _, s := range slices {
		require.InDelta(t, 20*time.Millisecond, s, float64(time.Millisecond))
	}
	r, err := model.Run(t.Context(), p, model.Config{Rules: model.Rules{Quirks: model.NoAsyncPreempt}})
	require.NoError(t, err)
	require.LessOrEqual(t, r.Stats.Preempted, uint64(2), "each computes to its end, and gives way then")
}

func starts(t *testing.T, p *model.Program, cfg model.Config) []model.Observed {
	t.Helper()
	var all []model.Observed
	cfg.Observe = func(o model.Observed) {
		if o.What == model.Start {
			all = append(all, o)
		}
	}
	_, err := model.Run(t.Context(), p, cfg)
	require.NoError(t, err)
	return all
}

// One P, a goroutine in a system call, another ready: the P is taken at the second look
// of sysmon, 40 µs at the most when it is fresh, up to 20 ms when it has long had nothing
// to do. A short call keeps its P.
func TestHandOff(t *testing.T) {
	program := func(before, call time.Duration) *model.Program {
		return &model.Program{Procs: [][]model.Op{
			model.Ops(model.For(model.CPU, before), model.Do(model.Go, 1), model.For(model.Syscall, call), model.Do(model.Mark, 0)),
			model.Ops(model.Do(model.Mark, 0)),
		}}
	}
	wait := func(before time.Duration) time.Duration {
		s := starts(t, program(before, 100*time.Millisecond), model.Config{})
		i := slices.IndexFunc(s, func(o model.Observed) bool { return o.G == 1 })
		return time.Duration(s[i].At) - before
	}
	require.Less(t, wait(time.Microsecond), 100*time.Microsecond)
	tired := wait(30 * time.Millisecond)
	require.Greater(t, tired, time.Millisecond)
	require.Less(t, tired, 21*time.Millisecond)

	require.Equal(t, []int{0, 1}, marks(t, program(time.Microsecond, 10*time.Microsecond), model.Config{}), "a fast call")
	require.Equal(t, []int{1, 0}, marks(t, program(time.Microsecond, time.Millisecond), model.Config{}), "a slow call")
	never := model.Config{Rules: model.Rules{Quirks: model.NoRetake}}
	require.Equal(t, []int{0, 1}, marks(t, program(time.Microsecond, time.Second), never), "without hand-off")
}

// Threads: a goroutine that waits for a channel, a timer or the network needs none; one
// in a system call needs its own.
func TestThreads(t *testing.T) {
	threads := func(op model.Op) int {
		p := &model.Program{Chans: []int{0}, Procs: [][]model.Op{
			model.Ops(model.Times(50, model.Do(model.Go, 1)), model.For(model.Sleep, 100*time.Millisecond)),
			model.Ops(op),
		}}
		r, err := model.Run(t.Context(), p, model.Config{})
		require.NoError(t, err)
		return r.Stats.Threads
	}
	require.LessOrEqual(t, threads(model.Do(model.Recv, 0)), 2)
	require.LessOrEqual(t, threads(model.For(model.Sleep, 10*time.Millisecond)), 2)
	require.LessOrEqual(t, threads(model.For(model.Net, 10*time.Millisecond)), 2)
	require.GreaterOrEqual(t, threads(model.For(model.Syscall, 50*time.Millisecond)), 50)
}

// Equal sleepers: the one who is due last runs first, then the others in order. Readers of
// connections that became ready one after another: last first.
func TestTimersAndNetwork(t *testing.T) {
	p := func(op model.Op) *model.Program {
		return &model.Program{Procs: [][]model.Op{
			model.Ops(model.Times(5, model.Do(model.Go, 1)), model.Do(model.Yield), model.For(model.CPU, 8*time.Millisecond)),
			model.Ops(op, model.Do(model.Mark, 0)),
		}}
	}
	// They begin in the order 5 1 2 3 4; while all are ready, nobody looks.
	require.Equal(t, []int{4, 5, 1, 2, 3}, marks(t, p(model.For(model.Sleep, 5*time.Millisecond)), model.Config{}))
	require.Equal(t, []int{4, 3, 2, 1, 5}, marks(t, p(model.For(model.Net, 5*time.Millisecond)), model.Config{}))
}

func TestTimersOfTheProgram(t *testing.T) {
	p := &model.Program{Timers: []int{1, 2}, Procs: [][]model.Op{
		model.Ops(model.After(0, time.Millisecond), model.After(1, 2*time.Millisecond), model.Do(model.Stop, 1), model.Do(model.Stop, 1),
			model.After(0, 5*time.Millisecond), model.For(model.Sleep, 10*time.Millisecond), model.Do(model.Mark, 0)),
		model.Ops(model.Do(model.Mark, 1)),
		model.Ops(model.Do(model.Mark, 2)),
	}}
	r, err := model.Run(t.Context(), p, model.Config{})
	require.NoError(t, err)
	require.Equal(t, []int{1, 0}, r.Marks())
	var results []int32
	for e := range r.Order() {
		if e.G == 0 {
			results = append(results, e.Res)
		}
	}
	require.Equal(t, []int32{0, 0, 1, 0, 1, 0, 0, 0}, results, "stop and reset say whether the timer was running")
	require.Equal(t, 2, r.Goroutines)
}

// A goroutine that is locked to its thread runs there and nowhere else.
func TestLockedThread(t *testing.T) {
	p := &model.Program{Chans: []int{0}, Procs: [][]model.Op{
		model.Ops(model.Do(model.Go, 1), model.Times(5, model.Do(model.Yield)), model.Do(model.Recv, 0)),
		model.Ops(model.Do(model.LockThread), model.Times(5, model.Do(model.Yield)), model.Do(model.Send, 0)),
	}}
	on := map[uint32]map[int32]bool{}
	for _, o := range starts(t, p, model.Config{}) {
		if on[o.G] == nil {
			on[o.G] = map[int32]bool{}
		}
		on[o.G][o.M] = true
	}
	require.Len(t, on[1], 1)
	for m := range on[0] {
		if on[1][m] {
			continue // before it was locked
		}
		require.NotContains(t, on[1], m)
	}
	free := &model.Program{Chans: p.Chans, Procs: [][]model.Op{p.Procs[0], p.Procs[1][1:]}}
	locked, err := model.Run(t.Context(), p, model.Config{})
	require.NoError(t, err)
	unlocked, err := model.Run(t.Context(), free, model.Config{})
	require.NoError(t, err)
	require.Greater(t, locked.Elapsed, 10*unlocked.Elapsed, "each change costs two switches of threads")
}

// A mutex that was waited for for more than 1 ms is handed over: the unlocker cannot take
// it again at once.
func TestStarvation(t *testing.T) {
	p := func(hold time.Duration) *model.Program {
		return &model.Program{Mutexes: 1, Procs: [][]model.Op{
			model.Ops(model.Do(model.Lock, 0), model.Do(model.Go, 1), model.Do(model.Yield),
				model.Times(3, model.For(model.CPU, hold), model.Do(model.Unlock, 0), model.Do(model.Lock, 0), model.Do(model.Mark, 0), model.Do(model.Yield)), model.Do(model.Unlock, 0)),
			model.Ops(model.Do(model.Lock, 0), model.Do(model.Mark, 0), model.Do(model.Unlock, 0)),
		}}
	}
	first := model.Config{Tick0: 1} // at 0 the root would be taken from the global queue before the other ran
	require.Equal(t, []int{0, 0, 0, 1}, marks(t, p(10*time.Microsecond), first), "barging")
	require.Equal(t, []int{0, 1, 0, 0}, marks(t, p(2*time.Millisecond), first), "starving after the first loss")
}

// The priority policy: the most urgent runs, at once, until it waits; who waits for a
// queue is served by priority. Among equals nobody is preempted.
func TestPriorityKernel(t *testing.T) {
	policy, ok := model.PolicyNamed("priority")
	require.True(t, ok)
	p := &model.Program{Chans: []int{1}, Procs: [][]model.Op{
		model.Ops(model.Do(model.Priority, 9), model.Do(model.Go, 1), model.Do(model.Go, 2), model.Do(model.Go, 3),
			model.For(model.Sleep, time.Millisecond), model.Do(model.Send, 0), model.For(model.CPU, 50*time.Millisecond), model.Do(model.Mark, 0),
			model.Do(model.Send, 0), model.Do(model.Send, 0)),
		model.Ops(model.Do(model.Priority, 1), model.Do(model.Recv, 0), model.Do(model.Mark, 0)),
		model.Ops(model.Do(model.Priority, 5), model.Do(model.Recv, 0), model.Do(model.Mark, 0)),
		model.Ops(model.Do(model.Priority, 3), model.Do(model.Recv, 0), model.Do(model.Mark, 0)),
	}}
	got := marks(t, p, model.Config{Rules: policy.Rules})
	require.Equal(t, []int{0, 2, 3, 1}, got, "the root computes although others are ready; then by priority")
	require.Equal(t, []int{3, 2, 1}, order(marks(t, p, model.Config{Tick0: 1}), 1, 2, 3), "Go serves 3 first, who came first, and then the last one woken")
}

// order returns those of got that are among who.
func order(got []int, who ...int) []int {
	return slices.DeleteFunc(slices.Clone(got), func(g int) bool { return !slices.Contains(who, g) })
}

// Weighted-fair: processor time in proportion to the weights.
func TestFairShares(t *testing.T) {
	policy, ok := model.PolicyNamed("fair")
	require.True(t, ok)
	// Weights 1 and 3, each computes in steps of 1 ms; count the steps of the light one when
	// the heavy one is done.
	p := &model.Program{Procs: [][]model.Op{
		model.Ops(model.Do(model.Go, 1), model.Do(model.Go, 2)),
		model.Ops(model.Times(300, model.For(model.CPU, time.Millisecond), model.Do(model.Mark, 0), model.Do(model.Yield))),
		model.Ops(model.Do(model.Priority, 2), model.Times(300, model.For(model.CPU, time.Millisecond), model.Do(model.Mark, 0), model.Do(model.Yield))),
	}}
	light := func(rules model.Rules) int {
		n := 0
		heavy := 0
		for _, g := range marks(t, p, model.Config{Rules: rules}) {
			if g == 2 {
				if heavy++; heavy == 300 {
					return n
				}
			} else {
				n++
			}
		}
		return n
	}
	require.InDelta(t, 100, light(policy.Rules), 5)
	require.InDelta(t, 300, light(model.Rules{}), 25, "Go knows no weights")
}

// Without interruption by signals, a loop of short computations gives way at the next
// operation, as a loop that calls functions does.
func TestCooperativePreemption(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{
		model.Ops(model.Do(model.Go, 1), model.Times(1_000_000, model.For(model.CPU, 100))),
		model.Ops(model.Times(20, model.Do(model.Yield))),
	}}
	r, err := model.Run(t.Context(), p, model.Config{Rules: model.Rules{Quirks: model.NoAsyncPreempt}})
	require.NoError(t, err)
	require.Positive(t, r.Stats.Preempted)
}

func TestSteps(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{
		model.Ops(model.Times(2, model.Do(model.Go, 1)), model.Do(model.Mark, 7)),
		model.Ops(model.Do(model.Mark, 8)),
	}}
	r, err := model.Run(t.Context(), p, model.Config{Tick0: 1})
	require.NoError(t, err)
	var steps []string
	for s := range r.Steps() {
		steps = append(steps, fmt.Sprintf("%d %v", s.G, s.Op))
	}
	require.Equal(t, []string{"0 go 1", "0 go 1", "0 mark 7", "0 exit", "2 mark 8", "2 exit", "1 mark 8", "1 exit"}, steps)
	require.Equal(t, []int{0, 2, 1}, r.Marks())
	require.Equal(t, []int{0, 2, 1}, r.Exits())
}

// A thief waits 3 µs before it takes a runnext: an owner who blocks meanwhile keeps it.
func TestThiefIsPatient(t *testing.T) {
	stolen := func(d time.Duration) uint64 {
		p := &model.Program{Chans: []int{0}, Procs: [][]model.Op{
			model.Ops(model.Do(model.Go, 1), model.For(model.CPU, d), model.Do(model.Recv, 0)),
			model.Ops(model.Do(model.Mark, 0)),
		}}
		r, err := model.Run(t.Context(), p, model.Config{Procs: 2})
		require.NoError(t, err)
		return r.Stats.Stolen
	}
	// The thread takes 20 µs to come, and three rounds of 500 ns before it looks at runnext.
	require.Zero(t, stolen(23*time.Microsecond))
	require.Equal(t, uint64(1), stolen(100*time.Microsecond))
}

// With an idle P beside it, a system call keeps its P for 10 ms.
func TestSyscallBesideIdleP(t *testing.T) {
	retaken := func(d time.Duration) uint64 {
		p := &model.Program{Procs: [][]model.Op{model.Ops(model.For(model.Syscall, d))}}
		r, err := model.Run(t.Context(), p, model.Config{Procs: 2})
		require.NoError(t, err)
		return r.Stats.Retaken
	}
	require.Zero(t, retaken(8*time.Millisecond))
	require.Equal(t, uint64(1), retaken(50*time.Millisecond))
}

// A call that returns takes its old P back from a goroutine that is in a call itself.
func TestReturnTakesOldPBack(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{
		model.Ops(model.Do(model.Go, 1), model.For(model.Syscall, time.Millisecond), model.Do(model.Mark, 0)),
		model.Ops(model.For(model.CPU, 930*time.Microsecond), model.For(model.Syscall, 5*time.Millisecond)),
	}}
	starts := starts(t, p, model.Config{})
	for _, s := range starts {
		require.NotZero(t, s.G, "the root goes on in its call's thread: nobody had to choose it")
	}
	require.NotEmpty(t, starts)
}

// Who waits for a mutex that is held for a moment spins, and does not park.
func TestSpinningForAMutex(t *testing.T) {
	p := &model.Program{Mutexes: 1, Procs: [][]model.Op{
		model.Ops(model.Do(model.Go, 1), model.For(model.CPU, 100*time.Microsecond), model.Do(model.Lock, 0),
			model.For(model.CPU, 50*time.Microsecond), model.Do(model.Unlock, 0), model.For(model.CPU, time.Millisecond)),
		model.Ops(model.For(model.CPU, 100*time.Microsecond), model.Do(model.Lock, 0), model.Do(model.Unlock, 0)),
	}}
	parked := func(spin int64) int {
		costs := model.DefaultCosts
		costs.Spin = spin
		n := 0
		for _, s := range starts(t, p, model.Config{Procs: 2, Costs: costs}) {
			if s.G == 1 {
				n++
			}
		}
		return n - 1
	}
	require.Zero(t, parked(20_000), "four rounds of 20 µs are enough")
	require.Equal(t, 1, parked(100), "four of 100 ns are not")
}

// sysmon, deep asleep because everybody waits for the network, is woken by whoever reads:
// a goroutine that then computes is preempted as usual.
func TestNetworkWakesSysmon(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{
		model.Ops(model.For(model.Net, 30*time.Millisecond), model.Do(model.Go, 1), model.For(model.CPU, 300*time.Millisecond)),
		model.Ops(model.Do(model.Mark, 0)),
	}}
	for _, s := range starts(t, p, model.Config{}) {
		if s.G == 1 {
			require.Less(t, time.Duration(s.At), 60*time.Millisecond)
			return
		}
	}
	t.Fatal("the other never started")
}
