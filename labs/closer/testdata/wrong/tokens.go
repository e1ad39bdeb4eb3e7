package closer

import "sync"

// New returns a line whose Close tells each sender by itself, as many as it has tokens for.
func New() Line {
	return &line{
		values: make(chan int),
		tokens: make(chan struct{}, 64),
	}
}

type line struct {
	values  chan int
	tokens  chan struct{}
	senders sync.WaitGroup

	mu     sync.Mutex
	closed bool
	last   sync.Once
}

func (l *line) Values() <-chan int { return l.values }

func (l *line) Send(value int) bool {
	if !l.enter() {
		return false
	}
	defer l.senders.Done()
	select {
	case <-l.tokens:
		return false
	case l.values <- value:
		return true
	}
}

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
	first := !l.closed
	l.closed = true
	l.mu.Unlock()
	for range cap(l.tokens) {
		if first {
			l.tokens <- struct{}{}
		}
	}
	l.senders.Wait()
	l.last.Do(func() { close(l.values) })
}

// verdict: deadlock: in select
