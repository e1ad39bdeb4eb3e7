package judge

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const toy = "labs/judge/testdata/toy"

func root(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	return root
}

// quick runs the tests once, where goroutines can run in parallel, and kills them
// soon: no right answer has to hold in it.
func quick(stages ...Stage) Plan { return Plan{Stages: stages, Wall: 3 * time.Second} }

var (
	plain = Stage{Name: "tests", Plain: true, Procs: []int{2}, Runs: 1}
	race  = Stage{Name: "race", Race: true, Procs: []int{2}, Runs: 1}
	twice = Stage{Name: "tests", Plain: true, Procs: []int{2}, Runs: 2}
)

// needCompiler skips a test that needs the race detector where there can be none.
func needCompiler(t *testing.T) {
	t.Helper()
	found := func(name string) bool { _, err := exec.LookPath(name); return err == nil }
	if runtime.GOOS != "darwin" && !slices.ContainsFunc([]string{"cc", "gcc", "clang"}, found) {
		t.Skip("no C compiler")
	}
}

// end is enough of an output for a message.
func end(output string) string { return output[max(0, len(output)-4<<10):] }

func TestEveryVerdictIsReached(t *testing.T) {
	wrong, err := filepath.Glob("testdata/toy/testdata/wrong/*.go")
	require.NoError(t, err)
	reasons := make(map[string]Reason)
	reached := map[Verdict]bool{Pass: true, Inconclusive: true} // see the tests below
	for _, file := range wrong {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		reasons[file], err = ParseReason(source)
		require.NoError(t, err, file)
		reached[reasons[file].Verdict] = true
	}
	for _, v := range Verdicts {
		require.True(t, reached[v], "no wrong answer is %s", v)
	}
	for _, file := range wrong {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".go"), func(t *testing.T) {
			want, plan := reasons[file], quick(plain)
			switch want.Verdict {
			case Race:
				needCompiler(t)
				plan = quick(race)
			case Flaky:
				t.Setenv("XDG_CONFIG_HOME", t.TempDir()) // it remembers there
				plan = quick(twice)
			}
			if want.Verdict != Flaky {
				t.Parallel()
			}
			requireReason(t, file, plan, want)
		})
	}
}

func requireReason(t *testing.T, file string, plan Plan, want Reason) Result {
	t.Helper()
	res, err := Check(t.Context(), Subject{Root: root(t), Lab: toy, Answer: file}, plan)
	require.NoError(t, err)
	require.NoError(t, want.Met(res.Finding), end(res.Output))
	require.NotNil(t, res.Evidence)
	require.NotEmpty(t, res.Evidence.Stage)
	return res
}

// Answers that do not try to be right but to be called so. Nobody who learns wants that,
// but a judge who believes them would believe an accident as well.
func TestNoHostileAnswerPasses(t *testing.T) {
	hostile, err := filepath.Glob("testdata/toy/testdata/hostile/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, hostile)
	for _, file := range hostile {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".go"), func(t *testing.T) {
			t.Parallel()
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			want, err := ParseReason(source)
			require.NoError(t, err)
			plan := quick(plain)
			if want.Verdict == Race {
				needCompiler(t)
				plan = quick(race)
			}
			res := requireReason(t, file, plan, want)
			if strings.Contains(res.Message, "what it printed is not theirs") {
				e := res.Evidence // The control: it is the receipt that gives them away.
				got := Read(Run{Stdout: e.Stdout, Stderr: e.Stderr, Receipt: true, Tests: []string{"TestTotal", receiptTest}})
				require.Equal(t, Pass, got.Verdict)
			}
		})
	}
}

func TestCheckPasses(t *testing.T) {
	needCompiler(t)
	plan := Standard()
	plan.Budget, plan.Stages[2].Runs = 0, 6
	res, err := Check(t.Context(), Subject{root(t), toy, "testdata/toy/answer.go"}, plan)
	require.NoError(t, err)
	require.Equal(t, Finding{Verdict: Pass, Message: clean(8)}, res.Finding, end(res.Output))
	require.Equal(t, []StageResult{
		{Name: "build", Verdict: Pass},
		{Name: "tests", Verdict: Pass, Runs: 1},
		{Name: "race", Verdict: Pass, Runs: 1},
		{Name: "stress", Verdict: Pass, Runs: 6},
	}, res.Stages)
	require.Equal(t, 8, res.Runs)
	require.Nil(t, res.Evidence)
}

func TestWithoutCompilerNothingPassesSilently(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("the race detector of macOS needs no C compiler")
	}
	t.Setenv("CGO_ENABLED", "0")
	stress := Stage{Name: "stress", Plain: true, Race: true, Procs: []int{1, 2}, Runs: 2}
	right := Subject{root(t), toy, "testdata/toy/answer.go"}
	res, err := Check(t.Context(), right, quick(plain, race, stress))
	require.NoError(t, err)
	require.Equal(t, Inconclusive, res.Verdict)
	require.Contains(t, res.Message, "race: not checked: ")
	require.Contains(t, res.Message, "-race requires cgo")
	note := strings.TrimPrefix(res.Message, "race: not checked: ")
	require.Equal(t, []StageResult{
		{Name: "build", Verdict: Pass},
		{Name: "tests", Verdict: Pass, Runs: 1},
		{Name: "race", Verdict: Inconclusive, Note: note},
		{Name: "stress", Verdict: Pass, Runs: 2, Note: note}, // what is left of it
	}, res.Stages)

	res, err = Check(t.Context(), right, quick(stress))
	require.NoError(t, err)
	require.Equal(t, Inconclusive, res.Verdict, "a part of a stage was not carried out")
}

func TestAnEmptyPlanPassesNobody(t *testing.T) {
	res, err := Check(t.Context(), Subject{root(t), toy, "testdata/toy/testdata/wrong/assert.go"}, Plan{})
	require.NoError(t, err)
	require.Equal(t, Inconclusive, res.Verdict)
}

func TestTheFirstStageThatRejectsIsTheLast(t *testing.T) {
	res, err := Check(t.Context(), Subject{root(t), toy, "testdata/toy/testdata/wrong/assert.go"}, quick(plain, race))
	require.NoError(t, err)
	require.Equal(t, Assert, res.Verdict)
	require.Len(t, res.Stages, 2)
	require.Equal(t, 1+confirmations, res.Runs)
	require.Contains(t, res.Output, "--- FAIL: TestTotal")

	once := quick(plain)
	once.Once = true
	res, err = Check(t.Context(), Subject{root(t), toy, "testdata/toy/testdata/wrong/assert.go"}, once)
	require.NoError(t, err)
	require.Equal(t, Assert, res.Verdict)
	require.Equal(t, 1, res.Runs, "it is not tried again")
}

func TestALabThatIsBrokenIsNotTheLearnersFault(t *testing.T) {
	_, err := Check(t.Context(), Subject{root(t), "labs/judge/testdata/nothing", "testdata/toy/answer.go"}, quick(plain))
	require.ErrorIs(t, err, ErrLab)
	_, err = Check(t.Context(), Subject{root(t), toy, "testdata/nothing.go"}, quick(plain))
	require.ErrorIs(t, err, os.ErrNotExist)
	t.Setenv("PATH", t.TempDir())
	_, err = Check(t.Context(), Subject{root(t), toy, "testdata/toy/answer.go"}, quick(plain))
	require.ErrorContains(t, err, "find the go command")
}

// The answer says that it runs, and would go on for ever: it waits in a system call for a
// reader of a pipe that nobody reads. A select{} would not do: the bubble calls that a
// deadlock, and the answer may be dead of it before the context has ended.
func TestTheEndOfTheContextLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	answer := filepath.Join(t.TempDir(), "answer.go")
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, makePipe(pipe))
	unread := filepath.Join(dir, "unread")
	require.NoError(t, makePipe(unread))
	require.NoError(t, os.WriteFile(answer, []byte(`package toy

import "os"

func Total(parts ...int) int {
	f, err := os.OpenFile("`+pipe+`", os.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	f.WriteString("running")
	os.OpenFile("`+unread+`", os.O_WRONLY, 0)
	return 0
}
`), 0o644))
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("enough")
	heard := make(chan error, 1)
	go func() {
		f, err := os.OpenFile(pipe, os.O_RDONLY, 0) // returns when the answer opens it
		if err == nil {
			defer f.Close()
			_, err = f.Read(make([]byte, len("running")))
			cancel(stop)
			// End of file: the answer's process is gone, with its end of the pipe.
			_, _ = f.Read(make([]byte, 1))
		}
		heard <- err
	}()
	plan := Plan{Wall: time.Minute, Stages: []Stage{plain}}
	_, err := Check(ctx, Subject{root(t), toy, answer}, plan)
	require.ErrorIs(t, err, stop)
	require.NoError(t, <-heard)
	left, err := filepath.Glob(filepath.Join(dir, "gopark-judge-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
