package book

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// resolveDemo knows one page.
func resolveDemo(target string) (string, error) {
	if target == "demo/plain" {
		return "/demo/plain", nil
	}
	return "", hint.With(errors.New("leads nowhere in the book"), "%s",
		hint.Meant(target, []string{"demo/plain"}, "link to the page.md of an experiment or of a lab"))
}

func TestPages(t *testing.T) {
	for _, name := range []string{"figures", "hints", "typography"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", "pages", name+".txtar")
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			files := make(fstest.MapFS)
			for _, f := range archive.Files {
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			p, err := setPage("demo/here", files, resolveDemo)
			require.NoError(t, err)
			got := "title: " + p.title + "\n-- story --\n" + string(p.story) + "\n-- why --\n" + string(p.why)
			got = strings.ReplaceAll(got, "\n-- ", "\n= ") // not the marker of a file
			want := &archive.Files[len(archive.Files)-1]
			require.Equal(t, "want.html", want.Name)
			if *update {
				want.Data = []byte(got)
				require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
			}
			require.Equal(t, strings.TrimSpace(string(want.Data)), strings.TrimSpace(got))
		})
	}
}

func TestPagesThatStopTheBook(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "pages", "errors.txtar"))
	require.NoError(t, err)
	for _, f := range archive.Files {
		t.Run(strings.TrimSuffix(f.Name, ".md"), func(t *testing.T) {
			text := strings.TrimRight(string(f.Data), "\n")
			page, want := text[:strings.LastIndexByte(text, '\n')+1], text[strings.LastIndexByte(text, '\n')+1:]
			files := fstest.MapFS{pageName: &fstest.MapFile{Data: []byte(page)}, "testdata/bad.txt": &fstest.MapFile{Data: []byte("nonsense\n")}}
			for _, name := range []string{"order.go", "testdata/supports-three.txt"} {
				data, err := fs.ReadFile(demo("order"), name)
				require.NoError(t, err)
				files[name] = &fstest.MapFile{Data: data}
			}
			_, err := setPage("demo/here", files, resolveDemo)
			require.Error(t, err)
			got := strings.TrimPrefix(err.Error(), "page demo/here/page.md: ")
			require.NotEqual(t, err.Error(), got, "the error names the page")
			if h := hint.Of(err); h != "" {
				got += "; " + h
			}
			require.True(t, strings.HasPrefix(got, want), "got  %s\nwant %s", got, want)
		})
	}
}

func TestNewRefusesBadPages(t *testing.T) {
	n := notebook()
	n.Labs[0].Files = fstest.MapFS{pageName: &fstest.MapFile{Data: []byte("# T\n\n[x](gone.go#x)\n")}}
	_, err := New(n)
	require.ErrorContains(t, err, "labs/gate/page.md")

	n = notebook()
	n.Labs[0].Files = fstest.MapFS{}
	_, err = New(n)
	require.ErrorIs(t, err, fs.ErrNotExist)

	n = notebook()
	n.Labs = append(n.Labs, n.Labs[0])
	_, err = New(n)
	require.ErrorContains(t, err, "two pages are called /lab/gate")
}

func TestContentsAndClaims(t *testing.T) {
	s, err := New(notebook())
	require.NoError(t, err)
	contents := string(s.documents["/"].body)
	for _, e := range fakes {
		require.Contains(t, contents, `href="/`+e.ID+`"`)
	}
	require.Contains(t, contents, "Can you keep it shut?")
	require.Contains(t, contents, "Who is served first?", "the title stands below the question")
	claims := string(s.documents["/claims"].body)
	require.Contains(t, claims, "served <code>first</code>")
	require.Contains(t, claims, "Nobody knows &lt;why&gt;.")
	require.Contains(t, claims, `<a href="/demo/order">demo/order</a>`)
}

// A page must not tell before the reader has predicted.
func TestPagesDoNotGiveAwayTheAnswer(t *testing.T) {
	s, err := New(notebook())
	require.NoError(t, err)
	page := string(s.documents["/demo/order"].body)
	require.Contains(t, page, "Something <code>else</code>.")
	for _, c := range inOrder.Choices {
		require.NotContains(t, page, c.Because)
	}
	before, _, found := strings.Cut(page, `<details class="why"`)
	require.True(t, found)
	require.NotContains(t, before, "A line is a queue")
}

func TestLibraryPathsInPages(t *testing.T) {
	s := &setter{folder: "demo/here"}
	for link, want := range map[string]string{
		"../plain/page.md": "demo/plain", "../../signals/coalesce/page.md": "signals/coalesce", "/signals/coalesce": "signals/coalesce",
		"page.md": "demo/here", "../../../../x/page.md": "x", "/": "", "/claims": "claims",
	} {
		require.Equal(t, want, s.target(link), link)
	}
	require.Equal(t, "page.md", path.Base(pageName))
}
