package count

import "context"

// Tally says how often signals were sent; see Tallier.
func Tally(ctx context.Context, next Next) map[Signal]Count {
	counts := make(map[Signal]Count)
	for {
		info, err := next(ctx)
		if err != nil {
			return counts
		}
		counts[info.Signal] = Count{
			N:       counts[info.Signal].N + 1,
			AtLeast: info.Signal < 35, // what was sent while it was pending left no trace
		}
	}
}

// Ask rings and then writes down why.
func Ask(asked Memory, raise Raise) error {
	err := raise(Doorbell, 0)
	asked.Add(1)
	return err
}

// Serve serves every request; see Server.
func Serve(ctx context.Context, asked Memory, next Next, work func()) (served int) {
	for {
		for asked.Load() > 0 {
			if ctx.Err() != nil {
				return served
			}
			asked.Add(-1) // one by one: what has not begun stays where it is
			work()
			served++
		}
		if _, err := next(ctx); err != nil {
			return served
		}
	}
}

// verdict: assert: a request is lost until the next one comes
