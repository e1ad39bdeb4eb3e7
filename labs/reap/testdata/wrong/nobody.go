package reap

import (
	"context"
	"slices"
)

// Reap waits for children that are no more.
func Reap(ctx context.Context, wait Wait, chld <-chan struct{}, own []int) (map[int]Status, error) {
	statuses := make(map[int]Status)
	left := slices.Clone(own)
	var lost error
	for {
		// Each of them, and before the first signal: what has come since it was last looked at is
		// in chld, or it is seen now.
		left = slices.DeleteFunc(left, func(pid int) bool {
			got, status, err := wait(pid)
			switch {
			case err != nil:
				lost = err
				return false
			case got == 0:
				return false
			}
			statuses[pid] = status
			return true
		})
		if len(left) == 0 {
			return statuses, lost
		}
		select {
		case <-chld:
		case <-ctx.Done():
			return statuses, context.Cause(ctx)
		}
	}
}

// verdict: assert: Reap has waited for more
