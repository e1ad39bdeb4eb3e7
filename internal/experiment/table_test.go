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
	_, err = experiment.ParseTable(nil)
	require.ErrorContains(t, err, "no header")
	require.NoError(t, read.Has("program", "exit", "stderr"))
	require.ErrorContains(t, read.Has("program", "exit"), "the columns are")
}

// A table is recorded and decoded as a field of its own type.
func TestTableIsAValue(t *testing.T) {
	type cases struct {
		All experiment.Table `obs:"/cases:rows"`
	}
	table := experiment.Table{Header: []string{"a", "b"}, Rows: [][]string{{"1", "2"}}}
	v, err := experiment.NewValue("/cases:rows", table)
	require.NoError(t, err)
	var o experiment.Observations
	o.Set(v)
	var seen cases
	require.NoError(t, o.Decode(&seen))
	require.Equal(t, table, seen.All)

	for _, wrong := range []any{int64(3), []string{}, []string{"a | b", "1"}} {
		o.Set(experiment.Value{Name: "/cases:rows", V: wrong})
		require.ErrorContains(t, o.Decode(&seen), "/cases:rows is not a table", "%v", wrong)
	}
}

func TestTableEquals(t *testing.T) {
	table := func() experiment.Table {
		return experiment.Table{Header: []string{"who", "when", "what"}, Rows: [][]string{{"a", "now", "1"}, {"a", "later", "2"}}}
	}
	require.NoError(t, table().Equals(table(), 2))

	more := table()
	more.Add("b", "now", 3)
	require.NoError(t, more.Equals(table(), 2))
	err := table().Equals(more, 2)
	require.ErrorIs(t, err, experiment.ErrRefuted)
	require.ErrorContains(t, err, "b, now: it was not observed")

	changed := table()
	changed.Rows[1][2] = "3"
	err = changed.Equals(table(), 2)
	require.ErrorIs(t, err, experiment.ErrRefuted)
	require.ErrorContains(t, err, `a, later: what: "3", not "2"`)

	other := table()
	other.Header[0] = "name"
	err = other.Equals(table(), 2)
	require.ErrorContains(t, err, `the columns are`)
	require.NotErrorIs(t, err, experiment.ErrRefuted)
}
