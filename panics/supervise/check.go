package supervise

import (
	"slices"
	"strings"
	"time"

	"lab.example/gopark/internal/experiment"
)

// told is what the process says of itself before it ends.
type told struct {
	Records  int64 `obs:"/scene/all:records"`
	Bad      int64 `obs:"/scene/panic:record"`    // counted from 0
	Panics   int64 `obs:"/scene/panics:times"`    // in a row, if it is tried so often
	Restarts int64 `obs:"/scene/limit:restarts"`  // within a minute
	Starts   int64 `obs:"/consumer:starts"`       // the first one included
	Tried    int64 `obs:"/consumer/tried:times"`  // the bad record
	Once     int64 `obs:"/handled/once:records"`  // exactly once
	Twice    int64 `obs:"/handled/twice:records"` // more often

	Pauses []int64 `obs:"/pauses:milliseconds"` // that the supervisor has made
}

type observed struct {
	told
	experiment.Ending
}

// check holds that what is over by then is repaired, that nothing is handled twice, and
// that the rest ends in an error.
func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	gaveUp := seen.Panics > seen.Restarts
	tries, done, status := seen.Panics+1, seen.Records, int64(0)
	if gaveUp {
		tries, done, status = seen.Restarts+1, seen.Bad, 1
	}
	said := slices.ContainsFunc(seen.Stderr, func(line string) bool { return strings.Contains(line, ErrGaveUp.Error()) })
	switch want := pauses(tries - 1); {
	case seen.Starts != tries || seen.Tried != tries:
		return experiment.Refuted("it was started %d times and tried the bad record %d times, not %d", seen.Starts, seen.Tried, tries)
	case seen.Once != done || seen.Twice != 0:
		return experiment.Refuted("%d records were handled once and %d more often, not %d and none", seen.Once, seen.Twice, done)
	case !slices.Equal(seen.Pauses, want):
		return experiment.Refuted("the pauses were %v, not %v", seen.Pauses, want)
	case seen.Signal != "" || seen.Exit != status:
		return experiment.Refuted("the process ended with %v, not exit %d", seen.Ending, status)
	case said != gaveUp:
		return experiment.Refuted("what it said on stderr does not fit to status %d: %q", status, seen.Stderr)
	}
	return nil
}

// pauses are the first n that must be made, in milliseconds: each is twice as long as the
// one before, up to the longest.
func pauses(n int64) []int64 {
	all := []int64{}
	for pause := first; int64(len(all)) < n; pause = min(2*pause, longest) {
		all = append(all, int64(pause/time.Millisecond))
	}
	return all
}
