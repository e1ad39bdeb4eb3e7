package priority

// Serve asks how many urgent jobs lie in their channel. A channel without room never has
// any, also if somebody stands there with an urgent job in his hand.
func Serve(stop <-chan struct{}, urgent, ordinary <-chan Job) (ran int) {
	take := func(from *<-chan Job, job Job, ok bool) {
		if !ok {
			*from = nil
			return
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
		if len(urgent) > 0 {
			job, ok := <-urgent
			take(&urgent, job, ok)
			continue
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

// verdict: assert: which somebody was about to send
