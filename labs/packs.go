package labs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A pack is a folder of labs that somebody else has written. gopark lab add copies it to
// work/packs/PACK, inside the module, so that its labs compile as the built-in ones do.
const packsFolder = "work/packs"

var packName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// labs returns every lab that there is: the built-in ones, then those of packs. A pack
// that cannot be read has none; packs says why.
func (w work) labs() []Lab {
	added, _ := w.packs()
	return slices.Concat(All, added)
}

// Everything returns every lab that there is, seen from the current folder: the built-in
// ones, and if the folder is in the module, those that have been added to it.
func Everything() []Lab {
	w, err := here()
	if err != nil {
		return All
	}
	return w.labs()
}

// packs returns the labs of all packs in the order of their names. A lab that has the
// name of an earlier one is left out: gopark lab add refuses it, but the built-in one
// may have come later.
func (w work) packs() (added []Lab, err error) {
	folders, err := os.ReadDir(filepath.Join(w.root, filepath.FromSlash(packsFolder)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for packs: %w", err)
	}
	for _, folder := range folders {
		if !packName.MatchString(folder.Name()) {
			continue // one that is being added, or was when somebody killed it
		}
		labs, packErr := w.pack(folder.Name())
		err = errors.Join(err, packErr)
		for _, l := range labs {
			if _, ok := named(slices.Concat(All, added), l.Name); !ok {
				added = append(added, l)
			}
		}
	}
	return added, err
}

// pack returns the labs of one pack.
func (w work) pack(name string) (labs []Lab, err error) {
	pages, err := fs.Glob(os.DirFS(w.root), path.Join(packsFolder, name, "*", "page.md"))
	if err != nil {
		return nil, fmt.Errorf("look for the labs of %s: %w", name, err)
	}
	for _, page := range pages {
		labs = append(labs, Lab{
			Name: path.Base(path.Dir(page)), Track: "pack " + name,
			pack: name, root: w.root,
		})
	}
	return labs, nil
}

func named(labs []Lab, name string) (Lab, bool) {
	i := slices.IndexFunc(labs, func(l Lab) bool { return l.Name == name })
	if i < 0 {
		return Lab{}, false
	}
	return labs[i], true
}

// packOf returns the name of the pack in a folder: that of the folder.
func packOf(dir string) (string, error) {
	name := strings.ToLower(filepath.Base(dir))
	if !packName.MatchString(name) {
		return "", fmt.Errorf("%q cannot be the name of a pack: letters, digits, - and _", filepath.Base(dir))
	}
	return name, nil
}
