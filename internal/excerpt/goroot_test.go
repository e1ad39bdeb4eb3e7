package excerpt

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
)

func TestGorootQuotesTheRuntime(t *testing.T) {
	e, err := Goroot("runtime/proc.go", "runqput")
	require.NoError(t, err)
	require.Equal(t, "runtime/proc.go", e.File)
	require.Regexp(t, `^(go1\.|devel)`, e.GoVersion)
	require.Regexp(t, `^// runqput `, e.Text)
	require.Contains(t, e.Text, "\nfunc runqput(pp *p, gp *g, next bool) {\n")
	require.Regexp(t, `\n}$`, e.Text)
	require.NoError(t, declares(e))
	require.Greater(t, e.Line, 1000)
	require.Greater(t, e.EndLine, e.Line)
}

func TestGorootFindsEveryFormInTheRuntime(t *testing.T) {
	for _, tt := range []struct{ file, name, contains string }{
		{"runtime/proc.go", "forcePreemptNS", "10 * 1000 * 1000"},
		{"runtime/runtime2.go", "_Grunnable", "// 1"},
		{"runtime/runtime2.go", "g", "goid "},
		{"runtime/runtime2.go", "sched", "schedt"},
		{"context/context.go", "cancelCtx.Done", "(c *cancelCtx)"},
		{"sync/atomic/type.go", "Pointer.Load", "(x *Pointer[T])"},
	} {
		e, err := Goroot(tt.file, tt.name)
		require.NoError(t, err)
		require.Contains(t, e.Text, tt.contains)
		require.NoError(t, declares(e))
	}
}

func TestGorootSaysWhatIsWrong(t *testing.T) {
	_, err := Goroot("runtime/proc.go", "runqputt")
	require.ErrorIs(t, err, ErrNotFound)
	require.ErrorContains(t, err, "runtime/proc.go")
	require.Regexp(t, `^did you mean runqput\b`, hint.Of(err))

	_, err = Goroot("runtime/prok.go", "runqput")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Contains(t, hint.Of(err), "runtime/proc.go")

	_, err = Goroot("../VERSION.go", "runqput")
	require.ErrorContains(t, err, "not the path of a Go file")
}

// tree makes a Go tree with the given files and returns its folder.
func tree(t *testing.T, files map[string]string) string {
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

func TestFindInStampsTheVersionOfTheTree(t *testing.T) {
	const src = "package runtime\n\nfunc f() {}\n"
	released := tree(t, map[string]string{"src/runtime/proc.go": src, "VERSION": "go1.99.1\ntime 2030-01-01\n"})
	e, err := findIn(released, "runtime/proc.go", "f")
	require.NoError(t, err)
	require.Equal(t, Excerpt{
		File: "runtime/proc.go", Name: "f", Line: 3, EndLine: 3, Text: "func f() {}", GoVersion: "go1.99.1",
	}, e)

	checkout := tree(t, map[string]string{"src/runtime/proc.go": src})
	e, err = findIn(checkout, "runtime/proc.go", "f")
	require.NoError(t, err)
	require.Equal(t, "devel", e.GoVersion)
}

func TestFindInDoesNotLeaveTheTree(t *testing.T) {
	dir := tree(t, map[string]string{
		"src/runtime/proc.go": "package runtime\n\nfunc f() {}\n",
		"outside/secret.go":   "package secret\n\nfunc f() {}\n",
	})
	require.NoError(t, os.Symlink("../../outside/secret.go", filepath.Join(dir, "src", "runtime", "link.go")))
	require.NoError(t, os.Symlink("proc.go", filepath.Join(dir, "src", "runtime", "alias.go")))

	// The control: os.DirFS would follow the link.
	_, err := Find(os.DirFS(filepath.Join(dir, "src")), "runtime/link.go", "f")
	require.NoError(t, err)
	_, err = findIn(dir, "runtime/link.go", "f")
	require.ErrorContains(t, err, "escapes")
	_, err = findIn(dir, "../outside/secret.go", "f")
	require.ErrorContains(t, err, "not the path of a Go file")

	_, err = findIn(dir, "runtime/alias.go", "f")
	require.NoError(t, err, "a link that stays inside is followed")
}

func TestLocateTakesTheFirstTreeThatHasSources(t *testing.T) {
	full := tree(t, map[string]string{"src/runtime/proc.go": "package runtime\n"})
	bare := tree(t, map[string]string{"bin/go": ""})
	missing := filepath.Join(bare, "nowhere")

	dir, err := locate("", bare, missing, full)
	require.NoError(t, err)
	require.Equal(t, full, dir)

	_, err = locate("", bare, missing)
	require.ErrorIs(t, err, ErrNoGoroot)
	require.Contains(t, hint.Of(err), "GOROOT")
}

func TestGoEnvRootIsEmptyWithoutAGoCommand(t *testing.T) {
	require.NotEmpty(t, goEnvRoot()) // the control
	t.Setenv("PATH", t.TempDir())
	require.Empty(t, goEnvRoot())
}
