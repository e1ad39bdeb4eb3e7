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

// Ask adds a request; see Asker.
func Ask(asked Memory, raise Raise) error {
	asked.Add(1) // before the bell: who hears it looks at once
	return raise(Doorbell, 0)
}

// Serve waits for the bell before it looks.
func Serve(ctx context.Context, asked Memory, next Next, work func()) (served int) {
	for {
		if _, err := next(ctx); err != nil {
			return served
		}
		for asked.Load() > 0 {
			if ctx.Err() != nil {
				return served
			}
			asked.Add(-1)
			work()
			served++
		}
	}
}

// verdict: assert: nobody rings for them again
