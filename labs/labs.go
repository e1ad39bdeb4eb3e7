// Package labs answers: can I write it myself, and if not, what is my mistake called?
//
// A lab is a folder below this one: given code (NAME.go), a reference answer
// (answer.go), the judge (NAME_test.go), a page (page.md), what a learner starts from
// (testdata/start.go) and answers that are known to be wrong (testdata/wrong), each of
// which ends with the verdict that it must get. The learner's copy lives in work/NAME,
// outside of version control; only its answer.go counts. labs/judge finds verdicts,
// labs/probe helps the tests of labs to name them.
//
// Read labs.go (what there is), page.go, module.go and work.go (the learner's copy), journal.go
// (how far the learner is), keep.go, evidence.go and lock.go (nothing is lost, also when two
// are at it), judging.go, contract.go (what a lab promises), packs.go (labs that others have
// written) and abreast.go (many at a time), then command.go and the commands: list.go,
// start.go, check.go, hint.go, reset.go, answer.go, verify.go, replay.go, report.go, new.go,
// add.go and remove.go, each by itself. Last watch.go, with what it is made of: saves.go (has
// somebody saved?), checker.go (one check at a time, the newest), session.go (what the keys
// do), view.go (what is to be seen), screen.go and keys.go (the terminal). notebook.go and
// notebook_save.go are the same for the pages of the notebook, and matrix.go says which
// detector finds which wrong answer. labs/contract holds every lab to its promises.
package labs

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

//go:embed firsterr
//go:embed bounded
//go:embed inorder
//go:embed lostresult
//go:embed pipeline
//go:embed closer
//go:embed priority
//go:embed timeouts
//go:embed semaphore
//go:embed unread
//go:embed lostupdate
//go:embed oversell
//go:embed lockorder
//go:embed onceerr
//go:embed upgrade
//go:embed cond
//go:embed addinside
//go:embed snapshot
//go:embed sharded
//go:embed canceltree
//go:embed lostcancel
//go:embed cause
//go:embed budget
//go:embed cleanup
//go:embed restore
//go:embed worker
//go:embed trylock
//go:embed accept
//go:embed rightframe
//go:embed supervise
//go:embed panicerr
//go:embed exitcode
//go:embed shutdown
//go:embed secondkey
//go:embed eintr
//go:embed reap
//go:embed count
//go:embed batcher
//go:embed longpoll
//go:embed idempotent
//go:embed commitafter
//go:embed inflight
//go:embed reporter
//go:embed future
//go:embed order
//go:embed exitcodes
//go:embed howmany
//go:embed verdicts
//go:embed testbounded
//go:embed testcache
var folders embed.FS

// All is every lab in the order in which they teach best.
var All = []Lab{
	{Name: "firsterr", Track: "goroutines and channels"},
	{Name: "bounded", Track: "goroutines and channels"},
	{Name: "inorder", Track: "goroutines and channels"},
	{Name: "lostresult", Track: "goroutines and channels"},
	{Name: "pipeline", Track: "goroutines and channels"},
	{Name: "closer", Track: "goroutines and channels"},
	{Name: "priority", Track: "goroutines and channels"},
	{Name: "timeouts", Track: "goroutines and channels"},
	{Name: "semaphore", Track: "goroutines and channels"},
	{Name: "unread", Track: "goroutines and channels"},
	{Name: "lostupdate", Track: "sync"},
	{Name: "oversell", Track: "sync"},
	{Name: "lockorder", Track: "sync"},
	{Name: "onceerr", Track: "sync"},
	{Name: "upgrade", Track: "sync"},
	{Name: "cond", Track: "sync"},
	{Name: "addinside", Track: "sync"},
	{Name: "snapshot", Track: "sync"},
	{Name: "sharded", Track: "sync"},
	{Name: "canceltree", Track: "context and interrupt"},
	{Name: "lostcancel", Track: "context and interrupt"},
	{Name: "cause", Track: "context and interrupt"},
	{Name: "budget", Track: "context and interrupt"},
	{Name: "cleanup", Track: "context and interrupt"},
	{Name: "restore", Track: "context and interrupt"},
	{Name: "worker", Track: "context and interrupt"},
	{Name: "trylock", Track: "context and interrupt"},
	{Name: "accept", Track: "context and interrupt"},
	{Name: "rightframe", Track: "panics and signals"},
	{Name: "supervise", Track: "panics and signals"},
	{Name: "panicerr", Track: "panics and signals"},
	{Name: "exitcode", Track: "panics and signals"},
	{Name: "shutdown", Track: "panics and signals"},
	{Name: "secondkey", Track: "panics and signals"},
	{Name: "eintr", Track: "panics and signals"},
	{Name: "reap", Track: "panics and signals"},
	{Name: "count", Track: "panics and signals"},
	{Name: "batcher", Track: "delivery"},
	{Name: "longpoll", Track: "delivery"},
	{Name: "idempotent", Track: "delivery"},
	{Name: "commitafter", Track: "delivery"},
	{Name: "inflight", Track: "delivery"},
	{Name: "reporter", Track: "delivery"},
	{Name: "future", Track: "delivery"},
	{Name: "order", Track: "scheduler koans"},
	{Name: "exitcodes", Track: "scheduler koans"},
	{Name: "howmany", Track: "scheduler koans"},
	{Name: "verdicts", Track: "scheduler koans"},
	{Name: "testbounded", Track: "reverse labs"},
	{Name: "testcache", Track: "reverse labs"},
}

// Lab is one exercise.
type Lab struct {
	Name  string // its folder
	Track string // what it belongs to

	pack string // that it came with; "" if it is built in
	root string // of the module that the pack is in
}

// Files is the lab's folder: of a built-in one, as it was when this program was built.
func (l Lab) Files() fs.FS {
	if l.pack != "" {
		return os.DirFS(filepath.Join(l.root, filepath.FromSlash(l.Folder())))
	}
	sub, err := fs.Sub(folders, l.Name)
	if err != nil {
		panic(err) // only for names that are no paths
	}
	return sub
}

// Page returns the lab's page, or an empty one if it has been taken away: see the
// contract.
func (l Lab) Page() Page {
	text, err := fs.ReadFile(l.Files(), "page.md")
	if err != nil {
		return Page{Title: l.Name}
	}
	return parsePage(string(text))
}

// Folder is the lab's folder below the module's, with slashes.
func (l Lab) Folder() string {
	if l.pack != "" {
		return path.Join(packsFolder, l.pack, l.Name)
	}
	return "labs/" + l.Name
}

// find returns the lab with this name. The error of an unknown name carries the
// nearest ones as its hint.
func (w work) find(name string) (Lab, error) {
	all := w.labs()
	if l, ok := named(all, name); ok {
		return l, nil
	}
	var names []string
	for _, l := range all {
		names = append(names, l.Name)
	}
	err := fmt.Errorf("unknown lab %q", name)
	return Lab{}, cli.Usage(hint.With(err, "%s", hint.Meant(name, names, "gopark lab list shows them all")))
}
