// Command chain derives so many contexts, each from the one before, and cancels the first.
//
//	chain LEVELS STACKLIMIT
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
)

func main() {
	levels, limit := number(os.Args[1]), number(os.Args[2])
	debug.SetMaxStack(limit)
	root, cancel := context.WithCancel(context.Background())
	last := deepen(root, levels)
	below(cancel)
	fmt.Println(last.Err())
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// deepen returns a context so many levels below ctx. No cancel function is kept: cancelling
// the first is to cancel them all.
func deepen(ctx context.Context, levels int) context.Context {
	for range levels {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		_ = cancel
	}
	return ctx
}

// below calls cancel below a deferred recover, and says when that runs and what it gets.
func below(cancel context.CancelFunc) {
	defer func() { fmt.Println("deferred", recover()) }()
	cancel()
}
