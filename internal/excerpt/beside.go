package excerpt

import (
	"io/fs"
	"strings"
)

// up is how a page that quotes the folder beside its own begins the path. One step is
// enough: topics are folders of folders.
const up = "../"

// beside is the folder of a page that knows what lies beside it.
type beside struct {
	fs.FS
	neighbours fs.FS
}

// Beside returns the files of own, the folder of a page, in such a form that the page may
// quote the folders beside it too: Find takes "../interrupt/handle.go" to be
// interrupt/handle.go in neighbours, and a link so written leads to the file on a code
// host. It is for libraries that a topic's experiments are about. Whoever else reads the
// files sees own.
func Beside(own, neighbours fs.FS) fs.FS { return beside{own, neighbours} }

// follow returns where file, a path from the page, is to be read. What leads to nowhere
// is left as it is.
func follow(fsys fs.FS, file string) (from fs.FS, path string) {
	if b, ok := fsys.(beside); ok {
		if path, out := strings.CutPrefix(file, up); out {
			return b.neighbours, path
		}
	}
	return fsys, file
}
