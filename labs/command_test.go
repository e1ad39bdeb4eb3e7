package labs

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/labs/judge"
)

var firsterr = All[0]

func write(t testing.TB, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
}

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

func TestStartCopiesWhatTheLearnerNeeds(t *testing.T) {
	module(t)
	term, out := terminal()
	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	require.Equal(t, `The first error wins

  read    work/firsterr/page.md
  write   work/firsterr/answer.go
  try     go test -timeout 10s ./work/firsterr
  check   gopark lab check firsterr
  or see every save judged: gopark lab watch
`, out.String())

	files, err := filepath.Glob("work/firsterr/*")
	require.NoError(t, err)
	require.Equal(t, []string{
		"work/firsterr/answer.go", "work/firsterr/firsterr.go", "work/firsterr/firsterr_test.go", "work/firsterr/page.md",
	}, files)
	require.Equal(t, read(t, "labs/firsterr/testdata/start.go"), read(t, "work/firsterr/answer.go"))
	require.Equal(t, read(t, "labs/firsterr/firsterr_test.go"), read(t, "work/firsterr/firsterr_test.go"))
	page := read(t, "work/firsterr/page.md")
	require.Contains(t, page, "## Task")
	require.Contains(t, page, "gopark lab hint firsterr")
	require.NotContains(t, page, "## Hints")
	require.NotContains(t, page, "### Hint")
	require.NotContains(t, page, "## Why")
}

func TestStartDestroysNothing(t *testing.T) {
	module(t)
	term, out := terminal()
	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	const mine = "package firsterr // mine"
	write(t, "work/firsterr/answer.go", mine)

	err := Start{Name: "firsterr"}.Run(t.Context(), term)
	require.ErrorIs(t, err, errStarted)
	status, text := said(err)
	require.Equal(t, 2, status)
	require.Contains(t, text, "--force")
	require.Equal(t, mine, read(t, "work/firsterr/answer.go"))

	out.Reset()
	require.NoError(t, Start{Name: "firsterr", Force: true}.Run(t.Context(), term))
	require.Contains(t, out.String(), "Your answer is kept as work/firsterr/answer.go.~1~\n")
	require.Equal(t, mine, read(t, "work/firsterr/answer.go.~1~"))
	require.Equal(t, read(t, "labs/firsterr/testdata/start.go"), read(t, "work/firsterr/answer.go"))

	// Once more, with nothing changed since: what was kept stays.
	require.NoError(t, Start{Name: "firsterr", Force: true}.Run(t.Context(), term))
	require.Equal(t, mine, read(t, "work/firsterr/answer.go.~1~"))
	require.NoFileExists(t, "work/firsterr/answer.go.~2~")
}

func TestMistakesHaveAWayOut(t *testing.T) {
	module(t)
	term, _ := terminal()
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"misspelt", Start{Name: "fristerr"}.Run(t.Context(), term), "gopark: error: unknown lab \"fristerr\"\ngopark: hint: did you mean firsterr?\n"},
		{"unknown", Check{Name: "x"}.Run(t.Context(), term), "gopark: error: unknown lab \"x\"\ngopark: hint: gopark lab list shows them all\n"},
		{"not started", Check{Name: "firsterr"}.Run(t.Context(), term), "gopark: error: there is no work/firsterr/answer.go\ngopark: hint: gopark lab start firsterr\n"},
		{"none started", Check{}.Run(t.Context(), term), "gopark: error: no lab has been started\ngopark: hint: gopark lab start firsterr\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, text := said(tt.err)
			require.Equal(t, 2, status)
			require.Equal(t, tt.want, text)
		})
	}
}

func TestOutsideOfTheModule(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "go.mod", "module example.com/other\n")
	term, _ := terminal()
	status, text := said(List{}.Run(term))
	require.Equal(t, 2, status)
	require.Contains(t, text, "is not in the module lab.example/gopark\ngopark: hint: labs are compiled from their sources")
}

func TestTheModuleIsFoundFromBelow(t *testing.T) {
	w := module(t)
	require.NoError(t, os.MkdirAll("work/firsterr/deep", 0o755))
	t.Chdir("work/firsterr/deep")
	write(t, "go.mod", "module example.com/inner\n") // somebody else's
	got, err := here()
	require.NoError(t, err)
	require.Equal(t, w, got)
}

func TestWithoutGo(t *testing.T) {
	module(t)
	term, _ := terminal()
	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	t.Setenv("PATH", t.TempDir())
	status, text := said(Check{}.Run(t.Context(), term))
	require.Equal(t, 3, status)
	require.Contains(t, text, "gopark: hint: the judge compiles answers: install Go")
}

func TestACheckThatIsInterrupted(t *testing.T) {
	module(t)
	term, _ := terminal()
	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	status, text := said(Check{}.Run(ctx, term))
	require.Equal(t, 1, status)
	require.Equal(t, "gopark: error: interrupted\n", text)
}

// From a start over mistakes to a pass, as a learner goes.
func TestALearnersWay(t *testing.T) {
	w := module(t)
	term, out := terminal()
	check := func(c Check) (checked, error) {
		t.Helper()
		out.Reset()
		c.JSON = true
		err := c.Run(t.Context(), term)
		var got checked
		require.NoError(t, json.Unmarshal(out.Bytes(), &got), out.String())
		return got, err
	}
	state := func() listed {
		t.Helper()
		out.Reset()
		require.NoError(t, List{JSON: true}.Run(term))
		var all []listed
		require.NoError(t, json.Unmarshal(out.Bytes(), &all))
		return all[0]
	}
	require.Equal(t, listed{"firsterr", firsterr.Track, "The first error wins", "new", ""}, state())

	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	require.Equal(t, "started", state().State)
	out.Reset()
	status, _ := said(Check{}.Run(t.Context(), term))
	require.Equal(t, 1, status)
	require.Regexp(t, `^firsterr: assert: the tasks ran one after another: 1000 tasks of 1s took 16m40s,
  want 1s
  at    work/firsterr/firsterr_test.go:\d+
  test  TestTasksRunAtTheSameTime
  next  hints, one by one: gopark lab hint firsterr
$`, out.String())
	require.Equal(t, judge.Assert, state().Verdict)

	// The judge of the copy does not count, and go test in the copy says the same.
	write(t, w.answer(firsterr), read(t, "labs/firsterr/testdata/wrong/senders.go"))
	require.Empty(t, state().Verdict, "what was said about another answer is gone")
	plain := goTest(t)
	write(t, "work/firsterr/firsterr_test.go", "package firsterr\n")
	got, err := check(Check{Name: "firsterr"})
	require.Equal(t, 1, code(err))
	require.Equal(t, judge.Leak, got.Verdict)
	require.Equal(t, "work/firsterr/answer.go:23", got.Place)
	require.Contains(t, plain, "leak: "+got.Message)
	require.Len(t, got.Stages, 2)
	require.Empty(t, got.Output)

	write(t, w.answer(firsterr), read(t, "labs/firsterr/answer.go"))
	got, err = check(Check{})
	if got.Verdict == judge.Inconclusive {
		require.Equal(t, 3, code(err))
		t.Skip(got.Message)
	}
	require.NoError(t, err)
	require.Equal(t, judge.Pass, got.Verdict)
	require.Greater(t, got.Runs, 2)
	require.Contains(t, got.Message, "clean")
	require.Equal(t, "passed", state().State)

	// Whatever is judged by other tests, or is another answer, has not passed.
	write(t, "labs/firsterr/firsterr_test.go", read(t, "labs/firsterr/firsterr_test.go")+"\n")
	require.Equal(t, listed{"firsterr", firsterr.Track, "The first error wins", "started", ""}, state())
}

// goTest runs go test in the learner's copy, as a learner would.
func goTest(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-timeout", "1m", "./work/firsterr")
	cmd.Env = child.Env()
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.True(t, strings.HasSuffix(strings.TrimSpace(string(out)), "FAIL"), string(out))
	return string(out)
}

func code(err error) int {
	var coded interface{ ExitCode() int }
	if !errors.As(err, &coded) {
		return 0
	}
	return coded.ExitCode()
}

// The struct tags are what kong makes of them.
func TestCommandLine(t *testing.T) {
	module(t)
	term, out := terminal()
	run := func(args ...string) error {
		var line struct {
			Lab Cmd `cmd:""`
		}
		parser, err := kong.New(&line, kong.Bind(term), kong.BindTo(t.Context(), (*context.Context)(nil)))
		require.NoError(t, err)
		parsed, err := parser.Parse(args)
		require.NoError(t, err)
		return parsed.Run()
	}
	require.NoError(t, run("lab", "list"))
	require.Contains(t, out.String(), "goroutines and channels\n  firsterr     The first error wins (new)\n")
	require.NoError(t, run("lab", "start", "firsterr"))
	require.ErrorIs(t, run("lab", "start", "firsterr"), errStarted)
	require.NoError(t, run("lab", "start", "--force", "firsterr"))
	write(t, "work/firsterr/answer.go", "package firsterr\n\nfunc Run() {\n")
	out.Reset()
	require.Equal(t, 1, code(run("lab", "check", "--output")))
	require.Contains(t, out.String(), "firsterr: build: syntax error: unexpected EOF, expected }\n  at    work/firsterr/answer.go:4\n  next  repair it")
	require.Equal(t, 1, code(run("lab", "check", "--json", "firsterr")))
	out.Reset()
	require.NoError(t, run("lab", "list", "--json"))
	require.Contains(t, out.String(), `"verdict": "build"`)
}
