package excerpt

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
)

// declaration is one name that a file declares at its top level.
type declaration struct {
	name string
	doc  *ast.CommentGroup // the comment above it, or nil
	node ast.Node          // a FuncDecl, a GenDecl, or a Spec out of a group of several
}

// declarations lists what file declares at its top level, in the order of the file,
// except for what cannot be asked for: the blank identifier. A spec of two names, as
// in var a, b = 1, 2, is listed under each of them.
func declarations(file *ast.File) []declaration {
	var found []declaration
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			found = append(found, declaration{funcName(decl), decl.Doc, decl})
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				doc, node := specDoc(spec), ast.Node(spec)
				if len(decl.Specs) == 1 {
					doc, node = decl.Doc, decl
				}
				for _, name := range specNames(spec) {
					found = append(found, declaration{name, doc, node})
				}
			}
		}
	}
	return slices.DeleteFunc(found, func(d declaration) bool { return !isName(d.name) })
}

// funcName returns "run" for a function and "Handle.Sleep" for a method.
func funcName(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	return receiver(f.Recv.List[0].Type) + "." + f.Name.Name
}

// receiver returns the name of the type in a receiver: Handle in *Handle, in
// (Handle) and in *Handle[K, V]. It is "" for what cannot be a receiver, which the
// parser lets through.
func receiver(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr.Name
	case *ast.StarExpr:
		return receiver(expr.X)
	case *ast.ParenExpr:
		return receiver(expr.X)
	case *ast.IndexExpr:
		return receiver(expr.X)
	case *ast.IndexListExpr:
		return receiver(expr.X)
	}
	return ""
}

func specNames(spec ast.Spec) []string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return []string{spec.Name.Name}
	case *ast.ValueSpec:
		var names []string
		for _, id := range spec.Names {
			names = append(names, id.Name)
		}
		return names
	}
	return nil // an import declares no name that a page could show
}

func specDoc(spec ast.Spec) *ast.CommentGroup {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return spec.Doc
	case *ast.ValueSpec:
		return spec.Doc
	}
	return nil
}

// extent returns the offsets in src between which d stands, comments included. It
// starts with the indentation of its first line, so that the lines of a grouped
// declaration stay aligned, and it ends without the line break.
func (d declaration) extent(file *token.File, comments []*ast.CommentGroup, src []byte) (from, to int) {
	from, to = file.Offset(d.node.Pos()), file.Offset(d.node.End())
	if d.doc != nil {
		from = file.Offset(d.doc.Pos())
	}
	line := 1 + bytes.LastIndexByte(src[:from], '\n')
	if isBlank(src[line:from]) {
		from = line
	}
	for _, group := range comments {
		for _, c := range group.List {
			start := file.Offset(c.Slash)
			if start >= to && isBlank(src[to:start]) {
				to = commentEnd(src, start)
			}
		}
	}
	return from, to
}

// isBlank reports whether text is nothing but spaces within one line.
func isBlank(text []byte) bool { return len(bytes.Trim(text, " \t")) == 0 }

// commentEnd returns where the comment that starts at from ends. The parser does not
// know: it drops carriage returns, so its comments can be shorter than their source.
func commentEnd(src []byte, from int) int {
	text := src[from:]
	if bytes.HasPrefix(text, []byte("/*")) {
		_, rest, _ := bytes.Cut(text[len("/*"):], []byte("*/"))
		return len(src) - len(rest)
	}
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return from + len(bytes.TrimSuffix(text, []byte("\r")))
}
