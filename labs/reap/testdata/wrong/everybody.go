package reap

import "context"

// Reap reaps whatever there is, and keeps what is its own.
func Reap(ctx context.Context, wait Wait, chld <-chan struct{}, own []int) (map[int]Status, error) {
	left := make(map[int]bool)
	for _, pid := range own {
		left[pid] = true
	}
	statuses := make(map[int]Status)
	for {
		for len(left) > 0 {
			pid, status, err := wait(-1)
			if err != nil {
				return statuses, err
			}
			if pid == 0 {
				break
			}
			if left[pid] {
				statuses[pid] = status
				delete(left, pid)
			}
		}
		if len(left) == 0 {
			return statuses, nil
		}
		select {
		case <-chld:
		case <-ctx.Done():
			return statuses, context.Cause(ctx)
		}
	}
}

// verdict: assert: a child of somebody else
