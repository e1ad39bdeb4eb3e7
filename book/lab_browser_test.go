package book

// The page of a lab in a real browser, with a judge who is quick. What the real one says
// is tested beside him.

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/book/booktest"
)

// atWork opens the page of the lab in a browser.
func atWork(t *testing.T, f *fakeExercises) (*served, context.Context, *booktest.Witness) {
	t.Helper()
	ctx := booktest.Browser(t)
	s := withWork(t, f)
	witness := booktest.Watch(t, ctx, "http://"+s.authority())
	login(t, ctx, s)
	openLab(t, ctx, s)
	return s, ctx, witness
}

func openLab(t *testing.T, ctx context.Context, s *served) {
	t.Helper()
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/lab/gate"), chromedp.WaitVisible(chromedp.CSS("#bench")))
}

const (
	written = "document.getElementById('answer').value"
	verdict = "document.getElementById('verdict').hidden ? '' : document.getElementById('verdict').innerText"
	state   = "document.getElementById('bench-state').textContent"
	idle    = "document.getElementById('bench').ariaBusy === 'false'"
	focused = "document.activeElement.id"
	ctrl    = 2 // the modifier, as the browser's protocol counts it
)

// rewrite replaces the whole text as a reader would who pastes.
func rewrite(t *testing.T, ctx context.Context, text string) {
	t.Helper()
	evaluate[any](t, ctx, "document.getElementById('answer').focus(); document.getElementById('answer').select()")
	evaluate[bool](t, ctx, "document.execCommand('insertText', false, `"+text+"`)")
}

// click presses a button without the mouse: the page may still be scrolling, and the
// button with it.
func click(t *testing.T, ctx context.Context, id string) {
	t.Helper()
	evaluate[any](t, ctx, "document.getElementById('"+id+"').click()")
}

func TestLearnerWorksInTheBrowser(t *testing.T) {
	f := newFakeExercises()
	s, ctx, witness := atWork(t, f)
	require.Equal(t, fakeStart, evaluate[string](t, ctx, written))
	require.Equal(t, "not begun", evaluate[string](t, ctx, state))
	require.Empty(t, f.now().Hash, "looking is not beginning")
	require.True(t, evaluate[bool](t, ctx, "document.getElementById('why').hidden"), "the explanation comes after a pass")
	require.False(t, evaluate[bool](t, ctx, "document.querySelector('#hints .hint').checkVisibility()"))

	// It is wrong: the verdict has a place, which leads to the line.
	steps(t, ctx, chromedp.Click(chromedp.CSS("#check")), chromedp.WaitVisible(chromedp.CSS("#verdict")))
	said := evaluate[string](t, ctx, verdict)
	require.Contains(t, said, "race")
	require.Contains(t, said, hostileText, "as text")
	require.Equal(t, 0, evaluate[int](t, ctx, "document.querySelectorAll('img').length"))
	require.Contains(t, evaluate[string](t, ctx, "document.getElementById('spoken').textContent"), "Verdict: race.")
	require.Equal(t, "✓build|✗tests2 runs", evaluate[string](t, ctx, "[...document.querySelectorAll('#stages li')].map((s) => s.textContent).join('|')"))
	require.Equal(t, "4", evaluate[string](t, ctx, "document.querySelector('#gutter .pointed').textContent"))
	evaluate[any](t, ctx, "document.querySelector('#verdict .place').click()")
	require.Equal(t, "\twrong", evaluate[string](t, ctx, "document.getSelection().toString()"))

	// A place in a file that is given.
	evaluate[any](t, ctx, "document.querySelectorAll('#verdict details').forEach((d) => { d.open = true; })")
	evaluate[any](t, ctx, "[...document.querySelectorAll('#verdict .place')].find((p) => p.textContent === 'gate.go:2').click()")
	require.Equal(t, "2", evaluate[string](t, ctx, "document.querySelector('.given[open] .line.pointed').dataset.n"))

	// A hint, and then what is right.
	click(t, ctx, "hint")
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#hints .hint[open]")))
	require.Equal(t, 1, f.now().Hints)
	require.Equal(t, 1, evaluate[int](t, ctx, "document.querySelectorAll('#hints .hint:not([hidden])').length"), "one by one")
	rewrite(t, ctx, "package gate // right")
	await(t, ctx, state+" === 'not saved'")
	steps(t, ctx, chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(ctrl)))
	await(t, ctx, "document.getElementById('verdict-title').textContent === 'Passed'")
	require.Equal(t, "package gate // right", f.now().Text, "what is checked is saved")
	await(t, ctx, "document.getElementById('why').open")
	click(t, ctx, "show-own")
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#own-figure")))
	require.Contains(t, evaluate[string](t, ctx, "document.getElementById('own-code').textContent"), "the lab's own")

	// Reset, and undo.
	click(t, ctx, "reset")
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#undo")))
	require.Equal(t, fakeStart, evaluate[string](t, ctx, written))
	click(t, ctx, "undo")
	await(t, ctx, written+" === 'package gate // right'")

	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/"), chromedp.WaitVisible(chromedp.CSS("[data-lab] .mark-right")))
	require.Empty(t, witness.Complaints())
}

func TestEditorIsForGoAndNoTrap(t *testing.T) {
	_, ctx, witness := atWork(t, newFakeExercises())
	press := func(keys string, options ...chromedp.KeyOption) { steps(t, ctx, chromedp.KeyEvent(keys, options...)) }
	rewrite(t, ctx, "if x {")
	press(kb.Enter)
	press("a")
	press(kb.Enter)
	press("b")
	require.Equal(t, "if x {\n\ta\n\tb", evaluate[string](t, ctx, written))
	press(kb.Tab, chromedp.KeyModifiers(8))
	require.Equal(t, "if x {\n\ta\nb", evaluate[string](t, ctx, written))
	evaluate[any](t, ctx, "document.getElementById('answer').select()")
	press(kb.Tab)
	require.Equal(t, "\tif x {\n\t\ta\n\tb", evaluate[string](t, ctx, written))
	require.True(t, evaluate[bool](t, ctx, "document.execCommand('undo')"))
	require.Equal(t, "if x {\n\ta\nb", evaluate[string](t, ctx, written), "the browser takes it back")
	require.Equal(t, "123", evaluate[string](t, ctx, "document.getElementById('gutter').textContent"))
	press(kb.Escape)
	require.Equal(t, "check", evaluate[string](t, ctx, focused))
	require.Empty(t, witness.Complaints())
}

func TestLearnerChoosesBetweenTwoTexts(t *testing.T) {
	f := newFakeExercises()
	s, ctx, _ := atWork(t, f)
	save := func() { steps(t, ctx, chromedp.KeyEvent("s", chromedp.KeyModifiers(ctrl))) }
	rewrite(t, ctx, "mine")
	save()
	await(t, ctx, state+" === 'saved'")

	// Impatience is no conflict, and what was asked before is not taken for news.
	rewrite(t, ctx, "mine, at once")
	evaluate[any](t, ctx, `for (let i = 0; i < 5; i++) {
	  dispatchEvent(new Event("focus"));
	  document.getElementById("answer").dispatchEvent(new KeyboardEvent("keydown", { key: "s", ctrlKey: true, bubbles: true, cancelable: true }));
	  document.execCommand("insertText", false, "!");
	}`)
	await(t, ctx, idle)
	require.Equal(t, "saved", evaluate[string](t, ctx, state))
	require.Equal(t, "mine, at once!!!!!", f.now().Text)
	require.False(t, evaluate[bool](t, ctx, "document.getElementById('conflict').checkVisibility()"))

	f.edit("by an editor\nmine, too")
	rewrite(t, ctx, "mine, too")
	save()
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#conflict")))
	require.Equal(t, "by an editor", evaluate[string](t, ctx, "document.querySelector('#theirs .other').textContent"))
	require.Equal(t, 1, evaluate[int](t, ctx, "document.querySelectorAll('#theirs .other').length"))
	require.Equal(t, "mine, too", evaluate[string](t, ctx, written))
	require.Equal(t, "by an editor\nmine, too", f.now().Text)
	rewrite(t, ctx, "by an editor")
	require.Equal(t, "mine, too", evaluate[string](t, ctx, "document.querySelector('#theirs .other').textContent"), "what differs now")
	rewrite(t, ctx, "mine, too")
	click(t, ctx, "keep-mine")
	await(t, ctx, state+" === 'saved'")
	require.Equal(t, "mine, too", f.now().Text)
	require.True(t, f.now().Kept, "the other one is kept")

	f.edit("by an editor again")
	rewrite(t, ctx, "mine still")
	save()
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#conflict")))
	click(t, ctx, "take-theirs")
	await(t, ctx, written+" === 'by an editor again'")
	require.True(t, evaluate[bool](t, ctx, "document.execCommand('undo')"))
	require.Equal(t, "mine still", evaluate[string](t, ctx, written))

	// What was typed and not saved is there again, and disputed if the file has changed.
	openLab(t, ctx, s)
	require.Equal(t, "mine still", evaluate[string](t, ctx, written))
	require.Equal(t, "not saved", evaluate[string](t, ctx, state))
	f.edit("and again")
	openLab(t, ctx, s)
	require.Equal(t, "mine still", evaluate[string](t, ctx, written))
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#conflict")))

	// What an editor saves is taken over where nothing is lost by that.
	click(t, ctx, "take-theirs")
	f.edit("seen when the window is looked at")
	evaluate[any](t, ctx, "dispatchEvent(new Event('focus'))")
	await(t, ctx, written+" === 'seen when the window is looked at'")
}

func TestLearnerCancelsInTheBrowser(t *testing.T) {
	f, judge := newFakeExercises(), newSlow()
	f.check = judge.judge
	s, ctx, _ := atWork(t, f)
	steps(t, ctx, chromedp.Click(chromedp.CSS("#check")), chromedp.WaitVisible(chromedp.CSS("#cancel")))
	<-judge.begun
	click(t, ctx, "cancel")
	require.ErrorIs(t, <-judge.ended, errByReader)
	await(t, ctx, "document.getElementById('verdict-title').textContent === 'Stopped'")

	// And who leaves the page calls it off too, a little later.
	click(t, ctx, "check")
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#cancel")))
	<-judge.begun
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/claims"))
	require.ErrorIs(t, <-judge.ended, errForsaken)
}

func TestLearnerGivesUp(t *testing.T) {
	_, ctx, witness := atWork(t, newFakeExercises())
	click(t, ctx, "show-own")
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#give-up")), chromedp.KeyEvent(kb.Enter))
	await(t, ctx, "!document.getElementById('give-up').open")
	require.True(t, evaluate[bool](t, ctx, "document.getElementById('own-figure').hidden"), "the first choice is to go on")
	click(t, ctx, "show-own")
	steps(t, ctx, chromedp.Click(chromedp.CSS("#give-up button[value=yes]")), chromedp.WaitVisible(chromedp.CSS("#own-figure")))
	require.True(t, evaluate[bool](t, ctx, "document.getElementById('why').open"))
	require.Empty(t, witness.Complaints())
}

func TestBrowserSaysThatThereIsNoCheckout(t *testing.T) {
	f := newFakeExercises()
	f.ready = errNoRun // any, with a hint
	ctx := booktest.Browser(t)
	s := withWork(t, f)
	witness := booktest.Watch(t, ctx, "http://"+s.authority())
	login(t, ctx, s)
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/lab/gate"), chromedp.WaitVisible(chromedp.CSS("#elsewhere")))
	require.Contains(t, evaluate[string](t, ctx, "document.getElementById('elsewhere').textContent"), "run it again")
	require.False(t, evaluate[bool](t, ctx, "document.getElementById('bench').checkVisibility()"))
	require.True(t, evaluate[bool](t, ctx, "document.querySelector('#hints .hint').checkVisibility()"), "the page can be read")
	require.True(t, evaluate[bool](t, ctx, "document.getElementById('terminal').open"))
	require.Empty(t, witness.Complaints())
}

func TestBenchFitsANarrowWindow(t *testing.T) {
	f := newFakeExercises()
	_, ctx, _ := atWork(t, f)
	rewrite(t, ctx, "wrong "+strings.Repeat("wide ", 80))
	steps(t, ctx, chromedp.EmulateViewport(390, 800), chromedp.Click(chromedp.CSS("#check")), chromedp.WaitVisible(chromedp.CSS("#verdict")))
	f.edit("another " + strings.Repeat("wide ", 80))
	rewrite(t, ctx, "wrong, too")
	steps(t, ctx, chromedp.KeyEvent("s", chromedp.KeyModifiers(ctrl)), chromedp.WaitVisible(chromedp.CSS("#conflict")))
	evaluate[any](t, ctx, "document.querySelectorAll('details').forEach((d) => { d.open = true; })")
	require.LessOrEqual(t, evaluate[int](t, ctx, "document.documentElement.scrollWidth"), 390)
}
