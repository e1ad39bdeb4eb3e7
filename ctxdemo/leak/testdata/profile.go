// Command profile leaves goroutines and contexts behind, each in another way, and prints
// what the goroutineleak profile says of each. It must be built with
// GOEXPERIMENT=goroutineleakprofile.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

// foreign is a context that package context does not know: it has a Done of its own.
type foreign struct {
	context.Context
	done chan struct{}
}

func (f foreign) Done() <-chan struct{} { return f.done }

var kept context.Context

func children() {
	parent, _ := context.WithCancel(context.Background())
	for range 1000 {
		_, _ = context.WithCancel(parent)
	}
}

func adopted() {
	_, _ = context.WithCancel(foreign{context.Background(), make(chan struct{})})
}

func forgotten() {
	ctx, _ := context.WithCancel(context.Background())
	go forgottenWaits(ctx)
}

func forgottenWaits(ctx context.Context) { <-ctx.Done() }

func remembered() {
	kept, _ = context.WithCancel(context.Background())
	go rememberedWaits(kept)
}

func rememberedWaits(ctx context.Context) { <-ctx.Done() }

func sleeping() { go sleeps() }

func sleeps() { time.Sleep(time.Hour) }

func main() {
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		fmt.Fprintln(os.Stderr, "there is no goroutineleak profile")
		os.Exit(1)
	}
	for _, leave := range []func(){
		children, adopted, forgotten, remembered, sleeping,
	} {
		leave()
	}
	for strings.Contains(stacks(), " [runnable") { // they have not got to where they block
		runtime.Gosched()
	}
	var text strings.Builder
	if err := profile.WriteTo(&text, 2); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, name := range []string{"children", "propagateCancel", "forgottenWaits", "rememberedWaits", "sleeps"} {
		fmt.Println(name, found(text.String(), name))
	}
}

func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

// found reports whether a goroutine that the dump marks as leaked is in the function, or
// was created by it.
func found(dump, name string) bool {
	for g := range strings.SplitSeq(dump, "\n\n") {
		head, _, _ := strings.Cut(g, "\n")
		if strings.Contains(head, "leaked") && strings.Contains(g, name) {
			return true
		}
	}
	return false
}
