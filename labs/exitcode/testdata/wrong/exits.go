package exitcode

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"
)

// Main is the tool tally, in which whoever finds an error ends the process: with the right
// status, and with the lock in its hand.
func Main(env Env) (status int) {
	err := tally(env)
	var sig signalled
	switch {
	case err == nil:
		return OK
	case errors.As(err, &sig):
		return 128 + int(sig)
	case errors.Is(err, errUsage):
		status = Usage
	case errors.Is(err, errLocked):
		status = Unavailable
	default:
		status = Failed
	}
	fmt.Fprintf(env.Stderr, "tally: %v\n", err)
	return status
}

var (
	errUsage  = errors.New("no arguments are taken: the numbers come from standard input")
	errLocked = errors.New("lock")
)

// signalled is the error of a signal.
type signalled syscall.Signal

func (s signalled) Error() string { return syscall.Signal(s).String() }

// tally is the whole work. What it has deferred is done before Main looks at its error.
func tally(env Env) error {
	if len(env.Args) > 0 {
		return errUsage
	}
	unlock, err := env.Lock()
	if err != nil {
		return fmt.Errorf("%w: %w", errLocked, err)
	}
	defer unlock()
	sum, err := sumOrSignal(env.Stdin, env.Signals)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(env.Stdout, sum); err != nil {
		return fmt.Errorf("write sum: %w", err)
	}
	return nil
}

// sumOrSignal adds up the numbers, unless a signal comes first.
func sumOrSignal(stdin io.ReadCloser, signals <-chan os.Signal) (int64, error) {
	var sum int64
	done := make(chan error, 1) // has room: after a signal nobody receives
	go func() {
		var err error
		sum, err = add(stdin)
		done <- err
	}()
	select {
	case err := <-done:
		return sum, err
	case s := <-signals:
		stdin.Close() // ends the Read that add may wait in
		<-done
		return 0, signalled(s.(syscall.Signal))
	}
}

// add reads the numbers up to the end.
func add(r io.Reader) (sum int64, err error) {
	lines := bufio.NewScanner(r)
	for line := 1; lines.Scan(); line++ {
		n, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			fmt.Fprintf(os.Stderr, "tally: line %d: %v\n", line, err)
			os.Exit(Failed)
		}
		sum += n
	}
	if err := lines.Err(); err != nil {
		return 0, fmt.Errorf("read numbers: %w", err)
	}
	return sum, nil
}

// verdict: exit: the process exited with status 1 during TestBadLine
