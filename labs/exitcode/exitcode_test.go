package exitcode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble. If Main ends the process, its tests end with it: that is the
// verdict "exit".

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is an Env and what became of it.
type world struct {
	Env
	out, errs bytes.Buffer
	signals   chan os.Signal
	locked    atomic.Int32
	unlocked  atomic.Int32
	reads     atomic.Int32
}

func newWorld(stdin io.Reader) *world {
	w := &world{signals: make(chan os.Signal, 1)}
	w.Env = Env{
		Stdin: countingInput{stdin, &w.reads}, Stdout: &w.out, Stderr: &w.errs, Signals: w.signals,
		Lock: func() (func(), error) {
			w.locked.Add(1)
			return func() { w.unlocked.Add(1) }, nil
		},
	}
	return w
}

// countingInput is a standard input that counts how often it is read.
type countingInput struct {
	io.Reader
	reads *atomic.Int32
}

func (c countingInput) Read(p []byte) (int, error) {
	c.reads.Add(1)
	return c.Reader.Read(p)
}

func (c countingInput) Close() error {
	if closer, ok := c.Reader.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// run calls Main and checks what goes for every end.
func (w *world) run(t *testing.T, story string, want int) {
	t.Helper()
	var status int
	panicked := true
	func() {
		defer func() {
			if v := recover(); panicked {
				t.Fatalf("panic: %s, and Main panicked: %v", story, v)
			}
		}()
		status = Main(w.Env)
		panicked = false
	}()
	w.check(t, story, status, want)
}

func (w *world) check(t *testing.T, story string, status, want int) {
	t.Helper()
	out, errs := w.out.String(), w.errs.String()
	switch {
	case status != want && status == OK:
		t.Fatalf("%s, and Main returned 0, as if all were well: want %d", story, want)
	case status != want:
		t.Fatalf("%s, and Main returned %d: want %d", story, status, want)
	case w.unlocked.Load() < w.locked.Load():
		t.Fatalf("%s, and Main returned without calling unlock: the next process finds the lock still held", story)
	case w.unlocked.Load() > w.locked.Load():
		t.Fatalf("%s, and Main called unlock %d times: want once", story, w.unlocked.Load())
	case strings.HasPrefix(out, "tally: "):
		t.Fatalf("%s, and Main said so on Stdout, where its results are expected: want it on Stderr", story)
	case want != OK && out != "":
		t.Fatalf("%s, and Main had written %q to Stdout: want nothing there that could be taken for a result", story, out)
	}
	switch quiet := want == OK || want > 128; {
	case quiet && errs != "":
		t.Fatalf("%s, and Main wrote %q to Stderr: want nothing", story, errs)
	case !quiet && errs == "":
		t.Fatalf("silent: %s, and Main returned %d and said nothing on Stderr", story, status)
	case !quiet && (!strings.HasPrefix(errs, "tally: ") || strings.Count(errs, "\n") != 1 || !strings.HasSuffix(errs, "\n")):
		t.Fatalf("%s, and Main wrote %q to Stderr: want one line that begins with \"tally: \"", story, errs)
	}
}

func TestSum(t *testing.T) {
	for _, tt := range []struct{ input, want string }{
		{"", "0\n"},
		{"42\n", "42\n"},
		{"+007\n-0\n", "7\n"},
		{"9007199254740993\n", "9007199254740993\n"},
		{"-9223372036854775808\n1\n", "-9223372036854775807\n"},
		{"1\n2\n3\n", "6\n"},
		{"1\n2\n-30", "-27\n"},
		{strings.Repeat("7\n", 10000), "70000\n"},
	} {
		probe.Bubble(t, func(t *testing.T) {
			w := newWorld(strings.NewReader(tt.input))
			w.run(t, fmt.Sprintf("the input was %.20q", tt.input), OK)
			if got := w.out.String(); got != tt.want {
				t.Fatalf("the input was %.20q, and Main printed %q: want %q", tt.input, got, tt.want)
			}
			if w.locked.Load() != 1 {
				t.Fatalf("Main has locked %d times: want once", w.locked.Load())
			}
		})
	}
}

func TestUsage(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		w := newWorld(strings.NewReader("1\n"))
		w.Args = []string{"--help-me"}
		w.run(t, "there was an argument", Usage)
		switch {
		case w.locked.Load() > 0:
			t.Fatal("there was an argument, and Main locked before it looked at it")
		case w.reads.Load() > 0:
			t.Fatal("there was an argument, and Main read its input before it looked at it")
		}
	})
}

func TestLocked(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		w := newWorld(strings.NewReader("1\n"))
		w.Lock = func() (func(), error) { return nil, errors.New("another process has it") }
		w.run(t, "the lock was not to be had", Unavailable)
		if w.reads.Load() > 0 {
			t.Fatal("the lock was not to be had, and Main had read its input: nobody else can read that now")
		}
	})
}

func TestLocksBeforeItReads(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		w := newWorld(strings.NewReader("1\n"))
		lock := w.Lock
		w.Lock = func() (func(), error) {
			synctest.Wait() // whoever else may read has had time to do so
			if w.reads.Load() > 0 {
				t.Error("Main read before it had the lock")
			}
			return lock()
		}
		w.run(t, "there was one number", OK)
	})
}

func TestBadLine(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		w := newWorld(strings.NewReader("1\n2\nthree\n4\n"))
		w.run(t, "line 3 of the input was no number", Failed)
		if errs := w.errs.String(); !strings.Contains(errs, "line 3") {
			t.Fatalf("line 3 of the input was no number, and Main wrote %q: want \"line 3\" in it", errs)
		}
	})
	probe.Bubble(t, func(t *testing.T) {
		newWorld(strings.NewReader("\n1\n")).run(t, "line 1 of the input was empty", Failed)
	})
	for _, line := range []string{"0x10", "1_000", "1.5", "1e3", " 1", "1 2", "9223372036854775808"} {
		probe.Bubble(t, func(t *testing.T) {
			w := newWorld(strings.NewReader("1\n" + line + "\n"))
			w.run(t, fmt.Sprintf("line 2 of the input was %q, which is no number for strconv.ParseInt with base 10", line), Failed)
			if errs := w.errs.String(); !strings.Contains(errs, "line 2") {
				t.Fatalf("line 2 of the input was no number, and Main wrote %q: want \"line 2\" in it", errs)
			}
		})
	}
}

// brokenDisk is a disk, or a network, in the middle of a file.
type brokenDisk struct{}

func (brokenDisk) Read([]byte) (int, error) { return 0, errors.New("input/output error") }

func TestReadFails(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		w := newWorld(io.MultiReader(strings.NewReader("1\n2\n"), brokenDisk{}))
		w.run(t, "a Read of the input failed after two lines", Failed)
	})
}

// fullDisk is a disk without room.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestWriteFails(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		w := newWorld(strings.NewReader("1\n2\n"))
		w.Stdout = fullDisk{}
		w.run(t, "the sum could not be written", Failed)
	})
}

func TestSignal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		for _, before := range []string{"", "1\n2\n", "1\n2"} {
			probe.Bubble(t, func(t *testing.T) {
				in, typed := io.Pipe()
				w := newWorld(in)
				var status atomic.Int32
				status.Store(-1)
				go func() { status.Store(int32(Main(w.Env))) }()
				go io.WriteString(typed, before)
				synctest.Wait() // Main waits for more
				if status.Load() != -1 {
					typed.Close()
					t.Fatalf("the input had not ended, and Main returned %d", status.Load())
				}
				w.signals <- sig
				synctest.Wait()
				if status.Load() == -1 {
					typed.Close()
					synctest.Wait()
					t.Fatalf("signal %d came while Main waited for input, and Main did not end: who waits in a Read hears of nothing else", sig)
				}
				w.check(t, fmt.Sprintf("signal %d came while Main waited for input", sig), int(status.Load()), 128+int(sig))
			})
		}
	}
}

func TestMainTwice(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		for range 3 {
			w := newWorld(strings.NewReader("1\n2\n"))
			w.run(t, "Main was called again", OK)
			if got := w.out.String(); got != "3\n" {
				t.Fatalf("Main was called again with the numbers 1 and 2, and printed %q: want \"3\\n\"", got)
			}
		}
	})
}
