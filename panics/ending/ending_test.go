package ending

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/plain/plaintest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestEveryProgramHasAnEnding holds that the two lists name the same programs.
func TestEveryProgramHasAnEnding(t *testing.T) {
	programs := slices.DeleteFunc(plaintest.Names(t), func(name string) bool {
		return strings.HasSuffix(name, ", the program of") // part of another one
	})
	var named []string
	for _, e := range endings {
		named = append(named, e.program)
	}
	require.ElementsMatch(t, programs, named)
}

func TestShell(t *testing.T) {
	require.Equal(t, 2, ending{status: 2}.shell())
	require.Equal(t, 143, ending{signal: "SIGTERM"}.shell())
}
