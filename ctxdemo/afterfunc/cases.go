package afterfunc

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"lab.example/gopark/internal/experiment"
)

// oneCase is something that can be asked of an AfterFunc. see is called on one P, and takes
// far less than a time slice.
type oneCase struct {
	name string
	see  func() string
	want string
}

// cases are all of them. To try another one, write its function and add its line.
var cases = []oneCase{
	{"cancel has returned: has f run?", atOnce, "no"},
	{"this goroutine has waited: has f run?", later, "yes"},
	{"what ctx says in f", insideOf, "context canceled, for gone"},
	{"f blocks: does cancel return?", blocked, "yes"},
	{"stop before cancel, stop again, cancel", stopTwice, "true, false, f has not run"},
	{"stop when cancel has returned, and f has not begun", stopLate, "false, f has run"},
	{"stop while f is running", stopRunning, "false, f is still running"},
	{"stop when f has returned", stopOver, "false, f has run"},
	{"a context that had been cancelled: has f run when AfterFunc returns?", dead, "no"},
	{"a context that had been cancelled: later", deadLater, "stop false, f has run"},
	{"context.Background()", background, "stop true, f has not run"},
	{"WithoutCancel of a context, which is cancelled", withoutCancel, "stop true, f has not run"},
	{"a child is cancelled: an AfterFunc of its parent", ofParent, "stop true, f has not run"},
	{"the parent is cancelled: an AfterFunc of its child", ofChild, "stop false, f has run"},
	{"three on one context, of which two are the same f", three, "3 have run"},
	{"the orders of five on one context, in 200 rounds", orders, "abcde bcdea cdeab deabc eabcd"},
	{"f cancels a second context, whose f cancels a third", chain, "Err of the third: nil, then context canceled"},
}

// function is an f that knows whether it has run.
type function struct{ ran atomic.Bool }

func (f *function) run() { f.ran.Store(true) }

func (f *function) String() string {
	if f.ran.Load() {
		return "f has run"
	}
	return "f has not run"
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func atOnce() string {
	var f function
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, f.run)
	cancel()
	return yes(f.ran.Load())
}

func later() string {
	var f function
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, f.run)
	cancel()
	experiment.Settle()
	return yes(f.ran.Load())
}

func insideOf() string {
	said := make(chan string)
	ctx, cancel := context.WithCancelCause(context.Background())
	context.AfterFunc(ctx, func() { said <- fmt.Sprintf("%v, for %v", ctx.Err(), context.Cause(ctx)) })
	cancel(errors.New("gone"))
	return <-said
}

func blocked() string {
	release := make(chan struct{})
	defer close(release)
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, func() { <-release })
	cancel()
	return "yes"
}

func stopTwice() string {
	var f function
	ctx, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, f.run)
	first, second := stop(), stop()
	cancel()
	experiment.Settle()
	return fmt.Sprintf("%v, %v, %v", first, second, &f)
}

func stopLate() string {
	var f function
	ctx, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, f.run)
	cancel()
	stopped := stop()
	experiment.Settle()
	return fmt.Sprintf("%v, %v", stopped, &f)
}

func stopRunning() string {
	running, release := make(chan struct{}), make(chan struct{})
	var over atomic.Bool
	ctx, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, func() {
		close(running)
		<-release
		over.Store(true)
	})
	cancel()
	<-running
	stopped := stop()
	defer close(release)
	if over.Load() {
		return fmt.Sprintf("%v, f is over", stopped)
	}
	return fmt.Sprintf("%v, f is still running", stopped)
}

func stopOver() string {
	var f function
	ctx, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, f.run)
	cancel()
	experiment.Settle()
	return fmt.Sprintf("%v, %v", stop(), &f)
}

func dead() string {
	var f function
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	context.AfterFunc(ctx, f.run)
	return yes(f.ran.Load())
}

// outcome looks at an AfterFunc of ctx when happen has been called.
func outcome(ctx context.Context, happen func()) string {
	var f function
	stop := context.AfterFunc(ctx, f.run)
	happen()
	experiment.Settle()
	return fmt.Sprintf("stop %v, %v", stop(), &f)
}

func deadLater() string {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return outcome(ctx, func() {})
}

func background() string {
	return outcome(context.Background(), func() {})
}

func withoutCancel() string {
	ctx, cancel := context.WithCancel(context.Background())
	return outcome(context.WithoutCancel(ctx), cancel)
}

func ofParent() string {
	parent, cancelParent := context.WithCancel(context.Background())
	defer cancelParent()
	_, cancel := context.WithCancel(parent)
	return outcome(parent, cancel)
}

func ofChild() string {
	parent, cancelParent := context.WithCancel(context.Background())
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	return outcome(ctx, cancelParent)
}

func three() string {
	var ran atomic.Int64
	once := func() { ran.Add(1) }
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, once)
	context.AfterFunc(ctx, once)
	context.AfterFunc(ctx, func() { ran.Add(1) })
	cancel()
	experiment.Settle()
	return fmt.Sprint(ran.Load(), " have run")
}

// orders is settled by the loop over a map: see ctxdemo/order.
func orders() string {
	var seen []string
	for range 200 {
		order := make(chan string, 5)
		ctx, cancel := context.WithCancel(context.Background())
		for name := range strings.SplitSeq("abcde", "") {
			context.AfterFunc(ctx, func() { order <- name })
		}
		cancel()
		all := <-order + <-order + <-order + <-order + <-order
		if !slices.Contains(seen, all) {
			seen = append(seen, all)
		}
	}
	slices.Sort(seen)
	return strings.Join(seen, " ")
}

func chain() string {
	first, cancelFirst := context.WithCancel(context.Background())
	second, cancelSecond := context.WithCancel(context.Background())
	third, cancelThird := context.WithCancel(context.Background())
	context.AfterFunc(first, cancelSecond)
	context.AfterFunc(second, cancelThird)
	cancelFirst()
	before := "nil"
	if third.Err() != nil {
		before = third.Err().Error()
	}
	for range 2 * experiment.Settling {
		runtime.Gosched()
	}
	return fmt.Sprintf("Err of the third: %s, then %v", before, third.Err())
}
