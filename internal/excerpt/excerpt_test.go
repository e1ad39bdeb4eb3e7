package excerpt

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
)

var wantSection = regexp.MustCompile(`^want/(.+):(\d+)-(\d+)$`)

func TestFindReturnsDeclarationsAsTheyStand(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/find.txtar")
	require.NoError(t, err)
	src := archive.Files[0]
	require.Equal(t, "lock.go", src.Name)
	fsys := fstest.MapFS{"deep/lock.go": {Data: src.Data}}

	asked := make(map[string]bool)
	for _, section := range archive.Files[1:] {
		parts := wantSection.FindStringSubmatch(section.Name)
		require.NotNil(t, parts, section.Name)
		name := parts[1]
		asked[name] = true
		t.Run(name, func(t *testing.T) {
			got, err := Find(fsys, "deep/lock.go", name)
			require.NoError(t, err)
			line, _ := strconv.Atoi(parts[2])
			endLine, _ := strconv.Atoi(parts[3])
			require.Equal(t, Excerpt{
				File:    "deep/lock.go",
				Name:    name,
				Line:    line,
				EndLine: endLine,
				Text:    strings.TrimSuffix(string(section.Data), "\n"),
			}, got)
		})
	}
	for _, d := range parseDeclarations(t, src.Data) {
		require.True(t, asked[d.name], "%s is declared, but testdata/find.txtar expects nothing for it", d.name)
	}
}

// Carriage returns are where the parser's ideas of lengths and the file part.
func TestFindKeepsCarriageReturns(t *testing.T) {
	const src = "package p\r\n\r\n/* doc\r\nof f */\r\nfunc f() {} /* a\r\nb */\r\n\r\nvar s = `x\r\ny` // s\r\n"
	fsys := fstest.MapFS{"p.go": {Data: []byte(src)}}
	f, err := Find(fsys, "p.go", "f")
	require.NoError(t, err)
	require.Equal(t, "/* doc\r\nof f */\r\nfunc f() {} /* a\r\nb */", f.Text)
	s, err := Find(fsys, "p.go", "s")
	require.NoError(t, err)
	require.Equal(t, "var s = `x\r\ny` // s", s.Text)
	require.Equal(t, []int{8, 9}, []int{s.Line, s.EndLine})
}

// A //line directive is for the compiler's messages; the page shows this file.
func TestFindIgnoresLineDirectives(t *testing.T) {
	fsys := fstest.MapFS{"p.go": {Data: []byte("package p\n\n//line other.go:100\nfunc f() {}\n\nfunc g() {\n}\n")}}
	f, err := Find(fsys, "p.go", "f")
	require.NoError(t, err)
	require.Equal(t, Excerpt{File: "p.go", Name: "f", Line: 3, EndLine: 4, Text: "//line other.go:100\nfunc f() {}"}, f)
	g, err := Find(fsys, "p.go", "g")
	require.NoError(t, err)
	require.Equal(t, Excerpt{File: "p.go", Name: "g", Line: 6, EndLine: 7, Text: "func g() {\n}"}, g)
}

func TestFindSaysWhatIsWrong(t *testing.T) {
	fsys := fstest.MapFS{
		"runnext.go": {Data: []byte("package p\n\nfunc run() {}\n\nfunc (h *Handle) Sleep() {}\n")},
		"broken.go":  {Data: []byte("package p\n\nfunc run() {\n")},
		"empty.go":   {Data: []byte("package p\n")},
		"many.go":    {Data: []byte("package p\n\nvar a1, a2, a3, a4, a5, a6, a7, a8, a9 int\n")},
		"notes.txt":  {},
	}
	for _, tt := range []struct {
		file, name string
		is         error // or nil
		message    string
		hint       string
	}{
		{
			"runnext.go", "runn", ErrNotFound,
			"find runn in runnext.go: no such declaration", "did you mean run?",
		},
		{
			"runnext.go", "Sleep", ErrNotFound,
			"find Sleep in runnext.go: no such declaration", "did you mean Handle.Sleep?",
		},
		{
			"runnext.go", "consume", ErrNotFound,
			"find consume in runnext.go: no such declaration", "runnext.go declares Handle.Sleep, run",
		},
		{
			"many.go", "consume", ErrNotFound,
			"find consume in many.go: no such declaration", "many.go declares a1, a2, a3, a4, a5, a6, a7, a8 and others",
		},
		{
			"empty.go", "run", ErrNotFound,
			"find run in empty.go: no such declaration", "empty.go declares nothing",
		},
		{
			"runnxt.go", "run", fs.ErrNotExist,
			"find run: open runnxt.go: file does not exist", "did you mean runnext.go?",
		},
		{
			"broken.go", "run", nil,
			"find run: parse broken.go:3:14: expected '}', found 'EOF'", "",
		},
		{
			"runnext.go", "", nil,
			`find "" in "runnext.go": not a name that a file can declare`,
			"write run for a function, type, constant or variable, Handle.Sleep for a method",
		},
		{
			"../../runnext.go", "run", nil,
			`find "run" in "../../runnext.go": not the path of a Go file`,
			"give it from the folder of the page, with slashes and without .., but see Beside",
		},
		{
			"../model/p.go", "run", nil,
			`find "run" in "../model/p.go": not the path of a Go file`,
			"give it from the folder of the page, with slashes and without .., but see Beside",
		},
		{
			"notes.txt", "run", nil,
			`find "run" in "notes.txt": not the path of a Go file`,
			"give it from the folder of the page, with slashes and without .., but see Beside",
		},
	} {
		t.Run(tt.file+"#"+tt.name, func(t *testing.T) {
			e, err := Find(fsys, tt.file, tt.name)
			require.EqualError(t, err, tt.message)
			require.Equal(t, tt.hint, hint.Of(err))
			require.Zero(t, e)
			for _, sentinel := range []error{ErrNotFound, fs.ErrNotExist} {
				require.Equal(t, tt.is == sentinel, errors.Is(err, sentinel), "is %v", sentinel)
			}
		})
	}
}

func TestFindRefusesWhatCannotBeAName(t *testing.T) {
	fsys := fstest.MapFS{"p.go": {Data: []byte("package p\n\nfunc _() {}\n\nfunc (T) _() {}\n")}}
	for _, name := range []string{"", "_", "T._", ".", "a.", ".b", "a.b.c", "func", "a b", "1a", "a-b", "a\n"} {
		_, err := Find(fsys, "p.go", name)
		require.ErrorContains(t, err, "not a name", "%q", name)
	}
}

// Whatever the source, Find does not panic, and what it finds is a piece of the
// source that declares the name.
func FuzzFind(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/find.txtar")
	require.NoError(f, err)
	f.Add(string(archive.Files[0].Data))
	f.Add("package p\r\nvar s = `\r\n` /*/\r*/ // x\r\n")
	f.Add("\ufeffpackage p; type (A int; B = A /* b */); func (*A) M() {}")
	f.Add("package p\nconst (\n\ta = iota // one\n\n\t// two\n\tb\n)")
	f.Add("package p\nfunc (a, b T) x() {}\nfunc (struct{}) y() {}\nfunc (T.U) z() {}")
	f.Add("package p\n//line q.go:7:9\nfunc f()")
	f.Fuzz(func(t *testing.T, src string) {
		fsys := fstest.MapFS{"p.go": {Data: []byte(src)}}
		if _, err := parser.ParseFile(token.NewFileSet(), "p.go", src, parser.SkipObjectResolution); err != nil {
			_, err := Find(fsys, "p.go", "run")
			require.Error(t, err)
			return
		}
		for _, d := range parseDeclarations(t, []byte(src)) {
			e, err := Find(fsys, "p.go", d.name)
			require.NoError(t, err)
			lines := strings.SplitAfter(src, "\n")[e.Line-1 : e.EndLine]
			require.Contains(t, strings.Join(lines, ""), e.Text)
			require.NoError(t, declares(e), "%q", e.Text)
		}
	})
}

func parseDeclarations(t *testing.T, src []byte) []declaration {
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	require.NoError(t, err)
	return declarations(file)
}

// declares reports whether the text of e, as it is or inside of a group, is Go that
// declares the name of e.
func declares(e Excerpt) error {
	var errs []error
	for _, form := range []string{"%s", "type (\n%s\n)", "const (\n%s\n)", "var (\n%s\n)"} {
		src := "package p\n" + fmt.Sprintf(form, e.Text)
		file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, d := range declarations(file) {
			if d.name == e.Name {
				return nil
			}
		}
		errs = append(errs, fmt.Errorf("%s is not declared", e.Name))
	}
	return errors.Join(errs...)
}
