package terminal

import (
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// envPart tells a process of a scene who it is and what the three do:
// "foreground/ordinary//reads" is the job in the foreground.
const envPart = "GOPARK_TERMINAL_PART"

// identity is the environment of a process that runs this same actor again, as one of
// the parts. It is not made by Recorder.Start: the leader must begin a session, and its
// jobs must outlive it. session.end and the actor's supervisor clear up.
func identity(part string, jobs [3]job) []string {
	words := []string{part, string(jobs[0]), string(jobs[1]), string(jobs[2])}
	return child.Again(envPart + "=" + strings.Join(words, "/"))
}

// be is the life of a process of a scene. It ends by a signal, at the latest by
// session.end.
func be(value string, r *experiment.Recorder) error {
	words := strings.Split(value, "/")
	if len(words) != 1+len(parts) {
		return fmt.Errorf("read %s: %q", envPart, value)
	}
	part, jobs := words[0], [3]job{job(words[1]), job(words[2]), job(words[3])}
	own := jobs[slices.Index(parts, part)]

	arrived := make(chan os.Signal, 16)
	signal.Notify(arrived, append(own.catches(), marker)...)
	defer signal.Stop(arrived)
	if part == "leader" {
		if err := lead(r, jobs); err != nil {
			return err
		}
	}
	r.Notef("%s ready", part)
	go own.work(part, r)
	for s := range arrived {
		if s == marker {
			r.Notef("%s answered", part)
		} else {
			r.Notef("%s got %s", part, unix.SignalName(s.(syscall.Signal)))
		}
	}
	return nil
}

// catches are the signals that the job catches.
func (j job) catches() []os.Signal {
	switch j {
	case reports, types:
		return []os.Signal{
			syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGCONT,
			syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGWINCH,
		}
	case suspends:
		return []os.Signal{syscall.SIGINT}
	}
	return nil
}

// work is what the job does with its terminal.
func (j job) work(part string, r *experiment.Recorder) {
	var key [1]byte
	var err error
	switch j {
	case reads, types:
		if _, err = os.Stdin.Read(key[:]); err == nil {
			r.Notef("%s read %#02x", part, key[0])
		}
	case writes:
		// Standard input is the terminal, and a terminal can be written to.
		if _, err = os.Stdin.WriteString("done\n"); err == nil {
			r.Notef("%s wrote", part)
		}
	}
	if err != nil {
		r.Notef("%s failed: %v", part, err)
	}
}

// lead does what a shell does: it starts each job in a process group of its own, puts
// one of the groups in front, and listens for what becomes of its children.
func lead(r *experiment.Recorder, jobs [3]job) error {
	children := make(map[int]string)
	for i, part := range parts {
		if part == "leader" || jobs[i] == absent {
			continue
		}
		pid, err := syscall.ForkExec("/proc/self/exe", os.Args, &syscall.ProcAttr{
			Env:   identity(part, jobs),
			Files: []uintptr{0, 1, 2, 3}, // the same as here: terminal, nothing, nothing, reports
			Sys:   &syscall.SysProcAttr{Setpgid: true, Foreground: part == "foreground", Ctty: 0},
		})
		if err != nil {
			return fmt.Errorf("start the %s: %w", part, err)
		}
		children[pid] = part
		r.Notef("%s is %d", part, pid)
	}
	go reap(r, children)
	return nil
}

// reap tells of every change of state of a child, as long as there is one.
func reap(r *experiment.Recorder, children map[int]string) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WUNTRACED|syscall.WCONTINUED, nil)
		switch {
		case err == nil:
			r.Notef("%s %s", children[pid], describe(status))
		case err != syscall.EINTR:
			return
		}
	}
}
