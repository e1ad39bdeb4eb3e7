//go:build !linux

package urgent

import (
	"os"
	"syscall"
	"time"

	"lab.example/gopark/internal/experiment"
)

// None of this is ever called: the experiment needs Linux.

const last = syscall.SIGIO

var errLinux = experiment.Unmet("needs Linux, to send signals to a thread")

func (*computing) send(syscall.Signal) {}

func thread() int { return 0 }

func asleep(int) bool { return true }

func nameOf(s os.Signal) string { return s.String() }

func threadTime() (time.Duration, error) { return 0, errLinux }
