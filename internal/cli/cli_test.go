package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/timeline"
)

var subject = &experiment.Experiment{
	ID:       "fake/one",
	Question: "What is the answer?",
	Choices:  []experiment.Choice{{Text: "41", Because: "It is one more."}, {Text: "42", True: true, Because: "It is."}},
	Knobs:    []experiment.Knob{{Name: "answer", Unit: "numbers", Doc: "what it says", Default: 42, Max: 99}},
	Run: func(_ context.Context, r *experiment.Recorder) error {
		if r.Knob("answer") == 13 {
			return experiment.Unmet("13 brings bad luck")
		}
		r.Notef("thinking")
		r.Value("/answer:number", r.Knob("answer"))
		for i := range 30 {
			r.Event(timeline.Event{Provenance: timeline.Observed, Subject: timeline.G(i), To: timeline.Running})
		}
		return nil
	},
	Check: func(o experiment.Observations) error {
		if v, _ := o.Lookup("/answer:number"); v != int64(42) {
			return experiment.Refuted("it was %v", v)
		}
		return nil
	},
	AnyKnob: true,
	Files: fstest.MapFS{"page.md": {Data: []byte(
		"# One\n\nA story.\n\n## Why\n\nBecause of [this rule](x.go#rule).\n\n[a figure](x.go#figure)\n\nThat is all.\n")}},
}

var catalogue = experiment.Catalogue{{Topic: "fake", Title: "Fakes", Experiments: []*experiment.Experiment{subject}}}

func TestMain(m *testing.M) { experimenttest.Main(m, subject) }

// say runs a command with these arguments, as a person with this input if it is not
// "", and returns what it printed and its exit status.
func say(t *testing.T, input string, args ...string) (out, errs string, status int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	terminal := &Terminal{
		In: strings.NewReader(input), Out: &stdout, Err: &stderr, Interactive: input != "", Width: 60,
	}
	grammar := &struct {
		List List `cmd:""`
		Run  Run  `cmd:""`
	}{}
	err := Dispatch(t.Context(), terminal, grammar, args, catalogue)
	status = Fail(&stderr, err)
	return stdout.String(), stderr.String(), status
}

func TestRunAsksAPerson(t *testing.T) {
	out, errs, status := say(t, "seven\n3\n1\n", "run", "fake/one")
	require.Zero(t, status)
	require.Contains(t, errs, "thinking")
	for _, want := range []string{
		"What is the answer?", "  1. 41", `"seven" is not one of the choices.`, `"3" is not one of the choices.`,
		"/answer:number", "... 6 more, all with --json ...", "SUPPORTED",
		"Your prediction was not what happened. It is one more.", "The answer is 2. It is.",
		"Because of this rule.", "That is all.",
	} {
		require.Contains(t, out, want)
	}
	require.NotContains(t, out, "a figure")
	require.NotContains(t, out, "A story")

	out, _, _ = say(t, "2\n", "run", "fake/one")
	require.Contains(t, out, "Your prediction was right. It is.")
	out, _, _ = say(t, "\n", "run", "fake/one")
	require.NotContains(t, out, "Your prediction")
	require.Contains(t, out, "The answer is 2")
}

func TestRunDoesNotAskAPipe(t *testing.T) {
	out, _, status := say(t, "", "run", "fake/one")
	require.Zero(t, status)
	require.NotContains(t, out, "What do you predict?")
}

func TestPromptIsInterrupted(t *testing.T) {
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	in, out := io.Pipe()
	defer out.Close()
	_, err := ask(ctx, &Terminal{In: in, Out: io.Discard, Interactive: true, Width: 60}, subject, nil, 0)
	require.ErrorIs(t, err, stop)
}

func TestHowLongARunMayTake(t *testing.T) {
	usual, slow := &experiment.Experiment{}, &experiment.Experiment{Wall: time.Hour}
	require.Equal(t, 30*time.Second, Run{}.wall(usual))
	require.Equal(t, time.Hour, Run{}.wall(slow))
	require.Equal(t, time.Second, Run{Timeout: time.Second}.wall(slow))
}

// What takes time is made for the command that takes it, and for no other.
func TestValuesThatTakeTime(t *testing.T) {
	made := 0
	slow := func() (slowValue, error) { made++; return "made", nil }
	var grammar struct {
		Quick quickCmd `cmd:""`
		Slow  slowCmd  `cmd:""`
	}
	terminal := &Terminal{Out: io.Discard, Err: io.Discard, Width: 80}
	require.NoError(t, Dispatch(t.Context(), terminal, &grammar, []string{"quick"}, slow))
	require.Zero(t, made)
	require.EqualError(t, Dispatch(t.Context(), terminal, &grammar, []string{"slow"}, slow), "got made")
	require.Equal(t, 1, made)
}

type (
	slowValue string
	quickCmd  struct{}
	slowCmd   struct{}
)

func (quickCmd) Run() error           { return nil }
func (slowCmd) Run(v slowValue) error { return errors.New("got " + string(v)) }

func TestStatuses(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		errs   string
	}{
		{"run fake/one --predict 2", ExitOK, ""},
		{"run fake/one --knob answer=41", ExitFailed, ""},
		{"run fake/one --knob answer=13", ExitNotHere, ""},
		{"run fake/one --knob answer=100", ExitUsage, "gopark: hint: answer: 0 to 99 numbers, by default 42"},
		{"run fake/one --knob answer", ExitUsage, "gopark: hint: write --knob name=value"},
		{"run fake/one --predict 3", ExitUsage, "gopark: hint: --predict takes 1 to 2"},
		{"run fake/one --predict=-1", ExitUsage, "has no choice -1"},
		{"run fake/on", ExitUsage, "gopark: hint: did you mean fake/one?"},
		{"run", ExitUsage, "gopark: hint: gopark run --help"},
		{"fly", ExitUsage, "gopark: hint: gopark --help"},
		{"--help", ExitOK, ""},
	} {
		_, errs, status := say(t, "", strings.Fields(c.args)...)
		require.Equal(t, c.status, status, c.args)
		require.Contains(t, errs, c.errs, c.args)
	}
}

func TestVerdictsInWords(t *testing.T) {
	out, _, _ := say(t, "", "run", "fake/one", "--knob", "answer=41", "--predict", "1")
	require.Contains(t, out, "REFUTED: it was 41")
	require.Contains(t, out, "(answer = 41 here, by default 42)")
	require.NotContains(t, out, "Your prediction", "a run that was refuted cannot tell")
	out, _, _ = say(t, "", "run", "fake/one", "--knob", "answer=13")
	require.Contains(t, out, "CANNOT BE MEASURED HERE: 13 brings bad luck")
}

func TestFail(t *testing.T) {
	var b bytes.Buffer
	require.Equal(t, ExitFailed, Fail(&b, fmt.Errorf("open: %w", hint.With(errors.New("broke"), "mend it"))))
	require.Equal(t, "gopark: error: open: broke\ngopark: hint: mend it\n", b.String())
	b.Reset()
	require.Equal(t, ExitNotHere, Fail(&b, Status(ExitNotHere)))
	require.Empty(t, b.String())
	require.Equal(t, ExitFailed, Fail(&b, fmt.Errorf("run: %w", context.Canceled)))
	require.Equal(t, "gopark: error: interrupted\n", b.String())
	require.Equal(t, ExitNotHere, Fail(&b, experiment.Unmet("no")))
	require.Equal(t, ExitOK, Fail(&b, nil))
}

func TestProseWraps(t *testing.T) {
	var b bytes.Buffer
	terminal := &Terminal{Out: &b, Width: 12}
	terminal.Prose("- ", "  ", "ein paar Wörter über äöü")
	require.Equal(t, "- ein paar\n  Wörter\n  über äöü\n", b.String())
}
