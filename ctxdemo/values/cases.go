package values

import (
	"context"
	"fmt"
	"math"
	"time"
)

// oneCase is something that can be done with the values of a context.
type oneCase struct {
	name string
	see  func() any
	want string
}

// cases are all of them. To try another one, write its function and add its line.
var cases = []oneCase{
	{`key "user" of type string, asked for by a type of its own`, otherType, "<nil>"},
	{"key int(1), asked for by int64(1)", otherInt, "<nil>"},
	{"key struct{}{} of one type, asked for by that of another", otherStruct, "<nil>"},
	{"key struct{}{} of one type, asked for by a second one of that type", sameStruct, "alice"},
	{"key new(struct{}), asked for by another new(struct{})", zeroSize, "alice"},
	{"key new(byte), asked for by another new(byte)", oneByte, "<nil>"},
	{"key NaN, asked for by the same NaN", nan, "<nil>"},
	{"key nil", nilKey, "panic: nil key"},
	{"key []int{1}", slice, "panic: key is not comparable"},
	{"key [1]any{[]int{1}}: is it taken?", hiddenSlice, "yes"},
	{"key [1]any{[]int{1}}, asked for by itself", askHiddenSlice, "panic: runtime error: comparing uncomparable type []int"},
	{"key [1]any{[]int{1}}, asked for another key", askOther, "<nil>"},

	{"the same key on two levels", shadowed, "bob"},
	{"the same key on two levels, and the upper one is asked", aboveShadow, "alice"},
	{"a sibling is asked", sibling, "<nil>"},
	{"a nil was stored, and nothing was stored", storedNil, "<nil> <nil>"},
	{"a map was stored, and somebody below changes it", changed, "bob"},
	{"below WithoutCancel", withoutCancel, "alice"},
	{"below a context that was cancelled", canceled, "alice"},

	{"String of a context with a string value", printString, "context.Background.WithValue(values.key, alice)"},
	{"String of a context with another value", printInt, "context.Background.WithValue(values.key, int)"},

	{"WithValue of nil", nilWithValue, "panic: cannot create context from nil parent"},
	{"WithTimeout of nil", nilWithTimeout, "panic: cannot create context from nil parent"},
	{"WithoutCancel of nil", nilWithoutCancel, "panic: cannot create context from nil parent"},
	{"AfterFunc of nil", nilAfterFunc, "panic: runtime error: invalid memory address or nil pointer dereference"},
	{"Cause of nil", nilCause, "panic: runtime error: invalid memory address or nil pointer dereference"},
	{"WithValue of a nil pointer of a type that is a context: is it taken?", typedNil, "yes"},
	{"WithValue of such a pointer, asked for its key", typedNilKey, "alice"},
	{"WithValue of such a pointer, asked for another key", typedNilOther, "panic: runtime error: invalid memory address or nil pointer dereference"},
}

// key is how it should be done: a type that no other package can name.
type (
	key      struct{}
	otherKey struct{}
	named    string
)

// ask stores alice under one key, and asks for another one.
func ask(stored, asked any) any {
	return context.WithValue(context.Background(), stored, "alice").Value(asked)
}

func otherType() any   { return ask("user", named("user")) }
func otherInt() any    { return ask(int(1), int64(1)) }
func otherStruct() any { return ask(key{}, otherKey{}) }
func sameStruct() any  { return ask(key{}, key{}) }

// The keys of two packages that know nothing of each other.
var (
	ourKey   = new(struct{})
	theirKey = new(struct{})
)

func zeroSize() any { return ask(ourKey, theirKey) }
func oneByte() any  { return ask(new(byte), new(byte)) }

func nan() any {
	k := math.NaN()
	return ask(k, k)
}

func nilKey() any { return ask(nil, nil) }
func slice() any  { return ask([]int{1}, []int{1}) }

// sly is of a comparable type: an array of interfaces. What is in it is not comparable.
var sly = [1]any{[]int{1}}

func hiddenSlice() any {
	_ = context.WithValue(context.Background(), sly, "alice")
	return "yes"
}

func askHiddenSlice() any { return ask(sly, sly) }
func askOther() any       { return ask(sly, key{}) }

func shadowed() any {
	upper := context.WithValue(context.Background(), key{}, "alice")
	return context.WithValue(upper, key{}, "bob").Value(key{})
}

func aboveShadow() any {
	upper := context.WithValue(context.Background(), key{}, "alice")
	_ = context.WithValue(upper, key{}, "bob")
	return upper.Value(key{})
}

func sibling() any {
	parent := context.WithValue(context.Background(), otherKey{}, "parent")
	_ = context.WithValue(parent, key{}, "alice")
	return context.WithValue(parent, otherKey{}, "sibling").Value(key{})
}

func storedNil() any {
	ctx := context.WithValue(context.Background(), key{}, nil)
	return fmt.Sprint(ctx.Value(key{}), " ", ctx.Value(otherKey{}))
}

func changed() any {
	ctx := context.WithValue(context.Background(), key{}, map[string]string{"user": "alice"})
	below := context.WithValue(ctx, otherKey{}, 1)
	below.Value(key{}).(map[string]string)["user"] = "bob"
	return ctx.Value(key{}).(map[string]string)["user"]
}

func withoutCancel() any {
	ctx := context.WithValue(context.Background(), key{}, "alice")
	return context.WithoutCancel(ctx).Value(key{})
}

func canceled() any {
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), key{}, "alice"))
	cancel()
	return ctx.Value(key{})
}

func printString() any { return context.WithValue(context.Background(), key{}, "alice") }
func printInt() any    { return context.WithValue(context.Background(), key{}, 42) }

// nobody is an interface that holds nothing: what a forgotten field or a failed lookup is.
var nobody context.Context

func nilWithValue() any     { return context.WithValue(nobody, key{}, "alice") }
func nilWithoutCancel() any { return context.WithoutCancel(nobody) }
func nilCause() any         { return context.Cause(nobody) }
func nilAfterFunc() any     { return context.AfterFunc(nobody, func() {}) }

func nilWithTimeout() any {
	ctx, cancel := context.WithTimeout(nobody, time.Second)
	defer cancel()
	return ctx
}

// wrapped is a context of one's own.
type wrapped struct{ context.Context }

func ofTypedNil() context.Context {
	var nothing *wrapped
	return context.WithValue(nothing, key{}, "alice")
}

func typedNil() any {
	ofTypedNil()
	return "yes"
}

func typedNilKey() any   { return ofTypedNil().Value(key{}) }
func typedNilOther() any { return ofTypedNil().Value(otherKey{}) }
