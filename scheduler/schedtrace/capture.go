package schedtrace

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// capture keeps in a file what this process writes to its standard error. The runtime
// writes there by number, so nothing less than another file under that number will do.
type capture struct {
	file  *os.File
	saved int // the descriptor of the real standard error
}

func startCapture() (*capture, error) {
	file, err := os.CreateTemp("", "schedtrace")
	if err != nil {
		return nil, fmt.Errorf("keep standard error: %w", err)
	}
	os.Remove(file.Name()) // it goes when it is closed
	saved, err := unix.Dup(unix.Stderr)
	if err == nil {
		unix.CloseOnExec(saved)
		err = duplicate(int(file.Fd()), unix.Stderr)
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("keep standard error: %w", err)
	}
	return &capture{file, saved}, nil
}

// stop gives the process its standard error back.
func (c *capture) stop() {
	_ = duplicate(c.saved, unix.Stderr)
	unix.Close(c.saved)
	c.file.Close()
}

// size returns how many bytes have been written so far.
func (c *capture) size() int64 {
	var stat unix.Stat_t
	if err := unix.Fstat(int(c.file.Fd()), &stat); err != nil {
		return 0
	}
	return stat.Size
}

func (c *capture) between(from, to int64) string {
	text := make([]byte, to-from)
	n, _ := c.file.ReadAt(text, from)
	return string(text[:n])
}
