package terminal

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
)

// session is a terminal with the processes of one scene on it.
type session struct {
	device  *device
	leader  *exec.Cmd
	known   map[string]*os.Process // by part
	reports *os.File               // a line from any of the processes
	lines   *bufio.Reader          // of reports
	line    string                 // the beginning of one
	silence time.Duration          // how long a report that is expected may take
	seen    []string               // "foreground got SIGINT": the part, then what
}

// silence is how long it takes until a report that has not come is taken not to come.
// Whether it has come is not judged by that: everybody is asked afterwards.
const silence = 2 * time.Second

// play plays the scene from the first process to the last.
func (s scene) play() (outcome, error) {
	got, err := s.perform(silence)
	if err != nil {
		return got, fmt.Errorf("scene %q: %w", s.event, err)
	}
	return got, nil
}

func (s scene) perform(silence time.Duration) (got outcome, err error) {
	device, err := openDevice(s.mode)
	if err != nil {
		return got, err
	}
	defer device.close()
	read, write, err := os.Pipe()
	if err != nil {
		return got, err
	}
	defer read.Close()
	defer write.Close()

	on := &session{
		device: device, known: make(map[string]*os.Process),
		reports: read, lines: bufio.NewReader(read), silence: silence,
	}
	if err := on.start(s.jobs, write); err != nil {
		return got, err
	}
	defer on.end()
	for _, do := range s.do {
		if err := do(on); err != nil {
			return got, err
		}
	}
	if err := on.expect(s.until...); err != nil {
		return got, err
	}
	if err := on.ask(); err != nil {
		return got, err
	}
	for i, part := range parts {
		got[i] = summary(part, on.seen)
	}
	return got, nil
}

// start starts the leader, which starts the others, and waits until all are ready.
func (s *session) start(jobs [3]job, reports *os.File) error {
	s.leader = &exec.Cmd{
		Path:        "/proc/self/exe",
		Args:        os.Args,
		Env:         identity("leader", jobs),
		Stdin:       s.device.slave,
		ExtraFiles:  []*os.File{reports}, // becomes descriptor 3, to which a Recorder writes
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0},
	}
	if err := s.leader.Start(); err != nil {
		return fmt.Errorf("start the leader: %w", err)
	}
	s.known["leader"] = s.leader.Process
	for i, part := range parts {
		if jobs[i] == absent {
			continue
		}
		if err := s.await(part + " ready"); err != nil {
			return err
		}
	}
	return nil
}

// end leaves nothing of the scene behind. Only the leader is our child. The others are
// reaped by it or, once it is gone, by the supervisor of this process.
func (s *session) end() {
	for _, p := range s.known {
		_ = p.Kill()
	}
	_ = s.leader.Wait()
}

// await reads reports until it has seen each of these since the scene began.
func (s *session) await(reports ...string) error {
	for _, want := range reports {
		for !slices.Contains(s.seen, want) {
			if err := s.read(); err != nil {
				return fmt.Errorf("waiting for %q after %q: %w", want, s.seen, err)
			}
		}
	}
	return nil
}

// expect is await for what the scene is there to show. If it does not come that is an
// outcome, and no error.
func (s *session) expect(reports ...string) error {
	if err := s.reports.SetReadDeadline(time.Now().Add(s.silence)); err != nil {
		return err
	}
	if err := s.await(reports...); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return s.reports.SetReadDeadline(time.Time{})
}

// read takes in one line of one process.
func (s *session) read() error {
	text, err := s.lines.ReadString('\n')
	s.line += text
	if err != nil {
		return err
	}
	item, err := experiment.ParseItem(strings.TrimSuffix(s.line, "\n"))
	s.line = ""
	switch x := item.(type) {
	case experiment.Failure:
		return x.Err()
	case experiment.Note:
		report := string(x)
		if part, pid, ok := strings.Cut(report, " is "); ok {
			// The handle is made while the process is alive: its pid means nothing later.
			return s.know(part, pid)
		}
		s.seen = append(s.seen, report)
	}
	return err
}

func (s *session) know(part, pid string) error {
	n, err := strconv.Atoi(pid)
	if err != nil {
		return err
	}
	s.known[part], err = os.FindProcess(n)
	return err
}

// marker is the signal that asks a process whether there is anything else. Its number is
// higher than that of any signal that a terminal sends, and the kernel hands out the
// lowest first.
const marker = syscall.Signal(40)

// ask asks every process that can answer, and waits for the answers. All that the scene
// sent was sent before.
func (s *session) ask() error {
	for part, process := range s.known {
		if !canAnswer(part, s.seen) {
			continue
		}
		switch err := process.Signal(marker); {
		case errors.Is(err, os.ErrProcessDone):
			return experiment.Unmet("the machine is too busy: the %s has ended, and in %v nobody has told", part, s.silence)
		case err != nil:
			return fmt.Errorf("ask the %s: %w", part, err)
		}
		if err := s.await(part + " answered"); err != nil {
			return err
		}
	}
	return nil
}

// canAnswer reports whether a process has neither ended nor been stopped for good.
func canAnswer(part string, seen []string) bool {
	can := true
	for _, report := range seen {
		what, _ := strings.CutPrefix(report, part+" ")
		verb, _, _ := strings.Cut(what, " ")
		switch verb {
		case "stopped", "ended", "exit":
			can = false
		case "continued", "got": // a stopped process gets nothing
			can = true
		}
	}
	return can
}

// summary is what happened to one process: what it did and what became of it, in order,
// then the signals that it caught, sorted, since two that arrive together have no order.
func summary(part string, seen []string) string {
	var all, caught []string
	for _, report := range seen {
		what, ok := strings.CutPrefix(report, part+" ")
		name, got := strings.CutPrefix(what, "got ")
		switch {
		case !ok || what == "ready" || what == "answered":
		case got:
			caught = append(caught, name)
		default:
			all = append(all, what)
		}
	}
	if len(caught) > 0 {
		slices.Sort(caught)
		all = append(all, "got "+strings.Join(caught, " and "))
	}
	if len(all) == 0 {
		return nothing
	}
	return strings.Join(all, ", ")
}

// press types a key.
func press(key byte) deed {
	return func(s *session) error {
		_, err := s.device.master.Write([]byte{key})
		return err
	}
}

func resize(rows, columns uint16) deed {
	return func(s *session) error { return s.device.resize(rows, columns) }
}

// hangUp is what happens when the window is closed or the line is cut.
func hangUp(s *session) error { return s.device.master.Close() }

// bury waits for the end of the leader.
func bury(s *session) error {
	_ = s.leader.Wait() // it does not end well
	status, ok := s.leader.ProcessState.Sys().(syscall.WaitStatus)
	if !ok {
		return errors.New("the leader has no wait status")
	}
	s.seen = append(s.seen, "leader "+describe(status))
	return nil
}

func expect(report string) deed { return func(s *session) error { return s.expect(report) } }

func resume(part string) deed {
	return func(s *session) error { return s.known[part].Signal(syscall.SIGCONT) }
}

func suspend(part string) deed {
	return func(s *session) error { return s.known[part].Signal(syscall.SIGSTOP) }
}

// describe says what a wait status says.
func describe(status syscall.WaitStatus) string {
	switch {
	case status.Stopped():
		return "stopped by " + unix.SignalName(status.StopSignal())
	case status.Continued():
		return "continued"
	case status.Signaled():
		return "ended by " + unix.SignalName(status.Signal())
	}
	return fmt.Sprint("exit ", status.ExitStatus())
}
