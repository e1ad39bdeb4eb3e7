package reap

import "context"

// Reap asks for all its numbers every time, also for those that it has done with.
func Reap(ctx context.Context, wait Wait, chld <-chan struct{}, own []int) (map[int]Status, error) {
	statuses := make(map[int]Status)
	gone := make(map[int]bool)
	var lost error
	for {
		for _, pid := range own {
			got, status, err := wait(pid)
			_, reaped := statuses[pid]
			switch {
			case err != nil && !reaped:
				lost = err
				gone[pid] = true
			case err == nil && got != 0:
				statuses[pid] = status
				gone[pid] = true
			}
		}
		if len(gone) == len(own) {
			return statuses, lost
		}
		select {
		case <-chld:
		case <-ctx.Done():
			return statuses, context.Cause(ctx)
		}
	}
}

// verdict: assert: a child of somebody else
