package contract

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs"
	"lab.example/gopark/labs/judge"
)

// matrix is a lab's kill matrix while the contract is held.
type matrix struct {
	file string

	mu   sync.Mutex
	rows map[string]labs.Caught
}

// enough processes for each detector, with 1, 2 and 4 Ps.
const enough = 12

// catch finds out what each detector makes of an answer.
func catch(t *testing.T, l labs.Lab, p labs.Promise) labs.Caught {
	v := p.Want.Verdict
	c := labs.Caught{Verdict: v, Vet: labs.Nobody, Tests: labs.Nobody, Race: labs.Nobody}
	if v == judge.Build {
		return c
	}
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	alone := func(s judge.Stage) judge.Verdict {
		s.Procs, s.Runs = []int{1, 2, 4}, enough
		wall := 20 * time.Second
		if v == judge.Hang {
			wall = 3 * time.Second
		}
		res, err := judge.Check(t.Context(), judge.Subject{
			Root: root, Lab: l.Folder(), Answer: filepath.Join(root, l.Folder(), p.File),
		}, judge.Plan{NoVet: true, Wall: wall, Stages: []judge.Stage{s}})
		require.NoError(t, err)
		require.NotEqual(t, judge.Inconclusive, res.Verdict, "the matrix needs the race detector: %s", res.Message)
		return res.Verdict
	}
	if v == judge.Vet {
		c.Vet = string(v) // and nothing else gets to see it that vet objects to
	}
	if found := alone(judge.Stage{Name: "tests", Plain: true}); found != judge.Pass {
		c.Tests = strings.Replace(string(found), string(judge.Flaky), string(judge.Assert), 1)
	}
	if found := alone(judge.Stage{Name: "race", Race: true}); found == judge.Race {
		c.Race = string(found)
	}
	return c
}

func readMatrix(t *testing.T, l labs.Lab) *matrix {
	t.Helper()
	m := &matrix{file: filepath.Join("..", "..", l.Name, filepath.FromSlash(labs.MatrixFile)), rows: make(map[string]labs.Caught)}
	if *update {
		return m
	}
	rows, err := l.Matrix()
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	m.rows = rows
	return m
}

func (m *matrix) set(answer string, c labs.Caught) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows[answer] = c
}

// hold holds that the row of p says what res does, or writes it.
func (m *matrix) hold(t *testing.T, l labs.Lab, p labs.Promise, res judge.Result) {
	if *update {
		m.set(p.Name, catch(t, l, p))
		return
	}
	row, ok := m.rows[p.Name]
	require.True(t, ok, "%s is not in %s: go test ./labs/contract/... -run TestContract/%s -update", p.File, m.file, l.Name)
	require.Equal(t, p.Want.Verdict, row.Verdict, "%s: go test ./labs/contract/... -run TestContract/%s -update", m.file, l.Name)
	require.NotEqual(t, labs.Nobody, row.By(res.Verdict), "%s says that this finds nothing: %s", m.file, res.Verdict)
}

// complete holds that there are no rows of answers that are no more. With -update it
// writes the matrix, once everybody has been judged.
func (m *matrix) complete(t *testing.T, wrongs []labs.Promise) {
	var names []string
	for _, wrong := range wrongs {
		names = append(names, wrong.Name)
	}
	if *update {
		t.Cleanup(func() {
			if !t.Failed() && len(m.rows) == len(wrongs) {
				require.NoError(t, os.WriteFile(m.file, labs.MatrixText(m.rows), 0o644))
			}
		})
		return
	}
	require.ElementsMatch(t, names, slices.Collect(maps.Keys(m.rows)),
		"%s is not about the answers in testdata/wrong: go test ./labs/contract/... -update", m.file)
}
