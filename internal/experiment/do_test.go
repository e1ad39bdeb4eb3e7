package experiment_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

// ways are the two ways in which a body can be run; what Do returns must not depend
// on them.
var ways = map[string]experiment.Options{"here": {}, "separate": {Separate: true}}

func everyWay(t *testing.T, f func(t *testing.T, o experiment.Options)) {
	for name, o := range ways {
		t.Run(name, func(t *testing.T) { f(t, o) })
	}
}

func TestSupported(t *testing.T) {
	everyWay(t, func(t *testing.T, o experiment.Options) {
		var watched []experiment.Item
		o.Watch = func(it experiment.Item) { watched = append(watched, it) }
		res, err := experiment.Do(t.Context(), answers, o)
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict)
		require.Empty(t, res.Reason)
		require.Equal(t, map[string]int64{"answer": 42}, res.Settings)
		require.Equal(t, []string{"thinking of 42"}, res.Observations.Notes)
		require.Len(t, res.Observations.Events, 1)
		require.Len(t, watched, 3)
		require.Positive(t, res.Duration)

		right, known := res.Right(0)
		require.True(t, right && known)
		right, known = res.Right(1)
		require.True(t, !right && known)
	})
}

func TestRefuted(t *testing.T) {
	everyWay(t, func(t *testing.T, o experiment.Options) {
		o.Knobs = map[string]int64{"answer": 41}
		res, err := experiment.Do(t.Context(), answers, o)
		require.NoError(t, err)
		require.Equal(t, experiment.RefutedRun, res.Verdict)
		require.Equal(t, "refuted: the answer was 41", res.Reason)
		_, known := res.Right(0)
		require.False(t, known)
	})
}

func TestUnjudged(t *testing.T) {
	e := *answers
	e.AnyKnob = false
	res, err := experiment.Do(t.Context(), &e, experiment.Options{Knobs: map[string]int64{"answer": 41}})
	require.NoError(t, err)
	require.Equal(t, experiment.Unjudged, res.Verdict)
	require.Contains(t, res.Reason, "without a verdict")

	res, err = experiment.Do(t.Context(), &e, experiment.Options{Knobs: map[string]int64{"answer": 42}})
	require.NoError(t, err)
	require.Equal(t, experiment.Supported, res.Verdict, "a knob that is set to its default is at its default")
}

func TestUnmet(t *testing.T) {
	everyWay(t, func(t *testing.T, o experiment.Options) {
		res, err := experiment.Do(t.Context(), lacks, o)
		require.NoError(t, err)
		require.Equal(t, experiment.UnmetRun, res.Verdict)
		require.Equal(t, "cannot be measured here: there is no unicorn here", res.Reason)
	})
}

func TestFailures(t *testing.T) {
	everyWay(t, func(t *testing.T, o experiment.Options) {
		_, err := experiment.Do(t.Context(), breaks, o)
		require.EqualError(t, err, "run fake/breaks: the body broke")
		require.Equal(t, "mend it", hint.Of(err))
		require.NotErrorIs(t, err, experiment.ErrUnmet)

		_, err = experiment.Do(t.Context(), misfits, o)
		require.ErrorIs(t, err, experiment.ErrKnob)
		require.Equal(t, "take more", hint.Of(err))
	})
}

func TestNothingToJudge(t *testing.T) {
	e := *answers
	e.Run = func(context.Context, *experiment.Recorder) error { return nil }
	_, err := experiment.Do(t.Context(), &e, experiment.Options{})
	require.ErrorIs(t, err, experiment.ErrNotObserved)
	require.ErrorContains(t, err, "check fake/answers: not observed: /answer:number")
}

func TestEndingIsObserved(t *testing.T) {
	var printed atomic.Int64
	res, err := experiment.Do(t.Context(), isolated(dies), experiment.Options{
		Output: func(_ child.Stream, p []byte) { printed.Add(int64(len(p))) },
	})
	require.NoError(t, err)
	require.Equal(t, experiment.Supported, res.Verdict, "what was recorded before the end counts")
	var end experiment.Ending
	require.NoError(t, res.Observations.Decode(&end))
	require.Equal(t, experiment.Ending{Exit: 7, Stdout: []string{"to stdout"}, Stderr: []string{"to stderr"}}, end)
	require.EqualValues(t, len("to stdout\nto stderr\n"), printed.Load())
}

func TestUnexpectedEndIsAFailure(t *testing.T) {
	_, err := experiment.Do(t.Context(), dies, experiment.Options{Separate: true})
	require.ErrorContains(t, err, "its process ended with status 7")
	require.ErrorContains(t, err, "to stderr")
}

func TestLimitIsUnmet(t *testing.T) {
	res, err := experiment.Do(t.Context(), hangs, experiment.Options{
		Separate: true, Limits: child.Limits{Wall: 50 * time.Millisecond},
	})
	require.NoError(t, err)
	require.Equal(t, experiment.UnmetRun, res.Verdict)
	require.Contains(t, res.Reason, "50ms")
}

func TestCancelled(t *testing.T) {
	stop := errors.New("the reader left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	_, err := experiment.Do(ctx, hangs, experiment.Options{Separate: true})
	require.ErrorIs(t, err, stop)
}

func TestActors(t *testing.T) {
	everyWay(t, func(t *testing.T, o experiment.Options) {
		res, err := experiment.Do(t.Context(), asks, o)
		require.NoError(t, err)
		require.Equal(t, experiment.Supported, res.Verdict, res.Reason)

		_, err = experiment.Do(t.Context(), asksMute, o)
		require.ErrorContains(t, err, "actor mute ended before /answer:number")
		require.ErrorContains(t, err, "says nothing")

		_, err = experiment.Do(t.Context(), asksNobody, o)
		require.ErrorContains(t, err, `has no actor "nobody"`)

		res, err = experiment.Do(t.Context(), watchesEnd, o)
		require.NoError(t, err)
		end, ok := res.Observations.Lookup("/end:text")
		require.True(t, ok)
		require.Equal(t, "exit 7 [to stdout] [farewell] true false", end)
	})
}

func TestStranger(t *testing.T) {
	stranger := fake("stranger", answers.Run)
	_, err := experiment.Do(t.Context(), stranger, experiment.Options{Separate: true})
	require.ErrorContains(t, err, "this binary does not know experiment fake/stranger")
}

func TestNeeds(t *testing.T) {
	require.NoError(t, experiment.Needs{}.Met())
	require.NoError(t, experiment.Needs{Cores: runtime.NumCPU(), Toolchain: true}.Met())
	require.ErrorIs(t, experiment.Needs{Cores: runtime.NumCPU() + 1}.Met(), experiment.ErrUnmet)
	require.Equal(t, runtime.GOOS == "linux", experiment.Needs{Linux: true}.Met() == nil)
	require.Equal(t, child.RaceEnabled, experiment.Needs{NoRace: "it shuffles"}.Met() != nil)
	t.Setenv("PATH", t.TempDir())
	require.ErrorIs(t, experiment.Needs{Toolchain: true}.Met(), experiment.ErrUnmet)

	e := *answers
	e.Needs.Cores = runtime.NumCPU() + 1
	e.Run = func(context.Context, *experiment.Recorder) error { panic("must not run") }
	res, err := experiment.Do(t.Context(), &e, experiment.Options{})
	require.NoError(t, err)
	require.Equal(t, experiment.UnmetRun, res.Verdict)
}

func TestUndisturbed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		e := *answers
		e.Check = func(experiment.Observations) error { return nil }
		e.Run = func(_ context.Context, r *experiment.Recorder) error {
			return r.Undisturbed(func() time.Duration {
				calls++
				if calls <= 3 {
					return experiment.Slice
				}
				return experiment.Slice - 1
			})
		}
		res, err := experiment.Do(t.Context(), &e, experiment.Options{})
		require.NoError(t, err)
		disturbed, _ := res.Observations.Lookup("/runs/disturbed:runs")
		require.EqualValues(t, 3, disturbed)
		require.Equal(t, 4, calls)

		e.Run = func(_ context.Context, r *experiment.Recorder) error {
			return r.Undisturbed(func() time.Duration { return time.Second })
		}
		res, err = experiment.Do(t.Context(), &e, experiment.Options{})
		require.NoError(t, err)
		require.Equal(t, experiment.UnmetRun, res.Verdict)
		require.Contains(t, res.Reason, "too busy")
	})
}

// An experiment that takes longer than others says so, and whoever runs it may say less.
func TestWallOfAnExperiment(t *testing.T) {
	slow := *hangs
	slow.Wall = 70 * time.Millisecond
	for want, limits := range map[string]child.Limits{"70ms": {}, "50ms": {Wall: 50 * time.Millisecond}} {
		res, err := experiment.Do(t.Context(), &slow, experiment.Options{Separate: true, Limits: limits})
		require.NoError(t, err)
		require.Equal(t, experiment.UnmetRun, res.Verdict)
		require.Contains(t, res.Reason, "stopped after "+want)
	}
}
