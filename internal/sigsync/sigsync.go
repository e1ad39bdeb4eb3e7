// Package sigsync answers: has a signal that was handled arrived in its channels?
//
// A handler only notes the signal. A goroutine of package os/signal passes it on, some time
// later, so a program that looks into its channel at once finds it empty nearly always.
package sigsync

import (
	"os"
	"os/signal"
	"syscall"
)

// Flush returns when every signal whose handler has run is in the channels that want it:
// signal.Stop waits for that. It needs a signal to stop, and 32 is one for which the
// runtime does nothing, so nothing is changed by it. It does not wait for signals that are
// still pending in the kernel.
func Flush() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.Signal(32))
	signal.Stop(c)
}
