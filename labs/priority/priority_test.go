package priority

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Serve. A Serve that
// takes the processor while it waits is not seen by time: it is still at it when the
// judge's patience is at its end.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tick is no round number: whoever sleeps where he should wait is late.
const tick = time.Second + 7*time.Nanosecond

// desk is where jobs come in, with room for many, and where they are written down.
type desk struct {
	stop             chan struct{}
	urgent, ordinary chan Job
	start            time.Time

	running  atomic.Int32
	returned atomic.Bool // Serve has
	mu       sync.Mutex
	log      strings.Builder
	misuse   string
}

func newDesk() *desk {
	return &desk{stop: make(chan struct{}), urgent: make(chan Job, 200), ordinary: make(chan Job, 200), start: time.Now()}
}

// job writes down its name, and then does what it is there for.
func (d *desk) job(name string, do ...func()) Job {
	return func() {
		alone, late := d.running.Add(1) == 1, d.returned.Load()
		d.mu.Lock()
		switch {
		case late:
			d.misuse = "leak: Serve returned while a job was running: one began after that"
		case !alone:
			d.misuse = "two jobs ran at the same time: want one after another"
		}
		d.log.WriteString(name)
		d.mu.Unlock()
		for _, f := range do {
			f()
		}
		d.running.Add(-1)
	}
}

// serve calls Serve and holds that all is in order when it returns.
func (d *desk) serve(t *testing.T) (ran int) {
	t.Helper()
	ran = Serve(d.stop, d.urgent, d.ordinary)
	d.returned.Store(true)
	running := d.running.Load() > 0
	synctest.Wait() // a job that was started and not waited for has begun
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case running:
		t.Fatal("leak: Serve returned while a job was running")
	case d.misuse != "":
		t.Fatal(d.misuse)
	case ran != d.log.Len(): // names are single letters
		t.Fatalf("%d jobs were run in this call, but Serve returned %d", d.log.Len(), ran)
	}
	return ran
}

func (d *desk) ran() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.String()
}

func TestStopBeforeAnything(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			d := newDesk()
			close(d.stop)
			d.urgent <- d.job("u")
			d.ordinary <- d.job("o")
			d.serve(t)
			if log := d.ran(); log != "" {
				t.Fatalf("stop was closed before the call, and %d jobs were run", len(log))
			}
			if len(d.urgent) != 1 || len(d.ordinary) != 1 {
				t.Fatal("a job is lost: stop was closed, and Serve took a job out of its channel all the same")
			}
		})
	}
}

// The end comes in the middle of a job, and Serve is there until the job is over.
func TestStopDuringWork(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		d := newDesk()
		d.ordinary <- d.job("o", func() { time.Sleep(2 * tick) })
		time.AfterFunc(tick, func() { close(d.stop) })
		d.serve(t)
		if took := time.Since(d.start); took != 2*tick {
			t.Fatalf("the only job was over after %v, and Serve returned after %v", 2*tick, took)
		}
	})
}

func TestStopBeforeWork(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			d := newDesk()
			const n = 90
			before := 0
			for range n {
				d.ordinary <- d.job("o")
			}
			d.urgent <- d.job("u", func() {
				for range n {
					d.urgent <- d.job("u")
				}
				before = len(d.ran())
				close(d.stop)
			})
			d.serve(t)
			if more := len(d.ran()) - before; more > 0 {
				t.Fatalf("stop was closed by a job, and %d more were run: if several channels are ready, stop goes first", more)
			}
			if left := len(d.urgent) + len(d.ordinary); left != 2*n+1-before {
				t.Fatalf("a job is lost: %d of %d are left, though none was run after stop was closed", left, 2*n+1-before)
			}
		})
	}
}

func TestUrgentBeforeOrdinary(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			const many = 150 // in a row, and the rest waits for as long as that takes
			d := newDesk()
			for range 10 {
				d.ordinary <- d.job("o", func() {
					// Two more urgent ones come while this one runs.
					d.urgent <- d.job("u")
					d.urgent <- d.job("v")
				})
			}
			for range many {
				d.urgent <- d.job("U")
			}
			time.AfterFunc(tick, func() { close(d.stop) })
			d.serve(t)
			want := strings.Repeat("U", many) + strings.Repeat("ouv", 10)
			switch log := d.ran(); {
			case log == want:
			case len(log) < len(want):
				t.Fatalf("jobs are lost: %d were run in a second in which there was nothing else to do, want %d", len(log), len(want))
			default:
				right := 0
				for log[right] == want[right] {
					right++
				}
				t.Fatalf("an ordinary job began while an urgent one was there: %d jobs ran in order, and then %.20s, want %.20s", right, log[right:], want[right:])
			}
		})
	}
}

func TestOrderOfAChannel(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		d := newDesk()
		for _, name := range "abcdefgh" {
			d.ordinary <- d.job(string(name))
		}
		for _, name := range "ABCDEFGH" {
			d.urgent <- d.job(string(name))
		}
		time.AfterFunc(tick, func() { close(d.stop) })
		d.serve(t)
		if want := "ABCDEFGHabcdefgh"; d.ran() != want {
			t.Fatalf("the jobs ran as %s, want %s: the urgent ones first, and each channel in its own order", d.ran(), want)
		}
	})
}

// One job at a time comes in, while Serve waits: on either channel it is run at once.
func TestWaitsForWhatComes(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		d := newDesk()
		type arrival struct {
			name string
			to   chan Job
			at   time.Duration
		}
		arrivals := []arrival{
			{"o", d.ordinary, 3 * tick}, {"u", d.urgent, 4 * tick}, {"v", d.urgent, 9 * tick}, {"p", d.ordinary, 20 * tick}, {"q", d.ordinary, 21 * tick},
		}
		for _, a := range arrivals {
			time.AfterFunc(a.at, func() {
				a.to <- d.job(a.name)
				synctest.Wait() // everything that can happen at this moment has happened
				switch {
				case !strings.Contains(d.ran(), a.name):
					t.Errorf("a job came to an idle Serve after %v and was not begun: Serve does not listen to both channels at once, or looks only from time to time", a.at)
				}
			})
		}
		time.AfterFunc(30*tick, func() { close(d.stop) })
		d.serve(t)
		if took := time.Since(d.start); took != 30*tick {
			t.Fatalf("stop was closed after %v while Serve was idle, but Serve returned after %v", 30*tick, took)
		}
	})
}

func TestRunningJobIsNotCutOff(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		d := newDesk()
		d.ordinary <- d.job("o", func() { time.Sleep(10 * tick) })
		time.AfterFunc(2*tick, func() { close(d.stop) })
		d.serve(t)
		if took := time.Since(d.start); took != 10*tick {
			t.Fatalf("stop was closed while a job ran which took %v, but Serve returned after %v", 10*tick, took)
		}
	})
}

func TestOneAfterAnother(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		d := newDesk()
		for range 3 {
			d.ordinary <- d.job("o", func() { time.Sleep(tick) })
			d.urgent <- d.job("u", func() { time.Sleep(tick) })
		}
		time.AfterFunc(6*tick-1, func() { close(d.stop) })
		d.serve(t)
		if took := time.Since(d.start); took != 6*tick {
			t.Fatalf("6 jobs of %v took %v, want %v, one after another", tick, took, 6*tick)
		}
	})
}

// While a job runs, and before the next is begun, the next is in its channel and nowhere
// else.
func TestTakesNothingInAdvance(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		d := newDesk()
		var urgent, ordinary int
		d.urgent <- d.job("u", func() {
			for range 5 {
				d.urgent <- d.job("u")
				d.ordinary <- d.job("o")
			}
			time.Sleep(tick)
			urgent, ordinary = len(d.urgent), len(d.ordinary)
			close(d.stop)
		})
		d.serve(t)
		if urgent != 5 || ordinary != 5 {
			t.Fatalf("taken in advance: while a job ran, %d jobs were taken out of their channels: another reader would look for them in vain", 10-urgent-ordinary)
		}
	})
}

func TestClosedChannels(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(d *desk)
		want string
		took time.Duration
	}{
		{"both at once", func(d *desk) { close(d.urgent); close(d.ordinary) }, "", 0},
		{"urgent, then an ordinary job comes", func(d *desk) {
			close(d.urgent)
			time.AfterFunc(tick, func() {
				d.ordinary <- d.job("o")
				time.Sleep(tick)
				close(d.ordinary)
			})
		}, "o", 2 * tick},
		{"ordinary, then an urgent job comes", func(d *desk) {
			close(d.ordinary)
			time.AfterFunc(tick, func() {
				d.urgent <- d.job("u")
				time.Sleep(tick)
				close(d.urgent)
			})
		}, "u", 2 * tick},
		{"with jobs left in them", func(d *desk) {
			d.urgent <- d.job("u")
			d.ordinary <- d.job("o")
			d.ordinary <- d.job("p")
			close(d.urgent)
			close(d.ordinary)
		}, "uop", 0},
		{"without a stop", func(d *desk) {
			d.stop = nil
			d.urgent <- d.job("u")
			close(d.urgent)
			close(d.ordinary)
		}, "u", 0},
		{"one, and then stop", func(d *desk) {
			close(d.urgent)
			time.AfterFunc(3*tick, func() { close(d.stop) })
		}, "", 3 * tick},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				d := newDesk()
				tt.do(d)
				d.serve(t)
				if d.ran() != tt.want {
					t.Fatalf("closed channels: the jobs that ran are %q, want %q", d.ran(), tt.want)
				}
				if took := time.Since(d.start); took != tt.took {
					t.Fatalf("closed channels: Serve returned after %v, want %v", took, tt.took)
				}
			})
		})
	}
}

func TestNilChannel(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		d := newDesk()
		d.urgent = nil
		d.ordinary <- d.job("o")
		close(d.ordinary)
		time.AfterFunc(tick, func() { close(d.stop) })
		d.serve(t)
		if took := time.Since(d.start); took != tick || d.ran() != "o" {
			t.Fatalf("a nil channel never ends, and stop was closed after %v: Serve returned after %v and the jobs that ran are %q, want o", tick, took, d.ran())
		}
	})
}

func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		var ran [2]int
		var took [2]time.Duration
		for i := range ran {
			d := newDesk()
			for range 3 {
				d.urgent <- d.job("u", func() { time.Sleep(tick) })
			}
			close(d.urgent)
			close(d.ordinary)
			calls.Go(func() {
				ran[i] = Serve(d.stop, d.urgent, d.ordinary)
				took[i] = time.Since(d.start)
			})
		}
		calls.Wait()
		if ran != [2]int{3, 3} || took != [2]time.Duration{3 * tick, 3 * tick} {
			t.Fatalf("two calls at the same time disturb each other: each has 3 jobs of %v, and they returned %v after %v", tick, ran, took)
		}
	})
}

// In a channel without room no job lies: it is there if somebody stands at it who sends.
func TestWithoutRoom(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			d := newDesk()
			d.urgent, d.ordinary = make(chan Job), make(chan Job)
			for range 5 {
				go func() { d.ordinary <- d.job("o") }()
				go func() { d.urgent <- d.job("u") }()
			}
			synctest.Wait()
			time.AfterFunc(tick, func() { close(d.stop) })
			d.serve(t)
			if want := "uuuuuooooo"; d.ran() != want {
				t.Fatalf("an ordinary job began while an urgent one was there, which somebody was about to send: the jobs ran as %s, want %s", d.ran(), want)
			}
		})
	}
}

// As soon as somebody has got rid of his job, he closes stop: Serve has it, and must run it.
func TestTakenIsRun(t *testing.T) {
	for i := range 100 {
		probe.Bubble(t, func(t *testing.T) {
			d := newDesk()
			d.urgent, d.ordinary = make(chan Job), make(chan Job)
			to := []chan Job{d.urgent, d.ordinary}[i%2]
			time.AfterFunc(tick, func() {
				to <- d.job("j")
				close(d.stop)
			})
			d.serve(t)
			if d.ran() != "j" {
				t.Fatal("a job is lost: Serve took it out of its channel, and returned without running it when it saw that stop was closed")
			}
		})
	}
}
