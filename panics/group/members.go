package group

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/stacks"
)

// program is the body of a process: it starts one member, waits for it, hands returned
// what Wait said, and ends with 0 if that was no error, with 1 if it was.
type program func(returned func(error))

// trust is what the experiment is about: no error, so all is well.
func trust(returned func(error)) {
	var g errgroup.Group
	g.Go(func() error { panic(lastWords{}) })
	err := g.Wait()
	returned(err)
	if err == nil {
		os.Exit(0)
	}
	os.Exit(1)
}

// once is trust with a WaitGroup as everybody used to write it.
func once(returned func(error)) {
	var wg sync.WaitGroup
	wg.Add(1)
	go counted(&wg)
	wg.Wait()
	returned(nil)
	os.Exit(0)
}

// counted is a function of its own because go fix would else turn it into careful, in the
// belief that the two do the same.
func counted(wg *sync.WaitGroup) {
	defer wg.Done()
	panic(lastWords{})
}

// careful is trust with the WaitGroup's own Go.
func careful(returned func(error)) {
	var wg sync.WaitGroup
	wg.Go(func() { panic(lastWords{}) })
	wg.Wait()
	returned(nil)
	os.Exit(0)
}

// goexit has a member that ends without a result: so does t.FailNow of a test.
func goexit(returned func(error)) {
	var g errgroup.Group
	g.Go(func() error {
		runtime.Goexit()
		return errors.New("unreachable")
	})
	err := g.Wait()
	returned(err)
	if err == nil {
		os.Exit(0)
	}
	os.Exit(1)
}

// told has a member that makes an error of its own panic.
func told(returned func(error)) {
	var g errgroup.Group
	g.Go(func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("member: %v", p)
			}
		}()
		panic("lost")
	})
	err := g.Wait()
	returned(err)
	if err == nil {
		os.Exit(0)
	}
	os.Exit(1)
}

// quick is trust with a panic that takes no time to print.
func quick(returned func(error)) {
	var g errgroup.Group
	g.Go(func() error { panic("lost") })
	err := g.Wait()
	returned(err)
	if err == nil {
		os.Exit(0)
	}
	os.Exit(1)
}

// lastWords is what a member panics with. The runtime asks for the text when all deferred
// functions have run, and before it keeps main from ending the process.
type lastWords struct{}

// Error takes its time: it returns only if main is still waiting for the member, for then
// main is not going to do anything. Other errors take a lock, or format a long list.
func (lastWords) Error() string {
	for !slices.ContainsFunc(stacks.Parse(stacks.All()), waits) {
		runtime.Gosched()
	}
	return "lost"
}

func waits(g stacks.Goroutine) bool { return g.Wait == "sync.WaitGroup.Wait" }

// actor makes the process of a program.
func actor(p program) experiment.Body {
	return func(_ context.Context, r *experiment.Recorder) error {
		p(func(err error) {
			if err == nil {
				r.Mark("nil")
			} else {
				r.Mark("error")
			}
		})
		return errors.New("the program has not ended its process")
	}
}
