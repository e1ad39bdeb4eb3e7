package commitafter

import "context"

// Run works on records and commits them in order; see Runner.
//
// This one has a single worker, which makes it easy. Keep what is right about it, and
// change the rest.
func Run(ctx context.Context, c Consumer, workers int, work Work) error {
	for ctx.Err() == nil {
		r, err := c.Fetch(ctx)
		if err != nil {
			return err
		}
		if err := work(ctx, r); err != nil {
			return err
		}
		if err := c.Commit(r.Partition, r.Offset+1); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}
