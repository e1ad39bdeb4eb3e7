package relay

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func TestRead(t *testing.T) {
	const dump = `goroutine 1 [chan receive]:
main.main()
	main.go:29 +0x1da

goroutine 21 gp=0xc0 m=nil [chan send]:
runtime.gopark(0x0)
	runtime/proc.go:462 +0xce
main.forward(...)
	main.go:45
created by main.main in goroutine 1
	main.go:24 +0x107
`
	const panicking = `panic: aaa

goroutine 21 [running]:
main.consume(0x105e80d040e0, 0x0)
	main.go:61 +0x79
created by main.main in goroutine 1
	main.go:25 +0x187
`
	for stderr, want := range map[string]form{
		logged + "\n" + asked + "\n\n" + dump:  {ended: alive, producer: gone, forwarder: "chan send", consumes: gone},
		logged + "\nfatal error: x\n\n" + dump: {ended: "exit 2", said: "fatal error: x", producer: gone, forwarder: "chan send", consumes: gone},
		panicking:                              {ended: "exit 2", said: "panic: aaa", producer: hidden, forwarder: hidden, consumes: "running"},
		"":                                     {ended: "exit 2", producer: hidden, forwarder: hidden, consumes: hidden},
	} {
		require.Equal(t, want, read(experiment.Ending{Exit: 2, Stderr: strings.Split(stderr, "\n")}))
	}
}

func TestFirstRecordIsBad(t *testing.T) {
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"bad": 1}})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
}
