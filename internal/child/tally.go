package child

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

const (
	chunk   = 32 << 10
	maxLine = 64 << 10 // of the report; a longer one would have to be kept until it ends
)

// tally hands on what a process writes, counts it, and has the process killed when
// it is too much.
type tally struct {
	spec Spec
	kill func()

	mu       sync.Mutex // held during the callbacks, which may take their time
	written  int64
	reported int64
	memory   phrases // in stderr

	verdictMu sync.Mutex // never held for long
	limit     Limit
	reason    string
}

// note records that l was met, unless another limit was met before.
func (t *tally) note(l Limit, reason string) {
	t.verdictMu.Lock()
	defer t.verdictMu.Unlock()
	if t.limit == None {
		t.limit, t.reason = l, reason
	}
}

// stop has the process killed because of l.
func (t *tally) stop(l Limit, reason string) {
	t.note(l, reason)
	t.kill()
}

func (t *tally) verdict() (Limit, string) {
	t.verdictMu.Lock()
	defer t.verdictMu.Unlock()
	return t.limit, t.reason
}

// readOutput hands on f, which is s, to its end, or to the limit.
func (t *tally) readOutput(s Stream, f *os.File) {
	t.read(f, func(p []byte) (more bool) {
		limit := t.spec.Limits.Output
		room := limit - t.written
		more = int64(len(p)) <= room
		p = p[:min(int64(len(p)), room)]
		t.written += int64(len(p))
		if s == Stderr {
			t.memory.search(p)
		}
		if len(p) > 0 && t.spec.Output != nil {
			t.spec.Output(s, p)
		}
		if !more {
			t.stop(Output, fmt.Sprintf("stopped: it wrote more than %s of output", size(limit)))
		}
		return more
	})
}

// readReport hands on f line by line to its end, or to the limit.
func (t *tally) readReport(f *os.File) {
	var line []byte
	t.read(f, func(p []byte) (more bool) {
		limit := t.spec.Limits.Report
		room := limit - t.reported
		whole := int64(len(p)) <= room
		p = p[:min(int64(len(p)), room)]
		t.reported += int64(len(p))
		for {
			head, tail, ended := bytes.Cut(p, []byte{'\n'})
			if len(line)+len(head) > maxLine {
				t.stop(Report, fmt.Sprintf("stopped: it wrote a line of more than %s on its report", size(maxLine)))
				return false
			}
			line = append(line, head...)
			if !ended {
				break
			}
			if t.spec.Reported != nil {
				t.spec.Reported(string(line))
			}
			line, p = line[:0], tail
		}
		if !whole {
			t.stop(Report, fmt.Sprintf("stopped: it wrote more than %s of report", size(limit)))
		}
		return whole
	})
}

// read calls f with the lock held for what arrives on file, until the end or until
// f wants no more. A file with a read deadline in the past is read as far as it
// goes without waiting: see release.
func (t *tally) read(file *os.File, f func([]byte) (more bool)) {
	buf := make([]byte, chunk)
	next := file.Read
	for {
		n, err := next(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			_ = file.SetReadDeadline(time.Time{})
			next, err = unblocked(file), nil
		}
		if n > 0 {
			t.mu.Lock()
			more := f(buf[:n])
			t.mu.Unlock()
			if !more {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// release makes a reader of f take what is there and go, instead of waiting for the
// other end to be closed.
func release(f *os.File) { _ = f.SetReadDeadline(time.Unix(1, 0)) }

// unblocked returns a Read of f which fails where f.Read would wait.
func unblocked(f *os.File) func([]byte) (int, error) {
	return func(p []byte) (n int, err error) {
		conn, err := f.SyscallConn()
		if err != nil {
			return 0, err
		}
		var readErr error
		err = conn.Read(func(fd uintptr) (done bool) {
			n, readErr = syscall.Read(int(fd), p)
			return true
		})
		if err = errors.Join(err, readErr); n <= 0 && err == nil {
			err = os.ErrClosed
		}
		return max(n, 0), err
	}
}

// size renders a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
