package hidden

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/plain/plaintest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestEveryProgramHasAnOutcome holds that the two lists name the same programs.
func TestEveryProgramHasAnOutcome(t *testing.T) {
	programs := plaintest.Names(t)
	named := []string{giveWay}
	for _, e := range outcomes {
		named = append(named, e.deferred)
	}
	require.ElementsMatch(t, programs, named)
}
