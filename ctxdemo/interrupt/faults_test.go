package interrupt

import (
	"context"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Would the conformance tests notice?
//
// testdata/faults has faults of the library, a few lines each. Each is compiled into the package
// (go test -overlay: the files themselves do not change), and the conformance tests must fail.
// That takes some seconds for each, so usually only three are tried. All of them, with a table
// of which case has found out which:
//
//	GOPARK_FAULTS=all go test ./ctxdemo/interrupt -run TestFaults -v -timeout 40m
//
// or, instead of all, a part of the name of some.

// fault is something wrong with a file of the library.
type fault struct {
	name string // "wait.go: sleep does not look at zero"
	file string
	old  string // occurs once in the file
	new  string
}

// tries is how often the conformance tests are repeated: some faults show in one of two runs.
const tries = "10"

// readFaults reads testdata/faults. A file there is called like the one with the faults. In it,
// a line "# NAME" begins a fault; lines that begin with - are taken out, those with + put in.
func readFaults(t *testing.T) []fault {
	t.Helper()
	files, err := filepath.Glob("testdata/faults/*.txt")
	require.NoError(t, err)
	var all []fault
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		source := strings.TrimSuffix(filepath.Base(file), ".txt") + ".go"
		for line := range strings.Lines(string(text)) {
			rest := line[1:]
			switch line[0] {
			case '#':
				all = append(all, fault{name: source + ": " + strings.TrimSpace(rest), file: source})
			case '-':
				all[len(all)-1].old += rest
			case '+':
				all[len(all)-1].new += rest
			default:
				require.Equal(t, "\n", line, file)
			}
		}
	}
	return all
}

// apply returns the file with the fault.
func (f fault) apply() ([]byte, error) {
	source, err := os.ReadFile(f.file)
	if err != nil {
		return nil, err
	}
	if n := strings.Count(string(source), f.old); f.old == "" || n != 1 {
		return nil, fmt.Errorf("%s: what it takes out is there %d times, not once:\n%s", f.name, n, f.old)
	}
	wrong := []byte(strings.Replace(string(source), f.old, f.new, 1))
	_, err = parser.ParseFile(token.NewFileSet(), f.file, wrong, 0)
	return wrong, err
}

func TestFaultsApply(t *testing.T) {
	all := readFaults(t)
	require.GreaterOrEqual(t, len(all), 30)
	var names []string
	for _, f := range all {
		require.NotContains(t, names, f.name)
		names = append(names, f.name)
		if _, err := f.apply(); err != nil {
			t.Error(err)
		}
	}
}

func TestFaults(t *testing.T) {
	which := os.Getenv("GOPARK_FAULTS")
	all := readFaults(t)
	switch which {
	case "all":
	case "":
		all = []fault{all[0], all[len(all)/2], all[len(all)-1]}
	default:
		all = slices.DeleteFunc(all, func(f fault) bool { return !strings.Contains(f.name, which) })
		require.NotEmpty(t, all, "no fault has %q in its name", which)
	}
	for _, f := range all {
		by, err := f.foundBy(t)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		t.Logf("%s: found by %s", f.name, by)
	}
}

// foundBy runs the judges on the library with the fault, and returns which has found it.
func (f fault) foundBy(t *testing.T) (by string, err error) {
	wrong, err := f.apply()
	if err != nil {
		return "", err
	}
	dir := t.TempDir()
	here, err := filepath.Abs(".")
	require.NoError(t, err)
	faulty, overlay, binary := filepath.Join(dir, f.file), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "interrupt.test")
	replace := map[string]string{filepath.Join(here, f.file): faulty}
	others, err := filepath.Glob(filepath.Join(here, "*_test.go"))
	require.NoError(t, err)
	for _, other := range others { // what does not judge need not be compiled
		if !strings.HasPrefix(filepath.Base(other), "conformance") {
			replace[other] = ""
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(faulty, wrong, 0o600))
	require.NoError(t, os.WriteFile(overlay, text, 0o600))

	out, err := f.run(t, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, ".")
	if err != nil {
		return "", fmt.Errorf("compile: %w\n%s", err, out)
	}
	out, err = f.run(t, binary, "-test.run", "^TestConformance$", "-test.count", tries, "-test.failfast", "-test.timeout", "30s")
	if err == nil {
		return "", fmt.Errorf("nobody has noticed")
	}
	for _, end := range ends {
		if m := end.FindStringSubmatch(out); m != nil {
			return m[1], nil
		}
	}
	return "", fmt.Errorf("the tests did not fail, but ended strangely: %w\n%s", err, out)
}

// ends are how the output of tests that have failed says so: a case that has, one that was running
// at the time limit, or a panic that left no time to say which it was.
var ends = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^ *--- FAIL: TestConformance/(\S+)`),
	regexp.MustCompile(`(?m)^\s+TestConformance/(\S+) \(`),
	regexp.MustCompile(`(?m)^((?:panic|fatal error): .*)`),
}

func (f fault) run(t *testing.T, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	return string(out), err
}
