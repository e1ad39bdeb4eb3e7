package probe

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// A fake is a test that may fail: what a probe says about a wrong subject.
type fake struct {
	testing.TB
	messages []string
	cleanups []func()
}

func (f *fake) Helper()          {}
func (f *fake) Failed() bool     { return len(f.messages) > 0 }
func (f *fake) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }

func (f *fake) Errorf(format string, args ...any) {
	f.messages = append(f.messages, fmt.Sprintf(format, args...))
}

func (f *fake) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

// said returns what a test says that does this, line by line; "" if it passes.
func said(test func(testing.TB)) string {
	var f fake
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer func() {
			for _, c := range slices.Backward(f.cleanups) {
				c()
			}
		}()
		test(&f)
	}()
	<-over
	return strings.Join(f.messages, "\n")
}
