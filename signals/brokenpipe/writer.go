package brokenpipe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// caseVariable names the case to a process.
const caseVariable = "BROKENPIPE_CASE"

// writer does what its case says and prints what came of it, if it is still there.
func writer(context.Context, *experiment.Recorder) error {
	i := slices.IndexFunc(cases, func(c writing) bool { return c.String() == os.Getenv(caseVariable) })
	if i < 0 {
		return fmt.Errorf("no case %q", os.Getenv(caseVariable))
	}
	c := cases[i]
	if c.inherits {
		if err := child.ExecIgnoring(syscall.SIGPIPE); err != nil {
			return err
		}
	}
	// What is sent to this thread has been handled before it goes on.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	broken, say, err := breakPipe(c.broken)
	if err != nil {
		return err
	}
	// What arrives on the one channel has arrived on the other before.
	channel, end := make(chan os.Signal, 10), make(chan os.Signal, 1)
	signal.Notify(end, last)
	for _, call := range c.calls {
		call(channel)
	}
	returned := c.write(broken)
	if err := toThisThread(last); err != nil {
		return err
	}
	<-end
	arrived := "nothing"
	if len(channel) > 0 {
		arrived = nameOf(<-channel)
	}
	_, err = fmt.Fprintf(say, "%s\n%s\n", resultOf(returned), arrived)
	return err
}

// breakPipe makes a pipe without a reader, in the place of a standard stream if that is
// asked for. It returns the pipe, and a stream that is not broken.
func breakPipe(which string) (broken, say *os.File, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	if err := read.Close(); err != nil {
		return nil, nil, err
	}
	switch which {
	case stdout:
		return os.Stdout, os.Stderr, duplicateTo(write, 1)
	case stderr:
		return os.Stderr, os.Stdout, duplicateTo(write, 2)
	}
	return write, os.Stdout, nil
}

func resultOf(err error) string {
	switch {
	case err == nil:
		return "success"
	case errors.Is(err, syscall.EPIPE):
		return "EPIPE"
	}
	return err.Error()
}
