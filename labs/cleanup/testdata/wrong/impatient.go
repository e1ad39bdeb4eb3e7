package cleanup

import "context"

// Use leaves when ctx ends: the work has been told, and will be over some time.
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
	result := make(chan error, 1)
	go func() { result <- r.Work() }()
	var err error
	select {
	case err = <-result:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if stop() {
		return err // Abort was not called, and will not be
	}
	<-aborted // stop has not waited for it
	if err != nil {
		return context.Cause(ctx)
	}
	return nil
}

// verdict: leak: Use returned before Work had
