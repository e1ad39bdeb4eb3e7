// Package plaintest answers: which programs are there in testdata/programs.go, the one
// file of source from which package plain builds the program of an experiment?
package plaintest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Names returns the keys of the table of programs, which are what the program is called
// with, in the order in which they stand there.
func Names(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "testdata/programs.go", nil, 0)
	require.NoError(t, err)
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.BasicLit); ok {
				name, err := strconv.Unquote(key.Value)
				require.NoError(t, err)
				names = append(names, name)
			}
		}
		return true
	})
	require.NotEmpty(t, names)
	return names
}
