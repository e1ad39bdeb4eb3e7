package ending

// ending is how a program must end.
type ending struct {
	program string // its name in testdata/programs.go
	status  int    // 0..255; there is none if a signal ends it
	signal  string // "SIGTERM"; "" if it exits
	first   string // the first line on its stderr
	defers  string // where the deferred functions that run were deferred
}

const (
	invalid = "panic: runtime error: invalid memory address or nil pointer dereference"
	nobody  = "fatal error: no goroutines (main called runtime.Goexit) - deadlock!"
)

// endings is what is claimed, a line for each program.
var endings = []ending{
	{"return", 0, "", "", "main"},
	{"return, and a goroutine lives", 0, "", "", "main"},

	{"panic in main", 2, "", "panic: aaa", "main"},
	{"panic in main, recovered", 0, "", "", "main"},
	{"panic in a goroutine", 2, "", "panic: aaa", "goroutine"},
	{"panic in a goroutine, main recovers", 2, "", "panic: aaa", "goroutine"},
	{"panic in init", 2, "", "panic: aaa", ""},
	{"panic in time.AfterFunc", 2, "", "panic: aaa", "goroutine"},
	{"panic in runtime.AddCleanup", 2, "", "panic: aaa", "goroutine"},
	{"nil dereference", 2, "", invalid, "main"},
	{"panic, GOTRACEBACK=crash", 0, "SIGABRT", "panic: aaa", "main"},

	{"os.Exit(0)", 0, "", "", ""},
	{"os.Exit(256)", 0, "", "", ""},
	{"os.Exit(257)", 1, "", "", ""},
	{"os.Exit(300)", 44, "", "", ""},
	{"os.Exit(-1)", 255, "", "", ""},
	{"os.Exit(137)", 137, "", "", ""},
	{"os.Exit(4) in a goroutine", 4, "", "", ""},
	{"log.Fatal", 1, "", "aaa", ""},
	{"log.Panic", 2, "", "aaa", "main"},

	{"Goexit in main, alone", 2, "", nobody, "main"},
	{"Goexit in main, a goroutine exits", 0, "", "", "main"},
	{"unlock of an unlocked mutex", 2, "", "fatal error: sync: unlock of unlocked mutex", ""},
	{"stack overflow", 2, "", "runtime: goroutine stack exceeds 1048576-byte limit", ""},

	{"SIGTERM", 0, "SIGTERM", "", ""},
	{"SIGKILL", 0, "SIGKILL", "", ""},
	{"SIGABRT", 2, "", "SIGABRT: abort", ""},
	{"SIGSEGV, sent", 2, "", "SIGSEGV: segmentation violation", ""},
	{firstProcess, 2, "", "", ""},
}

// firstProcess may be refused, and is then not measured.
const firstProcess = "SIGTERM as process 1 of a namespace"
