package durable

import (
	"os"

	"golang.org/x/sys/unix"
)

// Sync leaves out what fsync would write beside what is needed: when the file was changed.
func (f osFile) Sync() error {
	err := ignoringInterrupts(func() error { return unix.Fdatasync(int(f.Fd())) })
	if err != nil {
		return &os.PathError{Op: "fdatasync", Path: f.Name(), Err: err}
	}
	return nil
}
