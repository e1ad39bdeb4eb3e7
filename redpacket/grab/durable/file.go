package durable

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// file is what a log needs of a file.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Size() (int64, error)
	Truncate(size int64) error

	// Sync returns when everything that was written is on disk, as well as what is needed to find
	// it there. After an error nothing is known of what was written before.
	Sync() error
}

// osFile is one of the operating system's, locked.
type osFile struct{ *os.File }

// openFile opens a file that is there and locks it. The lock belongs to what was opened, not to
// the process: it keeps out this process, too, and it ends with the last descriptor, however the
// process ends.
func openFile(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	err = ignoringInterrupts(func() error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) })
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = inUse()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return osFile{f}, nil
}

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func ignoringInterrupts(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
