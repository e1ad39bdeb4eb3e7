package labs

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"lab.example/gopark/internal/exercise"
	"lab.example/gopark/labs/judge"
)

// Nobody stands in a matrix where a detector finds nothing.
const Nobody = "-"

// Caught says of a known-wrong answer what it is rejected for, and what each detector on
// its own would have made of it: the name of a verdict, or Nobody.
type Caught struct {
	Verdict judge.Verdict
	Vet     string // go vet
	Tests   string // several processes of tests without the race detector
	Race    string // several with it, if it reports
}

// By is what the detector finds that found v.
func (c Caught) By(v judge.Verdict) string {
	switch v {
	case judge.Build:
		return string(v) // by the compiler, before anybody else
	case judge.Vet:
		return c.Vet
	case judge.Race:
		return c.Race
	}
	return c.Tests
}

const (
	// MatrixFile is where a lab keeps its matrix, from its folder.
	MatrixFile = "testdata/matrix.txt"
	matrixHead = "# who is caught by what; written by: go test ./labs/contract/... -run TestContract -update"
)

// Matrix is the lab's kill matrix: who is caught by what, by the names of the wrong
// answers. It was recorded when the lab was last changed; empty if it never was.
func (l Lab) Matrix() (map[string]Caught, error) {
	rows := make(map[string]Caught)
	text, err := fs.ReadFile(l.Files(), MatrixFile)
	if err != nil {
		return rows, fmt.Errorf("read the kill matrix of %s: %w", l.Name, err)
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 5 && f[0] == "answer", len(f) > 0 && f[0] == "#":
		case len(f) == 5:
			rows[f[0]] = Caught{judge.Verdict(f[1]), f[2], f[3], f[4]}
		default:
			return rows, fmt.Errorf("read the kill matrix of %s: %q is no row", l.Name, strings.TrimSpace(line))
		}
	}
	return rows, nil
}

// MatrixText is what Matrix reads.
func MatrixText(rows map[string]Caught) []byte {
	var buf bytes.Buffer
	fmt.Fprintln(&buf, matrixHead)
	table := tabwriter.NewWriter(&buf, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "answer\tverdict\tvet\ttests\trace")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		c := rows[name]
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", name, c.Verdict, c.Vet, c.Tests, c.Race)
	}
	table.Flush()
	return buf.Bytes()
}

// Kills returns the lab's wrong answers with their rows of the matrix, by their names.
func (l Lab) Kills() (kills []exercise.Kill, err error) {
	rows, err := l.Matrix()
	if err != nil {
		return nil, err
	}
	promises, err := l.Promises()
	if err != nil {
		return nil, err
	}
	answer, err := fs.ReadFile(l.Files(), "answer.go")
	if err != nil {
		return nil, err
	}
	for _, p := range promises {
		row, ok := rows[p.Name]
		if !ok {
			continue // the start and the answer; a wrong one that has no row yet
		}
		source, err := fs.ReadFile(l.Files(), p.File)
		if err != nil {
			return nil, err
		}
		found := func(by string) string { return strings.Replace(by, Nobody, "", 1) }
		kills = append(kills, exercise.Kill{
			Name: p.Name, Mistake: mistake(source, answer), Verdict: string(row.Verdict), Words: p.Want.Words,
			Vet: found(row.Vet), Tests: found(row.Tests), Race: found(row.Race),
		})
	}
	return kills, nil
}

// mistake is what a wrong answer says of itself: the first paragraph of the first comment on a
// declaration that answer, the right one, does not have as well.
func mistake(source, answer []byte) string {
	right := sayings(answer)
	for _, text := range sayings(source) {
		if !slices.Contains(right, text) {
			return text
		}
	}
	return ""
}

// sayings are the first paragraphs of the comments on the declarations of a file, each in a line;
// none if it is not Go, as an answer may well be wrong by not being.
func sayings(source []byte) (all []string) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	for _, d := range file.Decls {
		var text *ast.CommentGroup
		switch d := d.(type) {
		case *ast.FuncDecl:
			text = d.Doc
		case *ast.GenDecl:
			text = d.Doc
		}
		if text != nil {
			first, _, _ := strings.Cut(text.Text(), "\n\n")
			all = append(all, strings.Join(strings.Fields(first), " "))
		}
	}
	return all
}
