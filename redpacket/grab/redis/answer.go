package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"lab.example/gopark/redpacket/grab"
)

// gone is what the scripts say.
const gone = "GONE the key does not hold this split"

// failure is what an error means to somebody who wanted to change something. Redis may have done
// it unless
//   - it says that it has not;
//   - there is no connection that it could have been asked on.
func failure(ctx context.Context, err error) error {
	switch {
	case refused(err) != nil:
		return refused(err)
	case unreached(err):
		return fmt.Errorf("reach redis: %w", cause(ctx, err))
	}
	return fmt.Errorf("%w: redis has not answered: %w", grab.ErrUnknown, cause(ctx, err))
}

// reading is nil if err is, or what an error means to somebody who wanted to change nothing.
func reading(ctx context.Context, err error) error {
	if r := refused(err); r != nil {
		return r
	}
	if err == nil {
		return nil
	}
	return cause(ctx, err)
}

// refused is what Redis said, or nil if it has not.
func refused(err error) error {
	said, ok := rueidis.IsRedisErr(err)
	switch {
	case !ok:
		return nil
	case strings.HasPrefix(said.Error(), gone), strings.Contains(said.Error(), "WRONGTYPE "):
		return ErrGone // before Redis 7, what went wrong in a script stands in the middle
	}
	return fmt.Errorf("redis: %w", err)
}

// unreached reports whether a connection could not even be made.
func unreached(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// cause is the cause of ctx, if that is why there was no answer. A client that looks at the clock
// itself gives up a moment before the timer of ctx has fired: that moment is waited for.
func cause(ctx context.Context, err error) error {
	if deadline, ok := ctx.Deadline(); ok && errors.Is(err, context.DeadlineExceeded) && time.Now().After(deadline) {
		<-ctx.Done()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
