// Package book answers: how does a reader predict, run and understand an experiment
// without leaving the page?
//
// It serves the notebook on loopback. The pages are the page.md files beside the
// experiments, set as a book: the code that a page names is cut out of the files
// that run, and a run happens in a process of its own while the page watches. What
// is in the book is handed to it as a Notebook; it knows no topic.
//
// All pages are rendered by New, so that a page which names something that does not
// exist stops the program at its start and not the reader in the middle.
//
// Read book.go; then how pages come about: pages.go, markdown.go, figure.go,
// links.go, prose.go; how they are served: command.go, serve.go, guard.go,
// layers.go; how experiments run: runs.go, run.go, journal.go, message.go, narrate.go,
// stream.go; how the learner works on a lab: exercises.go, desk.go, checks.go, given.go.
// In static/, page.js is where the browser begins.
package book

import (
	"fmt"
	"io/fs"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/exercise"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/ledger"
)

// Notebook is what is in the book, in reading order.
type Notebook struct {
	Catalogue experiment.Catalogue
	Ledger    []ledger.Row
	Labs      []Lab         // those of one track beside each other
	Exercises exercise.Work // nil if the labs are only to be read
}

// Lab is an exercise: given code, a question, and a judge. The book shows its page, on
// which the learner can work if the notebook has Exercises.
type Lab struct {
	Name     string // the folder: "gate"
	Track    string // what it belongs to
	Title    string
	Question string          // what the learner is asked to make true
	Files    fs.FS           // page.md and the .go files that it names
	Kills    []exercise.Kill // answers that its judge rejects
}

// Server serves one Notebook. Its pages never change.
type Server struct {
	notebook  Notebook
	documents map[string]document // by path: pages and static files
	missing   document            // for every other path
	token     string              // what the reader's browser must show
	limits    child.Limits        // of every run
	parallel  int                 // runs at once
	linger    time.Duration       // of a check that nobody watches
}

// document is an answer that is always the same.
type document struct {
	contentType string
	body        []byte
}

// New renders every page of n. The error names the page and what is wrong with it,
// and carries a hint where there is a way out.
func New(n Notebook) (*Server, error) {
	s := &Server{
		notebook:  n,
		documents: make(map[string]document),
		token:     newToken(),
		limits:    runLimits,
		parallel:  defaultParallel(),
		linger:    linger,
	}
	if err := s.addStatic(); err != nil {
		return nil, fmt.Errorf("read the files of the book: %w", err)
	}
	if err := s.addPages(); err != nil {
		return nil, err
	}
	return s, nil
}
