package priority

// Serve does all urgent jobs in a row, and does not listen to the bell meanwhile.
func Serve(stop <-chan struct{}, urgent, ordinary <-chan Job) (ran int) {
	// A channel that is closed is always ready. As nil it is never.
	take := func(from *<-chan Job, job Job, ok bool) {
		if !ok {
			*from = nil
			return
		}
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
		for more := true; more; {
			select {
			case job, ok := <-urgent:
				take(&urgent, job, ok)
			default:
				more = false
			}
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

// verdict: assert: stop was closed by a job
