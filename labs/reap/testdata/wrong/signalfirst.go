package reap

import (
	"context"
	"slices"
)

// Reap looks when there is a signal, and not before.
func Reap(ctx context.Context, wait Wait, chld <-chan struct{}, own []int) (map[int]Status, error) {
	statuses := make(map[int]Status)
	left := slices.Clone(own)
	var lost error
	for len(left) > 0 {
		select {
		case <-chld:
		case <-ctx.Done():
			return statuses, context.Cause(ctx)
		}
		// Each of them, and before the first signal: what has come since it was last looked at is
		// in chld, or it is seen now.
		left = slices.DeleteFunc(left, func(pid int) bool {
			got, status, err := wait(pid)
			switch {
			case err != nil:
				lost = err
				return true
			case got == 0:
				return false
			}
			statuses[pid] = status
			return true
		})
	}
	return statuses, lost
}

// verdict: assert: had ended before the call
