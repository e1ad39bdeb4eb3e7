package lostcancel

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
)

const fileName = "shapes.go"

// vet returns the names of the functions in source that the lostcancel check of go vet
// reports, by whatever message.
func vet(ctx context.Context, source []byte) ([]string, error) {
	dir, err := os.MkdirTemp("", "gopark-lostcancel-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, fileName), source, 0o600); err != nil {
		return nil, err
	}
	process, err := plain.Start(ctx, child.Spec{
		Path: "go", Args: []string{"vet", "-lostcancel", fileName}, Dir: dir,
		Env: child.Env("CGO_ENABLED=0", "GOTMPDIR="+dir),
	})
	if err != nil {
		return nil, experiment.Unmet("go vet cannot be run: %v", err)
	}
	end, err := process.Ending()
	if err != nil {
		return nil, err
	}
	return reportedIn(source, end.Stderr)
}

// report is a line of go vet: "./shapes.go:66:7: the cancel function ...".
var report = regexp.MustCompile(`^(?:vet: )?(?:\./)?` + regexp.QuoteMeta(fileName) + `:(\d+):\d+: (.*)$`)

// reportedIn finds the functions in which the reports lie.
func reportedIn(source []byte, stderr []string) (names []string, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, fileName, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, line := range stderr {
		m := report.FindStringSubmatch(line)
		switch {
		case strings.HasPrefix(line, "#"): // the package
			continue
		case m == nil || !strings.Contains(m[2], "cancel function") && !strings.Contains(m[2], "cancel var"):
			return nil, fmt.Errorf("go vet says %q", line)
		}
		at, _ := strconv.Atoi(m[1])
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && fset.Position(f.Pos()).Line <= at && at <= fset.Position(f.End()).Line && !slices.Contains(names, f.Name.Name) {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names, nil
}

// leftBehind runs the functions and returns what each leaves hanging on its parent.
func leftBehind(ctx context.Context, source []byte) (map[string]string, error) {
	program, err := plain.Build(ctx, source, nil)
	if err != nil {
		return nil, err
	}
	defer program.Close()
	end, err := program.Run(ctx)
	if err != nil {
		return nil, err
	}
	if end.Exit != 0 {
		return nil, experiment.Unmet("package context keeps its children otherwise: %s", strings.Join(end.Stderr, " "))
	}
	left := make(map[string]string)
	for _, line := range end.Stdout {
		name, n, _ := strings.Cut(line, " ")
		left[name] = n
	}
	return left, nil
}
