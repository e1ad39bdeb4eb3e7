package deadlines

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// oneCase is something about a deadline. see is called in a bubble, whose clock begins at
// midnight UTC of 1 January 2000.
type oneCase struct {
	name string
	see  func() string
	want string
}

// cases are all of them. To try another one, write its function and add its line.
var cases = []oneCase{
	{"a timeout of 24 hours: when Done is closed", day, "after 24h0m0s, context deadline exceeded"},
	{"one nanosecond before the deadline", before, "<nil>"},
	{"at the deadline, when the instant is over", at, "context deadline exceeded"},
	{"cancel() an hour before the deadline", canceled, "after 0s, context canceled"},
	{"the same, at the deadline", canceledAt, "context canceled, and it has a deadline: true"},
	{"cancel() after the deadline", canceledAfter, "context deadline exceeded"},
	{"a timeout of 0", now, "after 0s, context deadline exceeded"},
	{"a timeout of minus one hour", past, "after 0s, context deadline exceeded"},
	{"a deadline in 10 hours, made with WithDeadline", withDeadline, "after 10h0m0s, context deadline exceeded"},
	{"WithTimeout(d), WithDeadline(now+d): are their deadlines equal?", equal, "true"},
	{"their types", types, "*context.timerCtx, *context.timerCtx"},
	{"the same two: when each is done", together, "after 1h0m0s, after 1h0m0s"},
	{"String of one in an hour", text, "context.Background.WithDeadline(2000-01-01 01:00:00 +0000 UTC [1h0m0s])"},

	{"child: an hour, below a second", later, "after 1s, *context.cancelCtx"},
	{"child: a second, below an hour", earlier, "after 1s, *context.timerCtx"},
	{"child: a second, below an hour; the parent afterwards", parentAfter, "<nil>"},
	{"child: its parent is cancelled, then its deadline passes", parentCanceled, "context canceled"},
	{"child of WithoutCancel, below a second: its deadline", withoutCancel, "none"},
	{"child made an hour after its parent's deadline", bornDead, "context deadline exceeded, and it has a deadline: true"},

	{"an AfterFunc on a timeout of a second: when it runs", afterFunc, "after 1s"},
	{"AfterFuncs on timeouts of 3, 1 and 2 seconds: their order", afterFuncs, "[1s 2s 3s]"},

	{"is DeadlineExceeded os.ErrDeadlineExceeded?", isOS, "false"},
	{"is DeadlineExceeded a net.Error that is a timeout?", isTimeout, "true"},
}

// ofTest is the one case that is not in a bubble.
const (
	ofTest     = "t.Context() in a test, and in its Cleanup"
	ofTestWant = "<nil>, context canceled"
)

func testContext(t *testing.T) string {
	var inTest, inCleanup error
	t.Run("context", func(t *testing.T) {
		inTest = t.Context().Err()
		t.Cleanup(func() { inCleanup = t.Context().Err() })
	})
	return fmt.Sprintf("%v, %v", inTest, inCleanup)
}

// since begins a clock.
func since() func() string {
	start := time.Now()
	return func() string { return "after " + time.Since(start).String() }
}

// ended waits for a context, and says when that was and what it was.
func ended(ctx context.Context, clock func() string) string {
	<-ctx.Done()
	return fmt.Sprintf("%s, %v", clock(), ctx.Err())
}

func day() string {
	clock := since()
	ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
	defer cancel()
	return ended(ctx, clock)
}

// after returns what Err says so long after a timeout of an hour was made.
func after(d time.Duration) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	time.Sleep(d)
	synctest.Wait()
	return fmt.Sprint(ctx.Err())
}

func before() string { return after(time.Hour - 1) }
func at() string     { return after(time.Hour) }

func canceled() string {
	clock := since()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	cancel()
	return ended(ctx, clock)
}

func canceledAt() string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	cancel()
	time.Sleep(time.Hour)
	synctest.Wait()
	_, ok := ctx.Deadline()
	return fmt.Sprintf("%v, and it has a deadline: %v", ctx.Err(), ok)
}

func canceledAfter() string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	<-ctx.Done()
	cancel()
	return fmt.Sprint(ctx.Err())
}

// made says when a timeout is over that is so long.
func made(d time.Duration) string {
	clock := since()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return ended(ctx, clock)
}

func now() string  { return made(0) }
func past() string { return made(-time.Hour) }

func withDeadline() string {
	clock := since()
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(10*time.Hour))
	defer cancel()
	return ended(ctx, clock)
}

// both makes the same thing in two ways, and looks. Where time stands still they must agree
// to the last bit.
func both(look func(a, b context.Context) string) string {
	a, cancelA := context.WithTimeout(context.Background(), time.Hour)
	defer cancelA()
	b, cancelB := context.WithDeadline(context.Background(), time.Now().Add(time.Hour))
	defer cancelB()
	return look(a, b)
}

func equal() string {
	return both(func(a, b context.Context) string {
		at, _ := a.Deadline()
		bt, _ := b.Deadline()
		return fmt.Sprint(at == bt)
	})
}

func types() string {
	return both(func(a, b context.Context) string { return fmt.Sprintf("%T, %T", a, b) })
}

func together() string {
	clock := since()
	return both(func(a, b context.Context) string {
		<-a.Done()
		first := clock()
		<-b.Done()
		return first + ", " + clock()
	})
}

func text() string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	return fmt.Sprint(ctx)
}

// family makes a parent and a child with these timeouts, and looks.
func family(parents, childs time.Duration, look func(parent, child context.Context) string) string {
	parent, cancelParent := context.WithTimeout(context.Background(), parents)
	defer cancelParent()
	child, cancel := context.WithTimeout(parent, childs)
	defer cancel()
	return look(parent, child)
}

// whenAndWhat says when a context is over, by its own account, and of what type it is.
func whenAndWhat(_, child context.Context) string {
	clock := since()
	deadline, _ := child.Deadline()
	due := time.Until(deadline)
	<-child.Done()
	if clock() != "after "+due.String() {
		return fmt.Sprintf("%s, although its deadline was in %v", clock(), due)
	}
	return fmt.Sprintf("%s, %T", clock(), child)
}

func later() string   { return family(time.Second, time.Hour, whenAndWhat) }
func earlier() string { return family(time.Hour, time.Second, whenAndWhat) }

func parentAfter() string {
	return family(time.Hour, time.Second, func(parent, child context.Context) string {
		<-child.Done()
		synctest.Wait()
		return fmt.Sprint(parent.Err())
	})
}

func parentCanceled() string {
	parent, cancelParent := context.WithCancel(context.Background())
	child, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	cancelParent()
	time.Sleep(time.Hour)
	return fmt.Sprint(child.Err())
}

func withoutCancel() string {
	parent, cancelParent := context.WithTimeout(context.Background(), time.Second)
	defer cancelParent()
	child, cancel := context.WithCancel(context.WithoutCancel(parent))
	defer cancel()
	if deadline, ok := child.Deadline(); ok {
		return deadline.String()
	}
	return "none"
}

func bornDead() string {
	parent, cancelParent := context.WithTimeout(context.Background(), time.Second)
	defer cancelParent()
	time.Sleep(time.Hour)
	child, cancel := context.WithTimeout(parent, time.Hour)
	defer cancel()
	_, ok := child.Deadline()
	return fmt.Sprintf("%v, and it has a deadline: %v", child.Err(), ok)
}

func afterFunc() string {
	clock := since()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	ran := make(chan string)
	context.AfterFunc(ctx, func() { ran <- clock() })
	return <-ran
}

func afterFuncs() string {
	start := time.Now()
	ran := make(chan time.Duration, 3)
	for _, seconds := range []time.Duration{3, 1, 2} {
		ctx, cancel := context.WithTimeout(context.Background(), seconds*time.Second)
		defer cancel()
		context.AfterFunc(ctx, func() { ran <- time.Since(start) })
	}
	return fmt.Sprint([]time.Duration{<-ran, <-ran, <-ran})
}

func isOS() string {
	return fmt.Sprint(errors.Is(context.DeadlineExceeded, os.ErrDeadlineExceeded))
}

func isTimeout() string {
	err, ok := errors.AsType[net.Error](context.DeadlineExceeded)
	return fmt.Sprint(ok && err.Timeout())
}
