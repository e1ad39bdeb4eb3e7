package conformance

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/exp/trace"
)

// script reads a history by hand. A line is a P, the time between the two events that
// enclose an operation, what it is, and whom it concerns:
//
//	P0 10-20 ready a
//
// The event of a start is at the end of its time, those of the others at the beginning.
func script(t *testing.T, procs int, text string) *history {
	t.Helper()
	h := &history{procs: procs, places: procs, lanes: make([][]int32, procs), ids: make([]trace.ProcID, procs)}
	for line := range strings.Lines(text) {
		var (
			o    op
			what string
			name string
		)
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		_, err := fmt.Sscanf(strings.Join(append(fields, "-")[:4], " "), "P%d %d-%d %s %s", &o.lane, &o.lo, &o.hi, &what, &name)
		require.NoError(t, err, line)
		o.kind = map[string]kind{"ready": putReady, "yield": putYield, "system": putSystem, "start": get, "idle": idle}[what]
		for _, r := range name {
			o.g = o.g*1000 + trace.GoID(r)
		}
		o.at, o.recheck = o.lo, never
		if o.kind == get || o.kind == idle {
			o.at = o.hi
		}
		o.index = int32(len(h.lanes[o.lane]))
		h.lanes[o.lane] = append(h.lanes[o.lane], int32(len(h.ops)))
		h.ops = append(h.ops, o)
	}
	h.match()
	return h
}

// TestRules holds, rule by rule, that what a P may start is explained and that what it
// may not is a gap.
func TestRules(t *testing.T) {
	tests := []struct {
		name  string
		procs int
		text  string
		want  string // reasons, first start to last
	}{
		{"the newest first, then in order", 1, `
			P0 1-2 ready a
			P0 2-3 ready b
			P0 3-4 ready c
			P0 4-5 start c
			P0 5-6 start a
			P0 6-7 start b`, "runnext, local, local"},
		{"not the oldest first", 1, `
			P0 1-2 ready a
			P0 2-3 ready b
			P0 3-4 start a
			P0 4-5 start b`, "unexplained, runnext"},
		{"who yields is last", 1, `
			P0 1-2 ready a
			P0 2-3 yield b
			P0 3-4 ready c
			P0 4-5 start c
			P0 5-6 start a
			P0 6-7 start b`, "runnext, local, batch"},
		{"a poll overtakes", 1, `
			P0 1-2 ready a
			P0 2-3 yield b
			P0 3-4 start b
			P0 4-5 start a`, "poll, runnext"},
		{"a second poll comes too early", 1, `
			P0 1-2 ready a
			P0 2-3 yield b
			P0 3-4 yield c
			P0 4-5 start b
			P0 5-6 start c
			P0 6-7 start a`, "poll, unexplained, runnext"},
		{"a thief takes half, and starts the last of it", 2, `
			P0 1-2 ready a
			P0 2-3 ready b
			P0 3-4 ready c
			P0 4-5 ready d
			P1 6-9 start b
			P1 9-10 start a
			P0 20-21 start d
			P0 21-22 start c`, "steal, local, runnext, local"},
		{"a thief does not take the first", 2, `
			P0 1-2 ready a
			P0 2-3 ready b
			P0 3-4 ready c
			P0 4-5 ready d
			P1 6-9 start a
			P0 20-21 start d`, "unexplained, runnext"},
		{"a thief takes runnext only with an empty ring", 2, `
			P0 1-2 ready a
			P1 3-4 start a`, "steal runnext"},
		{"a thief leaves runnext beside a ring", 2, `
			P0 1-2 ready a
			P0 2-3 ready b
			P1 5-6 start b`, "unexplained"},
		{"a P with work does not steal", 2, `
			P0 1-2 ready a
			P1 1-2 ready b
			P1 5-6 start a`, "unexplained"},
		{"nor from a ring", 2, `
			P0 1-2 ready a
			P0 2-3 ready b
			P0 3-4 ready c
			P1 1-2 ready d
			P1 5-6 start a`, "unexplained"},
		{"two yields in the same moment are in either order", 2, `
			P0 1-10 yield a
			P1 2-10 yield b
			P0 20-21 start b
			P0 21-22 start a`, "poll, batch"}, // its tick is not known
		{"two yields one after the other are not", 2, `
			P0 1-2 yield a
			P1 5-6 yield b
			P0 20-21 start b`, "unexplained"},
		{"of three yields on two Ps the order of one is known", 2, `
			P0 1-2 yield a
			P0 2-3 yield b
			P1 1-10 yield c
			P1 20-21 start b`, "unexplained"},
		{"what was put in time can be started before its turn in the trace", 2, `
			P0 1-50 ready a
			P1 10-20 start a`, "steal runnext"},
		{"a timer takes runnext for its goroutine", 1, `
			P0 1-2 ready a
			P0 2-3 ready b
			P0 3-4 system t
			P0 4-5 start t
			P0 5-6 start a
			P0 6-7 start b`, "runnext, local, local"},
		{"the trace reader does not", 1, `
			P0 1-2 ready a
			P0 2-3 ready b
			P0 3-4 system t
			P0 4-5 start t
			P0 5-6 start b
			P0 6-7 start a`, "direct, runnext, local"},
		{"what is not yet there cannot be started", 2, `
			P1 1-4 start z
			P0 5-50 ready a
			P0 50-60 idle`, "first"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := script(t, test.procs, test.text)
			m := newSearch(h, options{rules: Go126()}, 64).run()
			var got []string
			for _, s := range m.steps() {
				got = append(got, string(s.reason))
			}
			require.Equal(t, test.want, strings.Join(got, ", "))
		})
	}
}

// TestPutAside holds that the order of two yields of the same moment is still open after
// any number of others, while the P that has both in its ring does nothing: which came
// first is seen when they are stolen at last, the later one being started first.
func TestPutAside(t *testing.T) {
	replay := func(yields, starts string) int {
		var b strings.Builder
		at := 100
		p0 := func(what string) {
			fmt.Fprintf(&b, "P0 %d-%d %s\n", at, at+1, what)
			at += 2
		}
		b.WriteString("P0 1-2 yield z\n" + yields)
		for _, g := range []string{"r", "s", "c", "d", "e"} {
			p0("yield " + g)
		}
		fmt.Fprintf(&b, "P1 %d-%d start z\n", at, at+1) // P1 takes five
		at += 10
		p0("start c")
		p0("start d")
		p0("start e")
		for range 2000 {
			p0("yield c")
			p0("start c")
		}
		for g := range strings.FieldsSeq(starts) {
			p0("start " + g)
		}
		return newSearch(script(t, 2, b.String()), options{rules: Go126()}, 16).run().cost.gaps
	}
	const (
		open  = "P0 3-10 yield p\nP1 3-10 yield q\n"
		known = "P0 3-4 yield p\nP1 5-10 yield q\n"
	)
	require.Zero(t, replay(open, "q p r s"))
	require.Zero(t, replay(open, "p q r s"))
	require.Zero(t, replay(known, "q p r s"))
	require.NotZero(t, replay(known, "p q r s"))
	require.NotZero(t, replay(open, "q r p s"))
}

// TestThiefWhoIsInterrupted holds that a thief takes as many as it counted, if the victim
// only added to its ring since, and not if the victim took one.
func TestThiefWhoIsInterrupted(t *testing.T) {
	w := &world{history: &history{ops: make([]op, 9)}, rules: Go126()}
	for i := range w.ops {
		w.ops[i] = op{lane: 1, index: int32(i), partner: none}
	}
	fresh := func() *machine {
		m := &machine{places: make([]place, 2)}
		m.places[0].runnext, m.places[1].runnext = none, none
		m.places[1].ring = []entry{{put: 0}, {put: 1}, {put: 2}, {put: 3}}
		return m
	}
	thief := &op{kind: get, lane: 0, partner: 1}
	counted := w.steals(nil, fresh(), thief)
	require.Len(t, counted, 1)
	require.Empty(t, counted[0].places[0].taking)

	m := counted[0].clone()
	m.places[1].ring = push(m.places[1].ring, entry{put: 4}, entry{put: 5})
	took := w.steals(nil, m, thief)
	require.Len(t, took, 1)
	require.Equal(t, Steal, took[0].places[0].taking)
	require.Equal(t, []entry{{put: 0}}, took[0].places[0].taken)

	m = counted[0].clone()
	m.places[1].ring = []entry{{put: 6}, {put: 0}, {put: 1}, {put: 2}, {put: 3}, {put: 4}}
	m.places[1].cut(1)
	require.Empty(t, w.steals(nil, m, thief), "it counts again, and would take three")
}

// TestRecheck holds that a thread that gave up its P may take a batch before it is seen
// with a P again, and another thread may not.
func TestRecheck(t *testing.T) {
	// When P1 was seen to start, the global queue held one goroutine more than before.
	const text = `
		P0 1-2 yield a
		P0 2-3 yield b
		P1 2-3 idle
		P1 20-21 start a
		P0 10-12 ready x
		P0 12-15 start b`
	h := script(t, 2, text)
	require.NotZero(t, newSearch(h, options{rules: Go126()}, 64).run().cost.gaps)
	for i := range h.ops {
		if o := &h.ops[i]; o.kind == get && o.lane == 1 {
			o.recheck = 2
		}
	}
	require.Zero(t, newSearch(h, options{rules: Go126()}, 64).run().cost.gaps)
}

// TestRecheckIsRead holds that the first start after a thread changed its P for another,
// and no other start, may be a recheck.
func TestRecheckIsRead(t *testing.T) {
	found := 0
	for _, r := range recordings {
		h, err := readHistory(bytes.NewReader(recorded(t, r.file)))
		require.NoError(t, err)
		for i := range h.ops {
			o := &h.ops[i]
			if o.kind != get || o.recheck == never {
				continue
			}
			found++
			require.Less(t, o.recheck, o.lo)
			if o.index > 0 {
				require.Equal(t, idle, h.ops[h.lanes[o.lane][o.index-1]].kind, "%s: %+v", r.file, o)
			}
		}
	}
	require.Positive(t, found)
}

// TestContested holds that a start counts where another goroutine waits for certain.
func TestContested(t *testing.T) {
	require.Equal(t, 1, script(t, 1, `
		P0 1-2 ready a
		P0 2-3 ready b
		P0 3-4 start b
		P0 4-5 start a`).contested())
	require.Zero(t, script(t, 2, `
		P0 1-9 ready a
		P1 2-3 ready b
		P1 3-4 start b`).contested())
}

// TestStops holds that a P that goes idle beside its own work is noticed.
func TestStops(t *testing.T) {
	h := script(t, 1, `
		P0 1-2 ready a
		P0 2-3 idle`)
	require.Equal(t, 1, newSearch(h, options{rules: Go126()}, 8).run().cost.stops)
	h = script(t, 1, `
		P0 1-2 ready a
		P0 2-3 start a
		P0 3-4 idle`)
	require.Zero(t, newSearch(h, options{rules: Go126()}, 8).run().cost.stops)
}

// TestOverflowIsInOrder holds that what leaves a ring together stays together, also if
// it had come from the global queue.
func TestOverflowIsInOrder(t *testing.T) {
	w := &world{rules: Go126()}
	p := &place{runnext: 0}
	for i := range int32(256) {
		p.ring = push(p.ring, entry{put: i + 1, number: i + 1})
	}
	require.False(t, w.putLocal(p, 300, Slot))
	require.Len(t, p.ring, 128)
	require.Len(t, p.overflow, 129)
	for _, e := range p.overflow {
		require.Zero(t, e.number)
	}
	require.Equal(t, int32(129), p.ring[0].number)
	require.Equal(t, int32(300), p.runnext)
}

// TestOverflow fills a ring: the oldest half and the goroutine without room go to the
// global queue, and come back after what is local.
func TestOverflow(t *testing.T) {
	name := func(i int) string { return fmt.Sprintf("%c%c", 'a'+i/26, 'a'+i%26) }
	var b strings.Builder
	for i := range 258 {
		fmt.Fprintf(&b, "P0 %d-%d ready %s\n", i, i+1, name(i))
	}
	at := 300
	start := func(i int) {
		fmt.Fprintf(&b, "P0 %d-%d start %s\n", at, at+1, name(i))
		at++
	}
	start(257)
	for i := 128; i < 140; i++ {
		start(i)
	}
	h := script(t, 1, b.String())
	require.Zero(t, newSearch(h, options{rules: Go126()}, 64).run().cost.gaps)

	wrong := Go126()
	wrong.Overflow = 64
	require.NotZero(t, newSearch(h, options{rules: wrong}, 64).run().cost.gaps)
}
