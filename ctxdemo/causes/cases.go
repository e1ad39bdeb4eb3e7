package causes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// oneCase is a way in which a context can end.
type oneCase struct {
	name   string
	happen func(look look)

	err, cause string // what it must say; see text
	is         bool   // whether the cause is, or wraps, the error
}

// look is called by a case when what it is about has happened.
type look func(ctx context.Context)

// cases are all of them. To try another one, write its function and add its line.
var cases = []oneCase{
	{"alive", alive, "nil", "nil", true},
	{"cancel(gone)", withCause, "Canceled", "gone", false},
	{"cancel(nil)", withoutCause, "Canceled", "Canceled", true},
	{"cancel(gone), then cancel(broken)", twice, "Canceled", "gone", false},
	{"cancel(gone), then the deferred cancel(nil)", tidiedUp, "Canceled", "gone", false},
	{"cancel(DeadlineExceeded)", pretender, "Canceled", "DeadlineExceeded", false},
	{"cancel(an error that wraps Canceled)", wrapping, "Canceled", "gone: context canceled", true},

	{"timeout with cause slow", expired, "DeadlineExceeded", "slow", false},
	{"timeout with cause slow, cancel() before it", early, "Canceled", "Canceled", true},
	{"timeout with cause slow, cancel() after it", late, "DeadlineExceeded", "slow", false},
	{"timeout of minus one hour with cause slow", overdue, "DeadlineExceeded", "slow", false},
	{"a cancel with causes above a timeout with cause slow: cancel(gone)", bothCanceled, "Canceled", "gone", false},
	{"a cancel with causes above a timeout with cause slow: timeout", bothExpired, "DeadlineExceeded", "slow", false},

	{"child: its parent is cancelled for gone", inherited, "Canceled", "gone", false},
	{"child: through a WithValue", throughValue, "Canceled", "gone", false},
	{"child: its parent's timeout has cause slow", inheritedTimeout, "DeadlineExceeded", "slow", false},
	{"child: parent for gone, then itself for broken", parentFirst, "Canceled", "gone", false},
	{"child: itself for broken, then parent for gone", childFirst, "Canceled", "broken", false},
	{"child: made when its parent was cancelled for gone", bornDead, "Canceled", "gone", false},
	{"child: a timeout with cause slow, made when its parent was cancelled for gone", bornDeadTimeout, "Canceled", "gone", false},
	{"child: a later timeout with cause slow; its parent's has none", laterThanParent, "DeadlineExceeded", "DeadlineExceeded", true},
	{"child: a later timeout with cause slow; its parent's has cause broken", laterThanParents, "DeadlineExceeded", "broken", false},
	{"child: an earlier timeout with cause slow; its parent's has cause broken", earlierThanParents, "DeadlineExceeded", "slow", false},

	{"WithoutCancel of one that was cancelled for gone", withoutCancel, "nil", "nil", true},
	{"child of WithoutCancel of one that was cancelled for gone, cancelled for broken", belowWithoutCancel, "Canceled", "broken", false},
	{"a type of one's own whose Err is net.ErrClosed, around one that is alive", ownErr, "use of closed network connection", "use of closed network connection", true},
	{"a type of one's own whose Err is net.ErrClosed, around one cancelled for gone", ownErrCanceled, "use of closed network connection", "gone", false},
}

var (
	errGone   = errors.New("gone")   // the client
	errBroken = errors.New("broken") // something else
	errSlow   = errors.New("slow")   // the cause of timeouts
)

const moment = time.Millisecond // timeouts that are waited for

func alive(look look) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), time.Hour, errSlow)
	defer cancel()
	look(ctx)
}

// cancelFor looks at a context that cancel was called for with each of the causes in turn.
func cancelFor(look look, causes ...error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	for _, cause := range causes {
		cancel(cause)
	}
	look(ctx)
}

func withCause(look look)    { cancelFor(look, errGone) }
func withoutCause(look look) { cancelFor(look, nil) }
func twice(look look)        { cancelFor(look, errGone, errBroken) }
func tidiedUp(look look)     { cancelFor(look, errGone, nil) }
func pretender(look look)    { cancelFor(look, context.DeadlineExceeded) }
func wrapping(look look)     { cancelFor(look, fmt.Errorf("gone: %w", context.Canceled)) }

func expired(look look) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), moment, errSlow)
	defer cancel()
	<-ctx.Done()
	look(ctx)
}

// early is what every function does that is done before its time.
func early(look look) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), time.Hour, errSlow)
	cancel()
	look(ctx)
}

func late(look look) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), moment, errSlow)
	<-ctx.Done()
	cancel()
	look(ctx)
}

func overdue(look look) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), -time.Hour, errSlow)
	defer cancel()
	look(ctx)
}

// withBoth returns a context that can say for what cause it ended, in either way.
func withBoth(timeout time.Duration) (context.Context, context.CancelCauseFunc) {
	parent, cancel := context.WithCancelCause(context.Background())
	ctx, stop := context.WithTimeoutCause(parent, timeout, errSlow)
	return ctx, func(cause error) {
		cancel(cause) // first: it has the cause
		stop()        // then: it has the timer
	}
}

// describe returns an error for callers who ask for either: why it ended, and that it did.
// It returns nil while ctx is alive.
func describe(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ctx.Err(), context.Cause(ctx))
}

func bothCanceled(look look) {
	ctx, cancel := withBoth(time.Hour)
	cancel(errGone)
	look(ctx)
}

func bothExpired(look look) {
	ctx, cancel := withBoth(moment)
	<-ctx.Done()
	cancel(errGone)
	look(ctx)
}

func inherited(look look) {
	parent, fail := context.WithCancelCause(context.Background())
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	fail(errGone)
	look(ctx)
}

func throughValue(look look) {
	type key struct{}
	cancelFor(func(parent context.Context) { look(context.WithValue(parent, key{}, 1)) }, errGone)
}

func inheritedTimeout(look look) {
	expired(func(parent context.Context) {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		look(ctx)
	})
}

func parentFirst(look look) {
	parent, failParent := context.WithCancelCause(context.Background())
	ctx, fail := context.WithCancelCause(parent)
	failParent(errGone)
	fail(errBroken)
	look(ctx)
}

func childFirst(look look) {
	parent, failParent := context.WithCancelCause(context.Background())
	ctx, fail := context.WithCancelCause(parent)
	fail(errBroken)
	failParent(errGone)
	look(ctx)
}

func bornDead(look look) {
	cancelFor(func(parent context.Context) {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		look(ctx)
	}, errGone)
}

func bornDeadTimeout(look look) {
	cancelFor(func(parent context.Context) {
		ctx, cancel := context.WithTimeoutCause(parent, moment, errSlow)
		defer cancel()
		<-time.After(2 * moment)
		look(ctx)
	}, errGone)
}

func laterThanParent(look look) {
	parent, stop := context.WithTimeout(context.Background(), moment)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(parent, time.Hour, errSlow)
	defer cancel()
	<-ctx.Done()
	look(ctx)
}

func laterThanParents(look look) {
	parent, stop := context.WithTimeoutCause(context.Background(), moment, errBroken)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(parent, time.Hour, errSlow)
	defer cancel()
	<-ctx.Done()
	look(ctx)
}

func earlierThanParents(look look) {
	parent, stop := context.WithTimeoutCause(context.Background(), time.Hour, errBroken)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(parent, moment, errSlow)
	defer cancel()
	<-ctx.Done()
	look(ctx)
}

func withoutCancel(look look) {
	cancelFor(func(parent context.Context) { look(context.WithoutCancel(parent)) }, errGone)
}

func belowWithoutCancel(look look) {
	cancelFor(func(parent context.Context) {
		ctx, fail := context.WithCancelCause(context.WithoutCancel(parent))
		fail(errBroken)
		look(ctx)
	}, errGone)
}

// closed is a context of another make: it says for itself why it ended.
type closed struct{ context.Context }

func (closed) Err() error { return net.ErrClosed }

func ownErr(look look) {
	alive(func(ctx context.Context) { look(closed{ctx}) })
}

func ownErrCanceled(look look) {
	cancelFor(func(ctx context.Context) { look(closed{ctx}) }, errGone)
}
