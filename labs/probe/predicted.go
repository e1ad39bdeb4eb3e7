package probe

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Predicted reads source, the text of answer.go, of a lab in which programs are read and not
// run: the answer is a struct with a field for each of them, of the same name. It fails t if
// the answer runs one of the programs itself, or could start a process, for what came out of
// that would be no prediction. It returns the names of the fields that the answer sets: one
// that is left out has the zero value, and nobody has thought about it.
//
// It is a guard against the short way, not against malice.
func Predicted(t testing.TB, source string, programs []string) (named []string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, answerFile, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v", err)
	}
	no := func(n ast.Node, what string) {
		t.Fatalf("a prediction is made by reading: %s:%d %s", answerFile, files.Position(n.Pos()).Line, what)
	}
	for _, imported := range file.Imports {
		path, _ := strconv.Unquote(imported.Path.Value)
		if slices.Contains([]string{"os", "os/exec", "golang.org/x/sys/unix"}, path) {
			no(imported, "imports "+path+", with which programs can be started")
		}
	}
	fields := make(map[*ast.Ident]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if _, ok := n.Type.(*ast.Ident); ok && len(n.Elts) == len(programs) {
				named = append(named, programs...) // with or without their names, all are there
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				fields[key] = true
			}
		case *ast.SelectorExpr:
			fields[n.Sel] = true
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "syscall" && !strings.HasPrefix(n.Sel.Name, "SIG") {
				no(n, "uses syscall."+n.Sel.Name+", and no more than names of signals is needed")
			}
		case *ast.Ident:
			switch {
			case !slices.Contains(programs, n.Name):
			case fields[n]:
				named = append(named, n.Name)
			default:
				no(n, "uses the program "+n.Name+" itself")
			}
		}
		return true
	})
	slices.Sort(named)
	return slices.Compact(named)
}
