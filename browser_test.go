package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"image/png"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/book/booktest"
	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

var update = flag.Bool("update", false, "keep the screenshot that the README shows")

const readmePicture = "testdata/notebook.png"

// TestNotebook does in a real browser what a newcomer does: open the notebook at the
// address that it prints, follow a question, predict, run, and read the verdict. With the
// race detector or one P, where all of that is slow and no different, it runs the first
// experiment of each chapter.
func TestNotebook(t *testing.T) {
	browser := booktest.Browser(t)
	address := serve(t)
	origin, _, _ := strings.Cut(address, "/?")
	witness := booktest.Watch(t, browser, origin)

	require.NoError(t, chromedp.Do(browser, chromedp.Navigate(address)))
	for e := range catalogue.All() {
		listed, err := chromedp.Run(browser, chromedp.Evaluate[bool](`document.querySelector('a[href="/`+e.ID+`"]') !== null`))
		require.NoError(t, err)
		require.True(t, listed, "%s cannot be reached from the contents", e.ID)
	}
	pages := slices.Collect(catalogue.All())
	if child.RaceEnabled || runtime.GOMAXPROCS(0) == 1 {
		pages = nil
		for _, chapter := range catalogue {
			pages = append(pages, chapter.Experiments[0])
		}
	}
	first, busy := pages[0], 0
	for _, e := range pages {
		verdict := verdictOf(e)
		require.NoError(t, chromedp.Do(browser, chromedp.Navigate(origin+"/"+e.ID)), e.ID)
		ready, err := chromedp.Run(browser, chromedp.Evaluate[bool](`!document.getElementById("run").disabled`))
		require.NoError(t, err)
		require.False(t, ready, "%s can be run before the reader has predicted", e.ID)
		if e.Wall > 0 {
			continue // may have to compile: minutes, for a page like the others
		}

		require.NoError(t, chromedp.Do(browser,
			chromedp.Click(chromedp.CSS(`input[value="`+strconv.Itoa(e.Truth()+1)+`"]`)),
			chromedp.WaitEnabled(chromedp.CSS("#run")),
			chromedp.Click(chromedp.CSS("#run")),
			chromedp.WaitVisible(chromedp.CSS("#verdict")),
		), e.ID)
		said, err := chromedp.Run(browser, chromedp.Text(chromedp.CSS("#verdict")))
		require.NoError(t, err)
		if strings.Contains(said, "the machine is too busy") || strings.Contains(said, "to compile the first time") || strings.Contains(said, "of wall-clock time") {
			t.Logf("%s: %s", e.ID, said) // other tests beside this one, or nothing compiled yet: that is a verdict too
			busy++
			continue
		}
		require.Contains(t, said, verdict, e.ID)
		if verdict == "Supported" {
			require.Contains(t, said, "You predicted it", e.ID)
			explained, err := chromedp.Run(browser, chromedp.Evaluate[bool](`document.getElementById("why").open`))
			require.NoError(t, err)
			require.True(t, explained, "%s is not explained after its verdict", e.ID)
		}
		if e == first {
			takePicture(t, browser)
			// One moving picture is enough for a test: the others are shown at once, as to a
			// reader who has asked for that.
			_, err := chromedp.Call(browser, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
			})
			require.NoError(t, err)
		}
	}
	require.Less(t, busy, 5, "so many cannot be measured: then nothing was tested")
	require.Empty(t, witness.Complaints())
}

// takePicture takes the screenshot for the README: what happened, and the verdict. It
// is kept only when asked for, so that a test changes nothing.
func takePicture(t *testing.T, browser context.Context) {
	const width, height = 1100, 1170
	require.NoError(t, chromedp.Do(browser, chromedp.EmulateViewport(width, height)))
	_, err := chromedp.Call(browser, emulation.SetScrollbarsHidden, emulation.SetScrollbarsHiddenParams{Hidden: true})
	require.NoError(t, err)
	booktest.Still(t, browser, "live")
	picture, err := chromedp.Run(browser, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	decoded, err := png.DecodeConfig(bytes.NewReader(picture))
	require.NoError(t, err)
	require.Equal(t, []int{width, height}, []int{decoded.Width, decoded.Height})
	if *update {
		require.NoError(t, os.WriteFile(readmePicture, picture, 0o644))
	}
}

// verdictOf is what the page must say of e on this machine.
func verdictOf(e *experiment.Experiment) string {
	if e.Needs.Met() != nil {
		return "Cannot be measured here"
	}
	return "Supported"
}

// serve starts the notebook and returns its address. At the end of the test it is
// stopped as a person would stop it, and must end well.
func serve(t *testing.T) string {
	cmd, address := startServer(t)
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
		require.NoError(t, cmd.Wait(), "Ctrl-C is a clean end")
	})
	return address
}

// startServer starts the notebook as a person would, and returns the address that it
// prints.
func startServer(t *testing.T) (cmd *exec.Cmd, address string) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd = exec.Command(self)
	cmd.Args = []string{"gopark", "--no-open", "--addr", "127.0.0.1:0"} // testscript.Main goes by the name
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	form := regexp.MustCompile(`http://127\.0\.0\.1:\d+/\?token=\w+`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if address = form.FindString(lines.Text()); address != "" {
			return cmd, address
		}
	}
	require.Fail(t, "the notebook did not print its address")
	return nil, ""
}
