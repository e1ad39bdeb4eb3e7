package judge

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What an answer may not do, because it would be judged by other rules than the rest:
// switch the compiler's or the race detector's checks off, or have a hand in the tests.
// All of it can be seen in the source.

// forbidden imports, and why.
var forbidden = map[string]string{
	"C":       "cgo is checked neither by the race detector nor by vet",
	"unsafe":  "what it does to memory nobody can check",
	"testing": "the tests are the judge's",
	"plugin":  "what it loads nobody has compiled here",
}

// directive is a comment that the compiler obeys. These three are harmless.
var (
	directive = regexp.MustCompile(`^//(go:\w+|line |export )|^// ?\+build |^/\*line `)
	harmless  = regexp.MustCompile(`^//go:(noinline|embed|generate)\b`)
)

// lab is what the pristine lab says about the answers that it takes.
type lab struct {
	tests    []string          // the names of its tests, in order
	external bool              // some of them are in a package of their own
	judges   map[string]string // what only the tests in the answer's package declare, and in which file
	imports  []string          // what its own code imports
	pkg      string            // its name
}

// readLab reads the Go files in dir that are compiled here.
func readLab(dir string) (lab, error) {
	l := lab{judges: make(map[string]string)}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return l, err
	}
	for _, file := range files {
		name := filepath.Base(file)
		if match, err := build.Default.MatchFile(dir, name); err != nil || !match {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return l, fmt.Errorf("%w: %w", ErrLab, err)
		}
		if strings.HasSuffix(name, "_test.go") {
			l.addTests(parsed, name)
			continue
		}
		l.pkg = parsed.Name.Name
		for _, imported := range parsed.Imports {
			l.imports = append(l.imports, importPath(imported))
		}
	}
	return l, nil
}

func (l *lab) addTests(file *ast.File, name string) {
	external := strings.HasSuffix(file.Name.Name, "_test")
	l.external = l.external || external
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name != "TestMain" && testName.MatchString(f.Name.Name) {
			l.tests = append(l.tests, f.Name.Name)
		}
	}
	if !external {
		for _, declared := range declarations(file) {
			l.judges[declared] = name
		}
	}
}

// testName is how testing knows a test.
var testName = regexp.MustCompile(`^Test($|[^\p{Ll}])`)

// declarations are the names that file declares in its package.
func declarations(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name != "TestMain" && d.Name.Name != "init" {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

func importPath(spec *ast.ImportSpec) string {
	path, _ := strconv.Unquote(spec.Path.Value)
	return path
}

// admits finds whether an answer does something that no answer may. What does not parse
// is left to the compiler.
func (l lab) admits(source []byte) Finding {
	files := token.NewFileSet()
	// With the resolution of names: which of them the file leaves open is what is asked.
	file, err := parser.ParseFile(files, answerFile, source, parser.ParseComments)
	if err != nil {
		return Finding{Verdict: Pass}
	}
	refuse := func(at token.Pos, format string, args ...any) Finding {
		line := files.PositionFor(at, false).Line
		return Finding{Verdict: Build, Message: fmt.Sprintf(format, args...), Place: fmt.Sprintf("%s:%d", answerFile, line)}
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if directive.MatchString(c.Text) && !harmless.MatchString(c.Text) {
				return refuse(c.Pos(), "an answer takes no directives: %s", firstLine(c.Text))
			}
		}
	}
	for _, imported := range file.Imports {
		if why := l.refuses(importPath(imported)); why != "" {
			return refuse(imported.Pos(), "an answer must not import %s: %s", importPath(imported), why)
		}
	}
	own := declarations(file)
	for _, name := range unresolved(file) {
		if judge, ok := l.judges[name.Name]; ok && !slices.Contains(own, name.Name) {
			return refuse(name.Pos(), "%s is declared in %s: an answer must do without the judge's code", name.Name, judge)
		}
	}
	return Finding{Verdict: Pass}
}

// refuses says why an answer must not import path, or returns "".
func (l lab) refuses(path string) string {
	if slices.Contains(l.imports, path) {
		return ""
	}
	first, _, _ := strings.Cut(path, "/")
	switch why := forbidden[first]; {
	case why != "":
		return why
	case path == module || strings.HasPrefix(path, module+"/"):
		return "the lab itself does not"
	}
	return ""
}

// unresolved are the names in file that it does not declare: those of other files of the
// package, of imports, and of the language.
func unresolved(file *ast.File) []*ast.Ident {
	return file.Unresolved // the type checker would need what the answer imports; names are enough here
}
