// Package exercise asks: what does a page have to know to let somebody work on an exercise?
//
// Read exercise.go. The notebook shows the work, package labs keeps it, and neither knows
// the other: this is what passes between them.
package exercise

import "context"

// Work is the learner's work on the labs: what the page of a lab can do besides
// being read. Labs are called by their names. The methods may be called at the same
// time; an error carries a hint where there is a way out.
type Work interface {
	// Ready returns nil if there is a place to work in, and else why there is none.
	Ready() error

	// Load returns a lab as it is now. Of one that has not been begun the sheet has the
	// text that it begins with, and no hash.
	Load(ctx context.Context, name string) (Sheet, error)

	// Save makes text the learner's answer, if the file still has the hash base, and begins
	// the lab if base is "". If the file is another one, and not text already, nothing
	// changes, saved is false, and the sheet has what is there. With keep the text that is
	// replaced is kept for Undo.
	Save(ctx context.Context, name, text, base string, keep bool) (s Sheet, saved bool, err error)

	// Check judges the answer as it is in the file. It calls told when a stage begins and
	// after each of its runs; of is how many there will be, or 0 if nobody can tell. It
	// returns when nothing that it has started is left, soon after ctx has ended too. An
	// error says that nothing could be judged.
	Check(ctx context.Context, name string, told func(stage string, runs, of int)) (Judgement, error)

	// Hint takes one more hint, if there is one.
	Hint(ctx context.Context, name string) (Sheet, error)

	// Reset keeps the answer and begins again.
	Reset(ctx context.Context, name string) (Sheet, error)

	// Undo brings back what was kept last, and keeps what was there instead.
	Undo(ctx context.Context, name string) (Sheet, error)

	// Answer returns the lab's own answer to those who have passed, or give up, which is
	// noted. To others it shows nothing.
	Answer(ctx context.Context, name string, giveUp bool) (source string, shown bool, err error)

	// Progress returns how far the learner is with each lab, in the order of the labs.
	Progress(ctx context.Context) ([]Standing, error)
}

// Sheet is a lab as the learner has it.
type Sheet struct {
	File    string   `json:"file"`    // "work/firsterr/answer.go"
	Text    string   `json:"text"`    // of the answer
	Hash    string   `json:"hash"`    // of the text; "" if the lab has not been begun
	Kept    bool     `json:"kept"`    // there is something for Undo
	Hints   int      `json:"hints"`   // that have been taken
	Passed  bool     `json:"passed"`  // some answer has passed
	GaveUp  bool     `json:"gaveUp"`  // the lab's own answer has been shown before that
	Verdict string   `json:"verdict"` // the last one on this text, or ""
	Stages  []string `json:"stages"`  // of a check, in order
}

// Judgement is what a check found.
type Judgement struct {
	Verdict string  `json:"verdict"` // "pass", "race"
	Passed  bool    `json:"passed"`
	Doubt   bool    `json:"doubt"`   // neither passed nor rejected: not everything could be checked
	Meaning string  `json:"meaning"` // of the verdict, for those who meet it for the first time
	Message string  `json:"message"`
	Place   string  `json:"place"` // "answer.go:23", "firsterr_test.go:40", or ""
	Test    string  `json:"test"`  // that found it, or ""
	Next    string  `json:"next"`  // what to do now
	Stages  []Stage `json:"stages"`
	Groups  []Group `json:"groups"` // what goroutines were doing
	Output  string  `json:"output"` // of the process that decided
	Runs    int     `json:"runs"`   // processes of tests
	Took    string  `json:"took"`
	Hash    string  `json:"hash"` // of the text that was judged; "" if it was changed meanwhile
}

// Stage is what one stage of a check found.
type Stage struct {
	Name    string `json:"name"`
	Verdict string `json:"verdict"`
	Runs    int    `json:"runs"`
	Note    string `json:"note"` // why a part of it could not be carried out, or ""
}

// Group is goroutines that do the same in the same place.
type Group struct {
	Count int      `json:"count"`
	Doing string   `json:"doing"` // "chan send"
	Stack []string `json:"stack"` // innermost first: "Run.func1 answer.go:23"
	From  string   `json:"from"`  // where they were started: "answer.go:19", or ""
}

// Standing is how far the learner is with a lab.
type Standing struct {
	Name    string `json:"name"`
	State   string `json:"state"`   // "new", "started" or "passed"
	Verdict string `json:"verdict"` // the last one on the answer as it is now, or ""
}

// Kill is a known-wrong answer of a lab, and who finds it out. A detector that finds
// nothing on its own is "".
type Kill struct {
	Name    string // "waves"
	Mistake string // in a sentence or two
	Verdict string // "assert"
	Words   string // of the message that it must die of
	Vet     string // the verdict of go vet
	Tests   string // of several processes of tests, without the race detector
	Race    string // "race" if the race detector reports it
}
