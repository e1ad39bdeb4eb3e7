package experiment_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"testing/fstest"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/timeline"
)

// The experiments of these tests, by what their bodies do.
var (
	answers = fake("answers", func(_ context.Context, r *experiment.Recorder) error {
		r.Notef("thinking of %d", r.Knob("answer"))
		r.Record(observed{int64(r.Knob("answer"))})
		r.Event(timeline.Event{Provenance: timeline.Observed, Subject: timeline.G(1), To: timeline.Running})
		return nil
	})
	breaks = fake("breaks", func(context.Context, *experiment.Recorder) error {
		return hint.With(errors.New("the body broke"), "mend it")
	})
	lacks = fake("lacks", func(context.Context, *experiment.Recorder) error {
		return experiment.Unmet("there is no %s here", "unicorn")
	})
	misfits = fake("misfits", func(context.Context, *experiment.Recorder) error {
		return hint.With(experiment.BadKnob("too little of it"), "take more")
	})
	dies = fake("dies", func(_ context.Context, r *experiment.Recorder) error {
		r.Record(observed{42})
		fmt.Println("to stdout")
		fmt.Fprintln(os.Stderr, "to stderr")
		os.Exit(7)
		return nil
	})
	hangs = fake("hangs", func(context.Context, *experiment.Recorder) error {
		select {}
	})
	asks = fake("asks", func(ctx context.Context, r *experiment.Recorder) error {
		a, err := r.Start(ctx, "answerer")
		if err != nil {
			return err
		}
		_, marked := a.Await(ctx, "about-to-answer")
		_, err = a.Await(ctx, "/answer:number")
		_, ended := a.Wait()
		return errors.Join(marked, err, ended)
	})
	asksMute = fake("asksmute", func(ctx context.Context, r *experiment.Recorder) error {
		a, err := r.Start(ctx, "mute")
		if err != nil {
			return err
		}
		_, err = a.Await(ctx, "/answer:number")
		return err
	})
	asksNobody = fake("asksnobody", func(ctx context.Context, r *experiment.Recorder) error {
		a, err := r.Start(ctx, "nobody")
		if err != nil {
			return err
		}
		_, err = a.Wait()
		return err
	})
)

// watchesEnd records the answer if its actor ended as it should.
var watchesEnd = fake("watchesend", func(ctx context.Context, r *experiment.Recorder) error {
	a, err := r.Start(ctx, "dying", "LAST_WORDS=farewell")
	if err != nil {
		return err
	}
	end, err := a.Ending()
	if err != nil {
		return err
	}
	r.Value("/end:text", fmt.Sprint(end, end.Stdout, end.Stderr, a.Reached("nearly-dead"), a.Reached("saved")))
	r.Record(observed{42})
	return nil
})

type observed struct {
	Answer int64 `obs:"/answer:number"`
}

func fake(name string, run experiment.Body) *experiment.Experiment {
	return &experiment.Experiment{
		ID:       "fake/" + name,
		Question: "What is the answer?",
		Choices:  []experiment.Choice{{Text: "42", True: true, Because: "it is"}, {Text: "41", Because: "it is not"}},
		Knobs:    []experiment.Knob{{Name: "answer", Unit: "numbers", Doc: "what it says", Default: 42, Max: 99}},
		Run:      run,
		Check: func(o experiment.Observations) error {
			var seen observed
			if err := o.Decode(&seen); err != nil {
				return err
			}
			if seen.Answer != 42 {
				return experiment.Refuted("the answer was %d", seen.Answer)
			}
			return nil
		},
		AnyKnob: true,
		Actors: map[string]experiment.Body{
			"answerer": func(_ context.Context, r *experiment.Recorder) error {
				r.Mark("about-to-answer")
				r.Value("/answer:number", r.Knob("answer"))
				return nil
			},
			"dying": func(_ context.Context, r *experiment.Recorder) error {
				r.Mark("nearly-dead")
				fmt.Println("to stdout")
				fmt.Fprintln(os.Stderr, os.Getenv("LAST_WORDS"))
				os.Exit(7)
				return nil
			},
			"mute": func(context.Context, *experiment.Recorder) error { return errors.New("says nothing") },
		},
		Files: fstest.MapFS{"page.md": {Data: []byte("# A fake\n")}},
	}
}

// isolated returns a copy of e whose process is observed.
func isolated(e *experiment.Experiment) *experiment.Experiment {
	c := *e
	c.Isolated = true
	return &c
}

func TestMain(m *testing.M) {
	experimenttest.Main(m, answers, breaks, lacks, misfits, dies, hangs, asks, asksMute, asksNobody, watchesEnd)
}
