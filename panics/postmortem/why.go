package postmortem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// Why is "gopark why COMMAND [ARGUMENTS...]".
type Why struct {
	JSON   bool   `help:"Print the finding as JSON; what the program prints to stdout goes to stderr."`
	Log    string `help:"Explain what is in this file, as stderr of a program that has ended already; - is stdin." placeholder:"FILE"`
	Status int    `help:"With --log: the exit status, if there was one." default:"-1"`
	Signal string `help:"With --log: the signal that ended it, if one did." placeholder:"SIGNAME"`

	Command []string `arg:"" optional:"" passthrough:"" help:"The program, and its arguments."`
}

// Help is the long help text.
func (Why) Help() string {
	return `Runs a program of yours and explains how it ended: by whose doing, in which goroutine, and
which deferred functions have run. It reads the wait status and what the runtime of Go writes
to stderr; the program is not changed, and need not be written in Go.

    gopark why ./server -port 8080
    gopark why --log crash.txt --status 2

stdin, stdout and stderr are the program's. The explanation comes after the end, on stderr.
Ctrl-C reaches the program as always; SIGTERM and SIGHUP are passed on to it.

The exit status is that of the program, or 128 and the number of the signal that ended it;
with --log it is 0.`
}

// Run does it.
func (w Why) Run(ctx context.Context, t *cli.Terminal) error {
	switch {
	case w.Log != "" && len(w.Command) > 0:
		return cli.Usage(errors.New("--log explains what has ended already: there is nothing to run"))
	case w.Log != "":
		d, err := w.read(t)
		if err != nil {
			return err
		}
		return w.print(t, d)
	case len(w.Command) == 0:
		return cli.Usage(hint.With(errors.New("no program is named"), "gopark why ./program, or gopark why --log FILE --status N"))
	}
	d, err := w.run(ctx, t)
	if err != nil {
		return err
	}
	if err := w.print(t, d); err != nil || d.Status == 0 && d.Signal == "" {
		return err
	}
	if d.Signal != "" {
		return cli.Status(128 + int(unix.SignalNum(d.Signal)))
	}
	return cli.Status(d.Status)
}

// read reads the death of another time.
func (w Why) read(t *cli.Terminal) (d Death, err error) {
	if (w.Status < 0) == (w.Signal == "") || w.Status > 255 {
		return d, cli.Usage(hint.With(errors.New("either an exit status, 0 to 255, or a signal must be given"),
			"--status 2 for a panic or a fatal error; 137 in a container is --status 137"))
	}
	if w.Signal != "" && unix.SignalNum(w.Signal) == 0 {
		return d, cli.Usage(hint.With(fmt.Errorf("unknown signal %q", w.Signal), "--signal takes a name like SIGKILL"))
	}
	text, err := os.ReadFile(w.Log)
	if w.Log == "-" {
		text, err = io.ReadAll(t.In)
	}
	if err != nil {
		return d, fmt.Errorf("read log: %w", err)
	}
	return Death{Status: max(0, w.Status), Signal: w.Signal, Stderr: string(text)}, nil
}

// drain is how long the end of stderr is waited for if the program has ended and left it
// to a child of its own.
const drain = 2 * time.Second

// run runs the program to its end. It does not end it: that is left to whoever is at the
// terminal, and to the program.
func (w Why) run(ctx context.Context, t *cli.Terminal) (d Death, err error) {
	last := &tail{}
	cmd := exec.Command(w.Command[0], w.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = t.In, t.Out, io.MultiWriter(t.Err, last)
	if w.JSON {
		cmd.Stdout = t.Err
	}
	cmd.WaitDelay = drain

	// A key of the terminal sends its signal to the program as well, so this process has
	// only to survive it.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if ctx.Err() != nil {
		return d, context.Cause(ctx)
	}
	if err := cmd.Start(); err != nil {
		return d, hint.With(fmt.Errorf("start program: %w", err), "a program in this folder is called by ./NAME")
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			if s == syscall.SIGTERM || s == syscall.SIGHUP {
				_ = cmd.Process.Signal(s) // it may have ended just now
			}
		case err := <-ended:
			if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited && !errors.Is(err, exec.ErrWaitDelay) {
				return d, fmt.Errorf("run program: %w", err)
			}
			return death(cmd.ProcessState, last), nil
		}
	}
}

func death(state *os.ProcessState, last *tail) Death {
	d := Death{Status: state.ExitCode(), Stderr: last.String()}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		d.Status, d.Signal = 0, signalName(int(status.Signal()))
	}
	return d
}

func signalName(number int) string {
	if name := unix.SignalName(syscall.Signal(number)); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", number)
}

// print prints the finding.
func (w Why) print(t *cli.Terminal, d Death) error {
	f := Explain(d)
	if w.JSON {
		return t.JSON(struct {
			Status int    `json:"status"`
			Signal string `json:"signal"`
			Finding
		}{d.Status, d.Signal, f})
	}
	said := *t
	if w.Log == "" {
		said.Out = t.Err
	}
	end := fmt.Sprintf("exit status %d", d.Status)
	if d.Signal != "" {
		end = "ended by " + d.Signal
	}
	said.Printf("\ngopark: %s\n\n", end)
	said.Prose("", "", f.What)
	for _, line := range []struct{ name, text string }{
		{"Line", f.Line},
		{"Place", f.Where},
		{"Deferred", f.Defers},
		{"Advice", f.Advice},
		{"See", "gopark run " + f.Page},
	} {
		if line.text != "" {
			said.Prose(fmt.Sprintf("  %-10s", line.name), strings.Repeat(" ", 12), line.text)
		}
	}
	return nil
}

// tail keeps the end of what is written: at least the last kept bytes.
type tail struct{ text []byte }

const kept = 4 << 20

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if cut := len(t.text) - kept; cut > kept {
		t.text = append(t.text[:0], t.text[cut:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.text) }
