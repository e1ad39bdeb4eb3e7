package cleanup

import "context"

// Use gives the resource back when it has been aborted, and when the work is over. Sometimes
// that is both.
func Use(ctx context.Context, r Resource) error {
	defer r.Release()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	aborted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(aborted)
		r.Abort()
		r.Release()
	})
	err := r.Work()
	if stop() {
		return err // Abort was not called, and will not be
	}
	<-aborted // stop has not waited for it
	if err != nil {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: assert: the resource was released 2 times
