package excerpt

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Link is the destination of a link that stands for a declaration.
type Link struct {
	Goroot bool   // File is in the Go tree: ask Goroot, not Find
	File   string // "runnext.go"; from the src folder of the Go tree: "runtime/proc.go"
	Name   string // "run", "Handle.Sleep"
}

// goSource is where the Go project serves its source. Links to the runtime are
// written with it so that they lead somewhere outside of the book, too.
const goSource = "https://go.dev/src/"

// lineAnchor is what code hosts append to point at a line. It happens to be an
// identifier, but a link to a line is an ordinary link.
var lineAnchor = regexp.MustCompile(`^L[0-9]+$`)

// ParseLink reads a link destination of a page:
//
//	runnext.go#run                                a declaration of a file beside the page
//	../interrupt/handle.go#Handle                 of a file in the folder beside the page's
//	https://go.dev/src/runtime/proc.go#runqput    a declaration in the Go tree
//
// It reports false for every other destination, which is then an ordinary link.
// The file need not exist. Beside says which pages may quote another folder.
func ParseLink(dest string) (Link, bool) {
	file, name, ok := strings.Cut(dest, "#")
	if !ok || !isName(name) || lineAnchor.MatchString(name) {
		return Link{}, false
	}
	link := Link{Name: name}
	link.File, link.Goroot = strings.CutPrefix(file, goSource)
	inside := link.File
	if !link.Goroot {
		inside = strings.TrimPrefix(inside, up)
	}
	if !isGoFile(inside) {
		return Link{}, false
	}
	return link, true
}

// isGoFile reports whether file is the clean path of a Go file, as opposed to a URL
// or something escaped.
func isGoFile(file string) bool {
	return fs.ValidPath(file) && path.Ext(file) == ".go" && path.Base(file) != ".go" && !strings.ContainsAny(file, `:?%\ `)
}
