package cause

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Do.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errClosing = errors.New("closing time")
	errDisk    = errors.New("disk full")
)

// until returns a call that works for an hour, or until its context ends; then it takes ten
// seconds to clean up, and returns what say makes of the context.
func until(say func(context.Context) error) Call {
	return func(ctx context.Context) error {
		select {
		case <-ctx.Done():
		case <-time.After(time.Hour):
			return nil
		}
		time.Sleep(10 * time.Second)
		return say(ctx)
	}
}

func plainly(ctx context.Context) error { return ctx.Err() }

// deeply says it as a library does, some layers below.
func deeply(ctx context.Context) error {
	return fmt.Errorf("load page: %w", fmt.Errorf("query row: %w", ctx.Err()))
}

// heard calls Do, and fails the test if it does not return with the call.
func heard(t *testing.T, ctx context.Context, quit <-chan struct{}, call Call) (context.Context, error) {
	t.Helper()
	var handed context.Context
	returned := false
	began, ended := time.Now(), time.Time{}
	err := Do(ctx, time.Minute, quit, func(ctx context.Context) error {
		handed = ctx
		err := call(ctx)
		returned, ended = true, time.Now()
		return err
	})
	switch {
	case handed == nil:
		t.Fatal("the call was never made")
	case !returned:
		time.Sleep(2 * time.Hour)
		t.Fatal("leak: Do returned before the call had")
	case ended.Sub(began) >= time.Hour:
		t.Fatal("the call was not stopped: its context did not end, and it worked for an hour")
	case time.Since(ended) > 0:
		t.Fatalf("Do returned %v after the call: want at once", time.Since(ended))
	}
	return handed, err
}

// knows fails the test if err does not know what the call said, or why.
func knows(t *testing.T, err, said, cause error) {
	t.Helper()
	switch {
	case err == nil:
		t.Fatalf("the call was stopped and returned %q, and Do returned nil", said)
	case errors.Is(err, cause) && errors.Is(err, said):
	case errors.Is(err, cause):
		t.Fatalf("Do returned %q: it knows why, but errors.Is does not find what the call returned, %q", err, said)
	case strings.Contains(err.Error(), cause.Error()):
		t.Fatalf("the cause is only text: Do returned %q, in which errors.Is does not find it", err)
	case !errors.Is(err, said):
		t.Fatalf("the cause is lost, and what the call said too: Do returned %q, want %q because of %q", err, said, cause)
	case errors.Is(err, ErrSlow) || errors.Is(err, ErrQuit) || errors.Is(err, errClosing):
		t.Fatalf("the wrong cause: Do returned %q, but what came first was %q", err, cause)
	default:
		t.Fatalf("the cause is lost: Do returned %q, in which errors.Is does not find %q", err, cause)
	}
}

func TestWhy(t *testing.T) {
	for _, tt := range []struct {
		name      string
		end, quit time.Duration // when ctx ends and quit is closed; 0 is never
		say       func(context.Context) error
		err       error // what the call finds in its context
		cause     error
	}{
		{"slow", 0, 0, plainly, context.DeadlineExceeded, ErrSlow},
		{"slow, deep down", 0, 0, deeply, context.DeadlineExceeded, ErrSlow},
		{"quit", 0, time.Second, plainly, context.Canceled, ErrQuit},
		{"quit, deep down", 0, time.Second, deeply, context.Canceled, ErrQuit},
		{"given context", time.Second, 0, plainly, context.Canceled, errClosing},
		{"given context, deep down", time.Second, 0, deeply, context.Canceled, errClosing},
		{"quit, then slow", 0, 55 * time.Second, deeply, context.Canceled, ErrQuit},
		{"slow, then quit", 0, 65 * time.Second, deeply, context.DeadlineExceeded, ErrSlow},
		{"given context, then quit", time.Second, 2 * time.Second, deeply, context.Canceled, errClosing},
		{"quit, then given context", 2 * time.Second, time.Second, deeply, context.Canceled, ErrQuit},
		{"slow, then given context", 65 * time.Second, 0, deeply, context.DeadlineExceeded, ErrSlow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				ctx, end := context.WithCancelCause(context.Background())
				defer end(nil)
				if tt.end > 0 {
					time.AfterFunc(tt.end, func() { end(errClosing) })
				}
				quit := make(chan struct{})
				if tt.quit > 0 {
					time.AfterFunc(tt.quit, func() { close(quit) })
				}
				var said, inside, why error
				_, err := heard(t, ctx, quit, until(func(ctx context.Context) error {
					inside, why = ctx.Err(), context.Cause(ctx)
					said = tt.say(ctx)
					return said
				}))
				switch {
				case inside != tt.err && tt.cause == ErrSlow:
					t.Fatalf("the limit was over, and the Err of the call's context was %q: want %q, by which those who know no causes tell slow from cancelled", inside, tt.err)
				case inside != tt.err:
					t.Fatalf("the Err of the call's context was %q, want %q", inside, tt.err)
				case why != tt.cause:
					t.Fatalf("inside of the call context.Cause was %q, want %q: that is what came first", why, tt.cause)
				}
				knows(t, err, said, tt.cause)
			})
		})
	}
}

func TestBothBefore(t *testing.T) {
	for _, tt := range []struct {
		name       string
		ended, off bool
		cause      error
	}{
		{"quit", false, true, ErrQuit},
		{"given context", true, false, errClosing},
		{"both", true, true, errClosing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 20 {
				probe.Bubble(t, func(t *testing.T) {
					ctx, end := context.WithCancelCause(context.Background())
					defer end(nil)
					quit := make(chan struct{})
					if tt.ended {
						end(errClosing)
					}
					if tt.off {
						close(quit)
					}
					alive := false
					_, err := heard(t, ctx, quit, func(ctx context.Context) error {
						alive = ctx.Err() == nil
						<-ctx.Done()
						return ctx.Err()
					})
					if alive {
						t.Fatalf("it was over before Do was called, with %q, and the context of the call had not ended when that began", tt.cause)
					}
					knows(t, err, context.Canceled, tt.cause)
				})
			}
		})
	}
}

// What is not the end of the context stays what it is.
func TestOtherErrors(t *testing.T) {
	lost := fmt.Errorf("ask replica: %w", context.Canceled)
	late := fmt.Errorf("ask replica: %w", context.DeadlineExceeded)
	for _, tt := range []struct {
		name string
		quit time.Duration
		call Call
		want error
	}{
		{"alive", 0, func(context.Context) error { return errDisk }, errDisk},
		{"stopped, and for another reason", time.Second, until(func(context.Context) error { return errDisk }), errDisk},
		{"slow, and for another reason", 0, until(func(context.Context) error { return errDisk }), errDisk},
		{"alive, and somebody else was cancelled", 0, func(context.Context) error { return lost }, lost},
		{"alive, and somebody else was slow", 0, func(context.Context) error { return late }, late},
		{"cancelled, and somebody else was slow", time.Second, until(func(context.Context) error { return late }), late},
		{"alive, and nothing is wrong", 0, func(context.Context) error { return nil }, nil},
		{"stopped, and through all the same", time.Second, until(func(context.Context) error { return nil }), nil},
		{"slow, and through all the same", 0, until(func(context.Context) error { return nil }), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				quit := make(chan struct{})
				if tt.quit > 0 {
					time.AfterFunc(tt.quit, func() { close(quit) })
				}
				ended := false
				_, err := heard(t, context.Background(), quit, func(ctx context.Context) error {
					err := tt.call(ctx)
					ended = ctx.Err() != nil
					return err
				})
				switch {
				case err == tt.want:
				case tt.want == nil:
					t.Fatalf("the call returned nil, and Do returned %q: whoever was nearly through was through", err)
				case err == nil:
					t.Fatalf("the error is lost: the call returned %q, and Do nil", tt.want)
				case !ended:
					t.Fatalf("the context had not ended when the call returned %q, and Do returned %q: want the error as it is", tt.want, err)
				default:
					t.Fatalf("the call was stopped and returned %q, which is not the end of its context, and Do returned %q: want the error as it is", tt.want, err)
				}
			})
		})
	}
}

func TestDeadline(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		type key struct{}
		begin := time.Now()
		handed, _ := heard(t, context.WithValue(context.Background(), key{}, "carried"), nil, func(context.Context) error { return nil })
		if handed.Value(key{}) != "carried" {
			t.Fatal("the context of the call does not carry the values of the one that Do was given")
		}
		if at, ok := handed.Deadline(); !ok || at.Sub(begin) != time.Minute {
			t.Fatalf("the limit is a minute, and the deadline of the call's context is in %v (%v)", at.Sub(begin), ok)
		}
		if handed.Err() == nil {
			t.Fatal("leak: Do has returned, and the context of the call has not ended")
		}
		ctx, cancel := context.WithTimeoutCause(context.Background(), time.Second, errClosing)
		defer cancel()
		var said error
		handed, err := heard(t, ctx, nil, until(func(ctx context.Context) error {
			said = ctx.Err()
			return said
		}))
		if at, _ := handed.Deadline(); at.Sub(begin) != time.Second {
			t.Fatalf("the given context has a deadline in 1s, and the deadline of the call's is in %v", at.Sub(begin))
		}
		knows(t, err, said, errClosing)
	})
}

func TestNobodyIsLeft(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		quit := make(chan struct{}) // for ever open
		for _, err := range []error{nil, errDisk} {
			heard(t, context.Background(), quit, func(context.Context) error { return err })
		}
	})
}

func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		quit := make(chan struct{})
		calls.Go(func() { _ = Do(context.Background(), time.Minute, quit, until(plainly)) })
		time.AfterFunc(time.Second, func() { close(quit) })
		err := Do(context.Background(), time.Minute, nil, func(ctx context.Context) error {
			time.Sleep(30 * time.Second)
			return ctx.Err()
		})
		calls.Wait()
		if err != nil {
			t.Fatalf("the quit of one call stopped another one: %q", err)
		}
	})
}
