package priority

import "time"

// Serve asks, and if there is nothing it sleeps for a while.
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
		select {
		case job, ok := <-urgent:
			take(&urgent, job, ok)
			continue
		default:
		}
		select {
		case job, ok := <-ordinary:
			take(&ordinary, job, ok)
		default:
			time.Sleep(10 * time.Millisecond)
		}
	}
	return ran
}

// verdict: assert: looks only from time to time
