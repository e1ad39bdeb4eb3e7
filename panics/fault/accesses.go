package fault

import (
	"context"
	"fmt"
	"runtime/debug"
	"unsafe"

	"lab.example/gopark/internal/experiment"
)

// access is a byte that is touched.
type access struct {
	name   string // of the actor: lower-case words joined by "-"
	what   string // for people
	at     func() (*byte, error)
	write  bool
	absent string // optional: the errors of at may wrap errAbsent, where not ...

	nearZero bool
	signal   string // otherwise: what the kernel sends
	reported string // and the address that the kernel reports
}

// accesses are all of them.
var accesses = []access{
	{name: "zero", what: "read through a nil pointer", at: address(0), nearZero: true},
	{name: "near", what: "read address 4095", at: address(4095), nearZero: true},
	{name: "beyond", what: "read address 4096", at: address(4096), signal: "SIGSEGV", reported: theAddress},
	{name: "unmapped", what: "read a page that was unmapped", at: unmapped, signal: "SIGSEGV", reported: theAddress},
	{name: "constant", what: "write to a page that may only be read", at: readOnly, write: true, signal: "SIGSEGV", reported: theAddress},
	{name: "text", what: "write to a string constant", at: stringConstant, write: true, signal: "SIGSEGV", reported: theAddress},
	{name: "truncated", what: "read a mapped file beyond its new end", at: truncated, signal: "SIGBUS", reported: theAddress},
	{name: "hole", what: "read an address that no page can have", at: impossible, absent: "on amd64", signal: "SIGSEGV", reported: "0x0"},
}

// mode is a setting under which a byte is touched.
type mode struct {
	name   string
	what   string
	run    func(f func())
	panics bool // a fault must be a panic, wherever it is
}

// modes are all of them.
var modes = []mode{
	{"plain", "as it comes", guard, false},
	{"set", "SetPanicOnFault(true)", inThis, true},
	{"child", "SetPanicOnFault(true), then in a new goroutine", inChild, false},
}

func inThis(f func()) {
	debug.SetPanicOnFault(true)
	guard(f)
}

func inChild(f func()) {
	debug.SetPanicOnFault(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		guard(f)
	}()
	<-done
}

// guard runs f below a deferred recover, and prints what that got.
func guard(f func()) {
	defer func() {
		v := recover()
		if at, ok := v.(interface{ Addr() uintptr }); ok {
			fmt.Printf("%#x\n", at.Addr())
		} else {
			fmt.Println("none")
		}
		fmt.Println(v)
	}()
	f()
}

// actors is a body for each access under each setting. It prints the address first.
func actors() map[string]experiment.Body {
	bodies := make(map[string]experiment.Body)
	for _, a := range accesses {
		for _, m := range modes {
			bodies[a.name+"-"+m.name] = func(context.Context, *experiment.Recorder) error {
				p, err := a.at()
				if err != nil {
					return err
				}
				fmt.Printf("%#x\n", uintptr(unsafe.Pointer(p)))
				m.run(func() { touch(p, a.write) })
				return nil
			}
		}
	}
	return bodies
}

// touch writes or reads one byte. It returns what it has read.
//
//go:noinline
func touch(p *byte, write bool) byte {
	if write {
		*p = 1
		return 1
	}
	return *p
}
