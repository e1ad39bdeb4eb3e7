package price

import "errors"

// exits are the ways of leaving nested calls.
var exits = []struct {
	name  string
	leave func(calls int64)
}{
	{"error", func(calls int64) { _ = returnError(calls) }},
	{"panic", func(calls int64) { recovered(func() { descend(calls) }) }},
	{"deferred", func(calls int64) { recovered(func() { descendCleaning(calls, nothing) }) }},
	{"fault", func(calls int64) { recovered(func() { descendToFault(calls) }) }},
}

var errMistake = errors.New("a mistake")

func nothing() {}

// returnError passes an error up through so many calls.
//
//go:noinline
func returnError(calls int64) error {
	if calls == 1 {
		return errMistake
	}
	if err := returnError(calls - 1); err != nil {
		return err
	}
	return nil
}

// recovered calls f and returns what it panicked with.
func recovered(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// descend panics below so many calls.
//
//go:noinline
func descend(calls int64) int64 {
	if calls == 1 {
		panic(errMistake)
	}
	return descend(calls-1) + 1
}

// descendCleaning does so as well, and each call has deferred cleanup.
//
//go:noinline
func descendCleaning(calls int64, cleanup func()) {
	defer cleanup()
	if calls == 1 {
		panic(int64(0))
	}
	descendCleaning(calls-1, cleanup)
}

var nowhere *int64

// descendToFault stumbles over nil instead.
//
//go:noinline
func descendToFault(calls int64) int64 {
	if calls == 1 {
		return *nowhere
	}
	return descendToFault(calls-1) + 1
}

// likeness leaves the deepest of the calls with the number 0. It returns how many deferred
// functions ran on the way, and what arrived.
func likeness() (cleanups, received int64) {
	deepest := depths[len(depths)-1]
	v := recovered(func() { descendCleaning(deepest, func() { cleanups++ }) })
	received, ok := v.(int64)
	if !ok {
		received = -1
	}
	return cleanups, received
}
