package excerpt

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
)

// TestBeside holds that a page quotes the folder beside its own, and sees nothing else of
// it.
func TestBeside(t *testing.T) {
	own := fstest.MapFS{"flag.go": {Data: []byte("package p\n\nfunc run() {}\n")}}
	neighbours := fstest.MapFS{
		"interrupt/handle.go": {Data: []byte("package q\n\n// Handle is.\ntype Handle struct{}\n")},
	}
	files := Beside(own, neighbours)

	e, err := Find(files, "../interrupt/handle.go", "Handle")
	require.NoError(t, err)
	require.Equal(t, Excerpt{
		File: "../interrupt/handle.go", Name: "Handle", Line: 3, EndLine: 4,
		Text: "// Handle is.\ntype Handle struct{}",
	}, e)
	_, err = Find(files, "flag.go", "run")
	require.NoError(t, err)

	_, err = Find(files, "../interrupt/handel.go", "Handle")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Equal(t, "did you mean ../interrupt/handle.go?", hint.Of(err))
	_, err = Find(files, "../interrupt/handle.go", "Handel")
	require.ErrorIs(t, err, ErrNotFound)
	require.Equal(t, "did you mean Handle?", hint.Of(err))
	_, err = Find(files, "interrupt/handle.go", "Handle")
	require.ErrorIs(t, err, fs.ErrNotExist, "not a folder below the page's own")

	require.NoError(t, fstest.TestFS(files, "flag.go"), "as before")
}
