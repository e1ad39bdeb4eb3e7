package book

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
)

func TestTableMessage(t *testing.T) {
	m := newValueMessage(experiment.Value{Name: "/cases:rows", V: []string{"signal | what", "SIGINT | killed"}})
	require.Equal(t, &tableMessage{[]string{"signal", "what"}, [][]string{{"SIGINT", "killed"}}}, m.Table)
	m = newValueMessage(experiment.Value{Name: "/cases:rows", V: []string{"signal | what", "SIGINT"}})
	require.Nil(t, m.Table, "it is none: shown as text")
	require.Contains(t, m.Text, "SIGINT")
	require.Nil(t, newValueMessage(experiment.Value{Name: "/cases:lines", V: []string{"a | b", "c | d"}}).Table)
}

// A reader finds rows by words that are in them, and by words that are not.
func TestReaderFiltersATable(t *testing.T) {
	s, ctx, witness := opened(t)
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/demo/table"), chromedp.WaitVisible(chromedp.CSS("#order")))
	await(t, ctx, "document.readyState === 'complete'")
	steps(t, ctx, chromedp.KeyEvent("1"), chromedp.Click(chromedp.CSS("#run")), chromedp.WaitVisible(chromedp.CSS("#values .cases")))
	const shown = "[...document.querySelectorAll('#values .cases tbody tr')].filter((tr) => tr.checkVisibility()).length"
	require.Equal(t, 20, evaluate[int](t, ctx, shown))
	require.Equal(t, "got <it>", evaluate[string](t, ctx, "document.querySelector('#values .cases td:last-child').textContent"))

	for query, want := range map[string]int{"sig3": 2, "sig3 -ignore": 1, "NOTIFY": 10, "nothing": 0, "": 20} {
		evaluate[bool](t, ctx, fmt.Sprintf("(input => { input.value = %q; return input.dispatchEvent(new Event('input')) })(document.querySelector('#values .cases input'))", query))
		require.Equal(t, want, evaluate[int](t, ctx, shown), "%q", query)
	}
	require.Contains(t, evaluate[string](t, ctx, "document.querySelector('.cases [role=status]').textContent"), "20 rows")

	// A second run replaces it. By key: where a mouse would click may be scrolling away.
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#verdict")), chromedp.KeyEvent("r"))
	await(t, ctx, "document.querySelectorAll('#history tbody tr').length === 2")
	require.Equal(t, 1, evaluate[int](t, ctx, "document.querySelectorAll('#values .cases').length"))
	require.Empty(t, witness.Complaints())
}

// A table whose columns are numbers that grow is drawn as curves, straight ones if the price
// is by the piece; any other table is not.
func TestGrowthIsDrawn(t *testing.T) {
	s, ctx, witness := opened(t)
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/demo/growth"), chromedp.WaitVisible(chromedp.CSS("#order")))
	await(t, ctx, "document.readyState === 'complete'")
	steps(t, ctx, chromedp.KeyEvent("1"), chromedp.Click(chromedp.CSS("#run")), chromedp.WaitVisible(chromedp.CSS("#verdict")))
	await(t, ctx, "document.querySelectorAll('#values .cases').length === 3 && document.querySelector('.chart circle') !== null")
	require.Equal(t, []int{2, 0, 0}, evaluate[[]int](t, ctx, "[...document.querySelectorAll('#values .cases')].map((c) => c.querySelectorAll('.chart-plot .curve').length)"))
	points := evaluate[[]float64](t, ctx, `[...document.querySelectorAll('.chart circle')].flatMap((c) => [c.cx.baseVal.value, c.cy.baseVal.value])`)
	require.Len(t, points, 2*3*2)
	rising, flat := points[:6], points[6:]
	require.InDelta(t, (rising[0]+rising[4])/2, rising[2], 0.1, "ten times as far, the same step")
	require.InDelta(t, (rising[1]+rising[5])/2, rising[3], 0.1)
	require.Greater(t, rising[1], rising[5], "more is higher up")
	require.InDelta(t, flat[1], flat[5], 0.1)
	require.Empty(t, witness.Complaints())
}
