package postmortem

import (
	"fmt"
	"strings"
)

// rule explains one way to end, or says that it was another one.
type rule struct {
	way, page string
	explain   func(e evidence) (f Finding, ok bool)
}

// rules are asked in this order. A new way to end is a function and a line.
var rules = []rule{
	{"killed", "signals/matrix", killed},
	{"broken pipe", "signals/brokenpipe", brokenPipe},
	{"signal", "signals/matrix", signaled},
	{"race", "panics/race", race},
	{"deadlock", "panics/deadlock", deadlock},
	{"goexit", "panics/deadlock", goexit},
	{"stack overflow", "panics/fatal", stackOverflow},
	{"concurrent map", "panics/race", concurrentMap},
	{"out of memory", "panics/fatal", outOfMemory},
	{"fatal", "panics/fatal", fatal},
	{"panic in panic", "panics/repanic", panicInPanic},
	{"nil", "panics/fault", nilDereference},
	{"panic", "panics/rescue", panicked},
	{"dump", "panics/report", dumped},
	{"go run", "panics/ending", goRun},
	{"test", "panics/ending", failedTest},
	{"usage", "panics/exitcode", usage},
	{"not started", "panics/ending", notStarted},
	{"relayed", "panics/ending", relayed},
	{"success", "panics/hidden", success},
	{"exit", "panics/exitcode", exited},
}

const (
	noDefers   = "None: nobody unwinds a stack here."
	ownDefers  = "All those of that goroutine, before the message was written; none of any other, main included."
	mainDefers = "All those of the main goroutine, before the message was written; none of any other."
)

func killed(e evidence) (f Finding, ok bool) {
	return Finding{
		What:   "SIGKILL ended it, which no program can catch. It has had no say, and it has not ended itself by a mistake.",
		Defers: noDefers,
		Advice: "Ask who has sent it: somebody with kill -9, a supervisor that was tired of waiting for SIGTERM to be obeyed, or the kernel, which was short of memory and says so in its log.",
	}, e.Signal == "SIGKILL"
}

func brokenPipe(e evidence) (f Finding, ok bool) {
	return Finding{
		What:   "It wrote to its standard output or error, where nobody reads any more, and died of SIGPIPE.",
		Defers: noDefers,
		Advice: "That is right for a tool in a pipeline. A server whose log goes through a pipe should ignore SIGPIPE.",
	}, e.Signal == "SIGPIPE"
}

// signaled: any other signal. What it stands for depends on whether it is one that the
// runtime of Go would have reported.
func signaled(e evidence) (f Finding, ok bool) {
	f = Finding{Defers: noDefers}
	switch e.Signal {
	case "":
		return f, false
	case "SIGTERM", "SIGINT", "SIGHUP":
		f.What = e.Signal + " ended it. Somebody has asked it to stop, and the program has not asked to be told."
		f.Advice = "If something must be done before the end, catch it: signal.NotifyContext."
	case "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGTRAP", "SIGSYS", "SIGQUIT":
		f.What = e.Signal + " ended it, and no runtime of Go has reported it."
		f.Advice = "Then it is not a Go program, or the signal came where the runtime is not in charge: in C code, or while it was reporting something else."
	default:
		f.What = e.Signal + " ended it, which is what the kernel does with a process that has not said anything about this signal."
		f.Advice = "Then it is not a Go program, or its main had not begun: the runtime of Go catches this signal, and does nothing."
	}
	return f, true
}

// raceStatus is what the race detector makes of the status, unless GORACE says otherwise.
const raceStatus = 66

func race(e evidence) (f Finding, ok bool) {
	const line = "WARNING: DATA RACE"
	f = Finding{
		What:   "It went on to its end, and the race detector changed the status to 66 because it had reported a race.",
		Line:   line,
		Defers: "As they would have without a race: it stops nobody.",
		Advice: "The report names two accesses to the same memory and who made them. Both places need the same lock, or a channel between them.",
	}
	return f, e.ended(raceStatus) && strings.Contains(e.Stderr, line)
}

// thrown is what all fatal errors have in common.
func thrown(e evidence, what, advice string) Finding {
	return Finding{
		What:   what + " This is no panic: recover does not see it.",
		Line:   e.fatal,
		Where:  e.where(),
		Defers: noDefers,
		Advice: advice,
	}
}

func deadlock(e evidence) (f Finding, ok bool) {
	return thrown(e,
		"Every goroutine was waiting for another one, so nothing could ever happen again, and the runtime ended the process.",
		"They waited like this: "+e.waits()+". It was noticed because nothing else was there: one timer, one connection or one signal.Notify, and it would have gone on for ever.",
	), strings.HasPrefix(e.fatal, "fatal error: all goroutines are asleep")
}

func goexit(e evidence) (f Finding, ok bool) {
	return Finding{
		What:   "The main goroutine called runtime.Goexit, and then the last of the others came to its end. Only main's return ends a program well.",
		Line:   e.fatal,
		Defers: "All those of the main goroutine: Goexit runs them.",
		Advice: "t.FailNow and its like call Goexit. In main, return.",
	}, strings.HasPrefix(e.fatal, "fatal error: no goroutines (main called runtime.Goexit)")
}

func stackOverflow(e evidence) (f Finding, ok bool) {
	return thrown(e,
		"The stack of "+e.whose()+" has grown beyond its limit.",
		"Look for a function that calls itself: the dump shows the innermost and the outermost calls.",
	), e.fatal == "fatal error: stack overflow"
}

func concurrentMap(e evidence) (f Finding, ok bool) {
	return thrown(e,
		"Two goroutines used one map at the same time, one of them writing.",
		"The runtime notices only some of these, by luck; the one that it has reported is not the first. A build with -race names both places.",
	), strings.HasPrefix(e.fatal, "fatal error: concurrent map")
}

func outOfMemory(e evidence) (f Finding, ok bool) {
	return thrown(e,
		"The system gave no more memory.",
		"Who asked last need not be who has it all: a heap profile tells, if it is taken before.",
	), strings.Contains(e.fatal, "out of memory") || strings.Contains(e.fatal, "cannot allocate memory")
}

func fatal(e evidence) (f Finding, ok bool) {
	return thrown(e,
		"The runtime found something that no program can go on after, in "+e.whose()+".",
		"It is a bug of the program, and not bad luck: find it at the place that the dump names first.",
	), e.ended(2) && e.fatal != ""
}

// unrecovered is what all panics have in common.
func unrecovered(e evidence) Finding {
	f := Finding{
		What:   "A panic in " + e.whose() + ", which nobody recovered.",
		Line:   e.panicked,
		Where:  e.where(),
		Defers: ownDefers,
	}
	if e.culprit().ID == 1 {
		f.Defers = mainDefers
	}
	return f
}

func panicInPanic(e evidence) (f Finding, ok bool) {
	f = unrecovered(e)
	f.What += fmt.Sprintf(" It is a chain of %d: while a function was panicking, one that it had deferred panicked too, or recovered and panicked again.", e.values)
	f.Advice = "The first line of the chain is the oldest, and the one to look for. The place is that of the last one."
	return f, e.ended(2) && (e.values > 1 || strings.Contains(e.panicked, "[recovered"))
}

// firstPage is below which address an access counts as one through a nil pointer.
const firstPage = 4096

func nilDereference(e evidence) (f Finding, ok bool) {
	f = unrecovered(e)
	f.Advice = "The address was " + e.address + "."
	var address uint64
	switch n, _ := fmt.Sscanf(e.address, "0x%x", &address); {
	case n == 1 && address > 0 && address < firstPage:
		f.Advice += fmt.Sprintf(" So a pointer was nil, and what lies %d bytes behind it was wanted: a field.", address)
	case n == 1 && address == 0:
		f.Advice += " So a pointer was nil, or a function that was called, or an interface whose method was called."
	}
	return f, e.ended(2) && strings.Contains(e.panicked, "nil pointer dereference") && e.address != ""
}

func panicked(e evidence) (f Finding, ok bool) {
	f = unrecovered(e)
	f.Advice = "Only a function that this goroutine itself has deferred can recover. A recover in main, or in whoever has started it, is of no use."
	if e.culprit().ID == 1 {
		f.Advice = "Only a function that the main goroutine itself has deferred, at or above that place, can recover."
	}
	return f, e.ended(2) && e.panicked != ""
}

func dumped(e evidence) (f Finding, ok bool) {
	return Finding{
		What:   "It got a signal at which the runtime prints all goroutines and exits with 2.",
		Line:   e.caught,
		Where:  "",
		Defers: noDefers,
		Advice: "Somebody has sent it: SIGQUIT is Ctrl-\\. What they were doing: " + e.waits() + ".",
	}, e.ended(2) && e.caught != ""
}

func goRun(e evidence) (f Finding, ok bool) {
	return Finding{
		What:   "This is not the status of the program, but that of go run: it is 1 whatever happened to the program, which is told in words.",
		Line:   e.last,
		Where:  e.where(),
		Advice: "Build the program and run it by itself: gopark why ./program.",
	}, e.ended(1) && (strings.HasPrefix(e.last, "exit status ") || strings.HasPrefix(e.last, "signal: "))
}

func failedTest(e evidence) (f Finding, ok bool) {
	return Finding{
		What:   "A go test has failed: 1 is the status of the go command, whatever the test binary ended with.",
		Line:   e.last,
		Advice: "The reason is above that line. A panic in any goroutine ends the whole test binary, and the tests after it have not been run.",
	}, e.ended(1) && (e.last == "FAIL" || strings.HasPrefix(e.last, "FAIL\t"))
}

func usage(e evidence) (f Finding, ok bool) {
	return Finding{
		What:   "Package flag did not understand the arguments and called os.Exit(2).",
		Line:   firstLine(e.Stderr),
		Defers: noDefers,
		Advice: "2 is also the status of a panic; only stderr tells them apart.",
	}, e.ended(2) && (strings.HasPrefix(e.Stderr, "flag ") || strings.HasPrefix(e.Stderr, "Usage of ") || strings.HasPrefix(e.Stderr, "invalid value "))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func notStarted(e evidence) (f Finding, ok bool) {
	return Finding{
		What:   "A shell uses this status to say that the program was not found (127) or may not be executed (126).",
		Line:   e.last,
		Advice: "Or the program has called os.Exit with that number itself.",
	}, e.ended(126) || e.ended(127)
}

// relayed: a shell, or whoever does as shells do, passes on that a child died of a signal.
func relayed(e evidence) (f Finding, ok bool) {
	number := e.Status - 128
	return Finding{
		What:   fmt.Sprintf("It exited with %d. A shell does that when its child died of signal %d: %s.", e.Status, number, signalName(number)),
		Line:   e.last,
		Defers: "If it was a shell, that of its child: none. If the program has called os.Exit with that number: none.",
		Advice: "If it was a shell or a container, look at what it has run.",
	}, e.Signal == "" && number > 0 && number < 32
}

func success(e evidence) (f Finding, ok bool) {
	return Finding{
		What:   "Success: main has returned, or somebody has called os.Exit with 0, or with a multiple of 256.",
		Line:   e.panicked,
		Defers: "If main returned, those of main. After os.Exit, none. Goroutines that were still at work are gone, their deferred functions with them.",
		Advice: "A deferred os.Exit(0) hides a panic completely, and a recover may have swallowed one: 0 is what the program says of itself.",
	}, e.ended(0)
}

func exited(e evidence) (f Finding, ok bool) {
	f = Finding{
		What:   fmt.Sprintf("The program has called os.Exit with %d, or with a number that has the same lowest eight bits.", e.Status),
		Line:   e.last,
		Defers: noDefers,
	}
	if e.Status == 1 {
		f.What = "The program has called os.Exit(1), which is also what log.Fatal does."
		f.Advice = "If it was log.Fatal, the last line says why."
	}
	return f, true
}
