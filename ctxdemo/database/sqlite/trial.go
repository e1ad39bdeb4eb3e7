//go:build gopark_sqlite

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// ending is a way for a context to end.
type ending string

const (
	byCancel  ending = "cancel(gone)"
	byTimeout ending = "timeout with cause slow"
)

var (
	errGone = errors.New("gone") // the cause of cancellations
	errSlow = errors.New("slow") // the cause of timeouts
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

	tooLate bool // the context had ended before its time
}

// try makes a call whose context ends in its middle. A timeout that is up before the call
// has come so far says something about the machine; then the call is made again, with more
// time. The rule does not look at what the call returns.
func try(parent context.Context, how ending, c call) (outcome, error) {
	var failed error
	for timeout := 5 * time.Millisecond; timeout < 30*time.Second; timeout *= 2 {
		if parent.Err() != nil {
			return outcome{}, context.Cause(parent)
		}
		var o outcome
		if o, failed = once(parent, how, timeout, c); !o.tooLate {
			return o, failed
		}
	}
	return outcome{}, fmt.Errorf("the machine is too busy: the context always ended before its time (%v)", failed)
}

// once makes a call once, to a database of its own.
func once(parent context.Context, how ending, timeout time.Duration, c call) (o outcome, failed error) {
	dir, err := os.MkdirTemp("", "gopark-sqlite")
	if err != nil {
		return o, err
	}
	defer os.RemoveAll(dir)
	d, err := open(dir)
	if err != nil {
		return o, err
	}
	defer d.Close()
	opened := d.opened.Load()

	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	if how == byTimeout {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, timeout, errSlow)
		defer stop()
	}
	inTime := false // its middle came, and the context had not ended
	err, failed = c(ctx, d, func() {
		inTime = ctx.Err() == nil
		if how == byCancel {
			cancel(errGone)
		}
		<-ctx.Done()
	})
	switch {
	case !inTime && ctx.Err() != nil:
		o.tooLate = true
		return o, failed
	case failed != nil:
		return o, failed
	case !inTime:
		return o, errors.New("it never came to its middle")
	}
	o.text = text(err)
	o.isErr, o.isCause = errors.Is(err, ctx.Err()), errors.Is(err, context.Cause(ctx))
	return o, o.lookAround(d, opened)
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
