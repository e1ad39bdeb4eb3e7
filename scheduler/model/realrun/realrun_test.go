package realrun

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/model"
)

// available skips the test where orders cannot be measured.
func available(t *testing.T) {
	t.Helper()
	if err := Available(); err != nil {
		t.Skip(err)
	}
}

func TestAvailable(t *testing.T) {
	err := Available()
	require.Equal(t, child.RaceEnabled, err != nil)
	if err == nil {
		return
	}
	require.ErrorIs(t, err, ErrNotHere)
	require.NotEmpty(t, hint.Of(err))
	_, err = Do(t.Context(), nil)
	require.ErrorIs(t, err, ErrNotHere)
	_, err = Soak(t.Context(), SoakOptions{N: 1})
	require.ErrorIs(t, err, ErrNotHere)
}

// TestRecordedOrders runs the programs whose order has been recorded from the runtime,
// fifty times in fifty processes: it must be the same again.
func TestRecordedOrders(t *testing.T) {
	available(t)
	files, err := filepath.Glob("../testdata/order/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var requests []Request
	var recorded []*model.Recorded
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		f, err := model.Parse(data)
		require.NoError(t, err, name)
		requests = append(requests, Request{f.Program, f.Tick0})
		recorded = append(recorded, f.Recorded)
	}
	runs, err := Do(t.Context(), requests)
	require.NoError(t, err)
	require.Len(t, runs, len(requests))
	for i, run := range runs {
		t.Run(filepath.Base(files[i]), func(t *testing.T) {
			needValid(t, run)
			require.Equal(t, recorded[i].Status, run.Status)
			require.Equal(t, recorded[i].Goroutines, run.Goroutines)
			if at := firstDifference(recorded[i].Order, run.Order); at < max(len(recorded[i].Order), len(run.Order)) {
				m := Mismatch{Request: requests[i], At: at, Real: Outcome{Order: run.Order}, Sim: Outcome{Order: recorded[i].Order}}
				t.Fatalf("it differs from what was recorded (in the column of the model):\n%s", &m)
			}
		})
	}
}

// needValid skips the test if the machine was too busy to tell.
func needValid(t *testing.T, run Run) {
	t.Helper()
	if !run.Valid {
		t.Skipf("it could not be measured now: %s, and before: %q", run.Why, run.Doubts)
	}
}

// TestTickMatters holds that a run begins at the tick that was asked for: the same
// program has as many orders as the model says.
func TestTickMatters(t *testing.T) {
	available(t)
	var requests []Request
	for tick := range uint32(period) {
		requests = append(requests, Request{tick61(), tick})
	}
	runs, err := Do(t.Context(), requests)
	require.NoError(t, err)
	orders := make(map[int]bool) // by where the root comes back first
	for i, run := range runs {
		if !run.Valid {
			continue
		}
		m := Diff(t.Context(), requests[i], run, model.Rules{})
		require.Nil(t, m, "%s", m)
		orders[slices.IndexFunc(run.Order, func(e model.Event) bool { return e.PC == 4 })] = true
	}
	require.Greater(t, len(orders), period/2)
}

// TestDeadlyPrograms holds that a program that kills its process, or does not end, is
// told as such, and that those behind it are run all the same.
func TestDeadlyPrograms(t *testing.T) {
	available(t)
	fine := classic(10)
	deadly := &model.Program{Mutexes: 1, Procs: [][]model.Op{ops(do(model.Unlock, 0))}}
	forks := &model.Program{Procs: [][]model.Op{ops(do(model.Go, 0), do(model.Go, 0))}}
	turns := &model.Program{Procs: [][]model.Op{ops(times(1<<31, times(1<<31)))}}
	sleeps := &model.Program{Procs: [][]model.Op{ops(do(model.Sleep))}}
	runs, err := Do(t.Context(), []Request{{fine, 0}, {deadly, 7}, {forks, 0}, {turns, 0}, {sleeps, 0}, {fine, 62}})
	require.NoError(t, err)
	require.Len(t, runs, 6)

	require.Equal(t, "fatal error: sync: unlock of unlocked mutex", runs[1].Status)
	require.Equal(t, Died, runs[1].Why)
	require.EqualValues(t, 7, runs[1].Tick0)
	for _, run := range runs[2:4] {
		require.Equal(t, TooLong, run.Why)
	}
	require.Contains(t, runs[4].Status, ErrUnsupported.Error())
	require.Equal(t, Unsupported, runs[4].Why)
	for _, run := range runs[1:5] {
		require.False(t, run.Valid)
	}
	for _, i := range []int{0, 5} {
		needValid(t, runs[i])
		require.Equal(t, "all exited", runs[i].Status)
		require.Equal(t, 11, runs[i].Goroutines)
		require.Len(t, runs[i].Order, 42)
	}
	require.EqualValues(t, 1, runs[5].Tick0)
}

func TestDoEndsWithItsContext(t *testing.T) {
	available(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	cancel(enough)
	_, err := Do(ctx, []Request{{classic(10), 1}})
	require.ErrorIs(t, err, enough)
}

func TestPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Run{
			Order: rapid.SliceOf(rapid.Custom(func(t *rapid.T) model.Event {
				return model.Event{G: rapid.Uint32().Draw(t, "g"), PC: rapid.Uint32().Draw(t, "pc"), Res: rapid.Int32().Draw(t, "res")}
			})).Draw(t, "order"),
			States: rapid.SliceOf(rapid.Custom(func(t *rapid.T) State {
				return State{
					rapid.Uint32().Draw(t, "ticks"), rapid.Uint32().Draw(t, "ring"),
					rapid.Uint32().Draw(t, "global"), rapid.Int32().Draw(t, "next"),
				}
			})).Draw(t, "states"),
			Status: "all exited",
		}
		if len(r.Order) == 0 {
			r.Order = nil
		}
		if len(r.States) == 0 {
			r.States = nil
		}
		require.Equal(t, r, pack(r).unpack())
	})
}

// TestLayOut holds that the places are numbered as in the model.
func TestLayOut(t *testing.T) {
	for _, r := range Corpus() {
		l, err := layOut(r.Program)
		require.NoError(t, err)
		places := r.Program.Places()
		require.Len(t, l.ins, len(places))
		for pc, in := range l.ins {
			switch in.op {
			case opEnd:
				require.Contains(t, places[pc], ": end of rep")
				require.Contains(t, places[in.arg-1], ": rep ")
			case opExit:
				require.Contains(t, places[pc], ": exit")
			default:
				require.Contains(t, places[pc], ": "+model.Kind(in.op).String())
			}
		}
		for i, entry := range l.entries {
			require.Contains(t, places[entry], "procs["+string(rune('0'+i))+"]")
		}
	}
	_, err := layOut(&model.Program{Procs: [][]model.Op{ops(times(2, do(model.CPU)))}})
	require.ErrorIs(t, err, ErrUnsupported)
	_, err = layOut(&model.Program{})
	require.ErrorIs(t, err, model.ErrProgram)
}
