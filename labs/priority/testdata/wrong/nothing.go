package priority

// Serve takes the job that comes out of a closed channel for one.
func Serve(stop <-chan struct{}, urgent, ordinary <-chan Job) (ran int) {
	// A channel that is closed is always ready. As nil it is never.
	take := func(_ *<-chan Job, job Job, _ bool) {
		ran++
		job()
	}
	endless := urgent == nil || ordinary == nil // a nil channel at the call never ends
	for endless || urgent != nil || ordinary != nil {
		// Each question is asked alone: select takes any of its cases that are ready.
		select {
		case <-stop:
			return ran
		default:
		}
		select {
		case job, ok := <-urgent:
			take(&urgent, job, ok)
			continue
		default:
		}
		// There was nothing: what comes first now is first.
		select {
		case <-stop:
			return ran
		case job, ok := <-urgent:
			take(&urgent, job, ok)
		case job, ok := <-ordinary:
			take(&ordinary, job, ok)
		}
	}
	return ran
}

// verdict: panic: invalid memory address
