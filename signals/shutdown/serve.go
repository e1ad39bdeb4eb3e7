package shutdown

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// serve serves until SIGINT or SIGTERM asks it to end, and returns nil when every request
// that has been sent is answered. A second signal ends the process at once.
//
// Between the first signal and the closing of the listener it calls notice, while it
// still serves and /ready says no. notice must return when nobody sends anything new any
// more; in most places it is a sleep that is longer than the pause between two probes of
// the load balancer. Then requests in flight get as long as patience. It does not wait
// for connections that a handler has hijacked, such as WebSockets.
func serve(server *http.Server, listener net.Listener, notice func(), patience time.Duration) error {
	asked, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server.Handler = sayGoodbye(asked, server.Handler)

	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err) // nobody has asked it to end
	case <-asked.Done():
	}
	stop() // from here on a signal has its usual effect
	notice()

	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("answer the last requests: %w", errors.Join(err, server.Close()))
	}
	return nil
}

// sayGoodbye answers /ready, and everything else by next. Once the server has been asked
// to end, it is not ready any more, and every answer tells the client to use another
// connection for its next request.
//
// server.SetKeepAlivesEnabled(false) does that too, but it also closes at once every
// connection that is idle, and with it those over which a request is on its way.
func sayGoodbye(asked context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaving := asked.Err() != nil
		if leaving {
			w.Header().Set("Connection", "close")
		}
		switch {
		case r.URL.Path != "/ready":
			next.ServeHTTP(w, r)
		case leaving:
			http.Error(w, "leaving", http.StatusServiceUnavailable)
		}
	})
}
