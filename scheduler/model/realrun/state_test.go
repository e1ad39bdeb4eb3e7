package realrun

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/model"
)

// TestWithDWARF runs what reads the runtime's state. That takes a binary with DWARF: if
// this one has none, because go test made it, it builds one that has, and runs itself
// there.
func TestWithDWARF(t *testing.T) {
	available(t)
	if _, err := ownChart(); err != nil {
		require.ErrorIs(t, err, errNoDWARF)
		require.Empty(t, os.Getenv(builtEnv), "even go test -c leaves DWARF out")
		build(t)
		return
	}
	t.Run("samples", testStates)
	t.Run("by hand", testStatesByHand)
	t.Run("wrong model", testStatesFindAWrongModel)
	t.Run("wrong chart", testWrongChart)
}

const builtEnv = "GOPARK_BUILT" // set where TestWithDWARF runs in the binary that it built

func build(t *testing.T) {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command to build a binary with DWARF")
	}
	binary := filepath.Join(t.TempDir(), "built.test")
	build := exec.CommandContext(t.Context(), goCommand, "test", "-c", "-o", binary, ".")
	build.Env = child.Env()
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	run := exec.CommandContext(t.Context(), binary, "-test.run=^"+t.Name()+"$", "-test.v")
	run.Env = append(os.Environ(), builtEnv+"=1")
	out, err = run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name()+"/samples")
}

// samples are the programs whose order has been recorded from the runtime.
func samples(t *testing.T) (requests []Request, recorded []*model.Recorded) {
	t.Helper()
	files, err := filepath.Glob("../testdata/order/*.json")
	require.NoError(t, err)
	require.Len(t, files, 15)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		f, err := model.Parse(data)
		require.NoError(t, err, name)
		requests = append(requests, Request{f.Program, f.Tick0})
		recorded = append(recorded, f.Recorded)
	}
	return requests, recorded
}

// testStates compares the state at each event of the recorded programs with the model.
func testStates(t *testing.T) {
	requests, recorded := samples(t)
	runs, err := Do(t.Context(), requests)
	require.NoError(t, err)
	for i, run := range runs {
		t.Run(requests[i].Program.Name, func(t *testing.T) {
			needValid(t, run)
			require.Empty(t, run.Unread)
			require.Len(t, run.States, len(run.Order))
			require.Equal(t, recorded[i].Ticks, run.States[len(run.States)-1].Ticks)
			if m := Diff(t.Context(), requests[i], run, model.Rules{}); m != nil {
				t.Fatal(m)
			}
			t.Log(Compared(run))
		})
	}
}

// testStatesByHand holds what is read against what can be said without a model.
func testStatesByHand(t *testing.T) {
	p := named("by hand", model.Program{Chans: []int{0}, Procs: [][]model.Op{
		ops(times(3, do(model.Go, 1)), do(model.Yield), do(model.Send, 0), do(model.Mark, 1)),
		ops(do(model.Recv, 0)),
	}})
	locked := &model.Program{Procs: [][]model.Op{ops(
		do(model.LockThread), do(model.LockThread), do(model.Yield), do(model.UnlockThread), do(model.Yield), do(model.UnlockThread), do(model.Yield),
	)}}
	runs, err := Do(t.Context(), []Request{{p, 1}, {classic(300), 1}, {locked, 1}})
	require.NoError(t, err)
	for _, run := range runs {
		needValid(t, run)
	}
	require.Equal(t, []State{
		{0, 0, 0, 1},
		{0, 1, 0, 2},
		{0, 2, 0, 3},      // three are started: the last one waits in runnext
		{3, 0, 0, Nobody}, // 3 ran in the same slice, then 1, 2 and the root each in one of its own
		{3, 0, 0, 3},      // the oldest receiver is woken
		{3, 0, 0, 3},
		{3, 0, 0, 3},      // the root ends
		{3, 0, 0, Nobody}, // and 3 goes on in its slice
		{3, 0, 0, Nobody},
	}, runs[0].States)

	full := runs[1].States[256]
	require.Equal(t, State{0, 256, 0, 257}, full)
	require.Equal(t, State{0, 128, 129, 258}, runs[1].States[257], "half of the ring and one moved")

	// Another thread looks, passes the P back, and takes no tick.
	for i, ticks := range []uint32{0, 0, 1, 1, 2, 2, 3, 3} {
		require.Equal(t, State{Ticks: ticks, Next: Nobody}, runs[2].States[i], "%d", i)
	}
}

// testStatesFindAWrongModel is the control of testStates: every number of every state
// counts, and a rule that leaves the order alone is found out.
func testStatesFindAWrongModel(t *testing.T) {
	r := Request{classic(10), 1}
	runs, err := Do(t.Context(), []Request{r})
	require.NoError(t, err)
	needValid(t, runs[0])
	require.Nil(t, Diff(t.Context(), r, runs[0], model.Rules{}))

	wrong := model.Rules{Quirks: model.RunnextTicks}
	require.NotNil(t, Diff(t.Context(), r, runs[0], wrong))
	blind := runs[0]
	blind.States = nil
	require.Nil(t, Diff(t.Context(), r, blind, wrong), "the order does not show it")

	for _, spoil := range []func(*State){
		func(s *State) { s.Ticks++ },
		func(s *State) { s.Ring++ },
		func(s *State) { s.Global++ },
		func(s *State) { s.Next = Nobody - s.Next },
	} {
		for i := range runs[0].States {
			spoilt := runs[0]
			spoilt.States = slices.Clone(spoilt.States)
			spoil(&spoilt.States[i])
			m := Diff(t.Context(), r, spoilt, model.Rules{})
			require.NotNil(t, m)
			require.Equal(t, i, m.At)
			require.Contains(t, m.String(), spoilt.States[i].String())
		}
	}
}

// testWrongChart holds that a chart that is wrong in any one place is refused, and that
// the programs run all the same.
func testWrongChart(t *testing.T) {
	right, err := ownChart()
	require.NoError(t, err)
	r := Request{classic(10), 1}
	for i := range reflect.TypeFor[chart]().NumField() {
		for _, by := range []int64{-4, 8, 1 << 40} {
			wrong := *right
			name := reflect.TypeFor[chart]().Field(i).Name
			if f := reflect.ValueOf(&wrong).Elem().Field(i); f.CanInt() {
				f.SetInt(f.Int() + by)
			} else {
				f.SetUint(f.Uint() + uint64(by))
			}
			runs, err := doWith(t.Context(), header{Chart: &wrong}, []Request{r})
			require.NoError(t, err)
			require.Contains(t, runs[0].Unread, "the runtime's state was not read: ", "%s is wrong by %d: %s, %s", name, by, runs[0].Why, runs[0].Status)
			require.Empty(t, runs[0].States)
			require.Equal(t, runs[0].Unread, Compared(runs[0]))
			if runs[0].Valid {
				require.Nil(t, Diff(t.Context(), r, runs[0], model.Rules{}))
			}
		}
	}
}

// TestNoDWARF holds that a binary without DWARF says so, and works.
func TestNoDWARF(t *testing.T) {
	available(t)
	if _, err := ownChart(); err == nil {
		t.Skip("this binary carries DWARF")
	} else {
		require.ErrorIs(t, err, errNoDWARF)
		require.Contains(t, hint.Of(err), "go build")
	}
	runs, err := Do(t.Context(), []Request{{classic(10), 1}})
	require.NoError(t, err)
	require.Nil(t, runs[0].States)
	const want = "the runtime's state was not read: this binary carries no DWARF; build it with go build: go run and go test leave it out"
	require.Equal(t, want, Compared(runs[0]))
	needValid(t, runs[0])
	require.Len(t, runs[0].Order, 42)
}

func TestClean(t *testing.T) {
	require.True(t, sight{tick: 3*period + 7}.clean(7))
	require.True(t, sight{tick: 7}.clean(2*period+7))
	for _, s := range []sight{{tick: 8}, {tick: 7, ring: 1}, {tick: 7, global: 1}, {tick: 7, next: 4}} {
		require.False(t, s.clean(7), "%+v", s)
	}
}

func TestSpawned(t *testing.T) {
	w := &world{began: sight{next: 80}, first: 143, last: 2}
	for id, want := range map[uint32]int32{0: Nobody, 80: 0, 142: Stranger, 143: 1, 144: 2, 145: Stranger} {
		require.Equal(t, want, w.spawned(id), "%d", id)
	}
	w = &world{began: sight{next: 80}}
	require.EqualValues(t, Stranger, w.spawned(1), "there are no others")
}

func TestStateString(t *testing.T) {
	require.Equal(t, "tick +3, ring 12, next g5, global 0", State{3, 12, 0, 5}.String())
	require.Equal(t, "tick +0, ring 0, next -, global 7", State{0, 0, 7, Nobody}.String())
	require.Contains(t, State{Next: Stranger}.String(), "next ?")
}

// BenchmarkEvent is what an event of a running program costs: to note it, and to read the
// runtime's state at it. It needs a binary with DWARF, as go test -c makes it.
func BenchmarkEvent(b *testing.B) {
	c, err := ownChart()
	if err != nil {
		b.Skip(err)
	}
	const marks = 20_000
	alone := named("marks", model.Program{Procs: [][]model.Op{ops(times(marks, do(model.Mark)))}})
	beside := named("marks beside others", model.Program{Procs: [][]model.Op{
		ops(do(model.Go, 1), times(marks, do(model.Mark))), ops(do(model.Mark)),
	}})
	for name, h := range map[string]header{"read": {Chart: c}, "not read": {Unread: "on purpose"}} {
		for _, p := range []*model.Program{alone, beside} {
			b.Run(p.Name+"/"+name, func(b *testing.B) {
				best := time.Hour
				for b.Loop() {
					runs, err := doWith(b.Context(), h, []Request{{p, 1}})
					if err != nil || !runs[0].Valid {
						b.Fatal(err, runs)
					}
					best = min(best, runs[0].Elapsed)
				}
				b.ReportMetric(float64(best.Nanoseconds())/marks, "ns/event")
			})
		}
	}
}
