// Package excerpt answers: how does a page show code without holding a copy of it?
//
// A page names a declaration, as a plain link: [run](runnext.go#run). The book
// asks this package for it and shows what it gets, so the code that is read is the
// code that runs, and a name that no longer exists stops the build. The runtime is
// quoted in the same way from the Go tree of the reader's own machine, never from
// a copy: what is shown is what the reader's programs are linked with.
//
// Find (excerpt.go) cuts a declaration out of a file, Goroot (goroot.go) out of the
// Go tree; ParseLink (link.go) recognises the links; Tokens (token.go) sorts source
// text into the classes that a highlighter colours.
//
// Read excerpt.go, then declaration.go, beside.go, goroot.go, link.go, token.go.
package excerpt

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lab.example/gopark/internal/hint"
)

// ErrNotFound reports that a file does not declare the name that was asked for.
var ErrNotFound = errors.New("no such declaration")

// Excerpt is one declaration as it stands in its file.
type Excerpt struct {
	File string // as it was asked for: "runnext.go", "runtime/proc.go"
	Name string // as it was asked for: "run", "Handle.Sleep"

	// Line and EndLine are the first and last line of Text, counted from 1.
	Line, EndLine int

	// Text is the declaration, byte for byte, with the comment above it and the one
	// that follows its last line. It has no line break at its end.
	Text string

	// GoVersion is the version of the Go tree that was quoted, "go1.26.8", as its
	// VERSION file says. It is empty for the files of this module.
	GoVersion string
}

// Find returns the top-level declaration of file, a slash-separated path in fsys (see
// Beside for one that leads out of it), that name means:
//
//	run           a function, type, constant or variable
//	Handle.Sleep  a method, with a pointer or a value as its receiver, generic or not
//
// A constant, variable or type from a parenthesised group comes without the group:
// its own lines and comment, indented as they are there. It comes with the keyword
// when it is the only one in the group. Where one name is declared more than once,
// as init may be, the first is meant.
//
// Find does not look inside functions, structs and interfaces, and it does not
// type-check: build constraints and other files of the package play no part. The
// file must parse as a whole; if it does not, the error says where. The error wraps
// ErrNotFound if the file declares no such name, and fs.ErrNotExist if there is no
// such file.
func Find(fsys fs.FS, file, name string) (Excerpt, error) {
	from, inside := follow(fsys, file)
	if err := check(inside, name); err != nil {
		return Excerpt{}, fmt.Errorf("find %q in %q: %w", name, file, err)
	}
	src, err := fs.ReadFile(from, inside)
	if errors.Is(err, fs.ErrNotExist) {
		there := siblings(from, inside)
		for i, sibling := range there {
			there[i] = strings.TrimSuffix(file, inside) + sibling
		}
		err = hint.With(err, "%s", hint.Meant(file, there, "name a Go file, by its path from the page"))
	}
	if err != nil {
		return Excerpt{}, fmt.Errorf("find %s: %w", name, err)
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return Excerpt{}, fmt.Errorf("find %s: parse %w", name, err)
	}
	found := declarations(parsed)
	i := slices.IndexFunc(found, func(d declaration) bool { return d.name == name })
	if i < 0 {
		err := fmt.Errorf("find %s in %s: %w", name, file, ErrNotFound)
		return Excerpt{}, hint.With(err, "%s", suggestion(file, name, found))
	}
	start, end := found[i].extent(fset.File(parsed.FileStart), parsed.Comments, src)
	e := Excerpt{File: file, Name: name, Text: string(src[start:end])}
	e.Line = 1 + bytes.Count(src[:start], []byte("\n"))
	e.EndLine = e.Line + strings.Count(e.Text, "\n")
	return e, nil
}

// check refuses, in words, what cannot be a file or a name.
func check(file, name string) error {
	switch {
	case !fs.ValidPath(file) || path.Ext(file) != ".go":
		err := errors.New("not the path of a Go file")
		return hint.With(err, "give it from the folder of the page, with slashes and without .., but see Beside")
	case !isName(name):
		err := errors.New("not a name that a file can declare")
		return hint.With(err, "write run for a function, type, constant or variable, Handle.Sleep for a method")
	}
	return nil
}

// isName reports whether s has one of the forms that Find accepts: an identifier,
// or two with a dot between them.
func isName(s string) bool {
	receiver, method, dot := strings.Cut(s, ".")
	return nameable(receiver) && (!dot || nameable(method))
}

// nameable reports whether a declaration of this name can be asked for. Go allows
// the blank identifier to be declared many times over, so it names nothing.
func nameable(s string) bool { return token.IsIdentifier(s) && s != "_" }

// siblings returns the Go files of file's folder: what the page may have meant.
func siblings(fsys fs.FS, file string) []string {
	names, err := fs.Glob(fsys, path.Join(path.Dir(file), "*.go"))
	if err != nil {
		return nil // a folder whose name is a bad pattern: nothing to suggest
	}
	return names
}

// suggestion says what the page may have meant by name.
func suggestion(file, name string, found []declaration) string {
	const few = 8
	var names []string
	for _, d := range found {
		names = append(names, d.name)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	fallback := file + " declares " + strings.Join(names[:min(few, len(names))], ", ")
	if len(names) == 0 {
		fallback = file + " declares nothing"
	}
	if len(names) > few {
		fallback += " and others"
	}
	return hint.Meant(name, names, fallback)
}
