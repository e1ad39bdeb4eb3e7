// Package request asks: the client of a request hangs up. Who is still there?
//
// grow.go makes the contexts of a request as a server has them; batch.go is the one that a
// library brings along. wait.go has goroutines wait for them, and tells when all is quiet.
// run cuts the tree and looks before and after, tables.go says what is looked at, and check
// what must be seen. The page tells why.
package request

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lab.example/gopark/ctxdemo"
	"lab.example/gopark/ctxdemo/tree"
	"lab.example/gopark/ctxdemo/tree/oracle"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a cancellation reaches whom package context has on its lists,
// and whoever else is told.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/request",
	Question: "A request has a context, and below it hang: the handler with its deadline; a value, the user; three fetches, of which the last is in a batch that a library runs for this request and another one; an audit below WithoutCancel, and a log with a timeout below that; and a rollback for AfterFunc. The client hangs up and the request is cancelled, with a cause. When everybody has been told, who is alive?",
	Choices: []experiment.Choice{
		{
			Text:    "Nobody. To cancel a context is to cancel everything below it.",
			Because: "Below means: on its list, or on the list of one that is. WithoutCancel puts nobody on a list, and that is what it is for.",
		},
		{
			Text:    "The audit and nobody else: it is what WithoutCancel was called for.",
			Because: "What is made below the audit is as far from the request as the audit is. The log will not hear of the client, only of its own timeout.",
		},
		{
			Text:    "The audit and the log: WithoutCancel takes along what hangs below it.",
			Because: "It does. But look at the batch, too. It is a context of somebody else's, which ends when its maker says so, and there is another request that wants the answer.",
		},
		{
			Text:    "The audit, the log, and the fetch in the batch.",
			True:    true,
			Because: "The batch is not cancelled, because the other request is still there. What is derived from it asks the batch and not the request whose name it bears.",
		},
	},
	Run:      run,
	Check:    check,
	Isolated: true,
	Claims:   []string{"C11"},
	Files:    ctxdemo.Quoting(files),
}

var (
	errGone = errors.New("the client hung up")
	errSlow = errors.New("the stock was too slow")
)

type observed struct {
	Before        experiment.Table `obs:"/before:rows"`
	PictureBefore []string         `obs:"/before/picture:lines"`
	After         experiment.Table `obs:"/after:rows"`
	PictureAfter  []string         `obs:"/after/picture:lines"`
	End           experiment.Table `obs:"/end:rows"` // of those that were alive
}

func run(ctx context.Context, r *experiment.Recorder) error {
	if err := oracle.Supported(); err != nil {
		return experiment.Unmet("%v", err)
	}
	q := grow()
	defer q.leave()
	if err := q.expire(ctx); err != nil {
		return err
	}
	seen, err := q.observe(ctx)
	if err != nil {
		return err
	}
	r.Record(seen)
	for _, e := range q.tree.Events() {
		r.Event(e)
	}
	return nil
}

// observe looks three times: while all is well, when the client has hung up, and when the other
// one has, too, and the server has shut down.
func (q *request) observe(ctx context.Context) (seen observed, err error) {
	picture, err := q.look(ctx, 1)
	if err != nil {
		return seen, err
	}
	if picture.Find(server).Waiting < 0 {
		return seen, experiment.Unmet("this version of Go does not let it be known who waits for a channel")
	}
	if seen.Before, err = q.before(picture); err != nil {
		return seen, err
	}
	seen.PictureBefore = lines(picture)

	q.hangUp(errGone)
	if err := within(ctx, q.rolledBack); err != nil {
		return seen, fmt.Errorf("wait for the rollback: %w", err)
	}
	q.late()
	if picture, err = q.look(ctx, 1); err != nil {
		return seen, err
	}
	seen.After, seen.PictureAfter = q.after(picture, everybody...), lines(picture)

	q.otherHangsUp()
	if err := within(ctx, q.contexts[reviews].Done()); err != nil {
		return seen, fmt.Errorf("wait for the end of the batch: %w", err)
	}
	if _, err = q.look(ctx, 0); err != nil { // the tree notices it now, at the latest
		return seen, err
	}
	q.shutdown()
	if picture, err = q.look(ctx, 0); err != nil {
		return seen, err
	}
	seen.End = q.after(picture, survivors...)
	return seen, nil
}

// look returns the picture when all is quiet, with so many goroutines of package context that
// wait.
func (q *request) look(ctx context.Context, strangers int) (tree.Snapshot, error) {
	if err := q.waiters.settle(ctx, strangers); err != nil {
		return nil, err
	}
	return q.tree.Snapshot(), nil
}

func lines(s tree.Snapshot) []string {
	return strings.Split(strings.TrimSuffix(s.String(), "\n"), "\n")
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	return errors.Join(
		seen.Before.Equals(wantBefore, 1),
		seen.After.Equals(wantAfter, 1),
		seen.End.Equals(wantEnd, 1),
		samePicture("before", seen.PictureBefore, pictureBefore),
		samePicture("after", seen.PictureAfter, pictureAfter),
		checkEvents(o.Events),
	)
}

func samePicture(when string, got []string, want string) error {
	if want := strings.Split(strings.TrimSpace(want), "\n"); !slices.Equal(got, want) {
		return experiment.Refuted("the picture %s is\n%s\nand not\n%s", when, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return nil
}

// checkEvents holds that the events can have happened, that they end as the last table does, and
// that after the stock the request went first, before all that hang below it.
func checkEvents(events []timeline.Event) error {
	var board timeline.Board
	var ended []string
	for _, e := range events {
		if err := board.Apply(e); err != nil {
			return experiment.Refuted("%v", err)
		}
		if e.To == timeline.Canceled {
			ended = append(ended, e.Subject.ID)
		}
	}
	for _, path := range everybody {
		want := timeline.Canceled
		if path == audit || path == log {
			want = timeline.Live
		}
		if got := board.State(timeline.Subject{Kind: timeline.Context, ID: path}); got != want {
			return experiment.Refuted("%s is %q at the end of the events, not %q", path, got, want)
		}
	}
	if first := ended[:2]; !slices.Equal(first, []string{stock, req}) {
		return experiment.Refuted("the first to end were %v, not the stock and the request", first)
	}
	if last := ended[len(ended)-2:]; !slices.Equal(last, []string{reviews, server}) {
		return experiment.Refuted("the last to end were %v, not the reviews and the server", last)
	}
	return nil
}
