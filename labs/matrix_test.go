package labs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/judge"
)

// nobody stands where a detector finds nothing.
const nobody = "-"

// matrix says who is caught by what: for every wrong answer of a lab its verdict, and
// then, for each detector on its own, the verdict that it would have found.
type matrix struct {
	file string

	mu   sync.Mutex
	rows map[string]caught
}

type caught struct {
	verdict judge.Verdict
	vet     string // go vet
	tests   string // several processes of tests without the race detector
	race    string // several with it, if it reports
}

// by is what the detector finds that found v.
func (c caught) by(v judge.Verdict) string {
	switch v {
	case judge.Build:
		return string(v) // by the compiler, before anybody else
	case judge.Vet:
		return c.vet
	case judge.Race:
		return c.race
	}
	return c.tests
}

// enough processes for each detector, with 1, 2 and 4 Ps.
const enough = 12

// catch finds out what each detector makes of an answer.
func catch(t *testing.T, times *times, l Lab, wrong string, v judge.Verdict) caught {
	c := caught{v, nobody, nobody, nobody}
	if v == judge.Build {
		return c
	}
	alone := func(s judge.Stage) judge.Verdict {
		s.Procs, s.Runs = []int{1, 2, 4}, enough
		wall := 20 * time.Second
		if v == judge.Hang {
			wall = 3 * time.Second
		}
		res := check(t, times, l, wrong, judge.Plan{NoVet: true, Wall: wall, Stages: []judge.Stage{s}})
		require.NotEqual(t, judge.Inconclusive, res.Verdict, "the matrix needs the race detector: %s", res.Message)
		return res.Verdict
	}
	if v == judge.Vet {
		c.vet = string(v) // and nothing else gets to see it that vet objects to
	}
	if found := alone(judge.Stage{Name: "tests", Plain: true}); found != judge.Pass {
		c.tests = strings.Replace(string(found), string(judge.Flaky), string(judge.Assert), 1)
	}
	if found := alone(judge.Stage{Name: "race", Race: true}); found == judge.Race {
		c.race = string(found)
	}
	return c
}

const matrixHead = "# who is caught by what; written by: go test ./labs -run TestContract -update"

func readMatrix(t *testing.T, l Lab) *matrix {
	t.Helper()
	m := &matrix{file: filepath.Join(l.Name, "testdata", "matrix.txt"), rows: make(map[string]caught)}
	text, err := os.ReadFile(m.file)
	if *update || errors.Is(err, fs.ErrNotExist) {
		return m
	}
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) != 5 || f[0] == "answer" {
			continue
		}
		m.rows[f[0]] = caught{judge.Verdict(f[1]), f[2], f[3], f[4]}
	}
	return m
}

func (m *matrix) set(answer string, c caught) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows[answer] = c
}

// complete holds that there are no rows of answers that are no more. With -update it
// writes the matrix, once everybody has been judged.
func (m *matrix) complete(t *testing.T, wrongs []string) {
	if *update {
		t.Cleanup(func() {
			if !t.Failed() && len(m.rows) == len(wrongs) {
				require.NoError(t, os.WriteFile(m.file, m.text(), 0o644))
			}
		})
		return
	}
	var names []string
	for _, wrong := range wrongs {
		names = append(names, nameOf(wrong))
	}
	require.ElementsMatch(t, names, slices.Collect(maps.Keys(m.rows)),
		"%s is not about the answers in testdata/wrong: go test ./labs -run TestContract -update", m.file)
}

func (m *matrix) text() []byte {
	var buf bytes.Buffer
	fmt.Fprintln(&buf, matrixHead)
	table := tabwriter.NewWriter(&buf, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "answer\tverdict\tvet\ttests\trace")
	for _, name := range slices.Sorted(maps.Keys(m.rows)) {
		c := m.rows[name]
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", name, c.verdict, c.vet, c.tests, c.race)
	}
	table.Flush()
	return buf.Bytes()
}
