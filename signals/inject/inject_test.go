package inject

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestReason(t *testing.T) {
	for want, stderr := range map[string][]string{
		"":                                 nil,
		"one; two":                         {"one", "two"},
		"unexpected fault address 0x123":   {"unexpected fault address 0x123", "fatal error: fault"},
		"SIGFPE: floating-point exception": {"SIGFPE: floating-point exception", "PC=0x1"},
		"fatal error: unexpected signal during runtime execution": {"x", "fatal error: unexpected signal during runtime execution"},
	} {
		require.Equal(t, want, reason(stderr))
	}
}

func TestAddress(t *testing.T) {
	require.Equal(t, "0x4d2", address(1234, 0))
	require.Contains(t, []string{"0x3e8000004d2", "0x4d2"}, address(1234, 1000))
}

// panicsHere returns the line of its panic twice: as it is found, and as it is.
func panicsHere() (line, is int) {
	defer func() {
		_ = recover()
		line = lineOf("inject.panicsHere")
	}()
	var p *int
	_, _, is, _ = runtime.Caller(0)
	*p = is
	return 0, 0
}

func TestLineOf(t *testing.T) {
	line, is := panicsHere()
	require.Equal(t, is+1, line)
	require.Zero(t, lineOf("inject.nobody"))
}

func TestDescribe(t *testing.T) {
	require.Equal(t, "plain", describe("plain"))
	require.Equal(t, "wild, at 0x10", describe(wildAccess{}))
}

type wildAccess struct{}

func (wildAccess) Addr() uintptr { return 16 }

func (wildAccess) Error() string { return "wild" }

func TestCheckIsNotContentWithOnePlace(t *testing.T) {
	cases, err := experimenttest.Recorded("testdata")
	require.NoError(t, err)
	for _, c := range cases {
		if !c.Supports {
			continue
		}
		c.Observations.Set(experiment.Value{Name: "/shots:shots", V: int64(4711)})
		require.ErrorContains(t, check(c.Observations), "4711 shots")
	}
}
