package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// process is a consumer in a process of its own, on a leash: it ends when this one does.
type process struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	over  chan struct{} // closed when it has ended and all that it told has been read

	stderr strings.Builder // read after over is closed

	mu      sync.Mutex
	told    []string // what it told, but for what it handled
	handled []int    // the records, in the order in which it handled them
	changed chan struct{}
}

// startConsumer starts this program once more.
func startConsumer(s scope, size scene, p policy, e ending) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	number := func(name string, v int) string { return "--" + name + "=" + strconv.Itoa(v) }
	cmd := exec.Command(self, "consume", "--leash", "--brokers="+strings.Join(s.brokers, ","),
		"--topic="+s.name, "--group="+s.name, "--commit="+p.name, "--end="+e.name,
		number("records", size.Records), number("record", size.Record), number("more", size.More),
		number("batch", size.Batch), number("channel", size.Channel))
	// Many of them share this machine with their broker, and each one mostly waits.
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start a consumer: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start a consumer: %w", err)
	}
	c := &process{cmd: cmd, stdin: stdin, over: make(chan struct{}), changed: make(chan struct{})}
	cmd.Stderr = &c.stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a consumer: %w", err)
	}
	go func() {
		defer close(c.over)
		c.read(stdout)
		_ = cmd.Wait() // how it ended is in cmd.ProcessState
	}()
	return c, nil
}

func (c *process) read(stdout io.Reader) {
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<20) // a profile is one line
	for lines.Scan() {
		c.mu.Lock()
		if text, ok := strings.CutPrefix(lines.Text(), "handled "); ok {
			order, _ := strconv.Atoi(text)
			c.handled = append(c.handled, order)
		} else {
			c.told = append(c.told, lines.Text())
		}
		close(c.changed)
		c.changed = make(chan struct{})
		c.mu.Unlock()
	}
}

// until waits until holds returns true for what the consumer has told and handled. It
// fails if the consumer ends before that.
func (c *process) until(ctx context.Context, what string, holds func(told []string, handled []int) bool) error {
	for {
		c.mu.Lock()
		done, changed := holds(c.told, c.handled), c.changed
		c.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
			continue
		default:
		}
		select {
		case <-changed:
		case <-c.over:
			return fmt.Errorf("the consumer ended before it was %s: %v: %s", what, c.cmd.ProcessState, c.stderr.String())
		case <-ctx.Done():
			return fmt.Errorf("wait for a consumer that is %s: %w", what, context.Cause(ctx))
		}
	}
}

// untilTold waits until the consumer has told the word n times.
func (c *process) untilTold(ctx context.Context, word string, n int) error {
	return c.until(ctx, word, func(told []string, _ []int) bool { return times(told, word) >= n })
}

// times returns how often the consumer has told the word.
func (c *process) times(word string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return times(c.told, word)
}

func times(told []string, word string) (n int) {
	for _, line := range told {
		if line == word {
			n++
		}
	}
	return n
}

// wait waits for the end of the process.
func (c *process) wait(ctx context.Context) error {
	select {
	case <-c.over:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for a consumer to end: %w", context.Cause(ctx))
	}
}

// kill ends the process as an operator does with one that does not react.
func (c *process) kill() {
	_ = c.cmd.Process.Kill() // it may have ended
	<-c.over
}

func (c *process) order(command string) error {
	_, err := fmt.Fprintln(c.stdin, command)
	return err
}

// answer waits for the first line that begins with word and returns the rest of it.
func (c *process) answer(ctx context.Context, word string) (string, error) {
	var rest string
	err := c.until(ctx, word, func(told []string, _ []int) bool {
		i := slices.IndexFunc(told, func(line string) bool { return strings.HasPrefix(line, word+" ") })
		if i >= 0 {
			rest = told[i][len(word)+1:]
		}
		return i >= 0
	})
	return rest, err
}

// handledSoFar returns the records that it has handled.
func (c *process) handledSoFar() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.handled)
}

// String says whether the process is alive, or with which status it ended.
func (c *process) String() string {
	select {
	case <-c.over:
		return fmt.Sprint("exit ", c.cmd.ProcessState.ExitCode())
	default:
		return "alive"
	}
}
