package closer

import "sync"

// New returns a line whose Close closes the channel into which others send.
func New() Line { return &line{values: make(chan int)} }

type line struct {
	values chan int
	once   sync.Once
	mu     sync.Mutex
	closed bool
}

func (l *line) Values() <-chan int { return l.values }

func (l *line) Send(value int) bool {
	l.mu.Lock()
	closed := l.closed
	l.mu.Unlock()
	if closed {
		return false
	}
	l.values <- value
	return true
}

func (l *line) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.once.Do(func() { close(l.values) })
}

// verdict: panic: send on closed channel
