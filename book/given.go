package book

import (
	"errors"
	"fmt"
	"io/fs"

	"lab.example/gopark/internal/excerpt"
)

// givenFile is a file of a lab that the learner reads and does not write: verdicts name
// lines in it.
type givenFile struct {
	Name  string
	What  string
	Lines []codeLine
}

// readGiven reads the given code of lab, and the judge's tests, as far as there are some.
func readGiven(lab Lab) ([]givenFile, error) {
	files := []givenFile{
		{Name: lab.Name + ".go", What: "what is given"},
		{Name: lab.Name + "_test.go", What: "the tests"},
	}
	stages, err := fs.Glob(lab.Files, "*_test.go")
	if err != nil {
		return nil, err
	}
	for _, name := range stages {
		if name != lab.Name+"_test.go" {
			files = append(files, givenFile{Name: name, What: "the tests of the second stage"})
		}
	}
	var given []givenFile
	for _, f := range files {
		text, err := fs.ReadFile(lab.Files, f.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read what the lab %s gives: %w", lab.Name, err)
		}
		f.Lines = codeLines(excerpt.Excerpt{Text: string(text), Line: 1})
		given = append(given, f)
	}
	return given, nil
}
