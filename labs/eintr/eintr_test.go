package eintr

import (
	"errors"
	"io"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The system calls are scripts: what each call returns is written down beforehand.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDisk = errors.New("no space left on device")

// Steps of a script that are no numbers of bytes.
const (
	stepInterrupt = -1
	stepFail      = -2
	stepAgain     = -3
)

// script is a Call that returns what is written in steps, one after another, and 7 bytes
// at a time when there are no more.
type script struct {
	t       *testing.T
	steps   []int
	calls   int
	written []byte // or still to be read
}

func (s *script) next() int {
	s.calls++
	if s.calls > 1000 {
		s.t.Fatalf("the same call was made 1000 times, and there is no end in sight: not every error goes away by trying again, and 0 bytes are no progress")
	}
	if len(s.steps) == 0 {
		return 7
	}
	step := s.steps[0]
	s.steps = s.steps[1:]
	return step
}

func (s *script) write(p []byte) (int, error) {
	switch n := s.next(); n {
	case stepInterrupt:
		return -1, Interrupted
	case stepFail:
		return -1, errDisk
	case stepAgain:
		return -1, syscall.EAGAIN
	default:
		n = min(n, len(p))
		s.written = append(s.written, p[:n]...)
		return n, nil
	}
}

func (s *script) read(p []byte) (int, error) {
	switch n := s.next(); n {
	case stepInterrupt:
		return -1, Interrupted
	case stepFail:
		return -1, errDisk
	case stepAgain:
		return -1, syscall.EAGAIN
	default:
		n = copy(p[:min(n, len(p))], s.written)
		s.written = s.written[n:]
		return n, nil
	}
}

const judgedText = "the quick brown fox jumps over the lazy dog"

// survives calls f, and fails t if it panics.
func survives(t *testing.T, who string, f func()) {
	t.Helper()
	panicked := true
	defer func() {
		if v := recover(); panicked && v != nil {
			t.Fatalf("panic: %s panicked: %v (a call that fails returns -1, which is no number of bytes)", who, v)
		}
	}()
	f()
	panicked = false
}

func TestWriteAll(t *testing.T) {
	for _, tt := range []struct {
		story string
		steps []int
		want  int
		err   error
	}{
		{"write took everything at once", []int{100}, len(judgedText), nil},
		{"write was interrupted", []int{stepInterrupt, 100}, len(judgedText), nil},
		{"write took 4 bytes, then the rest", []int{4, 100}, len(judgedText), nil},
		{"write took 4 bytes, was interrupted, and took the rest", []int{4, stepInterrupt, 100}, len(judgedText), nil},
		{"write was interrupted ten times, with some bytes in between", []int{-1, -1, 5, -1, -1, 1, -1, -1, -1, 9, -1, -1, -1}, len(judgedText), nil},
		{"write failed at once", []int{stepFail}, 0, errDisk},
		{"write took 4 bytes and then failed", []int{4, stepFail}, 4, errDisk},
		{"write took 4 bytes, was interrupted and then failed", []int{4, stepInterrupt, stepFail}, 4, errDisk},
		{"write failed with EAGAIN, which is not EINTR", []int{4, stepAgain}, 4, syscall.EAGAIN},
		{"write took no bytes from the beginning, without an error", make([]int, 2000), 0, io.ErrShortWrite},
		{"write took 4 bytes, and from then on none, without an error", append([]int{4}, make([]int, 2000)...), 4, io.ErrShortWrite},
	} {
		s := script{t: t, steps: slices.Clone(tt.steps)}
		var n int
		var err error
		survives(t, "WriteAll", func() { n, err = WriteAll(s.write, []byte(judgedText)) })
		got := string(s.written)
		switch {
		case err == Interrupted:
			t.Fatalf("%s, and WriteAll returned EINTR: an interrupted call is not a failed one, it is to be made again", tt.story)
		case tt.err != nil && tt.err != io.ErrShortWrite && err == nil:
			t.Fatalf("%s, and WriteAll tried again until it went well: not every error goes away by trying again, and this one is lost", tt.story)
		case tt.err == nil && err != nil:
			t.Fatalf("%s, and WriteAll returned the error %q", tt.story, err)
		case len(got) > tt.want:
			t.Fatalf("%s, and %d bytes were written, %q: some of them twice", tt.story, len(got), got)
		case len(got) < tt.want:
			t.Fatalf("%s, and WriteAll wrote %d bytes of %d and returned %d and %v: the rest is lost", tt.story, len(got), tt.want, n, err)
		case got != judgedText[:tt.want]:
			t.Fatalf("%s, and what was written is %q: want %q", tt.story, got, judgedText[:tt.want])
		case err != tt.err:
			t.Fatalf("%s, and WriteAll returned the error %v: want that very error, %q", tt.story, err, tt.err)
		case n != tt.want:
			t.Fatalf("%s, and WriteAll said that %d bytes were written: they were %d", tt.story, n, tt.want)
		}
	}
}

func TestWriteNothing(t *testing.T) {
	s := script{t: t}
	if n, err := WriteAll(s.write, nil); n != 0 || err != nil || s.calls > 0 {
		t.Fatalf("there was nothing to write: WriteAll made %d calls and returned %d and %v", s.calls, n, err)
	}
}

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		story string
		steps []int
		want  int
		err   error
		calls int
	}{
		{"read returned 4 bytes", []int{4}, 4, nil, 1},
		{"read was interrupted, and then returned 4 bytes", []int{stepInterrupt, 4}, 4, nil, 2},
		{"read was interrupted three times, and then returned 10 bytes", []int{-1, -1, -1, 10}, 10, nil, 4},
		{"read was interrupted fifty times, and then returned 10 bytes", append(slices.Repeat([]int{stepInterrupt}, 50), 10), 10, nil, 51},
		{"read failed with EAGAIN, which is not EINTR", []int{stepAgain}, 0, syscall.EAGAIN, 1},
		{"read failed", []int{stepFail}, 0, errDisk, 1},
		{"read was interrupted and then failed", []int{stepInterrupt, stepFail}, 0, errDisk, 2},
		{"read returned 0, which is the end of the file", []int{0}, 0, nil, 1},
	} {
		s := script{t: t, steps: slices.Clone(tt.steps), written: []byte(judgedText)}
		var n int
		var err error
		p := make([]byte, 20)
		survives(t, "Read", func() { n, err = Read(s.read, p) })
		switch {
		case err == Interrupted:
			t.Fatalf("%s, and Read returned EINTR: an interrupted call is not a failed one, it is to be made again", tt.story)
		case err != tt.err:
			t.Fatalf("%s, and Read returned the error %v: want %v", tt.story, err, tt.err)
		case s.calls > tt.calls:
			t.Fatalf("%s, and Read went on, with %d calls in all: want what the first call returned that was not interrupted", tt.story, s.calls)
		case n != tt.want:
			t.Fatalf("%s, and Read returned %d: want %d", tt.story, n, tt.want)
		case string(p[:n]) != judgedText[:n]:
			t.Fatalf("%s, and Read brought %q: want %q", tt.story, p[:n], judgedText[:n])
		}
	}
}

func TestPause(t *testing.T) {
	for _, tt := range []struct {
		story      string
		interrupts []time.Duration // how long each call sleeps before it is interrupted
	}{
		{"nobody interrupted it", nil},
		{"it was interrupted after 3s", []time.Duration{3 * time.Second}},
		{"it was interrupted after 3s and after 5s more", []time.Duration{3 * time.Second, 5 * time.Second}},
		{"it was interrupted at once, nine times", make([]time.Duration, 9)},
		{"it was interrupted in the very moment in which it was over", []time.Duration{10 * time.Second}},
		{"it was interrupted every second", slices.Repeat([]time.Duration{time.Second}, 9)},
	} {
		const d = 10 * time.Second
		var slept time.Duration
		left := slices.Clone(tt.interrupts)
		err := Pause(func(d time.Duration) (time.Duration, error) {
			if len(left) == 0 {
				slept += d
				return 0, nil
			}
			early := min(d, left[0])
			left = left[1:]
			slept += early
			return d - early, Interrupted
		}, d)
		switch {
		case err == Interrupted:
			t.Fatalf("a pause of %v: %s, and Pause returned EINTR: want it to go on sleeping", d, tt.story)
		case err != nil:
			t.Fatalf("a pause of %v: %s, and Pause returned the error %q", d, tt.story, err)
		case slept > d:
			t.Fatalf("a pause of %v: %s, and Pause slept for %v in all: it began anew instead of sleeping what was left", d, tt.story, slept)
		case slept < d:
			t.Fatalf("a pause of %v: %s, and Pause slept for %v only", d, tt.story, slept)
		}
	}
	calls := 0
	if err := Pause(func(time.Duration) (time.Duration, error) {
		if calls++; calls > 1000 {
			t.Fatal("sleep failed 1000 times, and Pause tries again: not every error goes away by trying again")
		}
		return 0, errDisk
	}, time.Second); err != errDisk {
		t.Fatalf("sleep failed with %q, and Pause returned %v: want that very error", errDisk, err)
	}
}

func TestClose(t *testing.T) {
	for _, tt := range []struct {
		story        string
		result, want error
	}{
		{"close succeeded", nil, nil},
		{"close was interrupted", Interrupted, nil},
		{"close failed", errDisk, errDisk},
	} {
		calls := 0
		err := Close(func() error {
			if calls++; calls > 1 {
				return nil
			}
			return tt.result
		})
		switch {
		case calls == 0:
			t.Fatal("Close did not call close")
		case calls > 1:
			t.Fatalf("%s, and Close called it %d times: after the first time the number may be that of somebody else's file", tt.story, calls)
		case err != tt.want:
			t.Fatalf("%s, and Close returned %v: want %v", tt.story, err, tt.want)
		}
	}
}
