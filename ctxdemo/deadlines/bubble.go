package deadlines

import (
	"context"
	"fmt"
	"os"
	"testing"
	"testing/synctest"

	"lab.example/gopark/internal/experiment"
)

// bubble is a process that runs a test: synctest makes bubbles only for a *testing.T, and
// package testing makes that only for a test. It does not return; testing.Main ends the
// process.
func bubble(_ context.Context, r *experiment.Recorder) error {
	os.Args = os.Args[:1] // no flags for the test
	all := func(string, string) (bool, error) { return true, nil }
	testing.Main(all, []testing.InternalTest{{Name: "bubble", F: func(t *testing.T) {
		seen := inBubble{Cases: experiment.Table{Header: header}}
		for _, c := range cases {
			synctest.Test(t, func(*testing.T) { seen.Cases.Add(c.name, c.see()) })
		}
		seen.Cases.Add(ofTest, testContext(t))
		seen.coins = toss(t)
		r.Record(seen)
	}}}, nil, nil)
	return nil
}

func runBubble(ctx context.Context, r *experiment.Recorder) error {
	// With one P the order of two timers is the order of those whom they wake; and times are
	// printed in the local zone.
	actor, err := r.Start(ctx, "bubble", "GOMAXPROCS=1", "TZ=UTC")
	if err != nil {
		return err
	}
	end, err := actor.Ending()
	if err != nil {
		return err
	}
	if end.Exit != 0 {
		return fmt.Errorf("the test in a process of its own ended with %v: %q", end, end.Stdout)
	}
	return nil
}
