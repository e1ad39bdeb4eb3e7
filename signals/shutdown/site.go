package shutdown

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
)

// site is what every way serves, and its line to the client's process, over which they
// tell each other how far they are: nobody here waits for a time.
type site struct {
	server   *http.Server
	listener net.Listener
	desk     net.Conn
	heard    map[string]chan struct{} // closed when the client has said so
}

// envDesk is the address at which the client listens for what the server tells it.
const envDesk = "GOPARK_DESK"

// What the server tells, a line each.
const (
	serving    = "serving" // and the address
	running    = "running" // a request has got to its handler
	resting    = "resting" // a connection has become idle
	closed     = "closed"  // a connection has been closed
	noticing   = "noticing"
	unlistened = "unlistened" // the listener is closed
)

// What the client tells, a line each.
const (
	noticed = "noticed" // nobody sends anything new
	answer  = "answer"  // requests may be answered
)

// open makes a site on a port of its own. It is not served yet: a way asks for its signal
// first, so that it has asked when the first request is answered.
func open(desk string) (*site, error) {
	conn, err := net.Dial("tcp", desk)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &site{
		listener: listener,
		desk:     conn,
		heard:    map[string]chan struct{}{noticed: make(chan struct{}), answer: make(chan struct{})},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/slow", s.slow)
	mux.HandleFunc("/quick", func(http.ResponseWriter, *http.Request) {})
	s.server = &http.Server{Handler: mux, ConnState: s.watch}
	s.server.RegisterOnShutdown(func() { s.tell(unlistened) }) // Shutdown calls it after it has closed the listener
	go s.listen()
	s.tell(serving + " " + listener.Addr().String())
	return s, nil
}

// tell does not fail: if the client is gone, this process will be too.
func (s *site) tell(line string) { fmt.Fprintln(s.desk, line) }

func (s *site) listen() {
	lines := bufio.NewScanner(s.desk)
	for lines.Scan() {
		close(s.heard[lines.Text()])
	}
}

// slow is a request that takes as long as the client wants it to.
func (s *site) slow(w http.ResponseWriter, _ *http.Request) {
	s.tell(running)
	<-s.heard[answer]
	fmt.Fprintln(w, "done")
}

func (s *site) watch(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateIdle:
		s.tell(resting)
	case http.StateClosed:
		s.tell(closed)
	}
}

// notice lasts until the client has noticed that the site is leaving.
func (s *site) notice() {
	s.tell(noticing)
	<-s.heard[noticed]
}
