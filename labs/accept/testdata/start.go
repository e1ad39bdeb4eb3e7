package accept

import (
	"context"
	"time"
)

// Serve accepts connections until ctx ends; see Server.
//
// This one serves, until Accept has nothing more to give. Keep what is right about it, and
// change the rest.
func Serve(ctx context.Context, l Listener, handle Handler, pause, limit time.Duration) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		handle(conn)
		conn.Close()
	}
}
