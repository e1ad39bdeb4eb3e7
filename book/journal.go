package book

import (
	"encoding/json"
	"fmt"
	"sync"
)

const (
	maxMessages     = 20_000
	maxJournalBytes = 8 << 20
)

// journal is what a run has told so far. Any number of pages may read it, each from
// where it left off, also after the run has ended.
type journal struct {
	mu      sync.Mutex
	entries []entry
	bytes   int
	dropped int
	closed  bool
	changed chan struct{} // closed and replaced when entries grows
}

// entry is one message, ready to be sent.
type entry struct {
	event string
	data  []byte // JSON
}

func newJournal() *journal { return &journal{changed: make(chan struct{})} }

// add appends a message. What does not fit is counted and dropped.
func (j *journal) add(m message) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) >= maxMessages || j.bytes >= maxJournalBytes {
		j.dropped++
		return
	}
	j.appendLocked(m)
}

// close appends the result, which always fits, and ends the journal.
func (j *journal) close(m *resultMessage) {
	j.mu.Lock()
	defer j.mu.Unlock()
	m.Dropped = j.dropped
	j.endLocked(m)
}

// end appends any other last message, which always fits, and ends the journal.
func (j *journal) end(m message) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.endLocked(m)
}

func (j *journal) endLocked(m message) {
	j.closed = true
	j.appendLocked(m)
}

func (j *journal) appendLocked(m message) {
	data, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("book: message %T: %v", m, err)) // plain fields only
	}
	j.entries = append(j.entries, entry{m.event(), data})
	j.bytes += len(data)
	close(j.changed)
	j.changed = make(chan struct{})
}

// since returns the messages after the first n, whether they are the last ones, and
// a channel that is closed when there are more.
func (j *journal) since(n int) (more []entry, last bool, changed <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	n = min(max(n, 0), len(j.entries))
	return j.entries[n:], j.closed, j.changed
}
