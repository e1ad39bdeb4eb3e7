package deadlock

// outcome is what a program must come to.
type outcome struct {
	besides  string   // what there is besides main: the program's name in testdata/programs.go
	built    string   // how: plainly, withCgo
	env      []string // of the process
	outcomes []string // detected, inBubble, silent: one, or whichever chance decides for
}

// How a program is built.
const (
	plainly = "without cgo"
	withCgo = "with cgo"
)

// How it ends: by the first line on its stderr. A program that is silent does not end.
const (
	detected = "fatal error: all goroutines are asleep - deadlock!"
	inBubble = "panic: deadlock: all goroutines in bubble are blocked [recovered, repanicked]"
	silent   = ""
)

// outcomes is what is claimed, a line for each program.
var outcomes = []outcome{
	{"nothing else", plainly, nil, []string{detected}},
	{"two goroutines that wait for each other", plainly, nil, []string{detected}},
	{"a goroutine that sends and is not heard", plainly, nil, []string{detected}},
	{"signal.Ignore", plainly, nil, []string{detected}},
	{"a listener that nobody asks", plainly, nil, []string{detected}},
	{"a ticker that nobody reads", plainly, nil, []string{detected}},
	{"time.AfterFunc, stopped, one P", plainly, []string{"GOMAXPROCS=1"}, []string{detected}},
	{"time.AfterFunc, stopped", plainly, nil, []string{detected, silent}},

	{"time.AfterFunc", plainly, nil, []string{silent}},
	{"a context with a timeout", plainly, nil, []string{silent}},
	{"a goroutine that sleeps", plainly, nil, []string{silent}},
	{"a ticker that a goroutine reads", plainly, nil, []string{silent}},
	{"a ticker that nobody reads, asynctimerchan=1", plainly, []string{"GODEBUG=asynctimerchan=1"}, []string{silent}},
	{"a goroutine in Accept", plainly, nil, []string{silent}},
	{"a goroutine in a system call", plainly, nil, []string{silent}},
	{"signal.Notify", plainly, nil, []string{silent}},
	{"signal.Notify, and Stop", plainly, nil, []string{silent}},
	{"nothing else", withCgo, nil, []string{silent}},

	{"a bubble", plainly, nil, []string{inBubble}},
	{"a bubble, and a goroutine outside that reads a ticker", plainly, nil, []string{inBubble}},
	{"a bubble", withCgo, nil, []string{inBubble}},
}
