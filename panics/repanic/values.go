package repanic

import (
	"errors"
	"fmt"
)

// values are the programs that panic once, with something special.
var values = []program{
	{name: "text", what: "string", run: with("aaa"), printed: []string{"panic: aaa"}, origin: true},
	{name: "text-lines", what: "string of two lines", run: with("aaa\ngoroutine 1 [running]:"), printed: []string{"panic: aaa", "\tgoroutine 1 [running]:"}, origin: true},
	{name: "integer", what: "int", run: with(42), printed: []string{"panic: 42"}, origin: true},
	{name: "float", what: "float64", run: with(1.5), printed: []string{"panic: 1.5"}, origin: true},
	{name: "complex", what: "complex128", run: with(1 + 2i), printed: []string{"panic: (1+2i)"}, origin: true},
	{name: "boolean", what: "bool", run: with(true), printed: []string{"panic: true"}, origin: true},
	{name: "named-text", what: "named string type", run: with(label("aaa")), printed: []string{`panic: repanic.label("aaa")`}, origin: true},
	{name: "named-integer", what: "named int type", run: with(count(42)), printed: []string{"panic: repanic.count(42)"}, origin: true},
	{name: "error", what: "error", run: with(errFirst), printed: []string{"panic: aaa"}, origin: true},
	{name: "errors", what: "errors.Join of two", run: with(errors.Join(errFirst, errFirst)), printed: []string{"panic: aaa", "\taaa"}, origin: true},
	{name: "stringer", what: "fmt.Stringer", run: with(speaker{}), printed: []string{"panic: from String"}, origin: true},
	{name: "both", what: "error and fmt.Stringer", run: with(both{}), printed: []string{"panic: from Error"}, origin: true},
	{name: "struct", what: "struct", run: with(plain{1}), printed: []string{"panic: (repanic.plain) 0xADDRESS"}, origin: true},
	{name: "pointer", what: "pointer to a struct", run: with(&plain{1}), printed: []string{"panic: (*repanic.plain) 0xADDRESS"}, origin: true},
	{name: "slice", what: "slice", run: with([]int{1}), printed: []string{"panic: ([]int) 0xADDRESS"}, origin: true},
	{name: "map", what: "map", run: with(map[string]int{"a": 1}), printed: []string{"panic: (map[string]int) 0xADDRESS"}, origin: true},
	{name: "function", what: "function", run: with(same), printed: []string{"panic: (func()) 0xADDRESS"}, origin: true},
	{name: "nothing", what: "nil", run: with(nil), printed: []string{"panic: panic called with nil argument"}, origin: true},
	{name: "failing", what: "error whose Error panics", run: with(failing{}), printed: []string{"fatal error: panic while printing panic value: from Error"}, origin: true},
	{name: "nil-pointer", what: "nil *T, where T has the method Error", run: with((*both)(nil)), printed: []string{"fatal error: panic while printing panic value: type runtime.plainError"}, origin: true},
	{name: "nil-error", what: "nil *T, where *T has the method Error", run: with((*careful)(nil)), printed: []string{"panic: no error"}, origin: true},
}

func with(v any) func() { return func() { origin(v) } }

var pointer *plain

type (
	plain   struct{ A int }
	label   string
	count   int
	speaker struct{}
	both    struct{ speaker }
	failing struct{}
	careful struct{}
)

func (speaker) String() string { return "from String" }
func (both) Error() string     { return "from Error" }
func (failing) Error() string  { panic("from Error") }

func (c *careful) Error() string {
	if c == nil {
		return "no error"
	}
	return fmt.Sprintf("error %p", c)
}
