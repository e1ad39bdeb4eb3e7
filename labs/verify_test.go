package labs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/judge"
)

func several(n int) (labs []Lab) {
	for i := range n {
		labs = append(labs, Lab{Name: fmt.Sprint("lab", i)})
	}
	return labs
}

// As many at the same time as there are processors, no more and no fewer, and the
// results in the order of the labs.
func TestVerifyUsesTheProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	synctest.Test(t, func(t *testing.T) {
		var told []string
		begin := time.Now()
		var now, most atomic.Int32
		results, err := verify(t.Context(), several(5), func(_ context.Context, l Lab) (judge.Result, error) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer now.Add(-1)
			if l.Name == "lab0" {
				time.Sleep(2 * time.Second)
			} else {
				time.Sleep(time.Second)
			}
			return judge.Result{Finding: judge.Finding{Verdict: judge.Pass}}, nil
		}, func(v verified) { told = append(told, v.Name) })
		require.NoError(t, err)
		require.Equal(t, 3*time.Second, time.Since(begin))
		require.EqualValues(t, 2, most.Load())
		require.Len(t, told, 5)
		require.Equal(t, "lab1", told[0])
		for i, v := range results {
			require.Equal(t, fmt.Sprint("lab", i), v.Name)
		}
	})
}

func TestVerifyGoesOnAfterAnError(t *testing.T) {
	results, err := verify(t.Context(), several(3), func(_ context.Context, l Lab) (judge.Result, error) {
		if l.Name == "lab1" {
			return judge.Result{}, judge.ErrLab
		}
		return judge.Result{Finding: judge.Finding{Verdict: judge.Pass}, Runs: 7}, nil
	}, func(verified) {})
	require.NoError(t, err)
	term, out := terminal()
	showVerified(term, results)
	require.Equal(t, "lab0: pass (7 runs)\nlab1: not judged: the lab cannot be compiled\nlab2: pass (7 runs)\n2 of 3 pass\n", out.String())
	require.Equal(t, 1, code(verifiedStatus(results)))
}

func TestVerifyEndsWithoutGo(t *testing.T) {
	_, err := verify(t.Context(), several(3), func(context.Context, Lab) (judge.Result, error) {
		return judge.Result{}, notHere{errors.New("no go")}
	}, func(verified) {})
	require.Equal(t, 3, code(err))
}

// A panic of one comes out where the command can give the terminal back.
func TestVerifyPanics(t *testing.T) {
	ended := make(chan struct{})
	require.PanicsWithError(t, "it broke\n\n", func() {
		defer close(ended)
		defer func() {
			c := recover().(crash)
			require.Contains(t, string(c.stack), "TestVerifyPanics")
			panic(crash{value: c.value})
		}()
		_, _ = verify(t.Context(), several(3), func(ctx context.Context, l Lab) (judge.Result, error) {
			if l.Name == "lab0" {
				panic("it broke")
			}
			<-ctx.Done()
			return judge.Result{}, context.Cause(ctx)
		}, func(v verified) { t.Error("told of", v) })
	})
	<-ended
}

func TestVerifyIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := verify(ctx, several(9), func(ctx context.Context, _ Lab) (judge.Result, error) {
		cancel()
		<-ctx.Done()
		return judge.Result{}, context.Cause(ctx)
	}, func(v verified) { t.Error("told of", v) })
	require.ErrorIs(t, err, context.Canceled)
}

func TestVerifiedStatus(t *testing.T) {
	for want, verdicts := range map[int][]judge.Verdict{
		0: {judge.Pass, judge.Pass},
		1: {judge.Inconclusive, judge.Race, judge.Pass},
		3: {judge.Pass, judge.Inconclusive, judge.Pass},
	} {
		var results []verified
		for _, v := range verdicts {
			results = append(results, verified{Verdict: v})
		}
		require.Equal(t, want, code(verifiedStatus(results)))
	}
}

func TestVerifyTheLearnersAnswers(t *testing.T) {
	w := module(t)
	term, out := terminal()
	status, text := said(Verify{}.Run(t.Context(), term))
	require.Equal(t, 2, status)
	require.Contains(t, text, "or --all")

	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	out.Reset()
	require.Equal(t, 1, code(Verify{JSON: true}.Run(t.Context(), term)))
	var got []verified
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	require.Len(t, got, 1)
	require.Equal(t, judge.Assert, got[0].Verdict)
	require.Regexp(t, `^work/firsterr/firsterr_test.go:\d+$`, got[0].Place)
	past, err := w.history()
	require.NoError(t, err)
	require.Equal(t, judge.Assert, past[len(past)-1].Verdict, "it is noted")
}
