package outside

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"lab.example/gopark/internal/experiment"
)

// newCat returns a cat to be started, which lives for as long as its input is open.
func newCat(ctx context.Context) (cmd *exec.Cmd, input io.WriteCloser, err error) {
	cmd = exec.CommandContext(ctx, "cat")
	if cmd.Err != nil {
		return nil, nil, experiment.Unmet("needs cat as a child: %v", cmd.Err)
	}
	input, err = cmd.StdinPipe()
	return cmd, input, err
}

func command(ctx context.Context, end func()) (err, failed error) {
	cmd, input, err := newCat(ctx)
	if err != nil {
		return nil, err
	}
	defer input.Close()
	if err := cmd.Start(); err != nil {
		return err, nil
	}
	end()
	return cmd.Wait(), nil
}

func commandLate(ctx context.Context, end func()) (err, failed error) {
	cmd, input, err := newCat(ctx)
	if err != nil {
		return nil, err
	}
	defer input.Close()
	end()
	return cmd.Start(), nil
}

// commandAsked closes the input of cat where the default would kill it.
func commandAsked(ctx context.Context, end func()) (err, failed error) {
	cmd, input, err := newCat(ctx)
	if err != nil {
		return nil, err
	}
	cmd.Cancel = input.Close
	if err := cmd.Start(); err != nil {
		return err, nil
	}
	end()
	return cmd.Wait(), nil
}

// household is a shell whose child, a cat, has inherited the shell's output, and lives for
// as long as we hold the other end of its input.
type household struct {
	shell  *exec.Cmd
	child  *os.File // the input of the cat
	output bytes.Buffer
	ready  chan struct{}
}

// newHousehold starts one and returns when both are there. The shell waits for its own
// input, or if it leaves it ends at once.
func newHousehold(ctx context.Context, delay time.Duration, leaves bool) (*household, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	script := "cat <&3 & echo ready; read line"
	if leaves {
		script = "cat <&3 & echo ready"
	}
	h := &household{shell: exec.CommandContext(ctx, "sh", "-c", script), child: write, ready: make(chan struct{})}
	h.shell.ExtraFiles = []*os.File{read}
	h.shell.Stdout = h
	h.shell.WaitDelay = delay
	_, err = h.shell.StdinPipe()
	if err == nil {
		err = h.shell.Start()
	}
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	select {
	case <-h.ready:
	case <-ctx.Done(): // too early: the shell may have been killed before it said so
	}
	return h, nil
}

// Write takes what the shell and its child print.
func (h *household) Write(p []byte) (int, error) {
	if h.output.Len() == 0 {
		close(h.ready)
	}
	return h.output.Write(p)
}

// outcome is how Wait ended and what had been printed by then.
func (h *household) outcome(err error) error {
	said := slices.Collect(strings.FieldsFuncSeq(h.output.String(), func(r rune) bool { return r == '\n' }))
	return fmt.Errorf("%w, output %q", err, said)
}

func commandDelay(ctx context.Context, end func()) (err, failed error) {
	h, err := newHousehold(ctx, 1, false)
	if err != nil {
		return nil, err
	}
	defer h.child.Close()
	end()
	return h.outcome(h.shell.Wait()), nil
}

// commandHangs has the child of the shell print something when the shell has been killed
// and reaped. If Wait had returned by then, that would not be in its output.
func commandHangs(ctx context.Context, end func()) (err, failed error) {
	h, err := newHousehold(ctx, 0, false)
	if err != nil {
		return nil, err
	}
	waited := make(chan error, 1)
	go func() { waited <- h.shell.Wait() }()
	end()
	for !errors.Is(h.shell.Process.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		runtime.Gosched()
	}
	_, failed = h.child.WriteString("much later\n")
	failed = errors.Join(failed, h.child.Close())
	return h.outcome(<-waited), failed
}

// commandLeaves is not about the context, which ends later: WaitDelay is for this too.
func commandLeaves(ctx context.Context, end func()) (err, failed error) {
	h, err := newHousehold(ctx, 1, true)
	if err != nil {
		return nil, err
	}
	defer h.child.Close()
	err = h.shell.Wait()
	end()
	return err, nil
}
