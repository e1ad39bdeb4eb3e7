package priority

// Serve asks once more whether there is to be an end, when it has a job in its hand. So no
// job begins after that, and this one is in no channel any more.
func Serve(stop <-chan struct{}, urgent, ordinary <-chan Job) (ran int) {
	take := func(from *<-chan Job, job Job, ok bool) {
		if !ok {
			*from = nil
			return
		}
		select {
		case <-stop:
			return
		default:
		}
		ran++
		job()
	}
	endless := urgent == nil || ordinary == nil
	for endless || urgent != nil || ordinary != nil {
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

// verdict: assert: returned without running it
