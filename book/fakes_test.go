package book

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/ledger"
	"lab.example/gopark/internal/timeline"
)

//go:embed testdata/demo
var demoFiles embed.FS

func demo(folder string) fs.FS {
	files, err := fs.Sub(demoFiles, "testdata/demo/"+folder)
	if err != nil {
		panic(err)
	}
	return files
}

// fake makes an experiment of the test catalogue from its body.
func fake(name string, body experiment.Body) *experiment.Experiment {
	return &experiment.Experiment{
		ID:       "demo/" + name,
		Question: "A test asks. What does " + name + " do?",
		Choices: []experiment.Choice{
			{Text: "Something `else`.", Because: "It does not."},
			{Text: "What it does.", True: true, Because: "It does."},
		},
		Run:   body,
		Check: func(experiment.Observations) error { return nil },
		Files: demo("plain"),
	}
}

var inOrder = func() *experiment.Experiment {
	e := fake("order", func(_ context.Context, r *experiment.Recorder) error {
		r.Notef("the shop opens")
		fmt.Println("printed by the clerk")
		for i := range r.Knob("customers") {
			r.Event(timeline.Event{Provenance: timeline.Observed, Subject: timeline.G(i), From: timeline.NotExist, To: timeline.Runnable})
			r.Event(timeline.Event{Provenance: timeline.Inferred, Subject: timeline.G(i), From: timeline.Runnable, To: timeline.Running})
		}
		r.Value("/customers/served:customers", r.Knob("customers"))
		return nil
	})
	e.Knobs = []experiment.Knob{{Name: "customers", Unit: "customers", Doc: "how many stand in line", Default: 3, Min: 1, Max: 4000}}
	e.Files = demo("order")
	e.Claims = []string{"G4"}
	e.Isolated = true
	return e
}()

// hostileText would do harm as markup, as a message of a stream or on a terminal.
const hostileText = `</script><img src=x onerror=alert(1)> "quoted" &lt; {{.}} \u2028`

// fakes is the test catalogue. Bodies that never end say so first, by a value.
var fakes = []*experiment.Experiment{
	inOrder,
	fake("plain", func(context.Context, *experiment.Recorder) error { return nil }),
	func() *experiment.Experiment {
		e := fake("refuted", func(context.Context, *experiment.Recorder) error { return nil })
		e.Check = func(experiment.Observations) error { return experiment.Refuted("it was the other way round") }
		return e
	}(),
	fake("unmet", func(context.Context, *experiment.Recorder) error {
		return experiment.Unmet("needs a better machine")
	}),
	fake("broken", func(context.Context, *experiment.Recorder) error { return errors.New("the bottom fell out") }),
	fake("hostile", func(_ context.Context, r *experiment.Recorder) error {
		r.Notef("%s", hostileText)
		r.Value("/hostile/text:text", hostileText)
		fmt.Println(hostileText + "\n\ndata: not a message\n\nevent: result")
		fmt.Fprintln(os.Stderr, "\x1b[31mred\x1b[0m \xff\xfe")
		return nil
	}),
	fake("endless", func(_ context.Context, r *experiment.Recorder) error {
		r.Value("/endless/process:pid", os.Getpid())
		select {}
	}),
	func() *experiment.Experiment {
		e := fake("slow", func(context.Context, *experiment.Recorder) error { select {} })
		e.Wall = 1300 * time.Millisecond
		return e
	}(),
	fake("flood", func(context.Context, *experiment.Recorder) error {
		line := bytes.Repeat([]byte("all work and no play\n"), 100)
		for {
			_, _ = os.Stdout.Write(line)
		}
	}),
	fake("notes", func(_ context.Context, r *experiment.Recorder) error {
		for {
			r.Notef("all work and no play")
		}
	}),
	fake("table", func(_ context.Context, r *experiment.Recorder) error {
		t := experiment.Table{Header: []string{"signal", "mode", "what"}}
		for i := range 10 {
			t.Add(fmt.Sprint("SIG", i), "notify", "got <it>")
			t.Add(fmt.Sprint("SIG", i), "ignore", "silent")
		}
		r.Value("/cases:rows", t.Lines())
		return nil
	}),
	fake("growth", func(_ context.Context, r *experiment.Recorder) error {
		t := experiment.Table{Header: []string{"nanoseconds", "1", "10", "100"}}
		t.Add("by the call", 20, 200, 2000)
		t.Add("fixed", 500, 500, 500)
		r.Value("/prices:rows", t)
		t = experiment.Table{Header: []string{"not in order", "1", "100", "10"}}
		t.Add("fixed", 500, 500, 500)
		r.Value("/shuffled:rows", t)
		t = experiment.Table{Header: []string{"a cell is missing", "1", "10", "100"}}
		t.Add("fixed", 500, "-", 500)
		r.Value("/absent:rows", t)
		return nil
	}),
	fake("hog", func(context.Context, *experiment.Recorder) error {
		var all [][]byte
		for {
			b := make([]byte, 1<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			all = append(all, b)
			if len(all) > 1<<20 {
				return nil
			}
		}
	}),
}

func notebook() Notebook {
	rows := []ledger.Row{
		{ID: "G4", Text: "The first in line is served `first`.", Verdict: ledger.Holds, Because: "It is a queue.", Checked: "go1.26.8", Experiments: []string{"demo/order"}},
		{ID: "P1", Text: "Nobody knows <why>.", Verdict: ledger.Open, Experiments: []string{}},
	}
	return Notebook{
		Catalogue: experiment.Catalogue{{Topic: "demo", Title: "Demonstrations", Intro: "Made for `tests`.", Experiments: fakes}},
		Ledger:    rows,
		Labs:      []Lab{{Name: "gate", Title: "The gate", Question: "Can you keep it shut?", Files: demo("gate")}},
	}
}

func TestMain(m *testing.M) { experimenttest.Main(m, fakes...) }

func TestFakesAreValid(t *testing.T) {
	require.NoError(t, notebook().Catalogue.Validate())
}

// hang bounds what must happen anyway. It is generous: it guards against a hang and
// measures nothing.
const hang = time.Minute
