//go:build gopark_sqlite

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"lab.example/gopark/ctxdemo/ending"
)

// call is one that is given a context. It calls end, once, where the context is to end; when
// end returns the context is done. err is what comes back, failed is about the trial itself.
type call func(ctx context.Context, d *database, end func()) (err, failed error)

// oneCall is a call with its name in the table.
type oneCall struct {
	name string
	call call
}

// outcome is what has become of a call.
type outcome struct {
	text           string // of its error
	isErr, isCause bool   // what errors.Is finds in that
	written        string
	next           string // the next statement's error, and which connection it got
}

// try makes a call whose context ends in its middle, again if the machine was too slow.
func try(parent context.Context, how ending.Way, c call) (o outcome, failed error) {
	impatient := ending.Patiently(parent, func(timeout time.Duration) (tooLate bool) {
		o, tooLate, failed = once(parent, how, timeout, c)
		return tooLate
	})
	switch {
	case errors.Is(impatient, ending.ErrBusy):
		return outcome{}, fmt.Errorf("%w (%v)", impatient, failed)
	case impatient != nil:
		return outcome{}, impatient
	}
	return o, failed
}

// once makes a call once, to a database of its own.
func once(parent context.Context, how ending.Way, timeout time.Duration, c call) (o outcome, tooLate bool, failed error) {
	dir, err := os.MkdirTemp("", "gopark-sqlite")
	if err != nil {
		return o, false, err
	}
	defer os.RemoveAll(dir)
	d, err := open(dir)
	if err != nil {
		return o, false, err
	}
	defer d.Close()
	opened := d.opened.Load()

	trial := how.Once(parent, timeout, func(ctx context.Context, end func()) { err, failed = c(ctx, d, end) })
	switch {
	case trial.TooLate || failed != nil:
		return o, trial.TooLate, failed
	case !trial.Middle:
		return o, false, errors.New("it never came to its middle")
	}
	o.text = text(err)
	o.isErr, o.isCause = errors.Is(err, trial.Context.Err()), errors.Is(err, context.Cause(trial.Context))
	return o, false, o.lookAround(d, opened)
}

// lookAround uses the database, without a context, when the call is over.
func (o *outcome) lookAround(d *database, opened int64) (err error) {
	_, err = d.Exec(`SELECT 1`)
	o.next = text(err) + ", same connection"
	if d.opened.Load() != opened {
		o.next = text(err) + ", new connection"
	}
	o.written, err = d.written()
	return err
}

func text(err error) string {
	if err == nil {
		return "nil"
	}
	return err.Error()
}
