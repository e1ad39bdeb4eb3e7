// Package child answers: how do I run something that may die, hang, flood or fork,
// and have nothing left over afterwards?
//
// Start runs a process under a supervisor: this same binary, executed again. The
// supervisor is a child subreaper, so that whatever the process leaves behind
// becomes the supervisor's child; it holds the read end of a pipe whose write end
// is in this process, so that it notices the instant when this process dies, also
// by SIGKILL; and it does not end before everything below it has ended.
//
//	this process ── control pipe ──▶ supervisor ──▶ process ──▶ whatever it starts
//	             ◀── status pipe ──
//	             ◀── stdout, stderr, report ─────────┘
//
// The process runs as the same user, so it can kill its supervisor. The kernel then
// kills the process, and what is left becomes the child of this process, which
// knows it by marks that are inherited, and ends it.
//
// Limits bound wall-clock time, memory, output and report. A process that meets a
// limit is stopped with everything below it, and Status.Limit names the limit.
//
// This is containment of accidents and of mischief, not a sandbox: the process may
// read and write what its user may, use the network, and start as many processes as
// it likes until it is stopped. What kills its supervisor and this process at the
// same time can outlive them. On macOS, only the group of the process is cleared up:
// see Supported.
//
// Read child.go (the contract), start.go and process.go (this side), wire.go (what
// is said between the sides), supervise.go (the other side), then reap_linux.go and
// limit_linux.go (what it asks of the kernel).
package child

import (
	"os"
	"time"
)

// Limits bound one process. A zero field means its default.
type Limits struct {
	// Wall is the wall-clock time from start to end; default 10 s, 40 s in a binary with
	// the race detector. Grace is the time between SIGQUIT to the process and its group,
	// at which a Go program prints its goroutines, and the kill; 0 means a kill without
	// SIGQUIT.
	Wall, Grace time.Duration

	// Memory is in bytes of private writable memory (RLIMIT_DATA), of each process, not
	// of all together; default 512 MiB, 2 GiB in a binary with the race detector. A Go
	// program needs 64 MiB, with the race detector 512 MiB. A limit below half the
	// default holds only from a moment after the start.
	Memory int64

	Output int64 // bytes of stdout and stderr together; default 1 MiB
	Report int64 // bytes on the report pipe, 64 KiB in one line; default 8 MiB

	// File is in bytes of any file that it writes (RLIMIT_FSIZE); default 64 MiB. A Go
	// program gets EFBIG from its write, and goes on; most others die of SIGXFSZ.
	File int64
}

// Limit names why a process was stopped before its own end.
type Limit string

const (
	None         Limit = ""
	Wall         Limit = "wall-clock"
	Memory       Limit = "memory"
	Output       Limit = "output"
	Report       Limit = "report"
	File         Limit = "file"       // SIGXFSZ ended it
	Cancelled    Limit = "cancelled"  // the context that Start was given ended
	Unsupervised Limit = "supervisor" // its supervisor was killed, most likely by the process itself
)

// Stream is one of the two standard streams.
type Stream int

const (
	Stdout Stream = 1
	Stderr Stream = 2
)

// Spec says what to run. Set Body to run a part of this binary, or Path to run
// another program; not both.
//
// The process is the leader of a group of its own. It has an empty standard input,
// the report pipe as descriptor 3, no other descriptors, and the default disposition
// of every signal.
type Spec struct {
	Body string // handed, with Arg, to the handler that was given to Main
	Arg  []byte // at most 64 KiB

	Path string   // looked up as by exec.LookPath, from the folder and with the PATH of this process
	Args []string // without the program's name

	Dir    string   // that the process starts in; "" means that of this process
	Env    []string // the complete environment, but for a GOPARK_RUN that Start adds; nil means Env()
	Limits Limits

	// Output and Reported are called one at a time, never concurrently with each
	// other, and never after Wait has returned. Blocking in them slows the process
	// down (back-pressure) and nothing else. They must not call Wait.
	Output   func(s Stream, p []byte) // p is valid until Output returns
	Reported func(line string)        // one line of the report pipe, without its newline; an unfinished last line is dropped
}

// Status is how a process ended.
type Status struct {
	Exit   int           // exit status, 0..255; -1 if it was ended by a signal
	Signal string        // "SIGKILL", "SIGUSR1", "signal 40"; "" if it exited
	Core   bool          // a core was dumped
	Limit  Limit         // the limit that stopped it, or None
	Reason string        // for people: "stopped after 10s of wall-clock time"; "" if Limit is None
	Wall   time.Duration // from start to end
	User   time.Duration // CPU time of the process and its waited-for children
	System time.Duration
	MaxRSS int64 // bytes

	// Left counts the processes that it left behind: those that still lived when it had
	// ended. They have been killed. It is 0 on macOS, and for a process that killed its
	// supervisor.
	Left int
}

// Job is what a process made by Start with Spec.Body is asked to do.
type Job struct {
	Body   string
	Arg    []byte
	Report *os.File // what is written here arrives line by line at Spec.Reported
}
