package main

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/ledger"
)

// The shape of the house, as ARCHITECTURE.md describes it: which folder may import
// which, what an experiment's folder holds, and that nothing is forgotten in a list.

const module = "lab.example/gopark"

// topics are the folders of experiments.
var topics = []string{"scheduler", "ctxdemo", "panics", "signals", "redpacket"}

// floor returns on which floor a package stands, by its path below the module. A
// package may import nothing from a floor above its own; see allowed.
func floor(pkg string) int {
	top, rest, _ := strings.Cut(pkg, "/")
	switch {
	case pkg == ".":
		return 3
	case top == "internal":
		return 0
	case rest == "chapter", pkg == "labs", top == "book", strings.HasPrefix(pkg, "labs/contract"):
		return 2
	}
	return 1
}

// allowed reports whether package from may import package to: main may import
// everything, everybody what stands on the ground, and otherwise a folder of the top
// level keeps to itself: topics do not know each other, and the book knows none.
func allowed(from, to string) bool {
	house, _, _ := strings.Cut(from, "/")
	other, _, _ := strings.Cut(to, "/")
	switch {
	case from == ".":
		return true
	case floor(from) < floor(to):
		return false
	}
	return floor(to) == 0 || house == other
}

func TestAllowed(t *testing.T) {
	for arrow, want := range map[string]bool{
		". > scheduler/chapter":                   true,
		". > book":                                true,
		"scheduler/chapter > scheduler/runnext":   true,
		"scheduler/runnext > internal/experiment": true,
		"redpacket/leash > redpacket":             true,
		"internal/experiment > internal/child":    true,
		"book > internal/experiment":              true,
		"book > book/booktest":                    true,
		"book > scheduler/runnext":                false,
		"book > labs":                             false,
		"scheduler/runnext > ctxdemo/cause":       false,
		"scheduler/runnext > scheduler/chapter":   false,
		"internal/experiment > scheduler/runnext": false,
		"internal/cli > book":                     false,
		"panics/chapter > signals/coalesce":       false,
		"labs > scheduler/runnext":                false,
		"labs > internal/cli":                     true,
		"labs/firsterr > labs":                    false,
		"labs > labs/firsterr":                    true,
		"labs/contract/koans > labs":              true,
		"redpacket > redpacket/leash":             true, // Go itself refuses the cycle
	} {
		from, to, _ := strings.Cut(arrow, " > ")
		require.Equal(t, want, allowed(from, to), arrow)
	}
}

// goPackage is what go list says of a package.
type goPackage struct {
	ImportPath, Dir, Doc, Name           string
	Imports, TestImports, XTestImports   []string
	GoFiles, TestGoFiles, XTestGoFiles   []string
	EmbedFiles, IgnoredGoFiles, CgoFiles []string
}

// path returns the package's path below the module: "scheduler/runnext", or ".".
func (p goPackage) path() string {
	return path.Clean(strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/"))
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json", "./...").Output()
	require.NoError(t, err)
	var all []goPackage
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

func TestFloors(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if to, ok := strings.CutPrefix(imported, module+"/"); ok && !allowed(p.path(), to) {
				t.Errorf("%s must not import %s", p.path(), to)
			}
		}
		require.Empty(t, p.CgoFiles, "%s uses cgo", p.path())
	}
}

// TestPackages holds what every package owes its reader: a package comment, tests,
// and a look for goroutines that were left over.
func TestPackages(t *testing.T) {
	for _, p := range packages(t) {
		require.NotEmpty(t, p.Doc, "%s has no package comment", p.path())
		if p.path() == "." {
			continue
		}
		tests := slices.Concat(p.TestGoFiles, p.XTestGoFiles)
		require.NotEmpty(t, tests, "%s has no tests", p.path())
		guarded := slices.ContainsFunc(tests, func(file string) bool {
			text, err := os.ReadFile(filepath.Join(p.Dir, file))
			require.NoError(t, err)
			return leakGuard.Match(text)
		})
		require.True(t, guarded, "%s has no TestMain that checks for leaked goroutines", p.path())
	}
}

// The last of them is for tests of which some goroutines are allowed to stay.
var leakGuard = regexp.MustCompile(`experimenttest\.Main\(|goleak\.VerifyTestMain\(|goleak\.Find\(`)

// TestFolderNames holds that a folder of a topic is one lower-case noun, and none of
// the names that say nothing.
func TestFolderNames(t *testing.T) {
	noun := regexp.MustCompile(`^[a-z]+$`)
	for _, p := range packages(t) {
		for name := range strings.SplitSeq(p.path(), "/") {
			if name == "." {
				continue
			}
			require.Regexp(t, noun, name)
			require.NotContains(t, []string{"util", "utils", "common", "helpers", "misc", "base"}, name, p.path())
		}
	}
}

// TestChapters holds that every folder of a topic that holds an experiment is in its
// chapter, and that every experiment listed is in the folder that its ID names.
func TestChapters(t *testing.T) {
	require.NoError(t, catalogue.Validate())
	var named []string
	for _, chapter := range catalogue {
		named = append(named, chapter.Topic)
		require.NotEmpty(t, chapter.Title)
		require.NotEmpty(t, chapter.Intro)
	}
	require.ElementsMatch(t, topics, named)

	var folders []string
	for _, topic := range topics {
		pages, err := filepath.Glob(topic + "/*/page.md")
		require.NoError(t, err)
		for _, page := range pages {
			folders = append(folders, filepath.ToSlash(filepath.Dir(page)))
		}
	}
	require.ElementsMatch(t, folders, catalogue.IDs(), "a folder with a page is not in its chapter, or the other way round")
}

// TestExperimentFolders holds what an experiment's folder must contain: the question
// at the top of the file that has its name, a test, a page, and recorded cases on
// both sides of its check. A check that no recorded case refutes proves nothing.
func TestExperimentFolders(t *testing.T) {
	for e := range catalogue.All() {
		t.Run(e.ID, func(t *testing.T) {
			name := path.Base(e.ID)
			for _, file := range []string{name + ".go", name + "_test.go", "page.md"} {
				require.FileExists(t, filepath.Join(e.ID, file))
			}
			top, err := parser.ParseFile(token.NewFileSet(), filepath.Join(e.ID, name+".go"), nil,
				parser.ParseComments|parser.PackageClauseOnly)
			require.NoError(t, err)
			question, _, _ := strings.Cut(top.Doc.Text(), "\n\n")
			require.True(t, strings.HasPrefix(question, "Package "+name+" asks: "), question)
			require.True(t, strings.HasSuffix(question, "?"), "the package comment opens with the question: %q", question)
			code, err := filepath.Glob(e.ID + "/*.go")
			require.NoError(t, err)
			require.LessOrEqual(t, len(code), 8, "a folder is one phenomenon: %v", code)

			cases, err := experimenttest.Recorded(filepath.Join(e.ID, "testdata"))
			require.NoError(t, err)
			for _, c := range cases {
				if err := e.Check(c.Observations); c.Supports {
					require.NoError(t, err, c.Name)
				} else {
					require.ErrorIs(t, err, experiment.ErrRefuted, c.Name)
				}
			}
			requireEmbedded(t, e)
			page, err := fs.ReadFile(e.Files, "page.md")
			require.NoError(t, err)
			require.Contains(t, string(page), "\n## Why\n", "what is folded until there is a verdict")
		})
	}
}

// requireEmbedded holds that the binary carries the code and the page that are in the
// folder.
func requireEmbedded(t *testing.T, e *experiment.Experiment) {
	files, err := fs.Glob(e.Files, "*.go")
	require.NoError(t, err)
	for _, file := range append(files, "page.md") {
		carried, err := fs.ReadFile(e.Files, file)
		require.NoError(t, err)
		there, err := os.ReadFile(filepath.Join(e.ID, file))
		require.NoError(t, err)
		require.Equal(t, string(there), string(carried), file)
	}
}

func TestLedger(t *testing.T) {
	_, err := ledger.Rows(catalogue)
	require.NoError(t, err)
}

// TestTopLevel holds that the top level has only the folders that the README shows.
func TestTopLevel(t *testing.T) {
	want := map[string]bool{
		"internal": true, "labs": true, "book": true, "testdata": true, ".ci": true,
	}
	for _, topic := range topics {
		want[topic] = true
	}
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	found := make(map[string]bool)
	for _, entry := range entries {
		if entry.IsDir() && entry.Name() != ".git" && entry.Name() != "work" {
			found[entry.Name()] = true
		}
	}
	require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(found)))
}
