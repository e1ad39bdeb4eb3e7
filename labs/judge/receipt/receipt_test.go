package receipt

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTakeLeavesNoTrace(t *testing.T) {
	name := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(name, []byte("sesame"), 0o600))
	t.Setenv(Variable, name)
	require.Equal(t, "sesame", take())
	require.NoFileExists(t, name)
	_, ok := os.LookupEnv(Variable)
	require.False(t, ok)
	require.Empty(t, take())

	t.Setenv(Variable, name)
	require.Empty(t, take(), "who runs the program again gets nothing")
}

func TestTampered(t *testing.T) {
	for _, want := range demanded { // as the judge would run this
		old := flag.Lookup(want.name).Value.String()
		require.NoError(t, flag.Set(want.name, want.value), want.name)
		t.Cleanup(func() { require.NoError(t, flag.Set(want.name, old)) })
	}
	require.NoError(t, tampered())

	require.NoError(t, flag.Set("test.run", "^$"))
	require.ErrorContains(t, tampered(), `-test.run of the tests is "^$", and was ""`)
	require.NoError(t, flag.Set("test.run", ""))

	was := runtime.GOMAXPROCS(procs + 1)
	require.ErrorContains(t, tampered(), "GOMAXPROCS was")
	runtime.GOMAXPROCS(was)
	require.NoError(t, tampered())

	line := flag.CommandLine
	flag.CommandLine = flag.NewFlagSet("another", flag.ContinueOnError)
	defer func() { flag.CommandLine = line }()
	require.ErrorContains(t, tampered(), "is gone")
}
