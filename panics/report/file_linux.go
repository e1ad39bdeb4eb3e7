package report

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"
)

// crashFile is the environment variable by which a program is told where its crash output
// must go.
const crashFile = "REPORT_CRASH_FILE"

// newCrashFile makes a file that has no name, so that nothing can be left behind, and
// returns what a program must find in its environment to write to it.
func newCrashFile() (f *os.File, env string, err error) {
	fd, err := unix.MemfdCreate("crash", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, "", fmt.Errorf("make a file in memory: %w", err)
	}
	return os.NewFile(uintptr(fd), "crash"), fmt.Sprintf("%s=/proc/%d/fd/%d", crashFile, os.Getpid(), fd), nil
}

// copyCrash has this process write its crash output to that file as well.
func copyCrash() error {
	f, err := os.OpenFile(os.Getenv(crashFile), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("open the crash output: %w", err)
	}
	defer f.Close() // SetCrashOutput has its own descriptor
	return debug.SetCrashOutput(f, debug.CrashOptions{})
}

// contents returns the lines that were written.
func contents(f *os.File) ([]string, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return nil, err
	}
	text := make([]byte, info.Size())
	if _, err := f.ReadAt(text, 0); err != nil {
		return nil, fmt.Errorf("read the crash output: %w", err)
	}
	return strings.Split(strings.TrimRight(string(text), "\n"), "\n"), nil
}
