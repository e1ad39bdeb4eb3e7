package experiment_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/timeline"
)

func TestValidate(t *testing.T) {
	require.NoError(t, answers.Validate())
	for want, spoil := range map[string]func(e *experiment.Experiment){
		"not of the form":             func(e *experiment.Experiment) { e.ID = "Fake" },
		"does not end in":             func(e *experiment.Experiment) { e.Question = "Tell me." },
		"1 choices of which 1":        func(e *experiment.Experiment) { e.Choices = e.Choices[:1] },
		"2 choices of which 0":        func(e *experiment.Experiment) { e.Choices[0].True = false },
		"2 choices of which 2":        func(e *experiment.Experiment) { e.Choices[1].True = true },
		"choice 2 lacks its text":     func(e *experiment.Experiment) { e.Choices[1].Because = "" },
		"lacks Run or Check":          func(e *experiment.Experiment) { e.Check = nil },
		"not within 5..99":            func(e *experiment.Experiment) { e.Knobs[0].Min, e.Knobs[0].Default = 5, 4 },
		"unusable or taken":           func(e *experiment.Experiment) { e.Knobs = append(e.Knobs, e.Knobs[0]) },
		"lacks its doc":               func(e *experiment.Experiment) { e.Knobs[0].Doc = "" },
		"has Env but is not Isolated": func(e *experiment.Experiment) { e.Env = []string{"A=b"} },
		"lacks Files":                 func(e *experiment.Experiment) { e.Files = nil },
		"has no page":                 func(e *experiment.Experiment) { e.Files = fstest.MapFS{} },
	} {
		e := fake("spoilt", answers.Run)
		spoil(e)
		require.ErrorContains(t, e.Validate(), want)
	}
}

func TestCatalogue(t *testing.T) {
	c := experiment.Catalogue{{Topic: "fake", Title: "Fakes", Experiments: []*experiment.Experiment{answers, breaks}}}
	require.NoError(t, c.Validate())
	require.Equal(t, []string{"fake/answers", "fake/breaks"}, c.IDs())
	found, err := c.Find("fake/breaks")
	require.NoError(t, err)
	require.Same(t, breaks, found)
	_, err = c.Find("fake/break")
	require.ErrorIs(t, err, experiment.ErrUnknown)
	require.Equal(t, "did you mean fake/breaks?", hint.Of(err))

	c[0].Experiments = append(c[0].Experiments, answers)
	c[0].Topic = "other"
	err = c.Validate()
	require.ErrorContains(t, err, "listed under topic other")
	require.ErrorContains(t, err, "listed twice")
	for range c.All() {
		break // an early break must not go on
	}
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		knob, err, hint string
	}{
		{"answer=7", "", ""},
		{"answer=100", "answer=100 is out of range", "answer: 0 to 99 numbers, by default 42"},
		{"answer=-1", "out of range", "answer: 0 to 99"},
		{"anser=7", `has no knob "anser"`, "its knobs: answer"},
		{"answer", `cannot read "answer"`, "--knob name=value"},
		{"answer=x", `"x" is not a whole number`, "--knob answer=10"},
		{"answer=99999999999999999999", "not a whole number", ""},
	} {
		name, v, err := experiment.ParseKnob(c.knob)
		if err == nil {
			_, err = answers.Settings(map[string]int64{name: v})
		}
		if c.err == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, experiment.ErrKnob)
		require.ErrorContains(t, err, c.err)
		require.Contains(t, hint.Of(err), c.hint)
	}
}

func TestRecorderRefusesMistakes(t *testing.T) {
	for want, mistake := range map[string]func(r *experiment.Recorder){
		`no knob "nope"`:  func(r *experiment.Recorder) { r.Knob("nope") },
		"not of the form": func(r *experiment.Recorder) { r.Value("answer", 1) },
		"cannot record a": func(r *experiment.Recorder) { r.Value("/answer:number", struct{}{}) },
		"cannot be in": func(r *experiment.Recorder) {
			r.Event(timeline.Event{Provenance: "observed", Subject: timeline.G(1), To: "Flying"})
		},
		"unusable mark":    func(r *experiment.Recorder) { r.Mark("Not a name") },
		"unknown provenan": func(r *experiment.Recorder) { r.Event(timeline.Event{Subject: timeline.G(1), To: "Running"}) },
	} {
		e := *answers
		e.Run = func(_ context.Context, r *experiment.Recorder) error {
			defer func() { require.ErrorContains(t, errors.New(recover().(string)), want) }()
			mistake(r)
			return nil
		}
		_, _ = experiment.Do(t.Context(), &e, experiment.Options{})
	}
}

func TestDecode(t *testing.T) {
	type inner struct {
		List []string `obs:"/list:words"`
	}
	type all struct {
		inner
		Int   int64   `obs:"/int:number"`
		Float float64 `obs:"/float:ratio"`
		Bool  bool    `obs:"/bool:bool"`
		Other string
	}
	var o experiment.Observations
	require.NoError(t, o.UnmarshalText([]byte("/int:number 3\n/float:ratio 1.5\n/bool:bool true\n/list:words [\"a\"]\n")))
	var seen all
	require.NoError(t, o.Decode(&seen))
	require.Equal(t, all{inner{[]string{"a"}}, 3, 1.5, true, ""}, seen)

	require.NoError(t, o.UnmarshalText([]byte("/int:number \"three\"\n/bool:bool true\n/float:ratio 2\n")))
	err := o.Decode(&seen)
	require.ErrorIs(t, err, experiment.ErrNotObserved)
	require.ErrorContains(t, err, "not observed: /list:words")
	require.ErrorContains(t, err, "value /int:number is a string, not a int64")
	require.ErrorContains(t, err, "value /float:ratio is a int64, not a float64")
}

func TestValueTypes(t *testing.T) {
	for _, c := range []struct{ in, want any }{
		{3, int64(3)},
		{uint8(3), int64(3)},
		{time.Second, "1s"},
		{errors.New("x"), "x"},
		{[]int{1}, []int64{1}},
		{[]int64(nil), []int64{}},
		{timeline.Running, "Running"},
	} {
		v, err := experiment.NewValue("/x:y", c.in)
		require.NoError(t, err)
		require.Equal(t, c.want, v.V)
	}
	v, err := experiment.NewValue("/a-b/c2:draws/part", 1)
	require.NoError(t, err)
	require.Equal(t, "draws/part", v.Unit())
}

// genItem draws any item that can be recorded.
func genItem(t *rapid.T) experiment.Item {
	name := rapid.StringMatching(`(/[a-z0-9]{1,5}(-[a-z]{1,3})?){1,3}:[a-z]{1,6}(/[a-z]{1,4})?`).Draw(t, "name")
	value := func(v any) experiment.Item {
		made, err := experiment.NewValue(name, v)
		require.NoError(t, err)
		return made
	}
	finite := rapid.Float64().Filter(func(f float64) bool { return !math.IsNaN(f) })
	switch rapid.IntRange(0, 10).Draw(t, "kind") {
	case 10:
		return experiment.Mark(rapid.StringMatching(`[a-z]{1,5}(-[a-z]{1,3})?`).Draw(t, "mark"))
	case 0:
		return value(rapid.Int64().Draw(t, "v"))
	case 1:
		return value(finite.Draw(t, "v"))
	case 2:
		return value(rapid.String().Draw(t, "v"))
	case 3:
		return value(rapid.Bool().Draw(t, "v"))
	case 4:
		return value(rapid.SliceOf(rapid.Int64()).Draw(t, "v"))
	case 5:
		return value(rapid.SliceOf(finite).Draw(t, "v"))
	case 6:
		return value(rapid.SliceOf(rapid.String()).Draw(t, "v"))
	case 7:
		return experiment.NewNote(rapid.String().Draw(t, "note"))
	case 8:
		return timeline.Event{
			At: time.Duration(rapid.Int64().Draw(t, "at")), Provenance: timeline.Inferred,
			Subject: timeline.G(rapid.IntRange(0, 1000).Draw(t, "g")), From: timeline.Running, To: timeline.Waiting,
			Attrs: []timeline.Attr{{Key: "reason", Value: rapid.String().Draw(t, "reason")}},
		}
	default:
		return experiment.Failure{
			Kind: rapid.SampledFrom([]string{"unmet", "knob", "error"}).Draw(t, "failure"),
			Text: rapid.String().Draw(t, "text"), Hint: rapid.String().Draw(t, "hint"),
		}
	}
}

func TestTextFormIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		it := genItem(t)
		line := experiment.FormatItem(it)
		require.NotContains(t, line, "\n")
		back, err := experiment.ParseItem(line)
		require.NoError(t, err, line)
		require.Equal(t, it, back, line)
	})
}

func TestFailureCrossesTheTextForm(t *testing.T) {
	f := experiment.Failure{Kind: "unmet", Text: "no", Hint: "way"}
	require.ErrorIs(t, f.Err(), experiment.ErrUnmet)
	require.Equal(t, "way", hint.Of(f.Err()))
	require.ErrorIs(t, experiment.Failure{Kind: "knob"}.Err(), experiment.ErrKnob)
	var o experiment.Observations
	require.EqualError(t, o.Add(experiment.Failure{Kind: "error", Text: "broke"}), "broke")
	require.Error(t, o.Add(42))
}

func TestRefusedLines(t *testing.T) {
	for _, line := range []string{
		"x", "/x 1", "/x:y", "/x:y ", "/x:y abc", "/x:y [1 a]", "/x:y [1 2.5]", `/x:y ["a]`, "/x:y []", "/x:y [1 ]",
		"/x:y [1  2]", "/x:y 0x10", "/x:y 1_000.5", "/X:y 1", "@ nonsense", "~ Not a name", `! unmet`, `! sad "x"`, `! unmet "x" "y" "z"`, "! unmet [1]",
	} {
		_, err := experiment.ParseItem(line)
		require.Error(t, err, line)
	}
	var o experiment.Observations
	require.ErrorContains(t, o.UnmarshalText([]byte("# ok\n\n/x:y 1\nbad\n")), "line 4")
}

func TestLaterValueReplaces(t *testing.T) {
	var o experiment.Observations
	require.NoError(t, o.UnmarshalText([]byte("/a:x 1\n/b:x 2\n/a:x 3\n")))
	text, err := o.MarshalText()
	require.NoError(t, err)
	require.Equal(t, "/a:x 3\n/b:x 2\n", string(text))
}

func FuzzObservations(f *testing.F) {
	f.Add("# c\n/x:y 1\n/f:g 1e9\n/l:m [\"a\" \"b\"]\n/e:f [] int\n> note\n@ 1ms observed G1 Running->Waiting reason=\"x y\"\n")
	f.Add("! unmet \"a\" \"b\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		var o, again experiment.Observations
		if o.UnmarshalText([]byte(text)) != nil {
			return
		}
		first, err := o.MarshalText()
		require.NoError(t, err)
		require.NoError(t, again.UnmarshalText(first))
		second, err := again.MarshalText()
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
		require.False(t, strings.Contains(string(first), "\n\n"))
	})
}
