package inject

import (
	"syscall"

	"lab.example/gopark/internal/experiment"
)

// None of these is ever called: the experiment needs Linux.

func threadID() int { return 0 }

func bySigqueue(int, int, syscall.Signal) error { return experiment.Unmet("needs Linux") }

func byKill(int, int, syscall.Signal) error { return experiment.Unmet("needs Linux") }
