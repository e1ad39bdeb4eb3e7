package reap

import "context"

// Reap reaps the children in own; see Reaper.
//
// This one reaps a child for each signal. Keep what is right about it, and change the rest.
func Reap(ctx context.Context, wait Wait, chld <-chan struct{}, own []int) (map[int]Status, error) {
	statuses := make(map[int]Status)
	for len(statuses) < len(own) {
		select {
		case <-chld:
			if pid, status, err := wait(-1); err == nil {
				statuses[pid] = status
			}
		case <-ctx.Done():
			return statuses, context.Cause(ctx)
		}
	}
	return statuses, nil
}
