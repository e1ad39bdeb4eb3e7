package coalesce

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// isPending reports whether the kernel holds the signal for the process: one bit, in
// the ShdPnd line of /proc/PID/status.
func isPending(pid int, s syscall.Signal) (bool, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return false, fmt.Errorf("read pending signals: %w", err)
	}
	mask, err := sharedPending(string(text))
	return mask&(1<<(s-1)) != 0, err
}

// sharedPending returns the mask of the signals that are pending for the process as a
// whole: bit 0 is signal 1.
func sharedPending(status string) (uint64, error) {
	for line := range strings.Lines(status) {
		if hex, ok := strings.CutPrefix(line, "ShdPnd:"); ok {
			return strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
		}
	}
	return 0, fmt.Errorf("read pending signals: no ShdPnd line in %d bytes of status", len(status))
}
