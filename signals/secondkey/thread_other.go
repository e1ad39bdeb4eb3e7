//go:build !linux

package secondkey

import (
	"errors"
	"syscall"
)

func sendToThisThread(syscall.Signal) error { return errors.New("needs Linux") }
