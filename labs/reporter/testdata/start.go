package reporter

import "context"

// New returns a reporter; see Reporter.
//
// This one sends every event itself, and its host waits. Keep what is right about it, and
// change the rest.
func New(room int, send Send) Reporter { return reporter{send} }

type reporter struct{ send Send }

func (r reporter) Report(event string) bool {
	return r.send(context.Background(), event) == nil
}

func (r reporter) Dropped() int { return 0 }

func (r reporter) Close(ctx context.Context) error { return nil }
