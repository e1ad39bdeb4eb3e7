package interrupt

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// File is an *os.File whose Read and Write know the flag of one goroutine, in one of three
// modes: for pipes, FIFOs and terminals. They are for the goroutine of the handle that NewFile
// was given; the other methods may be called by anybody.
//
// The opening of a FIFO for reading or writing alone blocks until the other end is there, and
// nothing can end that: open it for both, os.O_RDWR.
type File struct {
	file    *os.File
	in, out lane
	shut    atomic.Bool
}

// NewFile returns f with operations that h's interrupts end, or not, as mode says.
//
// In DeadlineIO and CloseIO it refuses, with an error that Is ErrUncuttable, what blocks in the
// kernel, where neither a deadline nor Close reaches it: most terminals, a pipe that was handed
// to the process as its standard input, and every file after a call of its Fd method, which
// takes it away from the poller. Do not call Fd later either; nobody would notice.
//
// A regular file has no deadlines, so DeadlineIO refuses it; but it does not block for long,
// so it can be had in CloseIO. NewFile clears the deadlines of f, except in LegacyIO; set them
// again, and only by the methods of the File.
func NewFile(h *Handle, f *os.File, mode IOMode) (*File, error) {
	if mode != LegacyIO {
		if err := endable(f, mode); err != nil {
			return nil, uncuttable("file", mode, err)
		}
	}
	w := &File{file: f}
	w.in = lane{h: h, mode: mode, op: "read", shut: &w.shut, close: f.Close, extend: f.SetReadDeadline}
	w.out = lane{h: h, mode: mode, op: "write", shut: &w.shut, close: f.Close, extend: f.SetWriteDeadline}
	return w, nil
}

// endable returns nil if an operation on f can be ended, else the reason why not.
func endable(f *os.File, mode IOMode) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if mode == CloseIO && info.Mode().IsRegular() {
		return nil
	}
	if err := f.SetDeadline(time.Time{}); err != nil {
		return err
	}
	// After Fd, deadlines can still be set, but end nothing.
	polled, err := nonblocking(f)
	if err == nil && !polled {
		err = errors.New("its descriptor is in blocking mode, as after Fd")
	}
	return err
}

func nonblocking(f *os.File) (bool, error) {
	raw, err := f.SyscallConn() // unlike Fd, it leaves the descriptor as it is
	if err != nil {
		return false, err
	}
	var flags int
	var failed error
	err = raw.Control(func(fd uintptr) { flags, failed = unix.FcntlInt(fd, unix.F_GETFL, 0) })
	if err := errors.Join(err, failed); err != nil {
		return false, fmt.Errorf("look at descriptor: %w", err)
	}
	return flags&unix.O_NONBLOCK != 0, nil
}

// Read reads up to len(p) bytes. What an interrupt does is said at IOMode; n may be more than
// zero then.
func (f *File) Read(p []byte) (n int, err error) {
	return f.in.do(func() (int, error) { return f.file.Read(p) })
}

// Write writes p. What an interrupt does is said at IOMode; n is how many bytes were written
// until then: in DeadlineIO, go on with p[n:].
func (f *File) Write(p []byte) (n int, err error) {
	return f.out.do(func() (int, error) { return f.file.Write(p) })
}

// Close closes the file. It ends operations that are blocked, in CloseIO and DeadlineIO; in
// LegacyIO, if they can be ended at all: see NewFile.
func (f *File) Close() error {
	f.shut.Store(true)
	return f.file.Close()
}

// Name returns the name of the file.
func (f *File) Name() string { return f.file.Name() }

// SetDeadline is SetReadDeadline and SetWriteDeadline.
func (f *File) SetDeadline(t time.Time) error {
	return errors.Join(f.SetReadDeadline(t), f.SetWriteDeadline(t))
}

// SetReadDeadline sets the time at which a Read that is blocked, or a later one, fails with
// os.ErrDeadlineExceeded. Interrupts do not change it.
func (f *File) SetReadDeadline(t time.Time) error { return f.in.setDeadline(t) }

// SetWriteDeadline is SetReadDeadline for Write.
func (f *File) SetWriteDeadline(t time.Time) error { return f.out.setDeadline(t) }
