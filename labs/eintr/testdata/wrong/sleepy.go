package eintr

import (
	"io"
	"time"
)

// WriteAll writes all of p; see WriterAll.
func WriteAll(write Call, p []byte) (n int, err error) {
	for n < len(p) {
		m, err := write(p[n:])
		switch {
		case err == Interrupted:
		case err != nil:
			return n, err
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

// Pause begins anew whenever it is interrupted.
func Pause(sleep Sleep, d time.Duration) error {
	for {
		if _, err := sleep(d); err != Interrupted {
			return err
		}
	}
}

// Close closes once; see Closer.
func Close(close func() error) error {
	if err := close(); err != Interrupted {
		return err
	}
	return nil
}

// verdict: assert: it began anew instead of sleeping what was left
