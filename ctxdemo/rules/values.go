package rules

import (
	"context"
	"fmt"
	"math"
)

var values = []program{
	{"a value for the request, by a key of one's own type", own, "42"},
	{"an optional parameter, which the caller forgot", forgotten, "no retries"},
	{"the same, by a key that is misspelt", misspelt, "no retries"},
	{"the same, by the same word in another type", otherType, "no retries"},
	{"the same, but an int was put in and an int64 is expected", otherValue, "no retries"},
	{"the same, without looking whether it was there", unchecked, "panic: interface conversion: interface {} is nil, not int"},
	{"two packages use the same word as their key", collision, "theirs"},
	{"a nil was put in, or nothing", nilValue, "<nil>, <nil>"},
	{"a slice as the key", sliceKey, "panic: key is not comparable"},
	{"a slice inside of an array as the key", hiddenSlice, "put in, then panic: runtime error: comparing uncomparable type []int"},
	{"not a number as the key", nanKey, "<nil>"},
	{"1 was the key, and int64(1) is asked for", otherInt, "<nil>"},
	{"two keys new(byte)", byteKeys, "1, 2"},
	{"the context is printed: does it give the value away?", printed, "context.Background.WithValue(rules.key, int)"},
	{"the same, of a value that is a string", printedString, "context.Background.WithValue(rules.key, secret)"},
}

type key struct{}

func own() string {
	return fmt.Sprint(context.WithValue(context.Background(), key{}, 42).Value(key{}))
}

// word is what people use for a key: something that can be typed anywhere.
type word string

// fetchRetrying is a function with an optional parameter that the compiler cannot see.
func fetchRetrying(ctx context.Context) string {
	if n, ok := ctx.Value(word("retries")).(int); ok {
		return fmt.Sprint(n, " retries")
	}
	return "no retries"
}

func forgotten() string { return fetchRetrying(context.Background()) }

func misspelt() string {
	return fetchRetrying(context.WithValue(context.Background(), word("retrys"), 3))
}

type otherWord string

func otherType() string {
	return fetchRetrying(context.WithValue(context.Background(), otherWord("retries"), 3))
}

func otherValue() string {
	return fetchRetrying(context.WithValue(context.Background(), word("retries"), int64(3)))
}

func unchecked() string {
	return fmt.Sprint(context.Background().Value(word("retries")).(int))
}

// collision is why the type of a key should not be exported, or a string: here both packages
// are this one.
func collision() string {
	ctx := context.WithValue(context.Background(), word("user"), "ours")
	ctx = context.WithValue(ctx, word("user"), "theirs")
	return fmt.Sprint(ctx.Value(word("user")))
}

func nilValue() string {
	ctx := context.WithValue(context.Background(), key{}, nil)
	return fmt.Sprintf("%v, %v", ctx.Value(key{}), context.Background().Value(key{}))
}

// put uses a key that staticcheck does not see, for it would object, and rightly.
func put(key any) context.Context { return context.WithValue(context.Background(), key, "found") }

func sliceKey() string {
	return fmt.Sprint(put([]int{1}))
}

func hiddenSlice() (what string) {
	k := [1]any{[]int{1}}
	ctx := put(k)
	defer func() { what = fmt.Sprint("put in, then panic: ", recover()) }()
	return fmt.Sprint(ctx.Value(k))
}

func nanKey() string {
	nan := math.NaN()
	return fmt.Sprint(put(nan).Value(nan))
}

func otherInt() string {
	return fmt.Sprint(put(1).Value(int64(1)))
}

func byteKeys() string {
	one, two := new(byte), new(byte)
	ctx := context.WithValue(context.WithValue(context.Background(), one, 1), two, 2)
	return fmt.Sprintf("%v, %v", ctx.Value(one), ctx.Value(two))
}

func printed() string { return fmt.Sprint(context.WithValue(context.Background(), key{}, 42)) }

func printedString() string {
	return fmt.Sprint(context.WithValue(context.Background(), key{}, "secret"))
}
