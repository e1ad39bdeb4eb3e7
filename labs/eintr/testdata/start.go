package eintr

import "time"

// WriteAll writes all of p; see WriterAll.
func WriteAll(write Call, p []byte) (n int, err error) { return write(p) }

// Read reads once; see Reader.
func Read(read Call, p []byte) (n int, err error) { return read(p) }

// Pause sleeps for d in all; see Pauser.
func Pause(sleep Sleep, d time.Duration) error {
	_, err := sleep(d)
	return err
}

// Close closes once; see Closer.
func Close(close func() error) error { return close() }
