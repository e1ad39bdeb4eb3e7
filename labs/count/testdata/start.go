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
		counts[info.Signal] = Count{N: counts[info.Signal].N + 1}
	}
}

// Ask adds a request; see Asker.
func Ask(asked Memory, raise Raise) error { return raise(Doorbell, 1) }

// Serve serves every request; see Server.
func Serve(ctx context.Context, asked Memory, next Next, work func()) (served int) {
	for {
		if _, err := next(ctx); err != nil {
			return served
		}
		work()
		served++
	}
}
