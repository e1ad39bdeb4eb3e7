package cleanup

import "context"

// Use asks ctx in the end whether the work was cut short.
func Use(ctx context.Context, r Resource) error {
	defer r.Release()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	aborted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(aborted)
		r.Abort()
	})
	err := r.Work()
	if !stop() {
		<-aborted // stop has not waited for it
	}
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// verdict: assert: Abort was called off, and then ctx ended
