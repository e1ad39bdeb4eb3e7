package book

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	heartbeat     = 2 * time.Second  // between signs of life of a stream
	writePatience = 10 * time.Second // for one write to a page that does not read
)

// streamRun sends what a run tells as server-sent events, from the message after
// Last-Event-ID on, until the result has been sent. To a page that comes back for
// more after the result it says 204, which tells a browser not to ask again.
func (s *site) streamRun(w http.ResponseWriter, r *http.Request) {
	run, ok := s.runs.find(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusNotFound, errNoRun)
		return
	}
	s.stream(w, r, run.journal)
}

// stream sends j as streamRun says.
func (s *site) stream(w http.ResponseWriter, r *http.Request, j *journal) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "5")
		http.Error(w, "gopark: too many pages are watching", http.StatusServiceUnavailable)
		return
	}

	sent, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
	if more, last, _ := j.since(sent); last && len(more) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	watch(w, r, j, max(sent, 0))
}

// watch copies j to w from the message after the first n on.
func watch(w http.ResponseWriter, r *http.Request, j *journal, n int) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // the request has been read
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	var buf bytes.Buffer
	for {
		more, last, changed := j.since(n)
		for _, e := range more {
			n++
			fmt.Fprintf(&buf, "id: %d\nevent: %s\ndata: %s\n\n", n, e.event, e.data)
		}
		_ = control.SetWriteDeadline(time.Now().Add(writePatience))
		if _, err := w.Write(buf.Bytes()); err != nil {
			return
		}
		if err := control.Flush(); err != nil || last {
			return
		}
		buf.Reset()
		select {
		case <-changed:
		case <-beat.C:
			buf.WriteString("event: beat\ndata: {}\n\n")
		case <-r.Context().Done():
			return
		}
	}
}
