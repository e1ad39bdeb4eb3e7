package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
)

func TestTablesArePrintedInColumns(t *testing.T) {
	var out strings.Builder
	table := experiment.Table{Header: []string{"program", "exit", "stderr"}}
	table.Add("a panic", 2, "panic: aaa")
	table.Add("os.Exit(300)", 44, "-")
	printValue(&Terminal{Out: &out}, experiment.Value{Name: "/cases:rows", V: table.Lines()})
	require.Equal(t, `  /cases:rows
    program       exit  stderr
    a panic       2     panic: aaa
    os.Exit(300)  44    -
`, out.String())
}

// A value that is called a table and is none is shown as any other.
func TestTablesThatAreNone(t *testing.T) {
	var out strings.Builder
	printValue(&Terminal{Out: &out, Width: 80}, experiment.Value{Name: "/cases:rows", V: []string{"a | b", "1"}})
	require.Contains(t, out.String(), `"a | b"`)
}
