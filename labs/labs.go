// Package labs answers: can I write it myself, and if not, what is my mistake called?
//
// A lab is a folder below this one: given code (NAME.go), a reference answer
// (answer.go), the judge (NAME_test.go), a page (page.md), what a learner starts from
// (testdata/start.go) and answers that are known to be wrong (testdata/wrong), each of
// which ends with the verdict that it must get. The learner's copy lives in work/NAME,
// outside of version control; only its answer.go counts. labs/judge finds verdicts,
// labs/probe helps the tests of labs to name them.
//
// Read labs.go (what there is), page.go, module.go and work.go (the learner's copy),
// journal.go (how far the learner is), command.go with list.go, start.go and check.go
// (the commands). contract_test.go holds every lab to its promises.
package labs

import (
	"embed"
	"fmt"
	"io/fs"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

//go:embed firsterr
var folders embed.FS

// All is every lab in the order in which they teach best.
var All = []Lab{
	{Name: "firsterr", Track: "goroutines and channels"},
}

// Lab is one exercise.
type Lab struct {
	Name  string // its folder
	Track string // what it belongs to
}

// Files is the lab's folder, as it was when this program was built.
func (l Lab) Files() fs.FS {
	sub, err := fs.Sub(folders, l.Name)
	if err != nil {
		panic(err) // only for names that are no paths
	}
	return sub
}

// Page returns the lab's page. It panics if there is none: see the contract.
func (l Lab) Page() Page {
	text, err := fs.ReadFile(l.Files(), "page.md")
	if err != nil {
		panic(err)
	}
	return parsePage(string(text))
}

// Folder is the lab's folder below the module's, with slashes.
func (l Lab) Folder() string { return "labs/" + l.Name }

// Find returns the lab with this name. The error of an unknown name carries the
// nearest ones as its hint.
func Find(name string) (Lab, error) {
	var names []string
	for _, l := range All {
		if l.Name == name {
			return l, nil
		}
		names = append(names, l.Name)
	}
	err := fmt.Errorf("unknown lab %q", name)
	return Lab{}, cli.Usage(hint.With(err, "%s", hint.Meant(name, names, "gopark lab list shows them all")))
}
