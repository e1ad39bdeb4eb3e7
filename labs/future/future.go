// Package future asks: what is a call whose result comes later?
//
// Call a server that answers at once or much later, for a client that waits or wants to be
// told, and give up what nobody needs any more. Read future.go (what is given), then
// write Call in answer.go until the tests in future_test.go pass.
package future

import (
	"context"
	"errors"
)

// Server does what it is called for, and says so with reply. There are two kinds. One works,
// replies and returns. The other returns at once and replies much later, in another
// goroutine. Some reply more than once, some never, and some take no notice of ctx. It does not
// panic.
type Server func(ctx context.Context, arg string, reply func(value string, err error))

// ErrCanceled is the result of a call that was given up.
var ErrCanceled = errors.New("the call was given up")

// Future is a call. All methods may be used at any time, by any number of goroutines.
type Future interface {
	// Wait returns the result as soon as there is one. If ctx ends before that, it returns
	// "" and context.Cause(ctx).
	Wait(ctx context.Context) (value string, err error)
	// Then has f called with the result as soon as there is one. It does not wait for that.
	Then(f func(value string, err error))
	// Cancel gives the call up.
	Cancel()
}

// Caller is what Call must be. It calls server and returns the call:
//
//  1. Call returns at once, whatever server does. server is called once, with arg and a context
//     derived from ctx.
//  2. The first reply is the result: that value and that very error, at that moment. Further replies
//     change nothing. reply waits for nobody.
//  3. If ctx ends before that, the result is "" and context.Cause(ctx), at that moment. If Cancel is
//     called before that, it is "" and ErrCanceled, and it is there when Cancel
//     returns. What server replies afterwards changes nothing. If ctx has ended before Call,
//     server is not called.
//  4. There is one result, the same for everybody, and it never changes. The context of server has
//     ended before anybody can know it, also if server works on; if ctx or Cancel was the
//     reason, the cause is the error of the result.
//  5. If there is a result, Wait returns it, also if its own context has ended. Who stops
//     waiting stops nobody else: the call goes on.
//  6. Each f handed to Then is called once, as soon as there is a result; at once if it is
//     there already. It may take its time and may use the Future: it holds up neither other
//     callbacks nor Wait, Then, Cancel and reply.
//  7. When server has returned and there is no result yet, no goroutine is kept for the call,
//     however many callbacks are to be called, and however many have stopped waiting. When
//     there is a result, nothing goes on but callbacks, and server if it takes no notice, and
//     nothing waits for the end of a context any more.
//
// Call may be called many times, also at the same time.
type Caller func(ctx context.Context, server Server, arg string) Future

var _ Caller = Call
