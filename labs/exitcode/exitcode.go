// Package exitcode asks: how does a program say how it went, and clean up first?
//
// Write the main function of a small tool so that it returns its exit status. Read
// exitcode.go (what is given), then write Main in answer.go until the tests in
// exitcode_test.go pass.
package exitcode

import (
	"io"
	"os"
)

// Env is what Main has of the world. The real main function would be
//
//	signals := make(chan os.Signal, 1)
//	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
//	os.Exit(exitcode.Main(exitcode.Env{Args: os.Args[1:], Stdin: os.Stdin, ...}))
type Env struct {
	Args []string // without the program's name

	// Stdin may make a Read wait for any time. Only Close ends such a Read, with an error.
	// Close may be called by any goroutine, and more than once.
	Stdin          io.ReadCloser
	Stdout, Stderr io.Writer

	// Signals brings the signals that the process was sent, each a syscall.Signal. It is
	// never closed.
	Signals <-chan os.Signal

	// Lock keeps other processes from doing the same work, until unlock is called.
	Lock func() (unlock func(), err error)
}

// Exit statuses. A signal with the number n is 128+n, as in a shell.
const (
	OK          = 0
	Failed      = 1
	Usage       = 2
	Unavailable = 3
)

// Tool is what Main must be. It is called tally, reads whole numbers, one on each line, and
// prints their sum. It returns its exit status:
//
//  1. OK if the sum was printed: to Stdout, in decimal, with a newline. The sum of no
//     lines is 0. The last line may be without its newline.
//  2. Failed if the work could not be done: a line is no number (strconv.ParseInt has the
//     say, with base 10 and 64 bits, and no sum is too large), Read returned an error other
//     than io.EOF, or Stdout could not be written to. But for this last case nothing is
//     written to Stdout.
//  3. Usage if there are arguments: it takes none. Then it neither locks nor reads.
//  4. Unavailable if Lock returned an error. Then it does not read. It locks before it
//     reads.
//  5. 128+n if a signal with the number n arrives before the input has ended. Main then
//     returns at once, also if a Read waits, and has written nothing to Stdout.
//  6. If Lock was successful, unlock has been called when Main returns, exactly once, in
//     every case.
//  7. For Failed, Usage and Unavailable there is one line on Stderr, which begins with
//     "tally: " and ends with a newline. If a line of the input is no number, it has the
//     number of that line: "line 3", counted from 1. For OK and for a signal there
//     is nothing on Stderr.
//  8. Main does not end the process, does not panic, and leaves no goroutine behind.
type Tool func(Env) (status int)

var _ Tool = Main
