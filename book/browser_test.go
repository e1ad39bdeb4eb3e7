package book

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/book/booktest"
)

// steps does what a reader does.
func steps(t *testing.T, ctx context.Context, all ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, hang)
	defer cancel()
	require.NoError(t, chromedp.Do(ctx, all...))
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	require.NoError(t, err, script)
	return v
}

// await waits until the script is true.
func await(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](script, chromedp.WithPollingTimeout(hang)))
	require.NoError(t, err, script)
}

// opened is the notebook in a browser that came in through the file.
func opened(t *testing.T) (*served, context.Context, *booktest.Witness) {
	t.Helper()
	ctx := booktest.Browser(t)
	s := serve(t, nil)
	witness := booktest.Watch(t, ctx, "http://"+s.authority())
	login(t, ctx, s)
	return s, ctx, witness
}

// login goes the way of a reader: from the file to the book.
func login(t *testing.T, ctx context.Context, s *served) {
	t.Helper()
	file, err := writeRedirect(s.Address(s.ln))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.Remove(file)) })
	steps(t, ctx, chromedp.Navigate("file://"+file), chromedp.WaitVisible(chromedp.CSS(".titlepage")))
	await(t, ctx, "document.readyState === 'complete'")
}

func TestReaderPredictsRunsAndSeesWhy(t *testing.T) {
	s, ctx, witness := opened(t)
	origin := "http://" + s.authority()
	require.Equal(t, origin+"/", evaluate[string](t, ctx, "location.href"), "the token is not in the address")
	require.Empty(t, evaluate[string](t, ctx, "document.cookie"), "nor within reach of scripts")

	steps(t, ctx, chromedp.Click(chromedp.CSS(`a[href="/demo/order"]`)), chromedp.WaitVisible(chromedp.CSS("#order")))
	await(t, ctx, "document.readyState === 'complete'") // from then on the page listens
	require.True(t, evaluate[bool](t, ctx, "document.getElementById('run').disabled"), "no run without a prediction")
	require.False(t, evaluate[bool](t, ctx, "document.getElementById('why').open"))
	steps(t, ctx, chromedp.KeyEvent("r"))
	require.True(t, evaluate[bool](t, ctx, "document.getElementById('live').hidden"), "not by key either")

	steps(t, ctx, chromedp.KeyEvent("1"), chromedp.Click(chromedp.CSS("#run")), chromedp.WaitVisible(chromedp.CSS("#verdict")))
	verdict := evaluate[string](t, ctx, "document.getElementById('verdict').innerText")
	require.Contains(t, verdict, "Supported")
	require.Contains(t, verdict, "You predicted something else")
	require.Contains(t, verdict, "What is true: What it does.")
	require.True(t, evaluate[bool](t, ctx, "document.getElementById('why').open"), "the explanation comes with the verdict")
	require.Equal(t, "verdict", evaluate[string](t, ctx, "document.activeElement.id"), "the reader is led to it")
	require.Equal(t, "3", evaluate[string](t, ctx, "document.querySelector('#values .v').textContent"))
	require.Contains(t, evaluate[string](t, ctx, "document.getElementById('log').textContent"), "printed by the clerk")
	require.Equal(t, 6, evaluate[int](t, ctx, "document.querySelectorAll('#figure .mark-group.shown').length"))
	require.Equal(t, 6, evaluate[int](t, ctx, "document.querySelectorAll('#figure .narration li').length"))

	// Back and forth in the picture.
	steps(t, ctx, chromedp.Focus(chromedp.CSS(".picture")), chromedp.KeyEvent(kb.ArrowLeft))
	await(t, ctx, "document.querySelectorAll('#figure .mark-group.shown').length === 5")

	// Another setting has no verdict, and does not change the mark.
	steps(t, ctx, chromedp.SetValue(chromedp.CSS("#knob-customers"), "2"), chromedp.KeyEvent("2"), chromedp.KeyEvent("r"))
	await(t, ctx, "document.getElementById('verdict-title').textContent === 'No verdict'")
	require.Equal(t, 2, evaluate[int](t, ctx, "document.querySelectorAll('#history tbody tr').length"))

	// The contents remember.
	steps(t, ctx, chromedp.Navigate(origin+"/"), chromedp.WaitVisible(chromedp.CSS(".mark-wrong")))
	require.Contains(t, evaluate[string](t, ctx, "document.getElementById('score').textContent"), "predicted 1 of")
	require.Empty(t, witness.Complaints())
}

// A fold opens by keyboard and without a script, and paper has no folds.
func TestReaderUnfoldsALongQuote(t *testing.T) {
	s, ctx, witness := opened(t)
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/demo/order"), chromedp.WaitVisible(chromedp.CSS("#order")),
		chromedp.Focus(chromedp.CSS("#why > summary")), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(".sheet summary")))
	const seen = "document.querySelector('.sheet details').offsetHeight >= document.querySelector('.sheet details pre').offsetHeight"
	require.False(t, evaluate[bool](t, ctx, seen))

	medium := func(media string) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media})
		require.NoError(t, err)
	}
	medium("print")
	require.True(t, evaluate[bool](t, ctx, seen))
	require.False(t, evaluate[bool](t, ctx, "document.querySelector('.sheet summary').checkVisibility()"), "nothing to click on paper")
	medium("")
	require.False(t, evaluate[bool](t, ctx, seen))

	steps(t, ctx, chromedp.Focus(chromedp.CSS(".sheet summary")), chromedp.KeyEvent(kb.Enter))
	require.True(t, evaluate[bool](t, ctx, seen))
	require.Empty(t, witness.Complaints())
}

// A page is no wider than its window: what is too wide scrolls within itself.
func TestPagesFitANarrowWindow(t *testing.T) {
	s, ctx, _ := opened(t)
	for _, route := range []string{"/", "/claims", "/demo/order", "/lab/gate"} {
		steps(t, ctx, chromedp.EmulateViewport(390, 800), chromedp.Navigate("http://"+s.authority()+route), chromedp.WaitVisible(chromedp.CSS("h1")))
		evaluate[any](t, ctx, "document.querySelectorAll('details').forEach((d) => { d.open = true; })")
		require.LessOrEqual(t, evaluate[int](t, ctx, "document.documentElement.scrollWidth"), 390, route)
	}
}

func TestReaderStopsARunInTheBrowser(t *testing.T) {
	s, ctx, witness := opened(t)
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/demo/endless"), chromedp.WaitVisible(chromedp.CSS("#order")),
		chromedp.KeyEvent("2"), chromedp.KeyEvent("r"), chromedp.WaitVisible(chromedp.CSS("#values .v")))
	// Not by the mouse: the page is still scrolling to the run, and the button with it.
	evaluate[any](t, ctx, "document.getElementById('stop').click()")
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#verdict")))
	require.Contains(t, evaluate[string](t, ctx, "document.getElementById('verdict').innerText"), "stopped by the reader")
	require.Empty(t, witness.Complaints())
}

func TestHostileTextStaysTextInTheBrowser(t *testing.T) {
	s, ctx, witness := opened(t)
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/demo/hostile"), chromedp.WaitVisible(chromedp.CSS("#order")),
		chromedp.KeyEvent("2"), chromedp.KeyEvent("r"), chromedp.WaitVisible(chromedp.CSS("#verdict")))
	require.Equal(t, 0, evaluate[int](t, ctx, "document.querySelectorAll('img').length"))
	require.Contains(t, evaluate[string](t, ctx, "document.getElementById('live').textContent"), "</script><img src=x onerror=alert(1)>")
	require.Empty(t, witness.Complaints())
}

// Thousands of events are folded so that they can be drawn.
func TestLongTimelines(t *testing.T) {
	s, ctx, witness := opened(t)
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/demo/order"), chromedp.WaitVisible(chromedp.CSS("#order")),
		chromedp.SetValue(chromedp.CSS("#knob-customers"), "2000"), chromedp.KeyEvent("2"), chromedp.KeyEvent("r"), chromedp.WaitVisible(chromedp.CSS("#figure .fold")))
	await(t, ctx, "!document.getElementById('verdict').hidden")
	require.Equal(t, 4000, evaluate[int](t, ctx, "document.querySelectorAll('#figure .narration li').length"))
	require.LessOrEqual(t, evaluate[int](t, ctx, "document.querySelectorAll('#figure .mark-group').length"), 1500)
	require.Contains(t, evaluate[string](t, ctx, "document.querySelector('#figure .fold').textContent"), "of 2000 lanes")
	require.Empty(t, witness.Complaints())
}

func TestBrowserSaysThatTheNotebookIsGone(t *testing.T) {
	s, ctx, _ := opened(t)
	steps(t, ctx, chromedp.Navigate("http://"+s.authority()+"/demo/order"), chromedp.WaitVisible(chromedp.CSS("#order")))
	s.stop()
	steps(t, ctx, chromedp.KeyEvent("1"), chromedp.KeyEvent("r"))
	await(t, ctx, "document.getElementById('status').textContent.includes('does not answer')")
}

// Another page in the same browser, logged in as it is, gets nothing past the guard.
// It is on another port of 127.0.0.1, which browsers take for the same site, so they
// send the cookie along.
func TestOtherPagesInTheBrowserGetNothing(t *testing.T) {
	ctx := booktest.Browser(t)
	attacked := func(s *served) []string {
		login(t, ctx, s)
		await(t, ctx, "document.querySelector('.standing').textContent !== ''") // the last thing that the book itself asks for
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, attack, "http://"+s.authority())
		}))
		defer evil.Close()
		s.mu.Lock()
		s.inside = nil
		s.mu.Unlock()
		steps(t, ctx, chromedp.Navigate(evil.URL), chromedp.WaitReady(chromedp.CSS("body")))
		await(t, ctx, "window.report !== undefined")
		t.Log(evaluate[string](t, ctx, "window.report"))
		steps(t, ctx, chromedp.Navigate("about:blank"))
		s.mu.Lock()
		defer s.mu.Unlock()
		// The book's own icon may be late.
		return slices.DeleteFunc(s.inside, func(r string) bool { return r == "GET /static/icon.svg" })
	}
	require.Empty(t, attacked(fenced(t)))
	require.Empty(t, attacked(fenced(t, "cross-origin")), "the other two keep it out as well")
	// The controls: each of these would be alone without the others.
	require.Contains(t, attacked(fenced(t, "fetch-site")), "GET /static/theme.js")
	require.Contains(t, attacked(fenced(t, "fetch-site", "origin", "cross-origin")), "POST /runs")
}

// attack tries what a page can try, and reports how each attempt ended.
const attack = `<!doctype html><meta charset="utf-8"><body><script type="module">
const book = %q;
const order = JSON.stringify({experiment: "demo/plain", predicted: 1});
const loads = (tag, attribute, url) => new Promise((done) => {
  const e = document.createElement(tag);
  e.onload = () => done("LOADED");
  e.onerror = () => done("failed");
  e[attribute] = url;
  document.body.append(e);
});
const report = [];
const tell = async (name, attempt) => report.push(name + ": " + await attempt.catch(() => "failed"));
await tell("fetch", fetch(book + "/", {credentials: "include"}).then((r) => "READ " + r.status));
await tell("no-cors", fetch(book + "/runs", {method: "POST", mode: "no-cors", credentials: "include", body: order}).then((r) => r.type));
await tell("json", fetch(book + "/runs", {method: "POST", credentials: "include", headers: {"Content-Type": "application/json"}, body: order}).then((r) => "RAN " + r.status));
await tell("script", loads("script", "src", book + "/static/theme.js"));
await tell("image", loads("img", "src", book + "/favicon.ico"));
await tell("frame", new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.onload = () => { try { done(frame.contentDocument?.title ?? "nothing"); } catch { done("nothing"); } };
  frame.src = book + "/";
  document.body.append(frame);
}));
await tell("stream", new Promise((done) => {
  const s = new EventSource(book + "/runs/x/events", {withCredentials: true});
  s.onopen = () => done("OPENED");
  s.onerror = () => { s.close(); done("failed"); };
}));
window.report = report.join("; ");
</script>`
