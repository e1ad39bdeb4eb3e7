package cleanup

import "context"

// Use waits for the function also if that was called off.
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
	stop()
	<-aborted // stop has not waited for it
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// verdict: deadlock: every goroutine waits
