package labs

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A folder that has a page is a lab, and every lab is in the list.
func TestAllIsAll(t *testing.T) {
	pages, err := filepath.Glob("*/page.md")
	require.NoError(t, err)
	var folders, listed []string
	for _, page := range pages {
		folders = append(folders, filepath.Dir(page))
	}
	for _, l := range All {
		listed = append(listed, l.Name)
	}
	require.ElementsMatch(t, folders, listed)
}

// What is built in is what is on disk, so that page and judge never disagree.
func TestFilesAreTheFolder(t *testing.T) {
	for _, l := range All {
		for _, name := range append(l.judged(), "page.md", "answer.go", "testdata/start.go") {
			built, err := fs.ReadFile(l.Files(), name)
			require.NoError(t, err)
			disk, err := os.ReadFile(filepath.Join(l.Name, name))
			require.NoError(t, err)
			require.Equal(t, string(disk), string(built))
			require.False(t, strings.Contains(string(built), "\r"), name)
		}
	}
}
