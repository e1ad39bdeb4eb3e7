package fatal

import "sync"

// panics can be rescued, although they are no smaller mistakes.
var panics = []program{
	{name: "plain", what: "panic", run: func() { panic("boom") }, text: "boom"},
	{name: "nil-map", what: "write to a nil map", run: nilMap, text: "assignment to entry in nil map"},
	{name: "map-key", what: "map key that cannot be hashed", run: mapKey, text: "runtime error: hash of unhashable type []int"},
	{name: "nil-pointer", what: "nil dereference", run: nilPointer, text: "runtime error: invalid memory address or nil pointer dereference"},
	{name: "bounds", what: "index out of range", run: bounds, text: "runtime error: index out of range [3] with length 3"},
	{name: "division", what: "division by zero", run: division, text: "runtime error: integer divide by zero"},
	{name: "assertion", what: "wrong type assertion", run: assertion, text: "interface conversion: interface {} is string, not int"},
	{name: "length", what: "make with a negative length", run: length, text: "runtime error: makeslice: len out of range"},
	{name: "too-long", what: "make of more than an address can count", run: tooLong, text: "runtime error: makeslice: len out of range"},
	{name: "close-twice", what: "close of a closed channel", run: closeTwice, text: "close of closed channel"},
	{name: "send-closed", what: "send on a closed channel", run: sendClosed, text: "send on closed channel"},
	{name: "wait-group", what: "WaitGroup below zero", run: waitGroup, text: "sync: negative WaitGroup counter"},
	{name: "defer-nil", what: "defer of a nil function", run: deferNil, text: "runtime error: invalid memory address or nil pointer dereference"},
}

func nilMap() {
	record(nil)
}

func record(m map[int]int) { m[1] = 1 }

func mapKey() {
	m := make(map[any]int)
	m[[]int{1}] = 1
}

func nilPointer() {
	var p *int
	*p = 1
}

func bounds() {
	s := []int{0, 1, 2}
	s[len(s)]++
}

func division() {
	n := len(kept) // 0
	n = 1 / n
	kept = make([]byte, n)
}

func assertion() {
	var v any = "text"
	kept = make([]byte, v.(int))
}

func length() {
	n := -1
	kept = make([]byte, n)
}

func tooLong() {
	n := int(^uint(0) >> 1)
	kept = make([]byte, n)
}

func closeTwice() {
	c := make(chan int)
	close(c)
	close(c)
}

func sendClosed() {
	c := make(chan int, 1)
	close(c)
	c <- 1
}

func waitGroup() {
	var wg sync.WaitGroup
	wg.Done()
}

func deferNil() {
	var f func()
	defer f()
}
