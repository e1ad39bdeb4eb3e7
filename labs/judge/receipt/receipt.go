// Package receipt answers: did the tests really come to their end, or has the answer
// only printed that they did?
//
// An answer is compiled into the same process as the tests that judge it. It can print
// whatever tests print, and end the process with status 0. What it cannot do is to hand
// back a secret that it has never seen: the judge puts one into a file, this package takes
// it away when the process begins, before a line of the answer has run, and Give hands it
// back at the end of the last test.
//
// The judge adds this package, and a last test that calls Give, to what it compiles. It
// does not protect against an answer that looks for the secret in the memory of its own
// process.
package receipt

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"
)

// Variable names the file with the secret.
const Variable = "GOPARK_RECEIPT"

// descriptor is that of the pipe to the judge.
const descriptor = 3

var (
	secret = take()
	procs  = runtime.GOMAXPROCS(0)
)

// take reads the secret and leaves no trace of it.
func take() string {
	name := os.Getenv(Variable)
	if name == "" {
		return ""
	}
	text, err := os.ReadFile(name)
	if err != nil || os.Remove(name) != nil || os.Unsetenv(Variable) != nil {
		return ""
	}
	return string(text)
}

// demanded are the flags that have all tests run once, and none after one that failed.
var demanded = []struct{ name, value string }{
	{"test.run", ""},
	{"test.skip", ""},
	{"test.list", ""},
	{"test.failfast", "true"},
	{"test.count", "1"},
	{"test.cpu", ""},
	{"test.short", "false"},
	{"test.shuffle", "off"},
	{"test.v", "true"},
}

// Give hands the secret back, as one line. It fails t if the process is not as it was
// started. It must be called by the last test, with -test.failfast.
func Give(t *testing.T) {
	t.Helper()
	if err := tampered(); err != nil {
		t.Fatal(err)
	}
	if secret == "" || t.Name() == "" {
		return
	}
	pipe := os.NewFile(descriptor, "receipt")
	fmt.Fprintln(pipe, secret)
}

// tampered says what the answer has changed that is not its to change.
func tampered() error {
	if now := runtime.GOMAXPROCS(0); now != procs {
		return fmt.Errorf("GOMAXPROCS was %d, and has been changed to %d: how many processors there are is not the answer's to say", procs, now)
	}
	for _, want := range demanded {
		f := flag.Lookup(want.name)
		if f == nil {
			return fmt.Errorf("the flag -%s of the tests is gone: the flags are not the answer's to change", want.name)
		}
		if got := f.Value.String(); got != want.value {
			return fmt.Errorf("the flag -%s of the tests is %q, and was %q: the flags are not the answer's to change", want.name, got, want.value)
		}
	}
	return nil
}
