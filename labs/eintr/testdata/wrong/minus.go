package eintr

import (
	"io"
	"time"
)

// WriteAll counts first and looks at the error then.
func WriteAll(write Call, p []byte) (n int, err error) {
	for n < len(p) {
		m, err := write(p[n:])
		n += m
		switch {
		case err == Interrupted:
		case err != nil:
			return n, err
		case m == 0:
			return n, io.ErrShortWrite
		}
	}
	return n, nil
}

// Read reads once; see Reader.
func Read(read Call, p []byte) (n int, err error) {
	for {
		n, err := read(p)
		if err != Interrupted {
			return max(0, n), err
		}
	}
}

// Pause sleeps for d in all; see Pauser.
func Pause(sleep Sleep, d time.Duration) error {
	for {
		left, err := sleep(d)
		if err != Interrupted {
			return err
		}
		d = left
	}
}

// Close closes once; see Closer.
func Close(close func() error) error {
	if err := close(); err != Interrupted {
		return err
	}
	return nil
}

// verdict: panic: which is no number of bytes
