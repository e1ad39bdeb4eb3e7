package book

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown never lets raw HTML through: that is goldmark's default.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Typographer),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
)

// prose is a page.md, set: what stands before the run and what explains it. What
// stands under a heading "### Hint ..." is folded away until the reader wants it.
type prose struct {
	title string // of the first line
	story template.HTML
	hints template.HTML // from the heading "Hints" on, without it; "" if there is none
	why   template.HTML // from the heading "Why" on, without it; "" if there is none
}

// pageName is the file that every folder keeps its page in.
const pageName = "page.md"

// setter sets one page.
type setter struct {
	folder  string // of the page, from the root of the module: "scheduler/runnext"
	files   fs.FS
	resolve resolver
	figures map[string]string // id of the figure of each declaration link
	source  []byte
}

// resolver finds the route of the page that a link means by its path from the root of
// the module: "signals/coalesce", "labs/gate".
type resolver func(target string) (route string, err error)

// setPage reads page.md from files and sets it. An error names the page.
func setPage(folder string, files fs.FS, resolve resolver) (prose, error) {
	source, err := fs.ReadFile(files, pageName)
	if err != nil {
		return prose{}, fmt.Errorf("read the page of %s: %w", folder, err)
	}
	s := &setter{folder: folder, files: files, resolve: resolve, figures: make(map[string]string), source: source}
	p, err := s.set(markdown.Parser().Parse(text.NewReader(source)))
	if err != nil {
		return prose{}, fmt.Errorf("page %s/%s: %w", folder, pageName, err)
	}
	return p, nil
}

func (s *setter) set(doc ast.Node) (prose, error) {
	title, ok := doc.FirstChild().(*ast.Heading)
	if !ok || title.Level != 1 {
		return prose{}, errors.New("does not begin with its title: # Title")
	}
	if err := s.refuse(doc); err != nil {
		return prose{}, err
	}
	s.nameFigures(doc)
	p := prose{title: s.plain(title)}
	var out bytes.Buffer
	whole := &p.story
	next := func(part *template.HTML) {
		*whole = template.HTML(out.String())
		out.Reset()
		whole = part
	}
	inHint := false
	for block := title.NextSibling(); block != nil; block = block.NextSibling() {
		h, ok := block.(*ast.Heading)
		if ok && inHint {
			out.WriteString("</details>\n")
			inHint = false
		}
		switch {
		case ok && h.Level == 2 && s.plain(h) == "Why":
			next(&p.why)
			continue
		case ok && h.Level == 2 && s.plain(h) == "Hints":
			next(&p.hints)
			continue
		case ok && h.Level == 3 && strings.HasPrefix(s.plain(h), "Hint"):
			inHint = true
			if err := s.openHint(&out, h); err != nil {
				return prose{}, err
			}
			continue
		}
		if err := s.block(&out, block); err != nil {
			return prose{}, err
		}
	}
	if inHint {
		out.WriteString("</details>\n")
	}
	next(nil)
	return p, nil
}

// openHint starts a fold with the heading h on it.
func (s *setter) openHint(out *bytes.Buffer, h *ast.Heading) error {
	out.WriteString(`<details class="hint"><summary>`)
	for n := h.FirstChild(); n != nil; n = n.NextSibling() {
		if err := markdown.Renderer().Render(out, s.source, n); err != nil {
			return err
		}
	}
	out.WriteString("</summary>\n")
	return nil
}

// refuse reports what a page must not contain.
func (s *setter) refuse(doc ast.Node) error {
	return walk(doc, func(n ast.Node) error {
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			if lang := strings.ToLower(string(n.Language(s.source))); lang == "go" || lang == "golang" {
				return errors.New("holds Go code: pages name declarations, as in [run](name.go#run)")
			}
		case *ast.HTMLBlock, *ast.RawHTML:
			return errors.New("holds HTML: pages are plain Markdown")
		case *ast.Image:
			return errors.New("holds an image: pictures come from runs")
		}
		return nil
	})
}

// block sets one block: a figure if it is a paragraph that consists of one link to
// something that can be shown, else prose.
func (s *setter) block(out *bytes.Buffer, block ast.Node) error {
	if link := loneLink(block, s.source); link != nil {
		html, ok, err := s.figure(string(link.Destination), s.plain(link))
		if err != nil {
			return err
		}
		if ok {
			out.WriteString(string(html))
			return nil
		}
	}
	if err := s.links(block); err != nil {
		return err
	}
	return markdown.Renderer().Render(out, s.source, block)
}

// loneLink returns the link that block consists of, or nil.
func loneLink(block ast.Node, source []byte) *ast.Link {
	if _, ok := block.(*ast.Paragraph); !ok {
		return nil
	}
	var link *ast.Link
	for n := block.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Link:
			if link != nil {
				return nil
			}
			link = n
		case *ast.Text:
			if len(bytes.TrimSpace(n.Segment.Value(source))) > 0 {
				return nil
			}
		default:
			return nil
		}
	}
	return link
}

// plain returns the text of n without its markup.
func (s *setter) plain(n ast.Node) string {
	var b strings.Builder
	_ = walk(n, func(n ast.Node) error {
		switch n := n.(type) {
		case *ast.Text:
			text := n.Segment.Value(s.source)
			if _, verbatim := n.Parent().(*ast.CodeSpan); !verbatim {
				text = []byte(html.UnescapeString(string(util.UnescapePunctuations(text))))
			}
			b.Write(text)
			if n.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String: // from the typographer, as an entity
			b.WriteString(html.UnescapeString(string(n.Value)))
		}
		return nil
	})
	return b.String()
}

// walk calls f for n and everything below it, in order, until f fails.
func walk(n ast.Node, f func(ast.Node) error) error {
	return ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if err := f(n); err != nil {
			return ast.WalkStop, err
		}
		return ast.WalkContinue, nil
	})
}
