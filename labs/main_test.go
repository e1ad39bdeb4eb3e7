package labs

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

// module makes a module like this one with the labs in it, in a folder of its own,
// and makes that the current folder.
func module(t *testing.T) work {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o644))
	}
	for _, folder := range []string{"labs/probe", "internal/stacks"} { // what the tests of labs import
		require.NoError(t, os.CopyFS(filepath.Join(dir, folder), os.DirFS(filepath.Join("..", folder))))
	}
	for _, l := range All {
		require.NoError(t, os.CopyFS(filepath.Join(dir, l.Folder()), os.DirFS(l.Name)))
	}
	t.Chdir(dir)
	return work{dir}
}

// terminal is one that nobody sits at.
func terminal() (t *cli.Terminal, out *bytes.Buffer) {
	out = new(bytes.Buffer)
	return &cli.Terminal{Out: out, Err: out, Width: 80}, out
}

// said is what a failed command leaves the reader with: status, error and hint.
func said(err error) (status int, text string) {
	var buf bytes.Buffer
	status = cli.Fail(&buf, err)
	return status, buf.String()
}
