package tree

import (
	"context"
	"time"
)

// Everything of package context, under the same names, on one tree: a program whose contexts
// are to be seen changes its import to
//
//	context "lab.example/gopark/ctxdemo/tree"
//
// and prints Default where it wants to know.

// Default is the tree of the functions of this package. A program that wants other Options
// replaces it before it makes contexts.
var Default = New(Options{})

type (
	Context         = context.Context
	CancelFunc      = context.CancelFunc
	CancelCauseFunc = context.CancelCauseFunc
)

var (
	Canceled         = context.Canceled
	DeadlineExceeded = context.DeadlineExceeded
)

// Background is context.Background.
func Background() Context { return context.Background() }

// TODO is context.TODO.
func TODO() Context { return context.TODO() }

// Cause is context.Cause.
func Cause(c Context) error { return context.Cause(c) }

// WithCancel is context.WithCancel, in the Default tree.
func WithCancel(parent Context) (Context, CancelFunc) { return Default.withCancel(parent, 1) }

// WithCancelCause is context.WithCancelCause, in the Default tree.
func WithCancelCause(parent Context) (Context, CancelCauseFunc) {
	return Default.withCancelCause(parent, 1)
}

// WithDeadline is context.WithDeadline, in the Default tree.
func WithDeadline(parent Context, d time.Time) (Context, CancelFunc) {
	return Default.withDeadline(parent, d, nil, 1)
}

// WithDeadlineCause is context.WithDeadlineCause, in the Default tree.
func WithDeadlineCause(parent Context, d time.Time, cause error) (Context, CancelFunc) {
	return Default.withDeadline(parent, d, cause, 1)
}

// WithTimeout is context.WithTimeout, in the Default tree.
func WithTimeout(parent Context, timeout time.Duration) (Context, CancelFunc) {
	return Default.withDeadline(parent, time.Now().Add(timeout), nil, 1)
}

// WithTimeoutCause is context.WithTimeoutCause, in the Default tree.
func WithTimeoutCause(parent Context, timeout time.Duration, cause error) (Context, CancelFunc) {
	return Default.withDeadline(parent, time.Now().Add(timeout), cause, 1)
}

// WithValue is context.WithValue, in the Default tree.
func WithValue(parent Context, key, val any) Context { return Default.withValue(parent, key, val, 1) }

// WithoutCancel is context.WithoutCancel, in the Default tree.
func WithoutCancel(parent Context) Context { return Default.withoutCancel(parent, 1) }

// AfterFunc is context.AfterFunc, in the Default tree.
func AfterFunc(ctx Context, f func()) (stop func() bool) { return Default.afterFunc(ctx, f, 1) }
