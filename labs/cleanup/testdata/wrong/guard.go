package cleanup

import "context"

// Use starts somebody who waits for the end of ctx, also when the work is through.
func Use(ctx context.Context, r Resource) error {
	defer r.Release()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	aborted := make(chan struct{})
	worked := make(chan struct{})
	go func() {
		defer close(aborted)
		<-ctx.Done()
		select {
		case <-worked:
		default:
			r.Abort()
		}
	}()
	err := r.Work()
	close(worked)
	if ctx.Err() == nil {
		return err // Abort will not be called
	}
	<-aborted // stop has not waited for it
	if err != nil {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: leak: goroutines still blocked
