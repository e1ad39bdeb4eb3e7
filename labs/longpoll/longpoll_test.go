package longpoll

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: pauses are exact, and
// the first message that you see says what is wrong with Run.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const second = time.Second + 8*time.Nanosecond

var (
	errAway    = errors.New("nobody is there")
	errClosing = errors.New("closing time")
)

// reply is how a server answers one question.
type reply struct {
	after    time.Duration // how long it holds the question
	messages []string
	err      error
}

// script is a server that answers as it is told, and then never again. What it is asked it
// writes down.
type script struct {
	replies []reply
	holds   time.Duration // the longest
	deaf    bool          // it does not hear the end of a context, nor say why it ended
	begin   time.Time
	end     func() // called with the first question that has no reply

	mu       sync.Mutex
	asked    []time.Duration // since begin
	answered []time.Duration
	inside   int
	handling int    // messages, if handle is that of the script
	wrong    string // how Run has broken a rule
}

type carried struct{}

func (s *script) Ask(ctx context.Context, hold time.Duration) ([]string, error) {
	r, ok := s.question(ctx, hold)
	defer s.answer()
	if !ok {
		if s.end != nil {
			s.end()
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Hour):
			s.mu.Lock()
			defer s.mu.Unlock()
			s.accuse("the context of Run ended while a question was asked, and that of the question did not: want one that is derived from it")
			return nil, errAway
		}
		return nil, ctx.Err()
	}
	if s.deaf {
		time.Sleep(r.after)
		return r.messages, r.err
	}
	if r.after > 0 {
		select {
		case <-time.After(r.after):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return r.messages, r.err
}

func (s *script) question(ctx context.Context, hold time.Duration) (r reply, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside++
	s.asked = append(s.asked, time.Since(s.begin))
	n := len(s.asked) - 1
	switch {
	case s.inside > 1:
		s.accuse("two questions at the same time: want one after another")
	case hold > s.holds:
		s.accuse(fmt.Sprintf("the server was to hold a question for %v: it holds none for longer than %v", hold, s.holds))
	case hold != s.holds:
		s.accuse(fmt.Sprintf("the server was to hold a question for %v: want %v, as long as it can, or it is asked more often than necessary", hold, s.holds))
	case ctx.Value(carried{}) != "carried":
		s.accuse("the context of the question is not derived from that of Run: it can neither be stopped nor carry values")
	case s.handling > 0:
		s.accuse(tooEarly)
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= hold {
		s.accuse(fmt.Sprintf("the context of the question ends after %v, when the server may still hold it: want nothing but the end of Run's own", time.Until(end)))
	}
	if n > len(s.replies)+100 { // every one of them has waited for the end of a context
		panic("the context has ended, and Run asks again and again: want no more questions")
	}
	if n < len(s.replies) {
		return s.replies[n], true
	}
	return reply{}, false
}

func (s *script) answer() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside--
	s.answered = append(s.answered, time.Since(s.begin))
}

// handles is called when handle begins, and what it returns when handle is through.
func (s *script) handles() (over func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handling++; s.inside > 0 {
		s.accuse(tooEarly)
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.handling--
	}
}

const tooEarly = "a question was asked while handle was at work: want it when all messages have been handled"

func (s *script) accuse(wrong string) {
	if s.wrong == "" {
		s.wrong = wrong
	}
}

// pauses returns how long each question after the first came after the answer before it.
// It ends the test if a rule was broken.
func (s *script) pauses(t *testing.T) []time.Duration {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrong != "" {
		t.Fatal(s.wrong)
	}
	if s.inside > 0 {
		t.Fatal("leak: Run returned while a question was being asked")
	}
	var all []time.Duration
	for i := range s.asked[1:] {
		all = append(all, s.asked[i+1]-s.answered[i])
	}
	return all
}

// lot hands out numbers that only look random.
type lot struct {
	mu     sync.Mutex
	given  []float64
	handed int
}

func (l *lot) next() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handed++
	return l.given[(l.handed-1)%len(l.given)]
}

// times returns n replies like r.
func times(n int, r reply) []reply { return slices.Repeat([]reply{r}, n) }

var (
	away  = reply{err: errAway}
	found = reply{messages: []string{"m"}}
)

// ask has Run ask a server with these replies, and ends the context after the last.
func ask(t *testing.T, rules Rules, replies ...reply) *script {
	t.Helper()
	ctx, end := context.WithCancelCause(context.WithValue(t.Context(), carried{}, "carried"))
	s := &script{replies: replies, holds: rules.Hold, begin: time.Now(), end: func() { end(errClosing) }}
	err := Run(ctx, s, rules, func(string) {})
	switch {
	case ctx.Err() == nil:
		t.Fatalf("Run returned %v after %d questions, and its context had not ended: there is no other end", err, len(s.asked))
	case err != errClosing:
		t.Fatalf("Run returned %v: want what context.Cause says, %q", err, errClosing)
	}
	return s
}

// usual are rules with a Rand that returns these numbers in turn.
func usual(given ...float64) (Rules, *lot) {
	l := &lot{given: given}
	return Rules{Hold: 30 * second, First: second, Most: 60 * second, Rand: l.next}, l
}

func near(a, b time.Duration) bool { return (a - b).Abs() <= time.Microsecond }

// The server is away ten times. Half of every pause is certain, and chance adds nothing.
func TestPausesDouble(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		rules, l := usual(0)
		pauses := ask(t, rules, times(10, away)...).pauses(t)
		want := second / 2
		for i, p := range pauses {
			switch {
			case near(p, want):
			case p == 0:
				t.Fatalf("after %d errors in a row Run asked again at once: want a pause of %v", i+1, want)
			case i > 0 && near(p, pauses[0]):
				t.Fatalf("after %d errors in a row the pause was %v as after the first: want %v, twice as long each time", i+1, p, want)
			case want == 30*second && p > want:
				t.Fatalf("after %d errors in a row the pause was %v: it has no upper bound, want %v and no more", i+1, p, want)
			default:
				t.Fatalf("after %d errors in a row the pause was %v, want %v", i+1, p, want)
			}
			want = min(2*want, 30*second)
		}
		if l.handed < 10 || l.handed > 11 { // the last answer is an error, too: of a context that has ended
			t.Fatalf("there were 10 pauses, and Rand was called %d times: want once for each", l.handed)
		}
	})
}

func TestChance(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		given := []float64{0, 0.25, 0.5, 0.999, 0, 0.75, 0.125, 0.5, 0.25}
		rules, _ := usual(given...)
		p := second
		for i, got := range ask(t, rules, times(9, away)...).pauses(t) {
			want := p/2 + time.Duration(given[i]*float64(p/2))
			switch {
			case near(got, want):
			case near(got, p) || near(got, p/2):
				t.Fatalf("after %d errors in a row the pause was %v, whatever Rand said: want %v, so that many clients do not come back all at once", i+1, got, want)
			default:
				t.Fatalf("after %d errors in a row Rand said %v and the pause was %v: want %v, which is p/2 + r*p/2 with p = %v", i+1, given[i], got, want, p)
			}
			p = min(2*p, 60*second)
		}
	})
}

// Very many errors, and a bound so high that only the arithmetic can break: half of the last
// one is a hundred years, and twice the one before is more than a Duration can hold.
func TestManyErrors(t *testing.T) {
	for _, tt := range []struct {
		first, most time.Duration
		errors      int
	}{{second, 60 * second, 200}, {second, math.MaxInt64 / 1000, 200}, {1 << 60, 3 << 61, 4}} {
		probe.Bubble(t, func(t *testing.T) {
			rules, _ := usual(0)
			rules.First, rules.Most = tt.first, tt.most
			p := tt.first
			for i, got := range ask(t, rules, times(tt.errors, away)...).pauses(t) {
				if !near(got, p/2) {
					t.Fatalf("after %d errors in a row the pause was %v, want %v: a Duration that is doubled too often overflows", i+1, got, p/2)
				}
				if p <= tt.most/2 {
					p *= 2
				} else {
					p = tt.most
				}
			}
		})
	}
}

func TestAGoodAnswerEndsTheRow(t *testing.T) {
	for _, tt := range []struct {
		name string
		good reply
	}{
		{"messages", found},
		{"messages with an error", reply{messages: []string{"m"}, err: errAway}},
		{"a question held to the end", reply{after: 30 * second}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				rules, _ := usual(0)
				replies := slices.Concat(times(5, away), []reply{tt.good}, times(3, away))
				pauses := ask(t, rules, replies...).pauses(t)
				switch p := pauses[5]; {
				case p != 0:
					t.Fatalf("after a good answer, %s, Run waited %v: want the next question at once", tt.name, p)
				case !near(pauses[6], second/2):
					t.Fatalf("after a good answer, %s, came one error, and the pause was %v: want %v, for a good answer ends the row", tt.name, pauses[6], second/2)
				}
			})
		})
	}
}

// A server that holds no questions says at once that there is nothing.
func TestNothingAtOnce(t *testing.T) {
	for _, tt := range []reply{{}, {messages: []string{}}, {after: second}, {after: 30*second - 1}} {
		probe.Bubble(t, func(t *testing.T) {
			rules, _ := usual(0)
			pauses := ask(t, rules, times(5, tt)...).pauses(t)
			want := second / 2
			for i, p := range pauses {
				switch {
				case near(p, want):
				case p == 0:
					t.Fatalf("the server had nothing and said so after %v, and Run asked again at once: a server that holds no questions is asked without end", tt.after)
				default:
					t.Fatalf("the server had nothing and said so after %v, %d times in a row, and the pause was %v: want %v, as after an error", tt.after, i+1, p, want)
				}
				want *= 2
			}
		})
	}
}

// An error after a while is an error, also if it was long, and whatever it is.
func TestLateError(t *testing.T) {
	for _, err := range []error{errAway, context.DeadlineExceeded} {
		probe.Bubble(t, func(t *testing.T) {
			rules, _ := usual(0)
			for i, p := range ask(t, rules, times(2, reply{after: 31 * second, err: err})...).pauses(t) {
				if want := second / 2 << i; !near(p, want) {
					t.Fatalf("the server answered with the error %q after 31s, and the pause was %v: want %v", err, p, want)
				}
			}
		})
	}
}

// Whatever the server answers, and however often: Run asks as ever.
func TestThereIsNoOtherEnd(t *testing.T) {
	for _, tt := range []struct {
		name string
		reply
		n    int
		want time.Duration // the last pause
	}{
		{"a message", found, 11_000, 0},
		{"a question held to the end", reply{after: 30 * second}, 1100, 0},
		{"an error", away, 1100, 30 * second},
		{"an error of a context that is not Run's", reply{err: context.DeadlineExceeded}, 1100, 30 * second},
		{"nothing, at once", reply{}, 1100, 30 * second},
	} {
		probe.Bubble(t, func(t *testing.T) {
			rules, _ := usual(0)
			for i, p := range ask(t, rules, times(tt.n, tt.reply)...).pauses(t) {
				if (p == 0) != (tt.want == 0) || i == tt.n-1 && !near(p, tt.want) {
					t.Fatalf("%s, %d times in a row, and the pause was %v: want %v, however often", tt.name, i+1, p, min(second/2<<min(i, 10), tt.want))
				}
			}
		})
	}
}

// Two messages with each answer, without a pause.
func TestMessages(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(context.WithValue(t.Context(), carried{}, "carried"))
		rules, l := usual(0.5)
		s := &script{holds: rules.Hold, begin: time.Now(), end: func() { end(errClosing) }}
		var want, got []string
		for i := range 300 {
			r := reply{after: second, messages: []string{fmt.Sprint(i/2, "a"), fmt.Sprint(i, "b")}} // two can be the same
			if i%3 == 0 {
				r.err = errAway
			}
			want = append(want, r.messages...)
			s.replies = append(s.replies, r)
		}
		var inside probe.Meter
		var mu sync.Mutex
		Run(ctx, s, rules, func(m string) {
			defer inside.Enter()()
			defer s.handles()()
			time.Sleep(second)
			mu.Lock()
			defer mu.Unlock()
			got = append(got, m)
		})
		took := time.Since(s.begin)
		synctest.Wait() // what Run has not waited for may not have begun
		switch {
		case inside.Max() > 1:
			t.Fatalf("%d messages were handled at the same time: want one after another", inside.Max())
		case inside.Inside() > 0:
			t.Fatal("leak: Run returned while handle was at work")
		}
		s.pauses(t)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case len(got) < len(want):
			t.Fatalf("messages are lost: the server returned %d, some of them with an error, and %d were handled", len(want), len(got))
		case !slices.Equal(got, want):
			t.Fatal("the messages were not handled once each in their order")
		case took != 900*second:
			t.Fatalf("300 answers with two messages took %v, want %v, %[3]v for the answer and for each message: there is no pause after messages", took, 900*second, second)
		case l.handed > 1:
			t.Fatal("Rand was called without a pause")
		}
	})
}

// The context ends in the middle of a long pause.
func TestContextEndsInAPause(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(context.WithValue(t.Context(), carried{}, "carried"))
		rules, _ := usual(0)
		rules.First, rules.Most = time.Hour, time.Hour
		s := &script{replies: times(1, away), holds: rules.Hold, begin: time.Now()}
		time.AfterFunc(time.Minute, func() { end(errClosing) })
		err := Run(ctx, s, rules, func(string) {})
		took := time.Since(s.begin)
		n := len(s.pauses(t))
		switch {
		case took != time.Minute:
			t.Fatalf("the context ended in a pause, after 1m, and Run returned after %v: a pause ends with the context", took)
		case n > 0:
			t.Fatal("the context ended in a pause, and Run asked once more")
		case err != errClosing:
			t.Fatalf("Run returned %v: want what context.Cause says, %q", err, errClosing)
		}
	})
}

// The context ends while the server holds a question, and it still answers with messages.
func TestContextEndsWhileAsking(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(context.WithValue(t.Context(), carried{}, "carried"))
		rules, l := usual(0)
		s := &script{deaf: true, replies: []reply{{after: 2 * second, messages: []string{"a", "b"}}}, holds: rules.Hold, begin: time.Now()}
		time.AfterFunc(second, func() { end(errClosing) })
		var mu sync.Mutex
		var got []string
		err := Run(ctx, s, rules, func(m string) {
			time.Sleep(second)
			mu.Lock()
			defer mu.Unlock()
			got = append(got, m)
		})
		took := time.Since(s.begin)
		n := len(s.pauses(t))
		mu.Lock()
		defer mu.Unlock()
		switch {
		case n > 0:
			t.Fatal("the context had ended, and Run asked once more")
		case len(got) < 2:
			t.Fatalf("messages are lost: the server returned 2 when the context had ended, and %d were handled", len(got))
		case took != 4*second || l.handed > 0:
			t.Fatalf("the server answered after %v and two messages take %v, but Run returned after %v", 2*second, 2*second, took)
		case err != errClosing:
			t.Fatalf("Run returned %v: want what context.Cause says, %q", err, errClosing)
		}
	})
}

func TestContextHasEnded(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		end(errClosing)
		rules, _ := usual(0)
		s := &script{holds: rules.Hold, begin: time.Now()}
		err := Run(ctx, s, rules, func(string) {})
		synctest.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.asked) > 0 || err != errClosing {
			t.Fatalf("the context had ended before the call, and Run asked %d times and returned %v: want no question and %q", len(s.asked), err, errClosing)
		}
	})
}

// Two calls at the same time: the errors of one are not those of the other.
func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		var pauses [2][]time.Duration
		for i := range pauses {
			calls.Go(func() {
				rules, _ := usual(0)
				pauses[i] = ask(t, rules, times(3, away)...).pauses(t)
			})
		}
		calls.Wait()
		for _, p := range pauses {
			if len(p) != 3 || !near(p[0], second/2) || !near(p[2], 2*second) {
				t.Fatalf("two calls at the same time, and the pauses of one were %v: each has a row of its own", p)
			}
		}
	})
}
