package booktest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

// TestWitness shows the witness a page that does everything which a page of the
// notebook must not do: a witness that sees nothing would let every page pass.
func TestWitness(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bad":
			w.Header().Set("Content-Security-Policy", "style-src 'none'")
			_, _ = w.Write([]byte(`<title>bad</title><p style="color: red">x</p><script>
				console.error("loud");
				fetch("http://127.0.0.1:1/elsewhere").catch(() => {});
				setTimeout(() => { document.title = "done"; throw new Error("thrown"); });
			</script>`))
		default:
			_, _ = w.Write([]byte("<title>good</title>"))
		}
	}))
	defer server.Close()
	browser := Browser(t)
	witness := Watch(t, browser, server.URL)
	require.NoError(t, chromedp.Do(browser, chromedp.Navigate(server.URL+"/good")))
	require.Empty(t, witness.Complaints())

	require.NoError(t, chromedp.Do(browser, chromedp.Navigate(server.URL+"/bad")))
	for _, want := range []string{"loud", "thrown", "request to elsewhere: http://127.0.0.1:1/elsewhere", "Content Security Policy"} {
		require.Eventually(t, func() bool {
			return strings.Contains(strings.Join(witness.Complaints(), "\n"), want)
		}, time.Minute, 10*time.Millisecond, want)
	}
	require.Contains(t, witness.Requests(), "GET "+server.URL+"/good")
}

// TestStill shows it a page that never rests for long, until it does: something above
// the element grows frame by frame, the page scrolls away, and at last a mark fades in.
func TestStill(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<style>.late { animation: fade 0.3s } @keyframes fade { from { opacity: 0 } }</style>
			<div id="above"></div><h1 id="here">here</h1><p id="mark">mark</p><div style="height: 9000px"></div>
			<script>
				let frames = 0;
				const grow = () => {
					above.style.height = ++frames * 5 + "px";
					if (frames < 40) requestAnimationFrame(grow);
					else mark.className = "late";
					if (frames === 20) scrollTo({top: 5000, behavior: "smooth"});
				};
				requestAnimationFrame(grow);
			</script>`))
	}))
	defer server.Close()
	browser := Browser(t)
	require.NoError(t, chromedp.Do(browser, chromedp.Navigate(server.URL)))
	Still(t, browser, "here")
	seen, err := chromedp.Run(browser, chromedp.Evaluate[map[string]float64](`({
		frames, top: Math.round(here.getBoundingClientRect().top), opacity: Number(getComputedStyle(mark).opacity),
	})`))
	require.NoError(t, err)
	require.Equal(t, map[string]float64{"frames": 40, "top": 0, "opacity": 1}, seen)
}
