package rescue

import "reflect"

const (
	boom     = "boom"
	nothing  = "<nil>"
	panicked = "panic: " + boom
)

// places are all programs. The first ones differ only in where recover stands.
var places = []place{
	{name: "literal", what: "deferred function literal", program: literal, returned: []string{boom}, goesOn: true},
	{name: "named", what: "deferred named function", program: named, returned: []string{boom}, goesOn: true},
	{name: "generic", what: "deferred generic function", program: generic, returned: []string{boom}, goesOn: true},
	{name: "method", what: "deferred method", program: method, returned: []string{boom}, goesOn: true},
	{name: "iface", what: "deferred method, through an interface", program: iface, returned: []string{boom}, goesOn: true},
	{name: "wrapper", what: "deferred method of a value, through a pointer in an interface", program: wrapper, returned: []string{boom}, goesOn: true},
	{name: "embedded", what: "deferred method of an embedded field", program: embedded, returned: []string{boom}, goesOn: true},
	{name: "bound", what: "deferred method value", program: bound, returned: []string{boom}, goesOn: true},
	{name: "loop-body", what: "deferred in the body of a range over a function", program: loopBody, returned: []string{boom}, goesOn: true},
	{name: "far", what: "deferred many calls above the panic", program: far, returned: []string{boom}, goesOn: true},

	{name: "helper", what: "helper that the deferred function calls", program: helper, returned: []string{nothing}, stderr: panicked},
	{name: "helper-called", what: "the same helper, not inlined", program: helperCalled, returned: []string{nothing}, stderr: panicked},
	{name: "closure", what: "closure called in the deferred function", program: closure, returned: []string{nothing}, stderr: panicked},
	{name: "deferred-twice", what: "deferred in the deferred function", program: deferredTwice, returned: []string{nothing}, stderr: panicked},
	{name: "reflected", what: "called by a deferred reflect.Value.Call", program: reflected, returned: []string{nothing}, stderr: panicked},
	{name: "bare", what: "defer recover()", program: bare, stderr: panicked},
	{name: "early", what: "before the panic, not deferred", program: early, returned: []string{nothing}, stderr: panicked},
	{name: "elsewhere", what: "in the goroutine that started the one that panics", program: elsewhere, stderr: panicked},
	{name: "timer", what: "in the goroutine that set the timer whose function panics", program: timer, stderr: panicked},
	{name: "group", what: "in the goroutine that waits for a WaitGroup.Go that panics", program: group, stderr: panicked + " [recovered, repanicked]"},

	{name: "nil-value", what: "panic(nil)", program: nilValue, returned: []string{"panic called with nil argument"}, goesOn: true},
	{name: "nil-value-old", what: "panic(nil) with GODEBUG=panicnil=1", program: nilValue, env: []string{"GODEBUG=panicnil=1"}, returned: []string{nothing}, goesOn: true},
	{name: "nil-deferred", what: "defer of a nil function", program: nilDeferred, returned: []string{"runtime error: invalid memory address or nil pointer dereference"}, goesOn: true},
	{name: "second", what: "after a deferred function has panicked too", program: second, returned: []string{"second", nothing}, goesOn: true},
	{name: "inner", what: "each panic where it happens", program: inner, returned: []string{"second", boom}, goesOn: true},
	{name: "goexit", what: "runtime.Goexit instead of a panic", program: goexit, returned: []string{nothing, "the goroutine has ended"}, goesOn: true},
	{name: "goexit-over-panic", what: "nowhere, but a deferred function calls runtime.Goexit", program: goexitOverPanic, returned: []string{"the goroutine has ended"}, goesOn: true},
	{name: "once", what: "sync.Once whose function panics", program: once, returned: []string{boom, "done: not called again"}, goesOn: true},
	{name: "once-func", what: "sync.OnceFunc whose function panics", program: onceFunc, returned: []string{boom, boom, "called 1 time"}, goesOn: true},
	{name: "iterator", what: "in the iterator, when the loop body panics", program: iterator, returned: []string{boom}, stderr: "panic: runtime error: range function recovered a loop body panic and did not resume panicking"},
}

func literal(say func(any)) {
	defer func() { say(recover()) }()
	panic(boom)
}

func rescue(say func(any)) { say(recover()) }

func named(say func(any)) {
	defer rescue(say)
	panic(boom)
}

func rescueAs[T any](say func(any)) {
	v, _ := recover().(T)
	say(v)
}

func generic(say func(any)) {
	defer rescueAs[string](say)
	panic(boom)
}

type rescuer struct{ say func(any) }

func (r rescuer) rescue() { r.say(recover()) }

func method(say func(any)) {
	defer rescuer{say}.rescue()
	panic(boom)
}

func iface(say func(any)) {
	var r interface{ rescue() } = rescuer{say}
	defer r.rescue()
	panic(boom)
}

func wrapper(say func(any)) {
	var r interface{ rescue() } = &rescuer{say} // the compiler writes a (*rescuer).rescue
	defer r.rescue()
	panic(boom)
}

func embedded(say func(any)) {
	var r interface{ rescue() } = &struct{ rescuer }{rescuer{say}}
	defer r.rescue()
	panic(boom)
}

func bound(say func(any)) {
	rescue := rescuer{say}.rescue
	defer rescue()
	panic(boom)
}

func loopBody(say func(any)) {
	for range twice {
		defer func() {
			if v := recover(); v != nil {
				say(v)
			}
		}()
	}
	panic(boom)
}

func twice(yield func() bool) {
	if yield() {
		yield()
	}
}

func far(say func(any)) {
	defer func() { say(recover()) }()
	descend(100)
}

func descend(frames int) {
	if frames == 0 {
		panic(boom)
	}
	descend(frames - 1)
}

func helper(say func(any)) {
	defer func() { rescue(say) }()
	panic(boom)
}

//go:noinline
func rescueCalled(say func(any)) { say(recover()) }

func helperCalled(say func(any)) {
	defer func() { rescueCalled(say) }()
	panic(boom)
}

func closure(say func(any)) {
	defer func() {
		func() { say(recover()) }()
	}()
	panic(boom)
}

func deferredTwice(say func(any)) {
	defer func() {
		defer func() { say(recover()) }()
	}()
	panic(boom)
}

func reflected(say func(any)) {
	defer reflect.ValueOf(rescue).Call([]reflect.Value{reflect.ValueOf(say)})
	panic(boom)
}

func bare(func(any)) {
	defer recover()
	panic(boom)
}

func early(say func(any)) {
	say(recover())
	panic(boom)
}
