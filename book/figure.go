package book

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/timeline"
)

// codeFigure is a declaration as the page shows it.
type codeFigure struct {
	ID      string
	Caption string
	excerpt.Excerpt
	Head   []codeLine
	Rest   []codeLine // folded away until the reader wants it; empty if all is in Head
	Absent string     // why there is nothing to show: no Go tree on this machine
}

// Len is the number of lines.
func (f codeFigure) Len() int { return len(f.Head) + len(f.Rest) }

type codeLine struct {
	Number int
	Tokens []excerpt.Token
}

// recordedFigure is a run that was kept beside the experiment.
type recordedFigure struct {
	ID      string
	Caption string
	Stamp   []string // its comment lines: Go version, cores
	Values  []valueMessage
	Events  []string
	Notes   []string
}

// nameFigures gives every lone link an id before anything is set, so that sentences
// can refer to figures further down.
func (s *setter) nameFigures(doc ast.Node) {
	for block := doc.FirstChild(); block != nil; block = block.NextSibling() {
		if link := loneLink(block, s.source); link != nil {
			dest := string(link.Destination)
			if _, ok := excerpt.ParseLink(dest); ok || isRecorded(dest) {
				s.figures[dest] = fmt.Sprintf("figure-%d", len(s.figures)+1)
			}
		}
	}
}

// figure sets what a lone link shows. It reports false if that is nothing.
func (s *setter) figure(dest, caption string) (html template.HTML, ok bool, err error) {
	if isRecorded(dest) {
		f, err := s.recorded(dest, caption)
		if err != nil {
			return "", false, err
		}
		html, err = render("recorded", f)
		return html, true, err
	}
	link, ok := excerpt.ParseLink(dest)
	if !ok {
		return "", false, nil
	}
	f := codeFigure{ID: s.figures[dest], Caption: caption}
	f.Excerpt, err = s.find(link)
	switch {
	case errors.Is(err, excerpt.ErrNoGoroot):
		f.File, f.Name, f.Absent = link.File, link.Name, err.Error()
	case err != nil:
		return "", false, err
	default:
		f.Head, f.Rest = fold(f.Excerpt, codeLines(f.Excerpt))
	}
	html, err = render("code", f)
	return html, true, err
}

func (s *setter) find(l excerpt.Link) (excerpt.Excerpt, error) {
	if l.Goroot {
		return excerpt.Goroot(l.File, l.Name)
	}
	return excerpt.Find(s.files, l.File, l.Name)
}

// codeLines sorts the tokens of e into its lines. A token that spans lines, such as
// a comment, is cut at their ends. The indentation that all lines share is dropped.
func codeLines(e excerpt.Excerpt) []codeLine {
	line := codeLine{Number: e.Line}
	var lines []codeLine
	for _, t := range excerpt.Tokens(dedent(e.Text)) {
		for i, part := range strings.Split(t.Text, "\n") {
			if i > 0 {
				lines = append(lines, line)
				line = codeLine{Number: line.Number + 1}
			}
			if part != "" {
				line.Tokens = append(line.Tokens, excerpt.Token{Kind: t.Kind, Text: part})
			}
		}
	}
	return append(lines, line)
}

func dedent(text string) string {
	lines := strings.Split(text, "\n")
	for lines[0] != "" && lines[0][0] == '\t' {
		for i, l := range lines {
			lines[i] = strings.TrimPrefix(l, "\t")
		}
	}
	return strings.Join(lines, "\n")
}

func isRecorded(dest string) bool {
	return path.Dir(dest) == "testdata" && path.Ext(dest) == ".txt"
}

func (s *setter) recorded(name, caption string) (recordedFigure, error) {
	f := recordedFigure{ID: s.figures[name], Caption: caption}
	text, err := fs.ReadFile(s.files, name)
	if errors.Is(err, fs.ErrNotExist) {
		kept, _ := fs.Glob(s.files, "testdata/*.txt")
		err = hint.With(err, "%s", hint.Meant(name, kept, "recorded runs are testdata/*.txt"))
	}
	if err != nil {
		return f, fmt.Errorf("show a recorded run: %w", err)
	}
	var o experiment.Observations
	if err := o.UnmarshalText(text); err != nil {
		return f, fmt.Errorf("read %s: %w", name, err)
	}
	for line := range strings.Lines(string(text)) {
		stamp, ok := strings.CutPrefix(line, "#")
		if !ok {
			break
		}
		f.Stamp = append(f.Stamp, strings.TrimSpace(stamp))
	}
	for _, v := range o.Values {
		if m := newValueMessage(v); !m.Silent {
			f.Values = append(f.Values, m)
		}
	}
	var board timeline.Board
	for _, e := range o.Events {
		f.Events = append(f.Events, newEventMessage(e, &board).Words)
	}
	f.Notes = o.Notes
	return f, nil
}
