package priority

import "sync"

// Serve has somebody sort the jobs beforehand. What he has in his hand is in neither tray.
func Serve(stop <-chan struct{}, urgent, ordinary <-chan Job) (ran int) {
	quit := make(chan struct{})
	sorted := make(chan Job)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(quit)
	wg.Go(func() {
		defer close(sorted)
		for {
			var job Job
			select {
			case job = <-urgent:
			default:
				select {
				case <-quit:
					return
				case job = <-urgent:
				case job = <-ordinary:
				}
			}
			select {
			case <-quit:
				return
			case sorted <- job:
			}
		}
	})
	for {
		select {
		case <-stop:
			return ran
		default:
		}
		select {
		case <-stop:
			return ran
		case job := <-sorted:
			ran++
			job()
		}
	}
}

// verdict: assert: a job is lost
