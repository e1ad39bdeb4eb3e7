package grabtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/redpacket"
)

// Say is how a process of a test tells something: a line, as of fmt.Printf. It is written at once
// and as a whole, so that what was said has been said, whenever the process ends.
type Say func(format string, args ...any)

// Order is what a process of a test is asked to do.
type Order struct {
	Where  string // the path of a log, or the socket of a server
	Params redpacket.Params
	Storm
}

// Bodies is what such processes do, by name. It must be called first in TestMain, and does not
// return in a process that Start has started: that ends with 0, or 1 if its body fails.
func Bodies(bodies map[string]func(Order, Say) error) {
	child.Main(func(job child.Job) int {
		var o Order
		err := json.Unmarshal(job.Arg, &o)
		if err == nil {
			err = bodies[job.Body](o, func(format string, args ...any) { fmt.Fprintf(job.Report, format+"\n", args...) })
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	})
}

// Start starts a process. What it says goes to line, one after the other; what it writes to its
// standard output and error, to the log of the test. It ends with this process at the latest.
func (o Order) Start(t testing.TB, body string, line func(string)) *child.Process {
	t.Helper()
	arg, err := json.Marshal(o)
	require.NoError(t, err)
	p, err := child.Start(context.Background(), child.Spec{
		Body: body, Arg: arg, Reported: line,
		Output: func(_ child.Stream, text []byte) { t.Logf("%s: %s", body, text) },
		Limits: child.Limits{Wall: 5 * time.Minute, Report: 1 << 30, File: 1 << 30},
	})
	require.NoError(t, err)
	return p
}
