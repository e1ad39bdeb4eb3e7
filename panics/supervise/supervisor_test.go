package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

var errBroken = errors.New("broken")

// quick is a supervisor whose pauses are 1, 2, 4, 5, 5 s.
func quick() *Supervisor {
	return &Supervisor{First: time.Second, Longest: 5 * time.Second, Restarts: 5, Window: time.Minute}
}

// always runs until its context ends.
func always(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestPausesAndGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var starts, pauses []time.Duration
		s := quick()
		s.Failed = func(name string, err error, pause time.Duration) {
			require.Equal(t, "reader", name)
			require.ErrorIs(t, err, errBroken)
			pauses = append(pauses, pause)
		}
		err := s.Run(t.Context(), Service{"reader", func(context.Context) error {
			starts = append(starts, time.Since(begun))
			return errBroken
		}})
		require.ErrorIs(t, err, ErrGaveUp)
		require.ErrorIs(t, err, errBroken)
		require.EqualError(t, err, "reader: failed too often, 6 times within 1m0s: broken")
		require.Equal(t, seconds(0, 1, 3, 7, 12, 17), starts)
		require.Equal(t, seconds(1, 2, 4, 5, 5, 0), pauses)
		require.Equal(t, 17*time.Second, time.Since(begun))
	})
}

// TestWindow fails so seldom that it may go on for ever, always after the first pause.
func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		starts := 0
		s := quick()
		s.Restarts = 1
		s.Failed = func(_ string, _ error, pause time.Duration) { require.Equal(t, time.Second, pause) }
		err := s.Run(t.Context(), Service{"reader", func(context.Context) error {
			if starts++; starts > 100 {
				return nil
			}
			time.Sleep(s.Window - s.First) // the first pause comes on top
			return errBroken
		}})
		require.NoError(t, err)
		require.Equal(t, 101, starts)
	})
}

// TestWindowIsHalfOpen is the control of TestWindow: a nanosecond less is too often.
func TestWindowIsHalfOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := quick()
		s.Restarts = 1
		err := s.Run(t.Context(), Service{"reader", func(context.Context) error {
			time.Sleep(s.Window - s.First - 1)
			return errBroken
		}})
		require.ErrorIs(t, err, ErrGaveUp)
	})
}

func TestFailures(t *testing.T) {
	for name, fail := range map[string]func(){
		"panic":  func() { panic("oops") },
		"error":  func() { panic(fmt.Errorf("read: %w", io.ErrUnexpectedEOF)) },
		"nil":    func() { _ = *new(*int); var p *int; *p = 1 },
		"goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := quick()
				var failed error
				s.Failed = func(_ string, err error, _ time.Duration) { failed = err }
				starts := 0
				require.NoError(t, s.Run(t.Context(), Service{"reader", func(context.Context) error {
					if starts++; starts == 1 {
						fail()
					}
					return nil
				}}))
				require.Equal(t, 2, starts)
				switch name {
				case "goexit":
					require.ErrorIs(t, failed, errExited)
					return
				case "error":
					require.ErrorIs(t, failed, io.ErrUnexpectedEOF)
				case "nil":
					_, ok := errors.AsType[runtime.Error](failed)
					require.True(t, ok)
				}
				panicked, ok := errors.AsType[*PanicError](failed)
				require.True(t, ok)
				require.Contains(t, string(panicked.Stack), "TestFailures")
				require.ErrorContains(t, failed, "panic: ")
			})
		})
	}
}

func TestOrderOfStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var stopped []string
		var at []time.Duration
		service := func(name string) Service {
			return Service{name, func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second) // tidies up
				stopped = append(stopped, name)
				at = append(at, time.Since(begun))
				return context.Cause(ctx)
			}}
		}
		enough := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { cancel(enough) })
		err := quick().Run(ctx, service("store"), service("handler"), service("reader"))
		require.Equal(t, enough.Error(), err.Error())
		require.ErrorIs(t, err, enough)
		require.Equal(t, []string{"reader", "handler", "store"}, stopped)
		require.Equal(t, seconds(61, 62, 63), at)
	})
}

// TestNothingIsStartedAfterTheEnd stops during a pause, at its very end, and while a
// service fails.
func TestNothingIsStartedAfterTheEnd(t *testing.T) {
	for name, end := range map[string]time.Duration{
		"pause": 1500 * time.Millisecond, "end of a pause": 3 * time.Second, "before the first pause": 0,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), end)
				defer cancel()
				var last time.Time
				err := quick().Run(ctx, Service{"reader", func(context.Context) error {
					last = time.Now()
					return errBroken
				}})
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.NotErrorIs(t, err, ErrGaveUp)
				deadline, _ := ctx.Deadline()
				require.False(t, last.After(deadline))
				require.Equal(t, deadline, time.Now())
			})
		})
	}
}

// TestNoPauseIsNoExcuse stops when the pause is over already.
func TestNoPauseIsNoExcuse(t *testing.T) {
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			s := &Supervisor{Restarts: 5, Window: time.Minute}
			s.Failed = func(string, error, time.Duration) {
				cancel()
				time.Sleep(time.Second)
			}
			starts := 0
			err := s.Run(ctx, Service{"reader", func(context.Context) error { starts++; return errBroken }})
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, 1, starts)
		})
	}
}

func TestGivingUpStopsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := quick()
		s.Restarts = 0
		stopped := false
		err := s.Run(t.Context(),
			Service{"store", func(ctx context.Context) error {
				err := always(ctx)
				stopped = true
				require.ErrorIs(t, context.Cause(ctx), ErrGaveUp)
				return err
			}},
			Service{"reader", func(context.Context) error { return errBroken }})
		require.EqualError(t, err, "reader: failed too often, 1 times within 1m0s: broken")
		require.True(t, stopped)
	})
}

// TestErrorsOfStopping holds that what goes wrong in the end is not lost, and that a
// service which only says that it was stopped has not gone wrong.
func TestErrorsOfStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err := quick().Run(ctx, Service{"store", func(ctx context.Context) error {
			<-ctx.Done()
			return fmt.Errorf("flush: %w", errBroken)
		}}, Service{"reader", always})
		require.EqualError(t, err, "context canceled\nstop store: flush: broken")
	})
}

func TestDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		order := make(chan string, 2)
		err := quick().Run(t.Context(),
			Service{"short", func(context.Context) error { order <- "short"; return nil }},
			Service{"long", func(context.Context) error {
				time.Sleep(time.Hour)
				order <- "long"
				return nil
			}})
		require.NoError(t, err)
		require.Equal(t, []string{"short", "long"}, []string{<-order, <-order})
		require.NoError(t, quick().Run(t.Context()))
	})
}

// TestValues holds that services see the values of the context and not its deadline,
// which would stop them all at once.
func TestValues(t *testing.T) {
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Minute)
		defer cancel()
		require.NoError(t, quick().Run(ctx, Service{"reader", func(ctx context.Context) error {
			_, limited := ctx.Deadline()
			require.False(t, limited)
			require.Equal(t, "value", ctx.Value(key{}))
			return nil
		}}))
	})
}

func TestPause(t *testing.T) {
	s := &Supervisor{First: 3 * time.Second, Longest: 10 * time.Second}
	require.Equal(t, seconds(3, 6, 10, 10), []time.Duration{s.pause(1), s.pause(2), s.pause(3), s.pause(1000)})
	s = &Supervisor{First: time.Minute, Longest: time.Second}
	require.Equal(t, time.Second, s.pause(1))
}

// BenchmarkCall is what the containment of a panic costs a service, once each start.
func BenchmarkCall(b *testing.B) {
	for name, f := range map[string]func(context.Context) error{
		"returns": func(context.Context) error { return errBroken },
		"panics":  func(context.Context) error { panic(errBroken) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = call(context.Background(), f)
			}
		})
	}
}

func seconds(all ...int) []time.Duration {
	durations := make([]time.Duration, len(all))
	for i, s := range all {
		durations[i] = time.Duration(s) * time.Second
	}
	return durations
}
