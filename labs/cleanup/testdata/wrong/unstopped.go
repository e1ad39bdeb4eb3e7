package cleanup

import "context"

// Use never calls the function off: it waits in ctx, with the resource, until that ends.
func Use(ctx context.Context, r Resource) error {
	defer r.Release()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	aborted := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(aborted)
		r.Abort()
	})
	err := r.Work()
	if ctx.Err() == nil {
		return err
	}
	<-aborted // stop has not waited for it
	if err != nil {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: assert: it was not called off
