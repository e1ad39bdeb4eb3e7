package labs

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestResetAndBack(t *testing.T) {
	w := module(t)
	term, out := terminal()
	reset := func(undo bool) string {
		t.Helper()
		out.Reset()
		require.NoError(t, Reset{Name: "firsterr", Undo: undo}.Run(t.Context(), term))
		return out.String()
	}
	mine := func() string { return read(t, "work/firsterr/answer.go") }
	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	begin := mine()

	require.Contains(t, reset(false), "you had changed nothing")
	write(t, w.answer(firsterr), "one")
	require.Equal(t, `work/firsterr/answer.go is as it was in the beginning
  kept  work/firsterr/answer.go.~1~
  back  gopark lab reset firsterr --undo
`, reset(false))
	require.Equal(t, begin, mine())
	write(t, w.answer(firsterr), "two")
	reset(false)
	write(t, w.answer(firsterr), "three")

	// Undo brings back the last one, and keeps what it replaces.
	require.Contains(t, reset(true), "kept  work/firsterr/answer.go.~3~")
	require.Equal(t, "two", mine())
	require.Equal(t, "one", read(t, "work/firsterr/answer.go.~1~"))
	reset(true)
	require.Equal(t, "three", mine(), "undo undoes undo")

	// From the beginning there is nothing to keep, so that one gets further back.
	reset(true)
	require.Equal(t, "two", mine())
	require.NoError(t, os.Remove("work/firsterr/answer.go.~5~"))
	write(t, w.answer(firsterr), begin)
	reset(true)
	require.Equal(t, "one", mine())

	err := Reset{Name: "firsterr", Undo: true}.Run(t.Context(), term)
	status, text := said(err)
	require.Equal(t, 2, status)
	require.Contains(t, text, "no answer is kept\ngopark: hint: ")
	require.Equal(t, "one", mine())
}

// A reset gives the lab's own files again, as they are now, and a lost answer too.
func TestResetMendsTheCopy(t *testing.T) {
	w := module(t)
	term, _ := terminal()
	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	write(t, "work/firsterr/firsterr_test.go", "package firsterr\n")
	require.NoError(t, Reset{Name: "firsterr"}.Run(t.Context(), term))
	require.Equal(t, read(t, "labs/firsterr/firsterr_test.go"), read(t, "work/firsterr/firsterr_test.go"))

	write(t, w.answer(firsterr), "mine")
	require.NoError(t, Reset{Name: "firsterr"}.Run(t.Context(), term))
	require.NoError(t, os.Remove(w.answer(firsterr)))
	status, text := said(Reset{Name: "firsterr"}.Run(t.Context(), term))
	require.Equal(t, 2, status)
	require.Contains(t, text, "gopark lab start firsterr")
	require.NoError(t, Reset{Name: "firsterr", Undo: true}.Run(t.Context(), term))
	require.Equal(t, "mine", read(t, w.answer(firsterr)))
}

// What is saved while an answer is being replaced is not written over.
func TestPutWritesOverNothing(t *testing.T) {
	w := module(t)
	require.NoError(t, os.MkdirAll("work/firsterr", 0o755))
	write(t, w.answer(firsterr), "saved just now")
	require.ErrorIs(t, w.put(firsterr, []byte("start")), os.ErrExist)
	require.Equal(t, "saved just now", read(t, w.answer(firsterr)))
}
