package jvm

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// How the second record was made, and how it is made again:
//
//	go test ./ctxdemo/jvm -run TestRecords -record -timeout 1h
//
// Every case is played 12 times by an ordinary JVM, 12 times by one that has one core, and 12
// times by one that only interprets.

var record = flag.Bool("record", false, "write "+secondFile+", which takes many minutes, and Linux")

const secondFile = "testdata/more.jsonl"

var modes = []Options{
	{Runs: 12, Java: []string{}},
	{Runs: 12, Java: []string{}, Command: []string{"taskset", "-c", "0"}},
	{Runs: 12, Java: []string{"-Xint"}},
}

// writeSecond writes the record of the cases that the first one does not have.
func writeSecond(t *testing.T) {
	old, err := first()
	require.NoError(t, err)
	byCase := make(map[string][]Row)
	for _, mode := range modes {
		mode.Said = func(line string) { t.Log(line) }
		rows, err := Play(t.Context(), java(t), mode)
		require.NoError(t, err)
		for _, r := range rows {
			byCase[r.Case] = append(byCase[r.Case], r)
		}
	}
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	lines.SetEscapeHTML(false)
	for _, name := range slices.Sorted(maps.Keys(byCase)) {
		if !slices.ContainsFunc(old, func(o Row) bool { return o.Case == name }) {
			require.NoError(t, lines.Encode(union(byCase[name]...)))
		}
	}
	second = text.Bytes()
	require.NoError(t, os.WriteFile(secondFile, second, 0o644))
}

// union returns what all rows of a case have shown.
func union(rows ...Row) Row {
	all := rows[0]
	all.Runs, all.Observed = 0, nil
	for _, r := range rows {
		all.Runs += r.Runs
	}
	for _, field := range rows[0].Observed {
		values := make(map[string]any) // by their text
		for _, r := range rows {
			value, _ := r.Observed.Get(field.Name)
			several, ok := alternatives(field.Name, value)
			if !ok {
				several = []any{value}
			}
			for _, v := range several {
				values[text(v)] = v
			}
		}
		var distinct []any
		for _, name := range slices.Sorted(maps.Keys(values)) {
			distinct = append(distinct, values[name])
		}
		switch {
		case field.Name == "outcomes_seen":
			field.Value = distinct
		case len(distinct) == 1:
			field.Value = distinct[0]
		default:
			field.Value = map[string]any{"any_of": distinct}
		}
		all.Observed = append(all.Observed, field)
	}
	all.Deterministic = alike(all)
	return all
}

func TestUnion(t *testing.T) {
	row := func(flag bool, outcomes ...any) Row {
		return Row{Case: "X", Runs: 2, Deterministic: true, Observed: Fields{{"flag", flag}, {"outcomes_seen", outcomes}}}
	}
	same := union(row(true, "b"), row(true, "b"))
	require.Equal(t, Row{Case: "X", Runs: 4, Deterministic: true, Observed: Fields{{"flag", true}, {"outcomes_seen", []any{"b"}}}}, same)
	differ := union(row(true, "b"), row(false, "a"))
	require.Equal(t, Row{Case: "X", Runs: 4, Observed: Fields{
		{"flag", map[string]any{"any_of": []any{false, true}}}, {"outcomes_seen", []any{"a", "b"}},
	}}, differ)
}
