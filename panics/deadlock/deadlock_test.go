package deadlock

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestEveryProgramHasAnOutcome holds that the two lists name the same programs.
func TestEveryProgramHasAnOutcome(t *testing.T) {
	programs := make(map[string]bool)
	file, err := parser.ParseFile(token.NewFileSet(), "testdata/programs.go", nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.BasicLit); ok {
				name, err := strconv.Unquote(key.Value)
				require.NoError(t, err)
				programs[name] = true
			}
		}
		return true
	})
	var named []string
	for _, e := range outcomes {
		if e.built == plainly {
			named = append(named, e.besides)
		}
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(programs)), named)
}
