package closer

import "sync"

// New returns a line that panics when it is closed, and nobody learns of it: whether
// the send or the close comes first is left to chance.
func New() Line { return &line{values: make(chan int)} }

type line struct {
	values chan int
	once   sync.Once
}

func (l *line) Values() <-chan int { return l.values }

func (l *line) Send(value int) (sent bool) {
	defer func() {
		if recover() != nil {
			sent = false
		}
	}()
	l.values <- value
	return true
}

func (l *line) Close() { l.once.Do(func() { close(l.values) }) }

// verdict: race: nothing orders them
