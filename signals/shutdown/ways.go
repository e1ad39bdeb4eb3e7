package shutdown

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"lab.example/gopark/internal/experiment"
)

// way is one way to end a server.
type way struct {
	name    string
	main    func(*site) error
	patient bool // it waits for the requests in flight, however long they take
	signals int  // how many it gets
	answers answers
	end     string // of the process
	picture string // its name there; "" means that there is none
}

// answers says what is answered, all or nothing.
type answers struct {
	running bool // requests that were in flight when the signal came
	idle    bool // requests that were sent afterwards over a connection kept alive
}

var ways = []way{
	{name: "no handler for the signal", main: plain, signals: 1, end: "SIGTERM"},
	{name: "os.Exit at the signal", main: exits, signals: 1, end: "exit 0"},
	{name: "Close", main: closes, signals: 1, end: "exit 0"},
	{name: "Shutdown, main does not wait for it", main: runsAway, signals: 1, end: "exit 0", picture: "runs-away"},
	{name: "Shutdown, with a deadline that passes", main: impatient, signals: 1, end: "exit 1"},
	{name: "Shutdown, awaited", main: waits, patient: true, signals: 1, answers: answers{running: true}, end: "exit 0"},
	{name: "SetKeepAlivesEnabled(false), Shutdown, awaited", main: cutsIdle, patient: true, signals: 1, answers: answers{running: true}, end: "exit 0"},
	{name: "notice, Shutdown, awaited", main: serves, patient: true, signals: 1, answers: answers{running: true, idle: true}, end: "exit 0", picture: "serve"},
	{name: "the same, and a second signal", main: serves, patient: true, signals: 2, answers: answers{idle: true}, end: "SIGTERM"},
}

// plain has never heard of signals. Serve is what ListenAndServe calls when it has its
// listener.
func plain(s *site) error {
	return s.server.Serve(s.listener)
}

// exits tidies up where the signal is caught.
func exits(s *site) error {
	asked := terminated()
	go func() {
		<-asked
		os.Exit(0)
	}()
	return s.server.Serve(s.listener)
}

// closes takes the method that has the name for it.
func closes(s *site) error {
	asked := terminated()
	go func() {
		<-asked
		_ = s.server.Close()
	}()
	return unlessAsked(s.server.Serve(s.listener))
}

// runsAway is what is found most often.
func runsAway(s *site) error {
	asked := terminated()
	go func() {
		<-asked
		_ = s.server.Shutdown(context.Background())
	}()
	return unlessAsked(s.server.Serve(s.listener))
}

// impatient gives requests less time than they need.
func impatient(s *site) error {
	asked := terminated()
	go func() { _ = s.server.Serve(s.listener) }()
	<-asked
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return nil
}

// waits returns when Shutdown has returned.
func waits(s *site) error {
	asked := terminated()
	go func() { _ = s.server.Serve(s.listener) }()
	<-asked
	return s.server.Shutdown(context.Background())
}

// cutsIdle wants to be polite to clients that keep their connection.
func cutsIdle(s *site) error {
	asked := terminated()
	go func() { _ = s.server.Serve(s.listener) }()
	<-asked
	s.server.SetKeepAlivesEnabled(false)
	return s.server.Shutdown(context.Background())
}

// serves is the way to copy.
func serves(s *site) error {
	return serve(s.server, s.listener, s.notice, time.Minute)
}

// terminated returns a channel that gets SIGTERM.
func terminated() <-chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	return c
}

// unlessAsked takes away the error with which a server ends that has been asked to.
func unlessAsked(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// envWay names the way that an actor is to go.
const envWay = "GOPARK_WAY"

func runServer(_ context.Context, r *experiment.Recorder) error {
	for _, w := range ways {
		if w.name == os.Getenv(envWay) {
			s, err := open(os.Getenv(envDesk))
			if err != nil {
				return err
			}
			return w.main(s)
		}
	}
	return fmt.Errorf("unknown way %q", os.Getenv(envWay))
}
