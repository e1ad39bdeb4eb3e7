package cleanup

import "context"

// Use does not ask whether ctx has ended before: whatever comes will be aborted.
func Use(ctx context.Context, r Resource) error {
	defer r.Release()

	aborted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(aborted)
		r.Abort()
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

// verdict: assert: ctx had ended before, and Work was called
