//go:build !linux

package brokenpipe

import (
	"os"
	"syscall"

	"lab.example/gopark/internal/experiment"
)

// None of this is ever called: the experiment needs Linux.

const last = syscall.SIGIO

var errLinux = experiment.Unmet("needs Linux, to send signals to a thread")

func toThisThread(syscall.Signal) error { return errLinux }

func nameOf(s os.Signal) string { return s.String() }

func duplicateTo(*os.File, int) error { return errLinux }
