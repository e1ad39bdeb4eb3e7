// Package systemstack asks: a thread of a Go program has no goroutine to run. On whose
// stack is it?
//
// run starts a program that sleeps, and asks one of its threads where it is by sending
// it SIGQUIT; then the same with another thread. dump.go reads the answer, thread_linux.go
// asks the kernel. check judges. The page tells why.
package systemstack

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that each thread has a goroutine 0 for the scheduler, and that
// M0 is the first thread.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/systemstack",
	Question: "All goroutines of a program wait. A thread of it gets SIGQUIT, and the runtime prints what this thread was doing. Which goroutine is that?",
	Choices: []experiment.Choice{
		{
			Text:    "Goroutine 1, the main goroutine.",
			Because: "It is the first goroutine, but it waits too, and no thread is needed for that. Its stack is printed further down, among those who wait.",
		},
		{
			Text:    "None: without a goroutine, a thread has nothing to do and no stack to print.",
			Because: "Somebody must wait for work, and find it. The scheduler is Go code, and runs on a stack of its own, one in each thread.",
		},
		{
			Text:    "Goroutine 0.",
			True:    true,
			Because: "Every thread has one, called g0. It is the stack on which the scheduler runs: whenever a goroutine stops, its thread changes over to it.",
		},
		{
			Text:    "The one that it ran last.",
			Because: "A goroutine that waits has left its thread altogether: any other thread may go on with it. The thread has changed to another stack.",
		},
	},
	Run:    run,
	Actors: map[string]experiment.Body{"sleeper": sleeper},
	Check:  check,
	Needs:  experiment.Needs{Linux: true},
	Claims: []string{"G14"},
	Files:  files,
}

type observed struct {
	InitOnFirst bool     `obs:"/init/on-first-thread:bool"` // of the sleeping program
	FirstM      int64    `obs:"/first/m:number"`            // of the thread that the process began with
	FirstG      int64    `obs:"/first/goroutine:number"`    // that it was running
	FirstStack  []string `obs:"/first/stack:functions"`     // innermost first
	OtherM      int64    `obs:"/other/m:number"`            // the same of another thread
	OtherG      int64    `obs:"/other/goroutine:number"`
	OtherStack  []string `obs:"/other/stack:functions"`
}

func run(ctx context.Context, r *experiment.Recorder) error {
	first, err := interrogate(ctx, r, func(pid int, _ []int) int { return pid })
	if err != nil {
		return err
	}
	other, err := interrogate(ctx, r, func(pid int, threads []int) int {
		others := slices.DeleteFunc(threads, func(id int) bool { return id == pid })
		return others[len(others)-1] // sysmon is there, so there are others
	})
	if err != nil {
		return err
	}
	r.Value("/first/m:number", first.m)
	r.Value("/first/goroutine:number", first.goroutine)
	r.Value("/first/stack:functions", first.stack)
	r.Value("/other/m:number", other.m)
	r.Value("/other/goroutine:number", other.goroutine)
	r.Value("/other/stack:functions", other.stack)
	return nil
}

// interrogate starts a sleeper, sends SIGQUIT to the one of its threads that choose
// picks, and returns what the runtime then says about that thread.
func interrogate(ctx context.Context, r *experiment.Recorder, choose func(pid int, threads []int) int) (d dump, err error) {
	program, err := r.Start(ctx, "sleeper")
	if err != nil {
		return d, err
	}
	said, err := question(ctx, program, choose)
	if err != nil {
		_ = program.Signal(syscall.SIGKILL) // it would sleep on
	}
	if _, failed := program.Wait(); err != nil || failed != nil {
		return d, errors.Join(err, failed)
	}
	defer said.Close()
	text, err := io.ReadAll(said)
	if err != nil {
		return d, fmt.Errorf("read what was said: %w", err)
	}
	return parseDump(string(text))
}

func question(ctx context.Context, program *experiment.Actor, choose func(pid int, threads []int) int) (said *os.File, err error) {
	if _, err := program.Await(ctx, "ready"); err != nil {
		return nil, err
	}
	pid := program.PID()
	threads, err := asleep(ctx, pid)
	if err != nil {
		return nil, err
	}
	if said, err = os.Open(fmt.Sprintf("/proc/%d/fd/2", pid)); err != nil {
		return nil, fmt.Errorf("open its standard error: %w", err)
	}
	if err := quit(pid, choose(pid, threads)); err != nil {
		said.Close()
		return nil, err
	}
	return said, nil
}

// initThread is the thread on which this package was initialized.
var initThread = threadID()

// sleeper sleeps until it is interrogated. What it prints to its standard error then
// goes to a file without a name.
func sleeper(_ context.Context, r *experiment.Recorder) error {
	debug.SetTraceback("system") // show what belongs to the runtime, too
	file, err := os.CreateTemp("", "systemstack")
	if err != nil {
		return fmt.Errorf("keep standard error: %w", err)
	}
	os.Remove(file.Name())
	if err := becomeStderr(file); err != nil {
		return fmt.Errorf("keep standard error: %w", err)
	}
	r.Value("/init/on-first-thread:bool", initThread == os.Getpid())
	r.Mark("ready")
	time.Sleep(time.Hour)
	return errors.New("nobody came")
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	switch {
	case !seen.InitOnFirst:
		return experiment.Refuted("packages were initialized on another thread than the first")
	case seen.FirstM != 0:
		return experiment.Refuted("the first thread is M%d", seen.FirstM)
	case seen.OtherM == 0:
		return experiment.Refuted("another thread than the first is M0")
	case seen.FirstG != 0 || seen.OtherG != 0:
		return experiment.Refuted("the idle threads ran goroutines %d and %d", seen.FirstG, seen.OtherG)
	}
	for _, stack := range [][]string{seen.FirstStack, seen.OtherStack} {
		if len(stack) == 0 {
			return experiment.Refuted("there was nothing on the stack")
		}
		for _, function := range stack {
			if !ofRuntime(function) {
				return experiment.Refuted("%s was on the stack of a goroutine 0", function)
			}
		}
	}
	return nil
}

// ofRuntime reports whether a function is part of the runtime.
func ofRuntime(function string) bool {
	return strings.HasPrefix(function, "runtime.") || strings.HasPrefix(function, "internal/runtime/")
}
