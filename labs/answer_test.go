package labs

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/judge"
)

func TestTheAnswerComesAfterAPass(t *testing.T) {
	w := module(t)
	term, out := terminal()
	status, text := said(Answer{Name: "firsterr"}.Run(t.Context(), term))
	require.Equal(t, 1, status)
	require.Contains(t, text, "firsterr has not been passed\ngopark: hint: gopark lab start firsterr")
	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	_, text = said(Answer{Name: "firsterr"}.Run(t.Context(), term))
	require.Contains(t, text, "gopark: hint: gopark lab hint firsterr, or --spoil")

	out.Reset()
	require.NoError(t, Answer{Name: "firsterr", Spoil: true}.Run(t.Context(), term))
	require.Equal(t, read(t, "labs/firsterr/answer.go")+"\n"+firsterr.Page().Why, out.String())
	past, err := w.history()
	require.NoError(t, err)
	require.True(t, past[len(past)-1].Answer, "it is noted")
	require.ErrorContains(t, Answer{Name: "firsterr"}.Run(t.Context(), term), "not been passed", "it is still no pass")

	require.NoError(t, w.note(entry{Lab: "firsterr", Content: "x", Verdict: judge.Pass}))
	out.Reset()
	require.NoError(t, Answer{Name: "firsterr", JSON: true}.Run(t.Context(), term))
	require.Contains(t, out.String(), `"why": "## Why\n`)
	require.NoError(t, Answer{Name: "firsterr", Spoil: true}.Run(t.Context(), term))
	after, err := w.history()
	require.NoError(t, err)
	require.Len(t, after, len(past)+1, "after a pass nothing is spoilt")
}
