package inflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact,
// and the first message that you see says what is wrong.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const tick = 10*time.Millisecond + 7*time.Nanosecond

var (
	errTimeout = errors.New("no answer came")
	errClosing = errors.New("closing time")
)

// numbers are n values, each its own number.
func numbers(n int) []string {
	var values []string
	for i := range n {
		values = append(values, strconv.Itoa(i))
	}
	return values
}

// network is what a Send posts to.
type network struct {
	begin  time.Time
	whole  context.Context // of Send
	window int
	answer func(p Packet, try int) (after time.Duration, err error) // try is 1 for the first

	mu       sync.Mutex
	posts    int
	tries    map[int]int
	first    map[int]time.Duration // post, by number
	ended    map[int]time.Duration // the latest post
	underWay map[int]bool          // between the first post and the one that returned nil
	posting  map[int]bool
	most     int
	wrong    string
}

func newNetwork(window int, answer func(p Packet, try int) (time.Duration, error)) *network {
	return &network{
		begin: time.Now(), window: window, answer: answer,
		tries: make(map[int]int), first: make(map[int]time.Duration), ended: make(map[int]time.Duration),
		underWay: make(map[int]bool), posting: make(map[int]bool),
	}
}

func (n *network) accuse(format string, args ...any) {
	if n.wrong == "" {
		n.wrong = fmt.Sprintf(format, args...)
	}
}

type carried struct{}

func (n *network) post(ctx context.Context, p Packet) error {
	after, err := n.enter(ctx, p)
	time.Sleep(after)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.posting[p.Seq] = false
	n.ended[p.Seq] = time.Since(n.begin)
	if ctx.Err() != nil && n.whole.Err() == nil {
		n.accuse("the context of a post of packet %d ended before that of Send: a post may take as long as it takes", p.Seq)
	}
	if err == nil {
		delete(n.underWay, p.Seq)
	}
	return err
}

func (n *network) enter(ctx context.Context, p Packet) (time.Duration, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Since(n.begin)
	n.posts++
	n.tries[p.Seq]++
	switch end, again := n.ended[p.Seq]; {
	case strconv.Itoa(p.Seq) != p.Value:
		n.accuse("values[%s] was posted with the number %d: a repeat with another number is another packet, and is applied twice", p.Value, p.Seq)
	case n.posting[p.Seq]:
		n.accuse("packet %d was posted by two at the same time", p.Seq)
	case again && !n.underWay[p.Seq]:
		n.accuse("packet %d was posted again after the receiver had said nil", p.Seq)
	case again && now != end:
		n.accuse("the post of packet %d returned an error after %v, and it was posted again after %v: want at once", p.Seq, end, now)
	case ctx.Value(carried{}) != "carried":
		n.accuse("the context of a post is not derived from that of Send: it can neither be stopped nor carry values")
	case ctx.Err() != nil:
		n.accuse("packet %d was posted, and its context had ended", p.Seq)
	}
	if n.posts > 100_000 {
		n.accuse("100,000 posts: Send posts again and again without end")
	}
	if _, again := n.first[p.Seq]; !again {
		n.first[p.Seq] = now
	}
	n.posting[p.Seq], n.underWay[p.Seq] = true, true
	n.most = max(n.most, len(n.underWay))
	if n.wrong != "" {
		return 0, nil // let it come to an end
	}
	return n.answer(p, n.tries[p.Seq])
}

// send has Send bring count values, and ends the test if a rule was broken.
func (n *network) send(t *testing.T, ctx context.Context, count int) (time.Duration, error) {
	t.Helper()
	n.begin, n.whole = time.Now(), ctx
	err := Send(context.WithValue(ctx, carried{}, "carried"), numbers(count), n.window, n.post)
	took := time.Since(n.begin)
	n.mu.Lock()
	defer n.mu.Unlock()
	for seq, posting := range n.posting {
		if posting {
			t.Fatalf("leak: Send returned while packet %d was being posted", seq)
		}
	}
	switch {
	case n.wrong != "":
		t.Fatal(n.wrong)
	case err != nil && ctx.Err() == nil:
		t.Fatalf("Send gave up: it returned the error %q, and its context had not ended", err)
	case ctx.Err() == nil && len(n.underWay) > 0:
		t.Fatalf("Send gave up: it returned %v, its context had not ended, and the receiver has not said nil for %d of the packets that were posted", err, len(n.underWay))
	case n.most > n.window:
		t.Fatalf("%d packets were under way at the same time: want %d at most", n.most, n.window)
	}
	for seq := 1; seq < len(n.first); seq++ {
		if n.first[seq] < n.first[seq-1] {
			t.Fatalf("packet %d began before packet %d: want them to begin in order", seq, seq-1)
		}
	}
	return took, err
}

// all ends the test if Send did not return nil, or not every packet has arrived.
func (n *network) all(t *testing.T, count int, err error) {
	t.Helper()
	switch {
	case err != nil:
		t.Fatalf("Send returned the error %q: want nil", err)
	case len(n.first) < count || len(n.underWay) > 0:
		t.Fatalf("Send returned nil, and of %d packets the receiver has said nil for %d", count, len(n.first)-len(n.underWay))
	}
}

func TestNothingToSend(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		n := newNetwork(3, func(Packet, int) (time.Duration, error) { return tick, nil })
		if _, err := n.send(t, t.Context(), 0); err != nil {
			t.Fatalf("without values Send returned the error %q", err)
		}
	})
}

func TestWindow(t *testing.T) {
	for _, window := range []int{1, 5, 20, 100} {
		probe.Bubble(t, func(t *testing.T) {
			n := newNetwork(window, func(Packet, int) (time.Duration, error) { return tick, nil })
			took, err := n.send(t, t.Context(), 100)
			want := time.Duration(100/window) * tick
			switch {
			case took == 100*tick && window > 1:
				t.Fatalf("one packet after another: 100 packets with %d under way took %v, want %v", window, took, want)
			case took != want:
				t.Fatalf("100 packets with %d under way took %v, want %v", window, took, want)
			}
			n.all(t, 100, err)
		})
	}
}

// Some packets need three tries. Nobody else waits for them.
func TestErrorsAreRepeated(t *testing.T) {
	for _, failure := range []error{errTimeout, ErrGap, context.DeadlineExceeded, context.Canceled} {
		probe.Bubble(t, func(t *testing.T) {
			n := newNetwork(2, func(p Packet, try int) (time.Duration, error) {
				if p.Seq%10 == 0 && try < 10 {
					return tick, failure
				}
				return tick, nil
			})
			took, err := n.send(t, t.Context(), 20)
			n.all(t, 20, err)
			// One place repeats 0 while the other brings 1 to 9; then the same with 10.
			if want := 20 * tick; took < want-2*tick || took > want+2*tick {
				t.Fatalf("two packets that need 10 tries each and 18 that need one took %v with 2 under way, want about %v: a packet that is repeated must not hold up the others", took, want)
			}
		})
	}
}

// A post may take an hour, and a packet a thousand posts.
func TestPatience(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		n := newNetwork(1, func(_ Packet, try int) (time.Duration, error) {
			switch {
			case try == 1:
				return time.Hour, errTimeout
			case try < 1000:
				return tick, errTimeout
			}
			return tick, nil
		})
		_, err := n.send(t, t.Context(), 1)
		n.all(t, 1, err)
	})
}

// Each call has packets and places of its own.
func TestSendsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var g probe.Gate
		var calls sync.WaitGroup
		var errs [2]error
		for i := range errs {
			calls.Go(func() {
				errs[i] = Send(t.Context(), numbers(3), 1, func(context.Context, Packet) error { g.Wait(); return nil })
			})
		}
		synctest.Wait()
		if n := g.Arrived(); n != 2 {
			t.Fatalf("two calls of Send at the same time, with a window of 1 each, have %d packets under way: want 2, for each has a window of its own", n)
		}
		g.Open()
		calls.Wait()
		if n := g.Arrived(); n != 6 || errs != [2]error{} {
			t.Fatalf("two calls of Send at the same time, with 3 packets each, returned %v after %d posts: want 6, and nil", errs, n)
		}
	})
}

func TestContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(5*tick+tick/2, func() { end(errClosing) })
		n := newNetwork(3, func(p Packet, _ int) (time.Duration, error) {
			if p.Seq == 4 {
				return tick, errTimeout
			}
			return tick, nil
		})
		took, err := n.send(t, ctx, 50)
		switch {
		case took != 6*tick:
			t.Fatalf("the context ended after %v, every post was over after %v, and Send returned after %v", 5*tick+tick/2, 6*tick, took)
		case err == nil:
			t.Fatal("the context ended, and Send returned nil: packets have not arrived")
		case err != errClosing:
			t.Fatalf("Send returned %q: want what context.Cause says, %q", err, errClosing)
		}
	})
}

// The last posts return nil after the end of the context.
func TestContextEndsWithTheLast(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(tick/2, func() { end(errClosing) })
		n := newNetwork(3, func(Packet, int) (time.Duration, error) { return tick, nil })
		if _, err := n.send(t, ctx, 3); err != nil {
			t.Fatalf("the receiver has said nil for every packet, and Send returned the error %q: the end of the context took nothing away", err)
		}
	})
}

func TestContextHasEnded(t *testing.T) {
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			ctx, end := context.WithCancelCause(t.Context())
			end(errClosing)
			n := newNetwork(3, func(Packet, int) (time.Duration, error) { return tick, nil })
			if _, err := n.send(t, ctx, 5); len(n.first) > 0 || err != errClosing {
				t.Fatalf("the context had ended before the call, and Send posted %d packets and returned %v: want none and %q", len(n.first), err, errClosing)
			}
		})
	}
}

// sink is what a receiver applies to.
type sink struct {
	meet probe.Point // in apply

	mu      sync.Mutex
	values  []string
	inside  int
	overlap bool
}

func (s *sink) apply(v string) {
	s.mu.Lock()
	s.inside++
	s.overlap = s.overlap || s.inside > 1
	s.mu.Unlock()
	s.meet.Here()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside--
	s.values = append(s.values, v)
}

// applied ends the test if it is not the values 0 to n-1 in order.
func (s *sink) applied(t *testing.T, n int, when string) {
	t.Helper()
	s.mu.Lock()
	before := len(s.values)
	s.mu.Unlock()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.values) > before {
		t.Fatalf("Receive said nil before the packet was applied: %s", when)
	}
	seen := make(map[string]bool)
	for _, v := range s.values {
		if seen[v] {
			t.Fatalf("value %s was applied twice: %s", v, when)
		}
		seen[v] = true
	}
	switch {
	case s.overlap:
		t.Fatalf("two values were applied at the same time: %s", when)
	case slices.Equal(s.values, numbers(n)):
	case len(s.values) < n:
		t.Fatalf("values are lost: %s, and applied were %v", when, s.values)
	case len(s.values) > n && slices.Equal(s.values, numbers(len(s.values))):
		t.Fatalf("a packet was kept that had come too early: %s, and applied were %v", when, s.values)
	default:
		t.Fatalf("the order is lost: %s, and applied were %v", when, s.values)
	}
}

// While one receiver applies, another does not wait for it, and knows nothing of its packets.
func TestReceiversAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var g probe.Gate
		var s sink
		go NewReceiver(func(string) { g.Wait() }).Receive(Packet{0, "0"})
		synctest.Wait()
		err := NewReceiver(s.apply).Receive(Packet{0, "0"})
		g.Open()
		synctest.Wait()
		err = errors.Join(err, NewReceiver(s.apply).Receive(Packet{0, "0"}))
		if n := len(s.values); n != 2 || err != nil {
			t.Fatalf("three receivers got their first packet, and the second and the third said %v and applied %d values: want nil and 2, for they have nothing to do with each other", err, n)
		}
	})
}

func TestReceiverRefusesGaps(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var s sink
		r := NewReceiver(s.apply)
		for i, tt := range []struct {
			seq  int
			want error
			next int // the number of values that are applied then
		}{
			{0, nil, 1},
			{2, ErrGap, 1},
			{0, nil, 1},
			{3, ErrGap, 1},
			{1, nil, 2},
			{1, nil, 2},
			{3, ErrGap, 2},
			{2, nil, 3},
			{0, nil, 3},
			{3, nil, 4},
			{2, nil, 4},
			{9, ErrGap, 4},
			{4, nil, 5},
		} {
			err := r.Receive(Packet{tt.seq, strconv.Itoa(tt.seq)})
			switch {
			case tt.want != nil && err == nil:
				t.Fatalf("packet %d came too early, and Receive said nil: the packets before it will come too late", tt.seq)
			case tt.want == nil && err != nil:
				t.Fatalf("packet %d came, after %d had been applied, and Receive said %q: a sender that repeats what has arrived never gets on", tt.seq, len(s.values), err)
			case err != tt.want:
				t.Fatalf("packet %d came too early, and Receive said %q: want ErrGap", tt.seq, err)
			}
			s.applied(t, tt.next, fmt.Sprintf("packet %d was number %d to come", tt.seq, i+1))
		}
		for seq := 5; seq < 1000; seq++ {
			r.Receive(Packet{seq, strconv.Itoa(seq)})
		}
		if err := r.Receive(Packet{0, "0"}); err != nil {
			t.Fatalf("packet 0 came again when 1000 had been applied, and Receive said %q: want nil, for whatever has been applied, however long ago", err)
		}
	})
}

// The same packet comes several times at the same moment: a post that timed out still
// arrives, with the one that repeats it. Whoever is told nil can rely on it.
func TestReceiverRepeatsAtOnce(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var s sink
		r := NewReceiver(s.apply)
		for seq := range 4 {
			var calls sync.WaitGroup
			var early probe.Meter
			var refused error
			for range 4 {
				calls.Go(func() {
					err := r.Receive(Packet{seq, strconv.Itoa(seq)})
					s.mu.Lock()
					defer s.mu.Unlock()
					if err != nil {
						refused = err
					}
					if err == nil && !slices.Contains(s.values, strconv.Itoa(seq)) {
						early.Enter()
					}
				})
			}
			calls.Wait()
			s.applied(t, seq+1, "the same packet came four times at the same moment")
			if early.Entered() > 0 {
				t.Fatal("Receive said nil before the packet was applied: another call was at it, and had not come to its end")
			}
			if refused != nil {
				t.Fatalf("the same packet came four times at the same moment, and Receive said %q to one of them: want that it waits for the call that applies it, and says nil", refused)
			}
		}
	})
}

// A value may be any text, and come as often as it likes: packets differ by their numbers.
func TestEqualValues(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		values := []string{"a", "a", "", "b", "a", ""}
		var got []string
		r := NewReceiver(func(v string) { got = append(got, v) })
		for i, v := range values {
			if err := r.Receive(Packet{i, v}); err != nil || len(got) != i+1 {
				t.Fatalf("the values %q came as the packets 0 to %d, and %q were applied: packets with the same value are different packets", values[:i+1], i, got)
			}
		}
		var mu sync.Mutex
		posted := make([]string, len(values))
		posts := 0
		Send(t.Context(), values, 2, func(_ context.Context, p Packet) error {
			mu.Lock()
			defer mu.Unlock()
			posts++
			posted[p.Seq] = p.Value
			return nil
		})
		if posts != len(values) || !slices.Equal(posted, values) {
			t.Fatalf("of the values %q %d packets were posted, with %q: want one for each, also if the value is the same or empty", values, posts, posted)
		}
	})
}

// Both together, over a network that loses every third request and every fourth answer, and
// delivers late what its sender has given up.
func TestTogether(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var s sink
		r := NewReceiver(s.apply)
		var mu sync.Mutex
		posts := 0
		var late sync.WaitGroup
		err := Send(t.Context(), numbers(60), 5, func(_ context.Context, p Packet) error {
			mu.Lock()
			posts++
			n := posts
			mu.Unlock()
			if n > 100_000 {
				panic("100,000 posts for 60 packets: Send posts again and again without end")
			}
			time.Sleep(time.Duration(1+n*7%5) * tick)
			switch {
			case n%3 == 0:
				late.Go(func() {
					time.Sleep(time.Duration(n%4) * tick)
					r.Receive(p)
				})
				return errTimeout
			case n%4 == 0:
				r.Receive(p)
				return errTimeout
			}
			return r.Receive(p)
		})
		late.Wait()
		synctest.Wait()
		if err != nil {
			t.Fatalf("Send gave up: it returned the error %q, and its context had not ended", err)
		}
		s.applied(t, 60, "60 packets were sent over a network that loses and delays, with 5 under way")
	})
}
