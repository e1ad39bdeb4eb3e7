package labs

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// somebodysPack makes a folder acme with one lab in it: firsterr under another name, with
// three of its wrong answers.
func somebodysPack(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "Acme")
	from, err := filepath.Abs("labs/firsterr")
	require.NoError(t, err)
	for _, name := range []string{
		"firsterr.go", "firsterr_test.go", "page.md", "answer.go", "testdata/start.go",
		"testdata/wrong/cause.go", "testdata/wrong/race.go", "testdata/wrong/order.go",
	} {
		text := read(t, filepath.Join(from, name))
		to := filepath.Join(dir, "earliest", strings.ReplaceAll(name, "firsterr", "earliest"))
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, []byte(strings.ReplaceAll(text, "firsterr", "earliest")), 0o644))
	}
	return dir
}

// A pack that keeps its promises is there for every command as if it were built in.
func TestAddedLabsAreLabs(t *testing.T) {
	w := module(t)
	dir := somebodysPack(t)
	term, out := terminal()
	require.NoError(t, Add{Dir: dir}.Run(t.Context(), term))
	require.Equal(t, "acme: 1 labs, 5 answers judged, the contract holds\n\n  gopark lab start earliest\n", out.String())
	require.Len(t, w.labs(), len(All)+1)

	require.NoError(t, Start{Name: "earliest"}.Run(t.Context(), term))
	require.FileExists(t, "work/earliest/earliest_test.go")
	require.Equal(t, 1, code(Check{Name: "earliest"}.Run(t.Context(), term)))
	require.NoError(t, os.WriteFile("work/earliest/answer.go", []byte(read(t, filepath.Join(dir, "earliest/answer.go"))), 0o644))
	out.Reset()
	require.NoError(t, Check{Name: "earliest"}.Run(t.Context(), term))
	require.NoError(t, List{}.Run(term))
	require.Contains(t, out.String(), "pack acme\n  earliest ")
	require.Contains(t, out.String(), "(passed)")
	require.NoError(t, Answer{Name: "earliest"}.Run(t.Context(), term))

	t.Run("once", func(t *testing.T) {
		status, text := said(Add{Dir: dir}.Run(t.Context(), term))
		require.Equal(t, 2, status)
		require.Contains(t, text, "a pack acme has been added already\ngopark: hint: --replace ")
	})
	t.Run("replaced", func(t *testing.T) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "earliest/page.md"), []byte(
			strings.Replace(read(t, filepath.Join(dir, "earliest/page.md")), "# ", "# The second edition: ", 1)), 0o644))
		require.NoError(t, Add{Dir: dir, Replace: true}.Run(t.Context(), term))
		l, err := w.find("earliest")
		require.NoError(t, err)
		require.Contains(t, l.Page().Title, "The second edition")
	})
	t.Run("removed", func(t *testing.T) {
		require.NoError(t, Remove{Pack: "acme"}.Run(t.Context(), term))
		require.Len(t, w.labs(), len(All))
		require.FileExists(t, "work/earliest/answer.go")
		status, text := said(Remove{Pack: "acme"}.Run(t.Context(), term))
		require.Equal(t, 2, status)
		require.Contains(t, text, `there is no pack "acme"`)
		require.Equal(t, 2, code(Remove{Pack: "../acme"}.Run(t.Context(), term)))
	})
	nothingIsStaged(t)
}

// A pack that breaks its promises is told which, all at once, and nothing is added.
func TestBrokenPacks(t *testing.T) {
	w := module(t)
	for _, tt := range []struct {
		name   string
		spoil  func(lab folder)
		status int
		want   []string
	}{
		{"other verdicts than stated", func(lab folder) {
			lab.copy("testdata/start.go", "answer.go")
			lab.copy("testdata/wrong/race.go", "testdata/start.go")
			lab.change("testdata/wrong/race.go", "// verdict: race:", "// verdict: leak:")
			lab.change("testdata/wrong/cause.go", "// verdict: assert: ", "// verdict: assert: no ")
		}, 1, []string{
			`earliest/start: the contract is broken: testdata/start.go: verdict is "race", want "assert"`,
			`earliest/answer: the contract is broken: answer.go: verdict is "assert", want "pass"`,
			`earliest/race: the contract is broken: testdata/wrong/race.go: verdict is "race", want "leak"`,
			"earliest/cause: the contract is broken: testdata/wrong/cause.go: message of the verdict assert is ",
		}},
		{"does not compile", func(lab folder) {
			lab.change("earliest.go", "var _ Runner = Run\n", "var _ Runner = Run\n\nvar _ int = false\n")
		}, 1, []string{
			"earliest/start: ", "earliest/answer: ", "earliest/order: ", "cannot use false", "at earliest.go:",
		}},
		{"half a lab", func(lab folder) {
			lab.change("testdata/wrong/race.go", "// verdict: ", "// ")
			lab.remove("testdata/wrong/order.go")
			lab.remove("earliest_test.go")
			lab.change("page.md", "## Why", "## Wherefore")
		}, 1, []string{
			"testdata/wrong/race.go: the last line states no reason", "testdata/wrong has 2 wrong answers, want at least 3",
			"there is no earliest_test.go", "page.md: there is no explanation",
		}},
		{"no lab", func(lab folder) { lab.remove("page.md") }, 2, []string{"there is no lab in "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := somebodysPack(t)
			tt.spoil(folder{t, filepath.Join(dir, "earliest")})
			term, out := terminal()
			status, text := said(Add{Dir: dir}.Run(t.Context(), term))
			require.Equal(t, tt.status, status, text)
			for _, want := range tt.want {
				require.Contains(t, text, want)
			}
			require.Empty(t, out.String())
			require.Len(t, w.labs(), len(All))
			nothingIsStaged(t)
		})
	}
}

// folder is a lab that a test spoils.
type folder struct {
	t   *testing.T
	dir string
}

func (f folder) copy(from, to string) {
	write(f.t, filepath.Join(f.dir, to), read(f.t, filepath.Join(f.dir, from)))
}

func (f folder) remove(name string) { require.NoError(f.t, os.Remove(filepath.Join(f.dir, name))) }

func (f folder) change(name, from, to string) {
	text := read(f.t, filepath.Join(f.dir, name))
	require.Contains(f.t, text, from)
	write(f.t, filepath.Join(f.dir, name), strings.ReplaceAll(text, from, to))
}

func nothingIsStaged(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(packsFolder)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

// Names that mean something else, and files that are none, are refused before anything is
// compiled.
func TestAddRefuses(t *testing.T) {
	w := module(t)
	term, _ := terminal()
	add := func(dir string) (int, string) { return said(Add{Dir: dir}.Run(t.Context(), term)) }

	dir := somebodysPack(t)
	require.NoError(t, os.Rename(filepath.Join(dir, "earliest"), filepath.Join(dir, "firsterr")))
	status, text := add(dir)
	require.Equal(t, 2, status)
	require.Contains(t, text, "a lab firsterr is built in\ngopark: hint: rename ")

	dir = somebodysPack(t)
	require.NoError(t, os.Symlink("/etc/hostname", filepath.Join(dir, "earliest/testdata/secret")))
	status, text = add(dir)
	require.Equal(t, 1, status)
	require.Contains(t, text, "secret is no regular file")

	dir = somebodysPack(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "earliest/testdata/film"), make([]byte, maxFile+1), 0o644))
	_, text = add(dir)
	require.Contains(t, text, "film has 1048577 bytes, more than 1048576")

	_, text = add(filepath.Join(dir, "..", "2 x"))
	require.Contains(t, text, `"2 x" cannot be the name of a pack`)
	require.Len(t, w.labs(), len(All))

	dir = somebodysPack(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Add{Dir: dir}.Run(ctx, term), context.Canceled)
	nothingIsStaged(t)
}

// What a runner left that was killed while it added is no pack.
func TestHalfAPackIsNone(t *testing.T) {
	w := module(t)
	_, err := w.stage("acme", []string{filepath.Join(somebodysPack(t), "earliest")})
	require.NoError(t, err)
	require.Len(t, w.labs(), len(All))
}
