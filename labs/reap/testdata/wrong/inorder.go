package reap

import "context"

// Reap reaps the children in the order in which it was told of them.
func Reap(ctx context.Context, wait Wait, chld <-chan struct{}, own []int) (map[int]Status, error) {
	statuses := make(map[int]Status)
	var lost error
	for _, pid := range own {
		for {
			got, status, err := wait(pid)
			if err != nil {
				lost = err
				break
			}
			if got != 0 {
				statuses[pid] = status
				break
			}
			select {
			case <-chld:
			case <-ctx.Done():
				return statuses, context.Cause(ctx)
			}
		}
	}
	return statuses, lost
}

// verdict: assert: and was a zombie until
