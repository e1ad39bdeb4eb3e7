// Package postmortem answers: a program has ended; how, by whose doing, and what did not
// happen any more?
//
// The wait status is one small word, and what was written to stderr is often the only
// witness. Explain reads both as the experiments of this topic have found them to be: a
// rule for each way to end, the first that matches speaks. It says what follows from them,
// and where more than one thing may have happened, it says so.
//
// Read postmortem.go, rules.go (the ways to end), evidence.go (what is read out of stderr),
// why.go (the command).
package postmortem

// Death is what is left of a process.
type Death struct {
	Status int    // 0 to 255; without meaning if Signal is there
	Signal string // "SIGKILL", if one ended it
	Stderr string // what it wrote there, or the end of it
}

// Finding is the explanation of a Death. What is not known is "".
type Finding struct {
	Way    string `json:"way"`    // the name of the rule: "panic", "deadlock", "killed"
	What   string `json:"what"`   // how it ended
	Line   string `json:"line"`   // the line of stderr that says so
	Where  string `json:"where"`  // the place in the program: "main.go:12, main.work"
	Defers string `json:"defers"` // which deferred functions have run
	Advice string `json:"advice"` // what to do, or where to look
	Page   string `json:"page"`   // the experiment that shows it: "panics/ending"
}

// Explain returns what can be said about a death. There is always something.
func Explain(d Death) Finding {
	e := examine(d)
	crash := e.Signal == "SIGABRT" && e.reported()
	if crash { // with any other GOTRACEBACK it would have ended like this:
		e.Signal, e.Status = "", 2
	}
	for _, r := range rules {
		if f, ok := r.explain(e); ok {
			f.Way, f.Page = r.way, r.page
			if crash {
				f.What += " It has sent SIGABRT to itself in place of the status 2, because GOTRACEBACK is crash: that is for a core file."
			}
			return f
		}
	}
	panic("the last rule matches everything")
}
