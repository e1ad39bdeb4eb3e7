package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs"
)

var (
	// block is what a page shows as typed: between fences, or indented.
	block = regexp.MustCompile("(?ms)^```\\w*\n(.*?)^```|^((?: {4}|\t).*?)$")

	// command is a line in a block that begins with the name of the program.
	command = regexp.MustCompile(`(?m)^\s*(gopark [^#\n]*[^#\s])`)
)

// TestEveryPrintedCommandIsRun holds that each command line which the README or a page
// prints stands in a transcript, where it is run.
func TestEveryPrintedCommandIsRun(t *testing.T) {
	var transcripts strings.Builder
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	require.NoError(t, err)
	for _, name := range scripts {
		transcripts.WriteString(read(t, name))
	}
	printed := 0
	for _, page := range append(pages(t), "README.md", "CONTRIBUTING.md") {
		typed := strings.Join(block.FindAllString(read(t, page), -1), "\n")
		for _, found := range command.FindAllStringSubmatch(typed, -1) {
			printed++
			line := regexp.MustCompile(`(?m) ` + regexp.QuoteMeta(found[1]) + `$`)
			require.True(t, line.MatchString(transcripts.String()), "%s prints %q, which no transcript runs", page, found[1])
		}
	}
	require.Positive(t, printed)
}

// TestREADME holds that the README's two commands are those that CI runs, and that
// its picture is there.
func TestREADME(t *testing.T) {
	readme := read(t, "README.md")
	require.Contains(t, readme, "\ngo run . ")
	require.Contains(t, readme, "\ngo test ./... ")
	require.Contains(t, read(t, ".ci/run"), `lane "as the README says" go test ./...`)
	require.Contains(t, readme, "("+readmePicture+")")
	require.FileExists(t, readmePicture)
	require.Contains(t, readme, "The labs are fifty exercises")
	require.Len(t, labs.All, 50)
	staged, err := filepath.Glob("labs/*/z_kafka_test.go")
	require.NoError(t, err)
	require.Contains(t, strings.Join(strings.Fields(readme), " "), "three of them with a second stage")
	require.Len(t, staged, 3)
	for _, folder := range append([]string{"labs", "book", "internal", "testdata"}, topics...) {
		require.Contains(t, readme, "`"+folder+"/`", "the map leaves out a folder")
	}
}

func pages(t *testing.T) []string {
	var found []string
	require.NoError(t, filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if entry.IsDir() && entry.Name() == "work" {
			return fs.SkipDir
		}
		if entry.Name() == "page.md" {
			found = append(found, name)
		}
		return err
	}))
	return found
}

func read(t *testing.T, name string) string {
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}
