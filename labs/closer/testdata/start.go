package closer

// New returns a line that is open; see Line.
//
// This one can be closed once, if nobody sends at the time. Keep what is right about it,
// and change the rest.
func New() Line { return &line{values: make(chan int)} }

type line struct {
	values chan int
	closed bool
}

func (l *line) Values() <-chan int { return l.values }

func (l *line) Send(value int) bool {
	if l.closed {
		return false
	}
	select {
	case l.values <- value:
		return true
	default: // nobody is there
		return false
	}
}

func (l *line) Close() {
	l.closed = true
	close(l.values)
}
