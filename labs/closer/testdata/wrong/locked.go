package closer

import "sync"

// New returns a line whose senders keep the lock while they wait for a reader.
func New() Line {
	return &line{
		values:  make(chan int),
		closing: make(chan struct{}),
	}
}

type line struct {
	values  chan int      // closed by Close, after every sender has left
	closing chan struct{} // closed by the first Close: nobody may enter, and all leave

	mu     sync.Mutex // guards closed, and that nobody enters after it is true
	closed bool
	last   sync.Once // to close values
}

func (l *line) Values() <-chan int { return l.values }

func (l *line) Send(value int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	select {
	case <-l.closing:
		return false
	case l.values <- value:
		return true
	}
}

func (l *line) Close() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.closing)
	}
	l.mu.Unlock()
	l.last.Do(func() { close(l.values) }) // whoever comes second waits for the first
}

// verdict: deadlock: in sync.Mutex.Lock
