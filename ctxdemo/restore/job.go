package restore

import (
	"context"
	"errors"
	"time"

	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/ctxdemo/stage"
)

// job is what a loop works at, and what is seen of the loop.
type job struct {
	most   int // rounds of work; then there is no more
	rounds int // begun
	errors int // that Sleep returned

	got  string // what the caller of the loop got: nothing, anInterrupt, anError
	flag string // at the end: flagClear, flagSet
}

const (
	nothing     = "nothing"
	anInterrupt = "an interrupt"
	anError     = "an error that is no interrupt"

	flagClear = "clear"
	flagSet   = "set"
)

// more reports whether there is another round of work.
func (j *job) more() bool { return j.rounds < j.most }

// pause is the sleep of a round. That of the first is long enough to be interrupted in.
func (j *job) pause(h *interrupt.Handle) error {
	return j.pauseIn(h.Sleep)
}

func (j *job) pauseIn(sleep func(time.Duration) error) error {
	j.rounds++
	var d time.Duration
	if j.rounds == 1 {
		d = time.Hour
	}
	err := sleep(d)
	if err != nil {
		j.errors++
	}
	return err
}

// interrupted runs the loop, interrupts it once, when it sleeps, and waits for its end.
func (l loop) interrupted(ctx context.Context, rounds int) (*job, error) {
	j := &job{most: rounds, got: nothing, flag: flagClear}
	worker := stage.Go("worker", func(h *interrupt.Handle) error {
		err := l.run(h, j)
		switch {
		case errors.Is(err, interrupt.ErrInterrupted):
			j.got = anInterrupt
		case err != nil:
			j.got = anError
		}
		if h.IsInterrupted() {
			j.flag = flagSet
		}
		return nil
	})
	_, err := worker.Blocked(ctx, "restore.(*job).pauseIn")
	worker.Interrupt()
	<-worker.Done()
	return j, err
}
