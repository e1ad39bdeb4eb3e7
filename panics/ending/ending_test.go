package ending

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestEveryProgramHasAnEnding holds that the two lists name the same programs.
func TestEveryProgramHasAnEnding(t *testing.T) {
	programs := make(map[string]bool)
	file, err := parser.ParseFile(token.NewFileSet(), "testdata/programs.go", nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.BasicLit); ok {
				name, err := strconv.Unquote(key.Value)
				require.NoError(t, err)
				if !strings.HasSuffix(name, ", the program of") { // part of another one
					programs[name] = true
				}
			}
		}
		return true
	})
	var named []string
	for _, e := range endings {
		named = append(named, e.program)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(programs)), named)
}

func TestShell(t *testing.T) {
	require.Equal(t, 2, ending{status: 2}.shell())
	require.Equal(t, 143, ending{signal: "SIGTERM"}.shell())
}
