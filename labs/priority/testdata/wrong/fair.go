package priority

// Serve means well with the ordinary jobs: after sixteen urgent ones in a row, it lets the
// others have a chance.
func Serve(stop <-chan struct{}, urgent, ordinary <-chan Job) (ran int) {
	take := func(from *<-chan Job, job Job, ok bool) {
		if !ok {
			*from = nil
			return
		}
		ran++
		job()
	}
	row := 0
	endless := urgent == nil || ordinary == nil
	for endless || urgent != nil || ordinary != nil {
		select {
		case <-stop:
			return ran
		default:
		}
		if row < 16 {
			select {
			case job, ok := <-urgent:
				row++
				take(&urgent, job, ok)
				continue
			default:
			}
		}
		row = 0
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

// verdict: assert: an ordinary job began while an urgent one was there
