package postmortem

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
	"lab.example/gopark/internal/plain/plaintest"
)

func TestMain(m *testing.M) {
	child.Main(func(child.Job) int { return 1 })
	goleak.VerifyTestMain(m)
}

// wanted is what must be said of a program of testdata/programs.go.
type wanted struct {
	way    string
	where  string // the function, without "main."
	defers string
}

var programs = map[string]wanted{
	"returns":               {"success", "", "If main returned"},
	"exits with 256":        {"success", "", "If main returned"},
	"exits with 7":          {"exit", "", noDefers},
	"exits with 2":          {"exit", "", noDefers},
	"log.Fatal":             {"exit", "", noDefers},
	"flag":                  {"usage", "", noDefers},
	"says that it panicked": {"exit", "", noDefers},
	"index":                 {"panic", "init.func", mainDefers},
	"goroutine":             {"panic", "fails", ownDefers},
	"closed channel":        {"panic", "init.func", mainDefers},
	"nil map":               {"panic", "init.func", mainDefers},
	"error value":           {"panic", "init.func", mainDefers},
	"nil pointer":           {"nil", "init.func", mainDefers},
	"nil function":          {"nil", "init.func", mainDefers},
	"nil interface":         {"nil", "init.func", mainDefers},
	"panic in defer":        {"panic in panic", "init.func", mainDefers},
	"panic again":           {"panic in panic", "init.func", mainDefers},
	"panic, crash":          {"panic", "init.func", mainDefers},
	"deadlock, crash":       {"deadlock", "init.func", noDefers},
	"deadlock":              {"deadlock", "deadlock", noDefers},
	"Goexit":                {"goexit", "", "All those of the main goroutine"},
	"recursion":             {"stack overflow", "deeper", noDefers},
	"unlock":                {"fatal", "init.func", noDefers},
	"map":                   {"concurrent map", "writers.func1", noDefers},
	"SIGKILL":               {"killed", "", noDefers},
	"SIGTERM":               {"signal", "", noDefers},
	"SIGQUIT":               {"dump", "", noDefers},
}

// TestPrograms runs every program under the command, and holds that what it says is true:
// the sources are known.
func TestPrograms(t *testing.T) {
	var names []string
	for name := range programs {
		names = append(names, name)
	}
	require.ElementsMatch(t, plaintest.Names(t), names)

	p, err := plain.BuildFile(t.Context(), os.DirFS("."), "testdata/programs.go")
	if err != nil {
		require.ErrorIs(t, err, experiment.ErrUnmet)
		t.Skip(err)
	}
	defer p.Close()
	for name, want := range programs {
		t.Run(name, func(t *testing.T) {
			d, err := Why{Command: []string{p.Path, name}}.run(t.Context(), &cli.Terminal{Out: t.Output(), Err: t.Output()})
			require.NoError(t, err)
			f := Explain(d)
			require.Equal(t, want.way, f.Way, "%+v", f)
			require.True(t, strings.HasPrefix(f.Defers, want.defers), f.Defers)
			_, function, _ := strings.Cut(f.Where, ", main.")
			require.True(t, strings.HasPrefix(function, want.where), f.Where)
			require.Equal(t, want.where == "", f.Where == "", f.Where)
			require.Equal(t, strings.HasSuffix(name, ", crash"), strings.Contains(f.What, "GOTRACEBACK is crash"))
		})
	}
}

// TestDetails holds what a program's source says beyond that.
func TestDetails(t *testing.T) {
	p, err := plain.BuildFile(t.Context(), os.DirFS("."), "testdata/programs.go")
	if err != nil {
		require.ErrorIs(t, err, experiment.ErrUnmet)
		t.Skip(err)
	}
	defer p.Close()
	for name, want := range map[string]string{
		"goroutine":      "which was started at main.go:",
		"nil pointer":    "40 bytes behind it",
		"nil function":   "or a function that was called",
		"nil interface":  "or an interface whose method was called",
		"panic in defer": "a chain of 2",
		"deadlock":       "1 in chan receive (main.go:",
	} {
		d, err := Why{Command: []string{p.Path, name}}.run(t.Context(), &cli.Terminal{Out: t.Output(), Err: t.Output()})
		require.NoError(t, err)
		f := Explain(d)
		require.Contains(t, f.What+f.Advice, want, name)
	}
}

// TestDeaths is about what is too rare or too slow to be made to happen here.
func TestDeaths(t *testing.T) {
	for _, d := range []struct {
		way string
		Death
	}{
		{"killed", Death{Signal: "SIGKILL", Stderr: "panic: said before\n"}},
		{"broken pipe", Death{Signal: "SIGPIPE"}},
		{"signal", Death{Signal: "SIGUSR1"}},
		{"signal", Death{Signal: "SIGABRT", Stderr: "terminate called\n"}},
		{"race", Death{Status: 66, Stderr: "==================\nWARNING: DATA RACE\nWrite at\n"}},
		{"exit", Death{Status: 66, Stderr: "no input\n"}},
		{"out of memory", Death{Status: 2, Stderr: "fatal error: runtime: out of memory\n\ngoroutine 1 [running]:\n"}},
		{"go run", Death{Status: 1, Stderr: "panic: aaa\n\ngoroutine 1 [running]:\nmain.main()\n\t/tmp/x.go:4 +0x1\nexit status 2\n"}},
		{"go run", Death{Status: 1, Stderr: "signal: killed\n"}},
		{"test", Death{Status: 1, Stderr: "FAIL\tlab.example/gopark/panics\t0.1s\nFAIL\n"}},
		{"panic", Death{Status: 2, Stderr: "panic: quiet, as GOTRACEBACK is none\n"}},
		{"not started", Death{Status: 127, Stderr: "sh: 1: serve: not found\n"}},
		{"relayed", Death{Status: 137}},
		{"exit", Death{Status: 128}},
		{"exit", Death{Status: 255}},
		{"dump", Death{Status: 2, Stderr: "SIGABRT: abort\nPC=0x1 m=0 sigcode=0\n\ngoroutine 1 [select]:\nmain.main()\n\t/tmp/x.go:4 +0x1\n"}},
	} {
		f := Explain(d.Death)
		require.Equal(t, d.way, f.Way, "%+v", d)
		require.NotEmpty(t, f.What)
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	terminal := &cli.Terminal{In: strings.NewReader("panic: aaa\n\ngoroutine 5 [running]:\nmain.f()\n\t/home/a/x.go:4 +0x1\ncreated by main.main in goroutine 1\n\t/home/a/x.go:9 +0x2\n"), Out: &out, Width: 80}
	require.NoError(t, Why{Log: "-", Status: 2}.Run(t.Context(), terminal))
	require.Contains(t, out.String(), "A panic in goroutine 5, which was started at x.go:9")

	for _, wrong := range []Why{
		{Status: -1},
		{Log: "-", Status: -1},
		{Log: "-", Status: 256},
		{Log: "-", Status: 2, Signal: "SIGKILL"},
		{Log: "-", Status: -1, Signal: "SIGNONE"},
		{Log: "-", Status: 2, Command: []string{"true"}},
	} {
		err := wrong.Run(t.Context(), terminal)
		require.Equal(t, cli.ExitUsage, cli.Fail(t.Output(), err), "%+v", wrong)
	}
}

// TestTail holds that the end is kept, whatever came before.
func TestTail(t *testing.T) {
	var end tail
	line := []byte(strings.Repeat("x", 1<<10-1) + "\n")
	for range 3 * kept >> 10 {
		_, err := end.Write(line)
		require.NoError(t, err)
		require.LessOrEqual(t, len(end.text), 2*kept)
	}
	_, err := end.Write([]byte("the end"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(end.text), kept)
	require.True(t, strings.HasSuffix(end.String(), "\nthe end"))
}

// FuzzExplain: a log may hold anything.
func FuzzExplain(f *testing.F) {
	f.Add(2, "", "panic: a\n\tpanic: b\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x1]\n\ngoroutine 1 [running]:\n")
	f.Add(0, "SIGABRT", "fatal error: all goroutines are asleep - deadlock!\n")
	f.Fuzz(func(t *testing.T, status int, signal, stderr string) {
		require.NotEmpty(t, Explain(Death{status, signal, stderr}).What)
	})
}
