// Package cleanup asks: has the function that was to run at the end of a context run, or is it
// called off, or is it just about to?
//
// Use something that knows no contexts, cut it short when the context ends, and give it back
// exactly once. Read cleanup.go (what is given), then write Use in answer.go until the tests
// in cleanup_test.go pass.
package cleanup

import "context"

// Resource is something that one can have the use of, once. It knows no contexts.
type Resource interface {
	// Work blocks until it is through, or Abort is called. It may also take no notice of Abort.
	Work() error
	// Abort makes Work return soon, with an error of its own. It may take a while by itself. If Work
	// has returned, it does nothing, but it needs the resource as ever.
	Abort()
	// Release gives the resource back: somebody else may have it from now on.
	Release()
}

// User is what Use must be. It uses a resource:
//
//  1. If ctx has ended before, neither Work nor Abort is called. The resource is released, and the
//     result is context.Cause(ctx).
//  2. Otherwise Work is called, once. If ctx ends before Work has returned, Abort is called at
//     that moment, once. If ctx ends at the very moment at which Work returns, Abort may be
//     called or not; if it ends later, it is not.
//  3. Release is called exactly once, whatever happens: when Work has returned and, if it was
//     called, Abort has too. After that, nothing of the resource is called any more.
//  4. Use returns at once after that, and never before.
//  5. If Work returns nil, the result is nil, whatever has happened to ctx. If it returns an error,
//     the result is that very error; but if Abort was called, it is context.Cause(ctx).
//  6. When Use has returned, no goroutine is left, and ctx keeps nothing of it.
//
// Use may be called many times, also at the same time, each time with another resource.
type User func(ctx context.Context, r Resource) error

var _ User = Use
