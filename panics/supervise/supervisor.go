package supervise

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"
)

// Service is a function that is meant to run until it is told to stop.
type Service struct {
	Name string

	// Run returns nil when its work is done, and soon after its context has ended. It is
	// called again after it has failed, so it must begin by making what it needs, and
	// return only when all goroutines that it has started have ended.
	Run func(ctx context.Context) error
}

// Supervisor keeps services running. A service fails if it returns an error, panics, or
// calls runtime.Goexit; then it is started again, alone, after a pause. One that returns
// nil is done.
//
// A supervisor gives up on a service that fails again and again, because then something is
// wrong that starting again does not repair: it stops the others too and returns the
// error, for main to print and to exit with.
//
// What it cannot do: catch a panic in a goroutine that a service has started, or what the
// runtime does not let anybody recover from, such as concurrent map writes; end a service
// that does not heed its context; and undo what a service did before it failed.
type Supervisor struct {
	// First is the pause before a service is started again. It doubles with every further
	// failure within Window, up to Longest.
	First, Longest time.Duration

	// Restarts is how often a service may be started again within Window.
	Restarts int
	Window   time.Duration

	// Failed, if it is set, is told of every failure, and how long the pause will be
	// after it; 0 if the service is not started again. Services that fail at the same time
	// call it at the same time.
	Failed func(name string, err error, pause time.Duration)
}

// ErrGaveUp is wrapped by the error that Run returns if a service has failed too often,
// together with what it failed with last.
var ErrGaveUp = errors.New("failed too often")

// errExited is what a service fails with that has called runtime.Goexit.
var errExited = errors.New("its goroutine has exited")

// PanicError is what a service fails with that has panicked.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine, from the panic downward
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value if it is an error: a runtime.Error, most of the time.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Run starts the services in order and returns when all of them have ended: nil if each
// was done. When ctx ends, or when Run gives up, it stops them in the opposite order: the
// context of one ends when those that were started after it have returned. What is stopped
// is not started again. The error then is the cause of ctx, or ErrGaveUp, joined with
// whatever else services returned while they were being stopped.
//
// The contexts of the services have the values of ctx, not its deadline.
func (s *Supervisor) Run(ctx context.Context, services ...Service) error {
	stop, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	all := make([]*keeper, len(services))
	for i, service := range services {
		k := &keeper{Supervisor: s, Service: service, stop: stop, giveUp: giveUp, done: make(chan struct{})}
		k.own, k.end = context.WithCancelCause(context.WithoutCancel(ctx))
		all[i] = k
		go k.keep()
	}
	for _, k := range all {
		select {
		case <-k.done:
		case <-stop.Done():
		}
	}
	problems := []error{context.Cause(stop)}
	for _, k := range slices.Backward(all) {
		k.end(context.Cause(stop))
		<-k.done
		problems = append(problems, k.left)
	}
	return errors.Join(problems...)
}

// keeper keeps one service running.
type keeper struct {
	*Supervisor
	Service
	stop   context.Context // ends when nothing is to be started any more
	giveUp context.CancelCauseFunc
	own    context.Context // of the service
	end    context.CancelCauseFunc

	done chan struct{}
	left error // what it failed with when it was stopped already; read after done is closed
}

func (k *keeper) keep() {
	defer close(k.done)
	var failures []time.Time
	for {
		err := call(k.own, k.Service.Run)
		switch {
		case err == nil:
			return
		case k.stop.Err() != nil:
			if !errors.Is(err, context.Canceled) && !errors.Is(err, context.Cause(k.own)) {
				k.left = fmt.Errorf("stop %s: %w", k.Name, err)
			}
			return
		}
		now := time.Now()
		failures = append(failures, now)
		failures = slices.DeleteFunc(failures, func(at time.Time) bool { return now.Sub(at) >= k.Window })
		if len(failures) > k.Restarts {
			k.tell(err, 0)
			k.giveUp(fmt.Errorf("%s: %w, %d times within %v: %w", k.Name, ErrGaveUp, len(failures), k.Window, err))
			return
		}
		pause := k.pause(len(failures))
		k.tell(err, pause)
		select {
		case <-time.After(pause):
		case <-k.stop.Done():
		}
		if k.stop.Err() != nil { // also if both have come
			return
		}
	}
}

func (k *keeper) tell(err error, pause time.Duration) {
	if k.Failed != nil {
		k.Failed(k.Name, err, pause)
	}
}

// pause returns how long to wait after so many failures within the window.
func (s *Supervisor) pause(failures int) time.Duration {
	pause := s.First
	for range failures - 1 {
		if pause >= s.Longest/2 {
			return s.Longest
		}
		pause *= 2
	}
	return min(pause, s.Longest)
}

// call runs f and returns its error, or what it failed with otherwise. It has a goroutine
// of its own: runtime.Goexit ends the one that calls it, whatever is deferred there.
func call(ctx context.Context, f func(context.Context) error) error {
	result := make(chan error, 1)
	go func() {
		err := errExited
		defer func() {
			if value := recover(); value != nil {
				err = &PanicError{value, debug.Stack()}
			}
			result <- err
		}()
		err = f(ctx)
	}()
	return <-result
}
