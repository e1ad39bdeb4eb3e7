package priority

// Serve carries out jobs, the urgent ones first; see Server.
//
// This one waits for whatever comes. Keep what is right about it, and change the rest.
func Serve(stop <-chan struct{}, urgent, ordinary <-chan Job) (ran int) {
	for {
		select {
		case <-stop:
			return ran
		case job := <-urgent:
			job()
			ran++
		case job := <-ordinary:
			job()
			ran++
		}
	}
}
