package experiment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
)

func TestTable(t *testing.T) {
	table := experiment.Table{Header: []string{"program", "exit", "stderr"}}
	table.Add("panic", 2, "panic: aaa")
	table.Add("a | b", 0, "")
	table.Add("", "", "")
	lines := table.Lines()
	require.Equal(t, []string{"program | exit | stderr", "panic | 2 | panic: aaa", "a / b | 0 | ", " |  | "}, lines)
	read, err := experiment.ParseTable(lines)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"panic", "2", "panic: aaa"}, {"a / b", "0", ""}, {"", "", ""}}, read.Rows)
	require.Equal(t, []string{"a / b", "0", ""}, read.Row("a / b", "0"))
	require.Nil(t, read.Row("panic", "3"))
	require.Panics(t, func() { table.Add("too few") })
	_, err = experiment.ParseTable([]string{"a | b", "1"})
	require.ErrorContains(t, err, "row 1 has 1 cells")
}
