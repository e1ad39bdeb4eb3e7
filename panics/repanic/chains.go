package repanic

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

var errFirst = errors.New("aaa")

// chains are the programs that panic more than once, or recover before they do.
var chains = []program{
	{name: "same", what: "the same value again", run: same, printed: []string{"panic: aaa [recovered, repanicked]"}, origin: true},
	{name: "same-twice", what: "the same value again, on two levels", run: sameTwice, printed: []string{"panic: aaa [recovered, repanicked]"}, origin: true},
	{name: "same-struct", what: "the same struct again, as recover returned it", run: sameStruct, printed: []string{"panic: code 7 [recovered, repanicked]"}, origin: true},
	{name: "equal-struct", what: "an equal struct, put into an interface again", run: equalStruct, printed: []string{"panic: code 7 [recovered]", "\tpanic: code 7"}, origin: true},
	{name: "equal", what: "another string with the same letters", run: equal, printed: []string{"panic: aaa [recovered]", "\tpanic: aaa"}, origin: true},
	{name: "wrapped", what: "the error, wrapped", run: wrapped, printed: []string{"panic: aaa [recovered]", "\tpanic: while closing: aaa"}, origin: true},
	{name: "fault", what: "a nil dereference, again", run: fault, printed: []string{"panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]", "[signal SIGSEGV: segmentation violation]"}, origin: true},
	{name: "group", what: "in a goroutine of WaitGroup.Go", run: group, printed: []string{"panic: aaa [recovered, repanicked]"}, origin: true},
	{name: "later", what: "the same value, after the function has returned", run: later, printed: []string{"panic: aaa"}},
	{name: "elsewhere", what: "the same value, in another goroutine", run: elsewhere, printed: []string{"panic: aaa"}},
	{name: "over", what: "another value, in the next deferred function", run: over, printed: []string{"panic: bbb"}},
	{name: "three", what: "three values, nothing recovered", run: three, printed: []string{"panic: aaa", "\tpanic: bbb", "\tpanic: ccc"}, origin: true},
	{name: "same-unrecovered", what: "the same value, nothing recovered", run: sameUnrecovered, printed: []string{"panic: aaa"}, origin: true},
	{name: "last", what: "three values, then recovered", run: last, printed: []string{"panic: aaa", "\tpanic: bbb", "\tpanic: ccc [recovered]", "\tpanic: got ccc"}, origin: true, said: "ccc, then <nil>"},
	{name: "wrapped-same", what: "the error, wrapped, and that again", run: wrappedSame, printed: []string{"panic: aaa [recovered]", "\tpanic: while closing: aaa [recovered, repanicked]"}, origin: true},
}

// origin is where every chain begins.
//
//go:noinline
func origin(v any) { panic(v) }

//go:noinline
func originOfFault() { panic(pointer.A) }

// again recovers a panic and panics with what f makes of its value.
func again(f func(v any) any) { panic(f(recover())) }

func itself(v any) any { return v }

func same() {
	defer func() { panic(recover()) }()
	origin("aaa")
}

func sameTwice() {
	defer func() { panic(recover()) }()
	same()
}

type code int

func (c code) Error() string { return fmt.Sprint("code ", int(c)) }

// large is bigger than a word, so an interface points to a copy of it.
type large struct{ code, detail code }

func (l large) Error() string { return l.code.Error() }

func sameStruct() {
	defer again(itself)
	origin(large{7, 0})
}

func equalStruct() {
	defer again(func(v any) any { return v.(large) })
	origin(large{7, 0})
}

func equal() {
	defer again(func(v any) any { return strings.Clone(v.(string)) })
	origin("aaa")
}

func wrap(v any) any { return fmt.Errorf("while closing: %w", v.(error)) }

func wrapped() {
	defer again(wrap)
	origin(errFirst)
}

func wrappedSame() {
	defer again(itself)
	wrapped()
}

func fault() {
	defer again(itself)
	originOfFault()
}

func group() {
	var wg sync.WaitGroup
	wg.Go(func() { origin("aaa") })
	wg.Wait()
}

// caught returns the value of f's panic.
func caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func later() { panic(caught(func() { origin("aaa") })) }

func elsewhere() {
	values := make(chan any)
	go func() { values <- caught(func() { origin("aaa") }) }()
	panic(<-values)
}

func over() {
	defer panic("bbb")
	defer func() { recover() }()
	origin("aaa")
}

func three() {
	defer panic("ccc")
	defer panic("bbb")
	origin("aaa")
}

func sameUnrecovered() {
	defer panic(errFirst)
	origin(errFirst)
}

func last() {
	defer func() {
		v := recover()
		fmt.Printf("%v, then %v\n", v, recover())
		panic(fmt.Sprint("got ", v))
	}()
	three()
}
