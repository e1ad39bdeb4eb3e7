package book

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lab.example/gopark/internal/excerpt"
)

// links makes every link within a block lead somewhere in the book: a declaration to
// its figure on this page, another page to its route. The links are written so that
// they work on a code host too.
func (s *setter) links(block ast.Node) error {
	var all []*ast.Link
	_ = walk(block, func(n ast.Node) error {
		if link, ok := n.(*ast.Link); ok {
			all = append(all, link)
		}
		return nil
	})
	for _, link := range all {
		if err := s.link(link); err != nil {
			return err
		}
	}
	return nil
}

func (s *setter) link(link *ast.Link) error {
	dest := string(link.Destination)
	if _, ok := excerpt.ParseLink(dest); ok || isRecorded(dest) {
		return s.mention(link, dest)
	}
	u, err := url.Parse(dest)
	switch {
	case err != nil:
		return fmt.Errorf("link %q: %w", dest, err)
	case u.Scheme == "http" || u.Scheme == "https":
		link.SetAttributeString("rel", []byte("noreferrer"))
		return nil
	case u.Scheme != "" || u.Host != "":
		return fmt.Errorf("link %q: only http, https and paths", dest)
	case u.Path == "" && u.Fragment != "":
		return nil
	}
	route, err := s.resolve(s.target(u.Path))
	if err != nil {
		return fmt.Errorf("link %q: %w", dest, err)
	}
	link.Destination = []byte(route)
	return nil
}

// target turns the path of a link to a page into what it means from the root of the
// module: "../../signals/coalesce/page.md" and "/signals/coalesce" are both
// "signals/coalesce".
func (s *setter) target(p string) string {
	if !strings.HasPrefix(p, "/") {
		p = path.Join("/", s.folder, p)
	}
	return strings.TrimPrefix(strings.TrimSuffix(path.Clean(p), "/"+pageName), "/")
}

// mention turns a link to code, within a sentence, into a link to the figure that
// shows it, or into plain code if no figure on this page does. The name must exist.
func (s *setter) mention(link *ast.Link, dest string) error {
	if id, ok := s.figures[dest]; ok {
		link.Destination = []byte("#" + id)
		return nil
	}
	var err error
	if l, ok := excerpt.ParseLink(dest); ok {
		_, err = s.find(l)
	} else {
		_, err = s.recorded(dest, "")
	}
	if err != nil && !errors.Is(err, excerpt.ErrNoGoroot) {
		return err
	}
	code := ast.NewCodeSpan()
	for child := link.FirstChild(); child != nil; child = link.FirstChild() {
		if span, ok := child.(*ast.CodeSpan); ok {
			for inner := span.FirstChild(); inner != nil; inner = span.FirstChild() {
				code.AppendChild(code, inner)
			}
			link.RemoveChild(link, span)
			continue
		}
		code.AppendChild(code, child)
	}
	link.Parent().ReplaceChild(link.Parent(), link, code)
	return nil
}
