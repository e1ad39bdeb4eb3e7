package child

import "bytes"

// outOfMemory is how a Go program says that it got no memory. The first four come
// from the runtime (mem_linux.go, mheap.go, mcache.go, mpagealloc.go in Go 1.26),
// which then exits with 2, the others from the race detector, which exits with 66.
var outOfMemory = [][]byte{
	[]byte("fatal error: runtime: out of memory"),
	[]byte("fatal error: runtime: cannot allocate memory"),
	[]byte("fatal error: out of memory"),
	[]byte("fatal error: pageAlloc: out of memory"),
	[]byte("ERROR: ThreadSanitizer failed to allocate"),
	[]byte("ERROR: ThreadSanitizer: out of memory"),
}

// phrases looks for outOfMemory in a stream.
type phrases struct {
	found bool
	tail  []byte // of what was searched: a phrase may lie across two reads
}

func (s *phrases) search(p []byte) {
	if s.found {
		return
	}
	text := append(s.tail, p...)
	longest := 0
	for _, phrase := range outOfMemory {
		s.found = s.found || bytes.Contains(text, phrase)
		longest = max(longest, len(phrase))
	}
	s.tail = append(s.tail[:0], text[max(0, len(text)-longest+1):]...)
}
