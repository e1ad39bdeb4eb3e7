package commitafter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test in this file runs in a bubble, in which an hour passes in no time: durations
// are exact, and the first message that you see says what is wrong with Run.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errEnd     = errors.New("the log ends here")
	errClosing = errors.New("closing time")
	errBroken  = errors.New("this record cannot be worked on")
	errFenced  = errors.New("another consumer has taken over")
)

// job is a record, and how it goes with it.
type job struct {
	Record
	takes time.Duration
	err   error
}

// commitment is one call of Commit.
type commitment struct {
	at        time.Duration
	partition int32
	offset    int64
}

// tape is a Consumer whose records are jobs. It stands for a process that can crash at any
// time: what would be lost then, it finds with every call of Commit.
type tape struct {
	jobs    []job
	workers int
	begin   time.Time
	last    func(ctx context.Context) error // what Fetch does when there are no more jobs
	refuse  int                             // the call of Commit with this number fails; 0 for none
	twoMeet probe.Point                     // in Commit
	ctx     context.Context                 // of Run

	mu         sync.Mutex
	fetched    int
	working    int
	most       int
	worked     map[Record]int
	done       map[Record]bool
	commits    []commitment
	fetching   int
	committing int
	calls      int
	late       int // calls of Fetch after the end of ctx
	wrong      string
}

func newTape(workers int, jobs ...job) *tape {
	return &tape{
		jobs: jobs, workers: workers, begin: time.Now(), worked: make(map[Record]int), done: make(map[Record]bool),
		last: func(context.Context) error { return errEnd },
	}
}

// line makes jobs of partition 0 with the offsets from first on, which take so many seconds
// each.
func line(first int64, takes ...int) []job {
	var jobs []job
	for i, s := range takes {
		jobs = append(jobs, job{Record: Record{0, first + int64(i), fmt.Sprint("value ", i)}, takes: time.Duration(s) * time.Second})
	}
	return jobs
}

func (f *tape) accuse(format string, args ...any) {
	if f.wrong == "" {
		f.wrong = fmt.Sprintf(format, args...)
	}
}

func (f *tape) Fetch(ctx context.Context) (Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fetching++; f.fetching > 1 {
		f.accuse("two goroutines in Fetch at the same time: it is for one")
	}
	defer func() { f.fetching-- }()
	if f.ctx.Err() != nil {
		f.late++
	}
	if f.fetched == len(f.jobs) {
		f.mu.Unlock()
		err := f.last(ctx)
		f.mu.Lock()
		return Record{}, err
	}
	f.fetched++
	if ahead := f.fetched - len(f.done) - f.failures(); ahead > f.workers+1 {
		f.accuse("Run fetches too far ahead: %d records have been fetched and are not done, with %d workers", ahead, f.workers)
	}
	return f.jobs[f.fetched-1].Record, nil
}

func (f *tape) failures() (n int) {
	for _, j := range f.jobs {
		if j.err != nil && f.worked[j.Record] > 0 {
			n++
		}
	}
	return n
}

func (f *tape) work(ctx context.Context, r Record) error {
	i := slices.IndexFunc(f.jobs, func(j job) bool { return j.Record == r })
	f.mu.Lock()
	f.working++
	f.most = max(f.most, f.working)
	f.worked[r]++
	f.mu.Unlock()
	time.Sleep(f.jobs[i].takes)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ctx.Err() == nil && ctx.Err() != nil {
		f.accuse("the context of work ended before that of Run: whoever is at work is to go on until it is through")
	}
	f.working--
	f.done[r] = f.jobs[i].err == nil
	return f.jobs[i].err
}

func (f *tape) Commit(partition int32, offset int64) error {
	f.mu.Lock()
	if f.committing++; f.committing > 1 {
		f.accuse("two goroutines in Commit at the same time: it is for one, and whichever comes second wins, also if it knows less")
	}
	f.calls++
	f.judge(partition, offset)
	f.commits = append(f.commits, commitment{time.Since(f.begin), partition, offset})
	f.mu.Unlock()
	f.twoMeet.Here()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.committing--
	if f.refuse > 0 && f.calls >= f.refuse {
		if f.calls > f.refuse {
			f.accuse("Commit returned an error, and Run called it again")
		}
		return errFenced
	}
	return nil
}

// judge is called before a commit is written down.
func (f *tape) judge(partition int32, offset int64) {
	last := int64(-1)
	for _, c := range f.commits {
		if c.partition == partition {
			last = c.offset
		}
	}
	highest := int64(-1)
	for _, j := range f.jobs[:f.fetched] {
		if j.Partition != partition || j.Offset >= offset {
			continue
		}
		if !f.done[j.Record] {
			f.accuse("a crash now would lose a record: Commit(%d, %d), and record %d of partition %d is not done", partition, offset, j.Offset, partition)
		}
		highest = j.Offset
	}
	switch {
	case highest < 0 && f.done[Record{partition, offset, f.value(partition, offset)}]:
		f.accuse("Commit(%d, %d) when record %d was done: it will be fetched again. Want the offset of the next record, %d", partition, offset, offset, offset+1)
	case highest < 0:
		f.accuse("Commit(%d, %d), and no record below that has been fetched", partition, offset)
	case offset <= last:
		f.accuse("Commit(%d, %d) after Commit(%d, %d): a commit must not go back, nor come again", partition, offset, partition, last)
	case highest != offset-1:
		f.accuse("Commit(%d, %d), and the last record before it is %d: want the offset after that, %d", partition, offset, highest, highest+1)
	}
}

// value is that of the record there, or "".
func (f *tape) value(partition int32, offset int64) string {
	for _, j := range f.jobs {
		if j.Partition == partition && j.Offset == offset {
			return j.Value
		}
	}
	return ""
}

// of says that it begins now, and that this is the context.
func (f *tape) of(ctx context.Context) *tape {
	f.begin, f.ctx = time.Now(), ctx
	return f
}

// run lets Run work on the tape, and ends the test if a rule was broken.
func (f *tape) run(t *testing.T, ctx context.Context) (time.Duration, error) {
	t.Helper()
	err := Run(ctx, f.of(ctx), f.workers, f.work)
	took := time.Since(f.begin)
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.wrong != "":
		t.Fatal(f.wrong)
	case f.working > 0:
		t.Fatalf("leak: Run returned while %d records were still being worked on", f.working)
	case f.most > f.workers:
		t.Fatalf("too many at the same time: %d records were worked on at once, with %d workers", f.most, f.workers)
	}
	for r, n := range f.worked {
		if n > 1 {
			t.Fatalf("record %d was handed to work %d times", r.Offset, n)
		}
	}
	return took, err
}

// committed ends the test if the commits are not these.
func (f *tape) committed(t *testing.T, want ...commitment) {
	t.Helper()
	for i, w := range want {
		switch {
		case i >= len(f.commits):
			t.Fatalf("Commit(%d, %d) is missing: it could be called after %v, and everything below was done", w.partition, w.offset, w.at)
		case f.commits[i] == w:
		case f.commits[i].at > w.at:
			c := f.commits[i]
			t.Fatalf("Commit(%d, %d) was called after %v: Commit(%d, %d) was possible after %v, when everything below was done", c.partition, c.offset, c.at, w.partition, w.offset, w.at)
		default:
			c := f.commits[i]
			t.Fatalf("Commit(%d, %d) was called after %v: want Commit(%d, %d) after %v", c.partition, c.offset, c.at, w.partition, w.offset, w.at)
		}
	}
	if n := len(f.commits); n > len(want) {
		t.Fatalf("Commit was called %d times, want %d", n, len(want))
	}
}

func TestOneWorker(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		f := newTape(1, line(0, 1, 1, 1)...)
		_, err := f.run(t, t.Context())
		if err != errEnd {
			t.Fatalf("Fetch returned the error %q, and Run returned %v", errEnd, err)
		}
		f.committed(t, commitment{time.Second, 0, 1}, commitment{2 * time.Second, 0, 2}, commitment{3 * time.Second, 0, 3})
	})
}

// The first of three takes longest.
func TestOutOfOrder(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		f := newTape(3, line(1000, 3, 1, 2)...)
		took, _ := f.run(t, t.Context())
		if took != 3*time.Second {
			t.Fatalf("3 workers had 3 records that take 3s, 1s and 2s, and Run took %v: want 3s, all at the same time", took)
		}
		f.committed(t, commitment{3 * time.Second, 0, 1003})
	})
}

// Twelve records, three workers.
func TestManyOutOfOrder(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		f := newTape(3, line(0, 10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 30, 1)...)
		took, _ := f.run(t, t.Context())
		switch {
		case len(f.worked) < len(f.jobs):
			t.Fatalf("%d records were fetched, and %d of them were worked on", len(f.jobs), len(f.worked))
		case f.most < 3:
			t.Fatalf("never more than %d records were worked on at the same time, with 3 workers", f.most)
		case took != 34*time.Second:
			t.Fatalf("3 workers needed %v for records that take 34s when nobody is idle", took)
		}
		f.committed(t, commitment{10 * time.Second, 0, 10}, commitment{34 * time.Second, 0, 12})
	})
}

// Three partitions in turn, whose offsets have nothing to do with each other.
func TestPartitions(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var jobs []job
		for i := range 3 {
			for p := range int32(3) {
				jobs = append(jobs, job{Record: Record{p, int64(100*p) + int64(i), "value"}, takes: time.Duration(1+3*i+int(p)) * time.Second})
			}
		}
		jobs[0].takes = 20 * time.Second
		f := newTape(9, jobs...)
		f.run(t, t.Context())
		f.committed(t,
			commitment{2 * time.Second, 1, 101}, commitment{3 * time.Second, 2, 201},
			commitment{5 * time.Second, 1, 102}, commitment{6 * time.Second, 2, 202},
			commitment{8 * time.Second, 1, 103}, commitment{9 * time.Second, 2, 203},
			commitment{20 * time.Second, 0, 3})
	})
}

// Many records are done at the same instant, and whoever commits is held until another
// comes.
func TestDoneAtTheSameTime(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		f := newTape(4, line(0, 1, 1, 1, 1, 1, 1, 1, 1)...)
		f.run(t, t.Context())
		if n := len(f.commits); n == 0 || f.commits[n-1].offset != 8 {
			t.Fatalf("all 8 records are done, and the last commits are %v: want offset 8", f.commits)
		}
	})
	probe.Bubble(t, func(t *testing.T) {
		jobs := line(0, 1, 1, 1, 1)
		for i := range jobs {
			jobs[i].Partition = int32(i % 2)
		}
		f := newTape(4, jobs...)
		f.run(t, t.Context())
		if n := len(f.commits); n < 2 {
			t.Fatalf("all records of two partitions are done, and the commits are %v: want one for each at least", f.commits)
		}
	})
}

func TestWorkFails(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		jobs := line(0, 1, 2, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
		jobs[1].err = errBroken
		f := newTape(4, jobs...)
		took, err := f.run(t, t.Context())
		switch {
		case f.fetched > 8:
			t.Fatalf("work returned an error after 2s, and Run went on: it has fetched %d records", f.fetched)
		case took != 4*time.Second:
			t.Fatalf("work returned an error after 2s, the last record that was being worked on was done after 4s, and Run returned after %v", took)
		case err != errBroken:
			t.Fatalf("work returned the error %q, and Run returned %v", errBroken, err)
		}
		f.committed(t, commitment{time.Second, 0, 1})
	})
}

// Whatever comes after the first error, or after the end of ctx, is not the result.
func TestTheFirstErrorCounts(t *testing.T) {
	for _, tt := range []struct {
		story      string
		one, other error // of the records that take 1s and 3s
		ends       bool  // ctx does, after 2s
		want       error
	}{
		{"work failed after 1s, and again after 3s", errBroken, errFenced, false, errBroken},
		{"work failed after 1s, and ctx ended after 2s", errBroken, nil, true, errBroken},
		{"ctx ended after 2s, and work failed after 3s", nil, errBroken, true, errClosing},
		{"work failed after 1s, with a context of its own that had ended", context.Canceled, nil, false, context.Canceled},
	} {
		probe.Bubble(t, func(t *testing.T) {
			ctx, end := context.WithCancelCause(t.Context())
			defer end(nil)
			if tt.ends {
				time.AfterFunc(2*time.Second, func() { end(errClosing) })
			}
			jobs := line(0, 1, 3)
			jobs[0].err, jobs[1].err = tt.one, tt.other
			f := newTape(2, jobs...)
			f.last = func(ctx context.Context) error {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(time.Hour):
					return errEnd
				}
			}
			if _, err := f.run(t, ctx); err != tt.want {
				t.Fatalf("%s: Run returned %v, want %v, which came first", tt.story, err, tt.want)
			}
		})
	}
}

// A record of one partition cannot be worked on, and one of another partition is done later.
func TestWorkFailsElsewhere(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		jobs := append(line(0, 1), job{Record: Record{1, 70, "value"}, takes: 3 * time.Second})
		jobs[0].err = errBroken
		f := newTape(3, jobs...)
		f.last = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		f.run(t, t.Context())
		f.committed(t, commitment{3 * time.Second, 1, 71})
	})
}

// One worker fails, or its commit does, while the other waits for a record that does not come.
func TestFailsWhileFetchWaits(t *testing.T) {
	for _, tt := range []struct {
		who       string
		work, err error
		refuse    int
	}{{"work", errBroken, errBroken, 0}, {"Commit", nil, errFenced, 1}} {
		probe.Bubble(t, func(t *testing.T) {
			jobs := line(0, 1)
			jobs[0].err = tt.work
			f := newTape(2, jobs...)
			f.refuse = tt.refuse
			late := make(chan struct{})
			timer := time.AfterFunc(time.Hour, func() { close(late) })
			defer timer.Stop()
			f.last = func(ctx context.Context) error {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-late:
					return errEnd
				}
			}
			took, err := f.run(t, t.Context())
			if took != time.Second {
				t.Fatalf("%s returned an error after 1s, and Run waited in Fetch until %v: the context of Fetch has to end then", tt.who, took)
			}
			if err != tt.err {
				t.Fatalf("%s returned the error %q, and Run returned %v", tt.who, tt.err, err)
			}
		})
	}
}

func TestCommitFails(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		f := newTape(2, line(0, 1, 2, 1, 1, 1, 1)...)
		f.refuse = 1
		_, err := f.run(t, t.Context())
		switch {
		case f.fetched > 4:
			t.Fatalf("Commit returned an error, and Run went on: it has fetched %d records", f.fetched)
		case err != errFenced:
			t.Fatalf("Commit returned the error %q, and Run returned %v", errFenced, err)
		}
	})
}

// The context ends in Fetch, while the others are at work. What they do is committed all
// the same.
func TestContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		f := newTape(3, line(7, 3, 1)...)
		f.last = func(ctx context.Context) error {
			end(errClosing)
			<-ctx.Done()
			return ctx.Err()
		}
		took, err := f.run(t, ctx)
		switch {
		case took != 3*time.Second:
			t.Fatalf("the context ended, the records that were being worked on were done after 3s, and Run returned after %v", took)
		case err != errClosing:
			t.Fatalf("Run returned %v: want what context.Cause says, %q", err, errClosing)
		}
		f.committed(t, commitment{3 * time.Second, 0, 9})
	})
}

// The context ends just before the only worker is free: there is room for a record, and it is
// too late for one.
func TestContextEndsBeforeAWorkerIsFree(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		f := newTape(1, line(0, 1, 1, 1)...)
		err := Run(ctx, f.of(ctx), 1, func(ctx context.Context, r Record) error {
			defer end(errClosing)
			return f.work(ctx, r)
		})
		switch {
		case f.late > 0:
			t.Fatal("the context had ended when a worker was free, and Run fetched a record more: want none")
		case err != errClosing:
			t.Fatalf("Run returned %v: want what context.Cause says, %q", err, errClosing)
		}
	})
}

func TestContextHasEnded(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			ctx, end := context.WithCancelCause(t.Context())
			end(errClosing)
			f := newTape(2, line(0, 1, 1, 1)...)
			_, err := f.run(t, ctx)
			if f.fetched > 0 || err != errClosing {
				t.Fatalf("the context had ended before the call, and Run fetched %d records and returned %v: want none and %q", f.fetched, err, errClosing)
			}
		})
	}
}

func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		tapes := []*tape{newTape(2, line(0, 2, 1, 1)...), newTape(2, line(500, 1, 3, 1)...)}
		for _, f := range tapes {
			calls.Go(func() { Run(t.Context(), f.of(t.Context()), f.workers, f.work) })
		}
		calls.Wait()
		synctest.Wait()
		for i, want := range []int64{3, 503} {
			f := tapes[i]
			if n := len(f.commits); f.wrong != "" || n == 0 || f.commits[n-1].offset != want {
				t.Fatalf("two calls at the same time, each with a log of its own, and the commits of one are %v: want %d at the end (%s)", f.commits, want, f.wrong)
			}
		}
	})
}
