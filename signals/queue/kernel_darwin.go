package queue

import (
	"syscall"

	"lab.example/gopark/internal/experiment"
)

// None of these is ever called: the experiment needs Linux.

type sending func(pid int, s syscall.Signal, payload int) error

func byKill(int, syscall.Signal, int) error { return experiment.Unmet("needs Linux") }

func bySigqueue(int, syscall.Signal, int) error { return experiment.Unmet("needs Linux") }

func limitQueue(int) error { return experiment.Unmet("needs Linux") }

func withBlocked(func() error, ...syscall.Signal) error { return experiment.Unmet("needs Linux") }

func read() error { return experiment.Unmet("needs Linux") }
