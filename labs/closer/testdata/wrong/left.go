package closer

import "sync"

// New returns a line whose Close does not wait for the senders: somebody else does.
func New() Line {
	return &line{
		values:  make(chan int),
		closing: make(chan struct{}),
	}
}

type line struct {
	values  chan int      // closed by Close, after every sender has left
	closing chan struct{} // closed by the first Close: nobody may enter, and all leave
	senders sync.WaitGroup

	mu     sync.Mutex // guards closed, and that nobody enters after it is true
	closed bool
	last   sync.Once // to close values
}

func (l *line) Values() <-chan int { return l.values }

func (l *line) Send(value int) bool {
	if !l.enter() {
		return false
	}
	defer l.senders.Done()
	select {
	case <-l.closing:
		return false
	case l.values <- value:
		return true
	}
}

// enter counts a sender, unless the line is closed.
func (l *line) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.senders.Add(1)
	return true
}

func (l *line) Close() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.closing)
	}
	l.mu.Unlock()
	go func() {
		l.senders.Wait()
		l.last.Do(func() { close(l.values) })
	}()
}

// verdict: assert: the channel is not closed
