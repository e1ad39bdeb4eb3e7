package deadlines

import (
	"context"
	"slices"
	"time"

	"lab.example/gopark/internal/experiment"
)

// real is how late deadlines are by the clock of the machine.
type real struct {
	Waits    int64 `obs:"/real/waits:deadlines"`
	Early    int64 `obs:"/real/early:deadlines"` // that were over before they were due
	Exact    int64 `obs:"/real/exact:deadlines"` // to the nanosecond
	Least    int64 `obs:"/real/late/least:ns"`
	Median   int64 `obs:"/real/late/median:ns"`
	Greatest int64 `obs:"/real/late/greatest:ns"`
}

const waits = 100

// wait waits for deadlines of a millisecond, one after the other.
func wait(ctx context.Context) (real, error) {
	var late []time.Duration
	for range waits {
		due, cancel := context.WithTimeout(ctx, time.Millisecond)
		<-due.Done()
		now := time.Now()
		deadline, _ := due.Deadline()
		cancel()
		if err := context.Cause(ctx); err != nil {
			return real{}, err
		}
		late = append(late, now.Sub(deadline))
	}
	return summary(late), nil
}

func summary(late []time.Duration) real {
	slices.Sort(late)
	seen := real{
		Waits:    int64(len(late)),
		Least:    late[0].Nanoseconds(),
		Median:   late[len(late)/2].Nanoseconds(),
		Greatest: late[len(late)-1].Nanoseconds(),
	}
	for _, d := range late {
		switch {
		case d < 0:
			seen.Early++
		case d == 0:
			seen.Exact++
		}
	}
	return seen
}

// check holds what is promised: not before. How late they are says more about the machine.
func (r real) check() error {
	if r.Early != 0 || r.Least < 0 {
		return experiment.Refuted("%d of %d deadlines were over too early, by up to %d ns", r.Early, r.Waits, -r.Least)
	}
	return nil
}
