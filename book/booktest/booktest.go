// Package booktest answers: does the notebook work in a real browser?
//
// Browser starts a Chromium that talks to nobody but the notebook, and Witness
// writes down what a page must not do: errors on the console, scripts or styles that
// the policy blocks, requests to anywhere else. Where no Chromium is installed, tests
// skip; with GOPARK_NEED_CHROMIUM=1, as in CI, they fail. With GOPARK_WITHOUT_CHROMIUM=1
// they skip although there is one, as where the race detector looks at the server only.
package booktest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/chromium"
	"lab.example/gopark/internal/hint"
)

// NeedChromium is the environment variable that turns skips into failures, and
// WithoutChromium the one that leaves the browser out.
const (
	NeedChromium    = "GOPARK_NEED_CHROMIUM"
	WithoutChromium = "GOPARK_WITHOUT_CHROMIUM"
)

// patience is how long a whole browser test may take. It guards against a hang.
const patience = 8 * time.Minute

// Browser starts a Chromium with a fresh profile and returns the context of its
// tab, for chromedp.Do and chromedp.Run. It is closed at the end of the test.
func Browser(t testing.TB) context.Context {
	t.Helper()
	if os.Getenv(WithoutChromium) != "" {
		t.Skipf("%s is set", WithoutChromium)
	}
	path, err := chromium.Find()
	if err != nil && os.Getenv(NeedChromium) != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skipf("%v (%s); %s=1 makes this a failure", err, hint.Of(err), NeedChromium)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.DisableGPU,
		chromedp.Flag("headless", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WindowSize(1280, 900),
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to be root in a sandbox
	}
	ctx, cancelPatience := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancelPatience)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancelAllocator)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) })
	require.NoError(t, chromedp.Do(ctx), "start %s", path)
	return ctx
}

// Still scrolls the element of that id to the top of the window and returns when
// nothing moves any more: what is animated has arrived, and in two frames on end the
// page was as high as before and the element where it was put. A page that scrolls
// on, or grows above the element, is scrolled again. Animations without an end are
// not waited for.
func Still(t testing.TB, ctx context.Context, id string) {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(still, id), chromedp.EvalAwaitPromise))
	require.NoError(t, err, "wait until %s is still", id)
}

const still = `(async (element) => {
  const frame = () => new Promise(requestAnimationFrame);
  const place = () => [element.getBoundingClientRect().top, document.documentElement.scrollHeight].join();
  await document.fonts.ready;
  for (let same = 0, last = ""; same < 2;) {
    const moving = document.getAnimations().filter((a) => a.playState === "running" && isFinite(a.effect.getComputedTiming().endTime));
    await Promise.allSettled(moving.map((a) => a.finished));
    await frame();
    same = place() === last && moving.length === 0 ? same + 1 : 0;
    if (same === 0) {
      element.scrollIntoView({block: "start", behavior: "instant"});
      last = place();
    }
  }
  return true;
})(document.getElementById(%q))`

// Witness is what a tab did that it should not have done.
type Witness struct {
	mu         sync.Mutex
	complaints []string
	requests   []string
}

// Watch records from now on what the tab of ctx does. Origin, such as
// "http://127.0.0.1:8787", is the only one that it may send requests to; a file and
// data in a URL are allowed too.
func Watch(t testing.TB, ctx context.Context, origin string) *Witness {
	t.Helper()
	w := new(Witness)
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, logErr := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	require.NoError(t, errors.Join(err, logErr))
	require.NoError(t, chromedp.Listen(ctx, func(ev any) { w.note(ev, origin) }))
	return w
}

func (w *Witness) note(ev any, origin string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "warning" || ev.Type == "assert" {
			w.complaints = append(w.complaints, fmt.Sprintf("console %s: %s", ev.Type, texts(ev.Args)))
		}
	case *runtime.EventExceptionThrown:
		d := ev.ExceptionDetails
		w.complaints = append(w.complaints, fmt.Sprintf("exception at %s:%d: %s %s",
			d.URL, d.LineNumber+1, d.Text, texts([]*runtime.RemoteObject{cmp.Or(d.Exception, new(runtime.RemoteObject))})))
	case *log.EventEntryAdded:
		// Blocked by the policy, failed to load, and so on.
		w.complaints = append(w.complaints, fmt.Sprintf("log %s: %s %s", ev.Entry.Level, ev.Entry.Text, ev.Entry.URL))
	case *network.EventRequestWillBeSent:
		url := ev.Request.URL
		w.requests = append(w.requests, ev.Request.Method+" "+url)
		if !strings.HasPrefix(url, origin+"/") && !strings.HasPrefix(url, "file://") && !strings.HasPrefix(url, "data:") {
			w.complaints = append(w.complaints, "request to elsewhere: "+url)
		}
	}
}

// texts renders what a page handed to its console.
func texts(args []*runtime.RemoteObject) string {
	var all []string
	for _, arg := range args {
		all = append(all, strings.TrimSpace(string(arg.Value)+" "+arg.Description))
	}
	return strings.Join(all, " ")
}

// Complaints returns what the tab did and should not have done.
func (w *Witness) Complaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.complaints...)
}

// Requests returns every request of the tab, "GET http://127.0.0.1:8787/".
func (w *Witness) Requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.requests...)
}
