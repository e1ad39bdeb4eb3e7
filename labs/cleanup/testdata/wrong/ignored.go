package cleanup

import "context"

// Use calls the function off, and does not look whether it was in time.
func Use(ctx context.Context, r Resource) error {
	defer r.Release()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	stop := context.AfterFunc(ctx, r.Abort)
	err := r.Work()
	stop()
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// verdict: assert: Abort was not through
