package matrix

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/sigsync"
)

// mode is what a program does about a signal before it comes.
type mode struct {
	name    string
	prepare func(s syscall.Signal, c chan<- os.Signal) // nil: the program is cat, which does nothing
}

// modes are the columns of the matrix. The first is a program that is not written in Go:
// it shows what the kernel does with a signal that nobody has said anything about.
var modes = []mode{
	{"cat", nil},
	{"nothing", func(syscall.Signal, chan<- os.Signal) {}},
	{"Notify", notify},
	{"Ignore", ignore},
	{"Notify, Reset", func(s syscall.Signal, c chan<- os.Signal) { notify(s, c); signal.Reset(s) }},
	{"Notify, Stop", func(s syscall.Signal, c chan<- os.Signal) { notify(s, c); signal.Stop(c) }},
	{"Ignore, Reset", func(s syscall.Signal, _ chan<- os.Signal) { signal.Ignore(s); signal.Reset(s) }},
	{"Ignore, Notify", func(s syscall.Signal, c chan<- os.Signal) { signal.Ignore(s); notify(s, c) }},
	{"Ignore, Notify, Reset", func(s syscall.Signal, c chan<- os.Signal) { signal.Ignore(s); notify(s, c); signal.Reset(s) }},
}

func notify(s syscall.Signal, c chan<- os.Signal) { signal.Notify(c, s) }

func ignore(s syscall.Signal, _ chan<- os.Signal) { signal.Ignore(s) }

// subjectVariable holds the part of a subject, in its environment.
const subjectVariable = "GOPARK_SIGNALS_MATRIX"

// part is what a subject is asked to be.
type part struct {
	mode    int  // index in modes
	oneShot bool // install the handler in the way of System V, see handler.go
}

func (p part) String() string { return fmt.Sprint(p.mode, " ", p.oneShot) }

// subjectPart returns the part of this process, if it is a subject.
func subjectPart() (p part, ok bool) {
	n, _ := fmt.Sscan(os.Getenv(subjectVariable), &p.mode, &p.oneShot)
	return p, n == 2
}

// play is the program. It reads the number of a signal, prepares itself for it and says
// that it is ready; and then, at every empty line, whether the signal has come out of
// the channel.
func (p part) play(r *experiment.Recorder) error {
	var got <-chan os.Signal
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == "" {
			r.Mark(answer(got))
			continue
		}
		var s syscall.Signal
		if _, err := fmt.Sscan(lines.Text(), &s); err != nil {
			return fmt.Errorf("read signal: %w", err)
		}
		got = modes[p.mode].ready(s)
		if p.oneShot {
			if err := resetOnDelivery(s); err != nil {
				return err
			}
		}
		r.Mark(ready)
	}
	return nil
}

const ready = "ready"

// ready prepares for the signal and returns the empty channel in which it may arrive. The
// runtime itself sends SIGURG at any time, perhaps between Notify and Stop.
func (m mode) ready(s syscall.Signal) <-chan os.Signal {
	got := make(chan os.Signal, 1)
	m.prepare(s, got)
	sigsync.Flush()
	select {
	case <-got:
	default:
	}
	return got
}

func answer(got <-chan os.Signal) string {
	sigsync.Flush()
	select {
	case <-got:
		return arrived
	default:
		return silent
	}
}
