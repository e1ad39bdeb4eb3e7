package judge

import (
	"fmt"
	"regexp"
	"strings"

	"lab.example/gopark/internal/child"
)

// answerFile is the file of a lab that the learner writes.
const answerFile = "answer.go"

// Run is how one process of tests went. The tests were run with -test.v.
type Run struct {
	Stdout, Stderr string
	Status         child.Status
	Tests          []string // that it had to run
	Receipt        bool     // it has handed back the secret that only the last test can: see package receipt

	setting setting
	command []string
	env     []string
}

// Read names what went wrong in a run, or finds that nothing did. The first thing
// that went wrong counts, except that a race goes before everything: after it, nothing
// that the program says can be trusted.
func Read(r Run) Finding {
	tests := readTests(r.Stdout)
	if r.Status.Exit == 0 && r.Status.Limit == child.None && r.Receipt && tests.complete(r.Tests) {
		if r.Status.Left > 0 {
			return Finding{Verdict: Leak, Message: leftBehind(r.Status.Left), Test: tests.last}
		}
		return Finding{Verdict: Pass} // whatever it may have printed
	}
	if f, ok := readRace(r.Stderr); ok {
		f.Test = tests.last
		return f
	}
	if tests.failed && tests.message != "" {
		return tests.finding()
	}
	f := readEnd(r, tests)
	f.Test = tests.last
	return f
}

// readEnd reads how the process came to its end, if no test has said anything.
func readEnd(r Run, tests tests) Finding {
	during := "before the first test"
	if tests.last != "" {
		during = "during " + tests.last
	}
	died := func(v Verdict, message string) Finding {
		return Finding{Verdict: v, Message: message, Place: place(r.Stderr)}
	}
	switch r.Status.Limit {
	case child.None:
	case child.Wall:
		return died(Hang, "not ended "+during+" when its time was up"+waiting(r.Stderr))
	default:
		return died(Fatal, r.Status.Reason)
	}
	if m := panicForm.FindStringSubmatch(r.Stderr); m != nil {
		return panicked(m[1], during, waiting(r.Stderr), died)
	}
	if m := fatalForm.FindStringSubmatch(r.Stderr); m != nil {
		if strings.HasPrefix(m[1], "all goroutines are asleep") {
			return died(Deadlock, "every goroutine waits"+waiting(r.Stderr))
		}
		return died(Fatal, m[1])
	}
	if m := crashForm.FindString(r.Stderr); m != "" {
		return died(Fatal, m)
	}
	if strings.Contains(r.Stderr, "goleak: Errors on successful test run") {
		return died(Leak, "goroutines still there when all tests were over")
	}
	switch {
	case r.Status.Signal != "":
		return died(Exit, fmt.Sprintf("the process was ended by %s %s", r.Status.Signal, during))
	case r.Status.Exit == 0 && tests.complete(r.Tests):
		return died(Exit, "the process exited with status 0 before its tests were over: what it printed is not theirs")
	case tests.failed:
		return died(Assert, tests.last+" failed without a message")
	}
	return died(Exit, fmt.Sprintf("the process exited with status %d %s", r.Status.Exit, during))
}

func leftBehind(n int) string {
	if n == 1 {
		return "a process that was started is still there when all tests are over"
	}
	return fmt.Sprintf("%d processes that were started are still there when all tests are over", n)
}

var (
	panicForm = regexp.MustCompile(`(?m)^panic: (.*)$`)
	fatalForm = regexp.MustCompile(`(?m)^fatal error: (.*)$`)
	crashForm = regexp.MustCompile(`(?m)^SIG[A-Z]+: .*$`) // a signal that no handler of the runtime survives
	annotated = regexp.MustCompile(` \[recovered[^\]]*\]$`)
)

// panicked reads the first line of a panic. Some of them are something else.
func panicked(value, during, waiting string, died func(Verdict, string) Finding) Finding {
	value = annotated.ReplaceAllString(value, "")
	switch {
	case strings.HasPrefix(value, "unexpected call to os.Exit(0)"):
		return died(Exit, "the process called os.Exit(0) "+during)
	case strings.HasPrefix(value, "deadlock: main bubble goroutine has exited"):
		return died(Leak, "goroutines still blocked when the test was over"+waiting)
	case strings.HasPrefix(value, "deadlock: all goroutines in bubble are blocked"):
		return died(Deadlock, "every goroutine waits"+waiting)
	}
	return died(Panic, value)
}
