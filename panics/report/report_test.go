package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestNamesAreUnique(t *testing.T) {
	names, rows := make(map[string]bool), make(map[string]bool)
	for _, d := range deaths {
		require.False(t, names[d.name], d.name)
		require.False(t, rows[d.what], d.what)
		require.NotContains(t, d.what, "|")
		names[d.name], rows[d.what] = true, true
	}
}

func TestRead(t *testing.T) {
	stderr := []string{
		"panic: boom", "", "goroutine 7 gp=0xc000 m=3 mp=0xc001 [running, locked to thread]:",
		"runtime.goexit({})", "goroutine 1 gp=0xc000 m=nil [chan receive]:",
	}
	e := experiment.Ending{Exit: 2, Stdout: []string{"a", "b"}, Stderr: stderr}
	want := output{
		first: "panic: boom", goroutine: "running, locked to thread", others: true, runtime: true,
		said: "a; b", ended: "exit 2",
	}
	require.Equal(t, want, read(e, nil))
	want.copied = theSame
	require.Equal(t, want, read(e, append(stderr, "what the ending has not kept")))
	want.copied = theRest
	require.Equal(t, want, read(e, stderr[1:]))
	want.copied = "other lines: panic: boom"
	require.Equal(t, want, read(e, stderr[:1]))
	require.Equal(t, output{ended: "SIGKILL"}, read(experiment.Ending{Exit: -1, Signal: "SIGKILL"}, nil))
}
