package labs

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/exercise"
	"lab.example/gopark/labs/judge"
)

func sheet(t *testing.T) exercise.Sheet {
	t.Helper()
	s, err := Notebook{}.Load(t.Context(), "firsterr")
	require.NoError(t, err)
	return s
}

// put saves and demands that it worked.
func put(t *testing.T, text, base string) exercise.Sheet {
	t.Helper()
	s, saved, err := Notebook{}.Save(t.Context(), "firsterr", text, base, false)
	require.NoError(t, err)
	require.True(t, saved)
	return s
}

func TestPageBeginsWithTheFirstSave(t *testing.T) {
	w := module(t)
	s := sheet(t)
	require.Equal(t, "work/firsterr/answer.go", s.File)
	require.Equal(t, read(t, "labs/firsterr/testdata/start.go"), s.Text)
	require.Empty(t, s.Hash)
	require.NoFileExists(t, w.answer(firsterr), "looking is not beginning")
	require.Equal(t, []string{"build", "tests", "race", "stress"}, s.Stages)

	now := put(t, "package firsterr\n", "")
	require.Equal(t, "package firsterr\n", read(t, w.answer(firsterr)))
	require.NotEmpty(t, now.Hash)
	require.FileExists(t, "work/firsterr/firsterr_test.go", "the rest of the copy is there too")
	require.False(t, now.Kept, "what a save replaces is not kept")
	require.Equal(t, now, sheet(t))
	requireNothingElse(t)
}

// requireNothingElse holds that nothing was left of what saving needed.
func requireNothingElse(t *testing.T) {
	t.Helper()
	files, err := os.ReadDir("work/firsterr")
	require.NoError(t, err)
	for _, f := range files {
		require.NotContains(t, f.Name(), "~")
	}
}

func TestPageDoesNotWriteOverAnEditor(t *testing.T) {
	w := module(t)
	s := put(t, "first", "")
	write(t, w.answer(firsterr), "by an editor")

	now, saved, err := Notebook{}.Save(t.Context(), "firsterr", "by the page", s.Hash, false)
	require.NoError(t, err)
	require.False(t, saved)
	require.Equal(t, "by an editor", now.Text)
	require.Equal(t, "by an editor", read(t, w.answer(firsterr)))

	_, saved, err = Notebook{}.Save(t.Context(), "firsterr", "by the page", "", false)
	require.NoError(t, err)
	require.False(t, saved, "a page that knows of no answer has not seen this one")

	now, saved, err = Notebook{}.Save(t.Context(), "firsterr", "by an editor", s.Hash, false)
	require.NoError(t, err)
	require.True(t, saved, "two that have written the same agree")
	require.Equal(t, hashOf([]byte("by an editor")), now.Hash)

	// Who has seen both may choose, and the other one is kept.
	now, saved, err = Notebook{}.Save(t.Context(), "firsterr", "by the page", now.Hash, true)
	require.NoError(t, err)
	require.True(t, saved)
	require.True(t, now.Kept)
	back, err := Notebook{}.Undo(t.Context(), "firsterr")
	require.NoError(t, err)
	require.Equal(t, "by an editor", back.Text)
}

// An editor knows nothing of the lock: it may save after the page's text was compared.
func TestEditorSavesInTheMiddle(t *testing.T) {
	w := module(t)
	put(t, "first", "")
	write(t, w.answer(firsterr), "by an editor")
	saved, err := w.exchange(firsterr, []byte("by the page"), hashOf([]byte("first")), false)
	require.NoError(t, err)
	require.False(t, saved)
	require.Equal(t, "by an editor", read(t, w.answer(firsterr)))
	requireNothingElse(t)

	// It may also make a file where there is none for a moment.
	require.NoError(t, os.Rename(w.answer(firsterr), "aside"))
	write(t, w.answer(firsterr), "made anew")
	require.ErrorIs(t, w.putWhole(firsterr, []byte("by the page")), os.ErrExist)
	require.NoError(t, w.giveBack(firsterr, "aside"))
	require.Equal(t, "made anew", read(t, w.answer(firsterr)))
	require.Equal(t, "by an editor", read(t, "aside"), "nor is the older one lost")
}

// While somebody saves there is no answer for a moment.
func TestPageDoesNotLookWhileSomebodySaves(t *testing.T) {
	w := module(t)
	put(t, "mine", "")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, w.locked(t.Context(), func() error {
		require.ErrorIs(t, second(Notebook{}.Load(gone, "firsterr")), context.Canceled)
		require.ErrorIs(t, second(Notebook{}.Progress(gone)), context.Canceled)
		return nil
	}))
	require.NoError(t, second(Notebook{}.Load(gone, "firsterr")), "the control: who need not wait is not called off")
}

func TestPageAndCommandLineShareOneHistory(t *testing.T) {
	module(t)
	term, out := terminal()
	put(t, "mine", "")
	s, err := Notebook{}.Hint(t.Context(), "firsterr")
	require.NoError(t, err)
	require.Equal(t, 1, s.Hints)
	require.NoError(t, Hint{Name: "firsterr"}.Run(t.Context(), term))
	require.Equal(t, 2, sheet(t).Hints)

	s, err = Notebook{}.Reset(t.Context(), "firsterr")
	require.NoError(t, err)
	require.Equal(t, read(t, "labs/firsterr/testdata/start.go"), s.Text)
	require.True(t, s.Kept)
	require.NoError(t, Reset{Name: "firsterr", Undo: true}.Run(t.Context(), term))
	require.Equal(t, "mine", sheet(t).Text)

	source, shown, err := Notebook{}.Answer(t.Context(), "firsterr", false)
	require.NoError(t, err)
	require.False(t, shown)
	require.Empty(t, source)
	require.False(t, sheet(t).GaveUp)
	source, shown, err = Notebook{}.Answer(t.Context(), "firsterr", true)
	require.NoError(t, err)
	require.True(t, shown)
	require.Equal(t, read(t, "labs/firsterr/answer.go"), source)
	require.True(t, sheet(t).GaveUp)
	require.False(t, sheet(t).Passed)

	out.Reset()
	require.NoError(t, List{}.Run(term))
	require.Contains(t, out.String(), "firsterr     The first error wins (started)")
	standings, err := Notebook{}.Progress(t.Context())
	require.NoError(t, err)
	require.Equal(t, exercise.Standing{Name: "firsterr", State: "started"}, standings[0])
	require.Equal(t, exercise.Standing{Name: All[1].Name, State: "new"}, standings[1])
}

func TestPageIsToldTheVerdict(t *testing.T) {
	w := module(t)
	put(t, "package firsterr\n\nfunc Run() { return 1 }\n", "")
	var stages []string
	told := func(stage string, _, _ int) { stages = append(stages, stage) }
	j, err := Notebook{}.Check(t.Context(), "firsterr", told)
	require.NoError(t, err)
	require.Equal(t, "build", j.Verdict)
	require.Equal(t, "answer.go:3", j.Place)
	require.Equal(t, []string{"build"}, stages)
	require.Equal(t, sheet(t).Hash, j.Hash)
	require.Equal(t, "build", sheet(t).Verdict, "it is noted")

	stages = nil
	put(t, read(t, "labs/firsterr/answer.go"), sheet(t).Hash)
	j, err = Notebook{}.Check(t.Context(), "firsterr", told)
	require.NoError(t, err)
	require.Contains(t, []string{"pass", "inconclusive"}, j.Verdict, j.Message)
	require.Equal(t, j.Verdict == "pass", j.Passed)
	require.Contains(t, stages, "stress")
	require.Equal(t, j.Passed, sheet(t).Passed)
	require.Positive(t, j.Runs)

	// What is saved while it is judged makes the verdict one about either text.
	put(t, read(t, "labs/firsterr/testdata/start.go"), sheet(t).Hash)
	j, err = Notebook{}.Check(t.Context(), "firsterr", func(string, int, int) { write(t, w.answer(firsterr), "another") })
	require.NoError(t, err)
	require.Empty(t, j.Hash)
	require.Empty(t, sheet(t).Verdict)
}

func TestPageShowsWhatTheGoroutinesDid(t *testing.T) {
	module(t)
	put(t, read(t, "labs/firsterr/testdata/wrong/race.go"), "")
	j, err := Notebook{}.Check(t.Context(), "firsterr", func(string, int, int) {})
	require.NoError(t, err)
	if j.Doubt {
		t.Skip(j.Message)
	}
	require.Equal(t, "race", j.Verdict, j.Message)
	require.NotEmpty(t, j.Groups)
	require.Contains(t, strings.Join(j.Groups[0].Stack, "\n"), "answer.go:")
	require.NotEmpty(t, j.Output)
	require.NotEmpty(t, j.Meaning)
}

func TestPageCallsACheckOff(t *testing.T) {
	module(t)
	put(t, read(t, "labs/firsterr/answer.go"), "")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Notebook{}.Check(ctx, "firsterr", func(stage string, _, _ int) {
		if stage == "tests" {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, sheet(t).Verdict)
}

func TestPageWithoutAModule(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, err := range []error{
		Notebook{}.Ready(),
		second(Notebook{}.Load(t.Context(), "firsterr")),
		second(Notebook{}.Hint(t.Context(), "firsterr")),
		second(Notebook{}.Progress(t.Context())),
		second(Notebook{}.Check(t.Context(), "firsterr", nil)),
	} {
		status, text := said(err)
		require.Equal(t, 2, status)
		require.Contains(t, text, "change to the folder that you cloned")
	}
}

func second[T any](_ T, err error) error { return err }

func TestPageOfNoLab(t *testing.T) {
	module(t)
	require.ErrorContains(t, second(Notebook{}.Load(t.Context(), "../firsterr")), "unknown lab")
	require.ErrorContains(t, second(Notebook{}.Check(t.Context(), "bounded", nil)), "there is no "+filepath.Join("work", "bounded"))
	put(t, "text", "")
	write(t, "work/firsterr/answer.go", "\xff")
	require.ErrorContains(t, second(Notebook{}.Load(t.Context(), "firsterr")), "not UTF-8")
}

func TestEveryVerdictHasAMeaning(t *testing.T) {
	for _, v := range judge.Verdicts {
		require.NotEmpty(t, meanings[v], v)
	}
}
