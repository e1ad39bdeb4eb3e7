package fault

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// file makes a file that has no name, so that nothing can be left behind.
func file() (*os.File, error) {
	fd, err := unix.MemfdCreate("fault", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a file in memory: %w", err)
	}
	return os.NewFile(uintptr(fd), "fault"), nil
}
