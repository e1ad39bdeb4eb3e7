// Package eintr asks: what does a call do that a signal has interrupted?
//
// Write four small functions around system calls that come back too early. Read eintr.go
// (what is given), then write WriteAll, Read, Pause and Close in answer.go until the
// tests in eintr_test.go pass.
package eintr

import (
	"syscall"
	"time"
)

// Interrupted is the error of a call that a signal has interrupted.
const Interrupted = syscall.EINTR

// Call is write(2) or read(2) on one file. It returns how many bytes it has written or
// read; these may be fewer than p has room for, and that is no error. With an error it
// returns -1, has done nothing, and may be called again.
type Call func(p []byte) (n int, err error)

// Sleep is nanosleep(2). It sleeps for d and returns 0 and nil, or comes back early with
// Interrupted and with how much of d is left.
type Sleep func(d time.Duration) (left time.Duration, err error)

// The functions that are to be written. Every error but Interrupted is returned at once, and
// as it is.
type (
	// WriterAll is what WriteAll must be. It calls write until all of p has been written,
	// each byte once and in order. n is how many bytes have been written, also with an
	// error. If write returns 0 without an error, nothing will ever be written: then the
	// error is io.ErrShortWrite. Of an empty p there is nothing to write, and write is not
	// called.
	WriterAll func(write Call, p []byte) (n int, err error)

	// Reader is what Read must be. It calls read until that is not interrupted, and returns
	// what it returned: also 0 without an error, which is the end of the file, and also
	// fewer bytes than there is room for. With an error n is 0.
	Reader func(read Call, p []byte) (n int, err error)

	// Pauser is what Pause must be. It sleeps for d in all, however often it is interrupted.
	Pauser func(sleep Sleep, d time.Duration) error

	// Closer is what Close must be. It calls close once. If that is interrupted, the file is
	// closed all the same, as Linux has it: its number may by now be that of another file,
	// which somebody else has opened. So the result is nil then.
	Closer func(close func() error) error
)

var (
	_ WriterAll = WriteAll
	_ Reader    = Read
	_ Pauser    = Pause
	_ Closer    = Close
)
