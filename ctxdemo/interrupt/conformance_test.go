package interrupt

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Does this library do what Java does?
//
// testdata/java.jsonl was recorded from a JVM: one case a line, with what was observed. Each
// case is played again with this library, and must show the same, field by field; or it is
// excluded, with the reason. testdata/law.jsonl has more cases: what Java's documentation, or a
// rule that the recorded cases obey, says must happen there (gopark jvm plays them on a JVM too),
// and, by names that begin with go:, what DeadlineIO does, which Java does not have.
//
// A case is mostly an operation (conformance_ops_test.go, _lockops, _ioops) and one of three
// ways to put it to the test (conformance_stage_test.go): interrupted while it is blocked, with
// the flag set before it, or undisturbed. conformance_cases_test.go, _tasks and _more say
// which. What is made wrong on purpose, and found out: faults_test.go.

// row is a line of the record.
type row struct {
	Case     string         `json:"case"`
	Claim    string         `json:"claim"`
	Observed map[string]any `json:"observed"`
}

// observed is what a case has shown, by the names of the record. It may have more fields
// than that.
type observed map[string]any

// translations are the cases that this library answers, by the name of the case.
func translations() map[string]translation {
	all := make(map[string]translation)
	for _, some := range []map[string]translation{flagCases, waitCases, lockCases, taskCases, ioCases, habitCases, moreCases} {
		maps.Copy(all, some)
	}
	return all
}

// excluded are the cases that have no counterpart, with the reason.
var excluded = map[string]string{
	"B04_timeunit_sleep0_pre": "Java has two sleeps, which differ at zero. There is one here, and it is Thread.sleep.",
	"A15_flag_is_a_field":     "How the flag is kept is not part of what can be observed.",
	"D20_reader_close_blocks": "Java's readers have a lock, which a blocked read holds, and which close wants. Go's have none, and no Close.",
}

// excludedFields are parts of cases that have no counterpart, with the reason.
var excludedFields = map[string]string{
	"C13_deadlock_synchronized/jvm_deadlock_detector_finds": "Go's runtime finds a deadlock only when all goroutines are in it.",
}

func TestConformance(t *testing.T) {
	cases := translations()
	for _, file := range []string{"testdata/java.jsonl", "testdata/law.jsonl"} {
		for _, r := range rows(t, file) {
			if excluded[r.Case] != "" {
				continue
			}
			t.Run(r.Case, func(t *testing.T) {
				require.Contains(t, cases, r.Case, "%s: neither translated nor excluded", r.Claim)
				require.NoError(t, compare(r, cases[r.Case](t)))
			})
		}
	}
}

// TestConformanceIsComplete holds that what is excluded is little, is really in the record,
// and is said.
func TestConformanceIsComplete(t *testing.T) {
	record, law := rows(t, "testdata/java.jsonl"), rows(t, "testdata/law.jsonl")
	require.Len(t, record, 89)
	names := make(map[string]bool)
	for _, r := range slices.Concat(record, law) {
		require.NotContains(t, names, r.Case)
		names[r.Case] = true
	}
	for _, name := range slices.Sorted(maps.Keys(excluded)) {
		require.Contains(t, names, name)
		t.Logf("excluded: %s: %s", name, excluded[name])
	}
	for _, name := range slices.Sorted(maps.Keys(excludedFields)) {
		row, _, _ := strings.Cut(name, "/")
		require.Contains(t, names, row)
		t.Logf("excluded: %s: %s", name, excludedFields[name])
	}
	for name := range translations() {
		require.Contains(t, names, name, "a translation of nothing")
	}
	left := slices.DeleteFunc(record, func(r row) bool { return excluded[r.Case] != "" })
	require.GreaterOrEqual(t, len(left), 84)
	t.Logf("%d of 89 recorded cases translated, and %d of the law", len(left), len(law))
}

// compare returns how what was seen differs from the record, field by field. Fields that the
// record does not have do not count.
func compare(r row, seen observed) error {
	text, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	var plain map[string]any // as the record was read: all numbers are float64
	if err := json.Unmarshal(text, &plain); err != nil {
		return err
	}
	var all []error
	for _, field := range slices.Sorted(maps.Keys(r.Observed)) {
		want := r.Observed[field]
		got, ok := plain[field]
		switch {
		case excludedFields[r.Case+"/"+field] != "":
		case !ok:
			all = append(all, fmt.Errorf("%s: %s is not observed", r.Claim, field))
		case field == "outcomes_seen":
			all = append(all, among(r, got, want))
		case !reflect.DeepEqual(want, got):
			all = append(all, fmt.Errorf("%s: %s is %v, not %v", r.Claim, field, got, want))
		}
	}
	return errors.Join(all...)
}

// among returns an error unless each outcome that was seen is one of those that Java has.
func among(r row, got, want any) error {
	some := got.([]any)
	for _, outcome := range some {
		if !slices.Contains(want.([]any), outcome) {
			return fmt.Errorf("%s: ended as %v, Java as %v", r.Claim, outcome, want)
		}
	}
	if len(some) == 0 {
		return fmt.Errorf("%s: has not ended", r.Claim)
	}
	return nil
}

func TestCompare(t *testing.T) {
	r := row{Case: "X", Observed: map[string]any{"flag_after": true, "permits": 0.0}}
	require.NoError(t, compare(r, observed{"flag_after": true, "permits": 0, "more": 1}))
	require.EqualError(t, compare(r, observed{"flag_after": false, "permits": 0}), ": flag_after is false, not true")
	require.EqualError(t, compare(r, observed{"flag_after": true}), ": permits is not observed")

	r.Observed = map[string]any{"outcomes_seen": []any{"a", "b"}}
	require.NoError(t, compare(r, observed{"outcomes_seen": []string{"b"}}))
	require.EqualError(t, compare(r, observed{"outcomes_seen": []string{"b", "c"}}), ": ended as c, Java as [a b]")
	require.EqualError(t, compare(r, observed{"outcomes_seen": []string{}}), ": has not ended")
}

func rows(t *testing.T, file string) []row {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var all []row
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		var r row
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r), fmt.Sprintf("%s: %s", file, lines.Text()))
		all = append(all, r)
	}
	require.NoError(t, lines.Err())
	return all
}
