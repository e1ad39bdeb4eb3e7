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

// Close tries again, as the others do.
func Close(close func() error) error {
	for {
		if err := close(); err != Interrupted {
			return err
		}
	}
}

// verdict: assert: may be that of somebody else's file
