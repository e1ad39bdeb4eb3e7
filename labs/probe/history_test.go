package probe

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/probe/probetest"
)

// anything is the model that allows everything.
var anything = porcupine.Model{
	Init: func() any { return nil },
	Step: func(state, _, _ any) (bool, any) { return true, state },
}

// stocked is the model of a probetest.Shop that has some: sell sells one if there is one.
func stocked(n int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return n },
		Step: func(state, _, out any) (bool, any) {
			left := state.(int)
			if left == 0 {
				return out == false, 0
			}
			return out == true, left - 1
		},
		DescribeOperation: func(_, out any) string { return fmt.Sprintf("sell -> %t", out) },
	}
}

// register is the model of a variable: set N, get -> N.
var register = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(state, in, out any) (bool, any) {
		if n, ok := in.(set); ok {
			return true, int(n)
		}
		return out == state, state
	},
}

type set int

func (s set) String() string { return fmt.Sprintf("set %d", int(s)) }

// operations reads a history: for each client a line in which < begins a call and > ends
// it, and time goes from left to right.
//
//	< set 5 >
//	          < get 0 >
func operations(t *testing.T, lines ...string) []porcupine.Operation {
	t.Helper()
	var ops []porcupine.Operation
	for client, line := range lines {
		for at := 0; ; {
			begin := strings.IndexByte(line[at:], '<')
			if begin < 0 {
				break
			}
			end := strings.IndexByte(line[at:], '>')
			op := porcupine.Operation{ClientId: client, Call: int64(at + begin), Return: int64(at + end)}
			var n int
			if _, err := fmt.Sscanf(line[at+begin+1:at+end], " set %d", &n); err == nil {
				op.Input, op.Output = set(n), "ok"
			} else {
				_, err := fmt.Sscanf(line[at+begin+1:at+end], " get %d", &n)
				require.NoError(t, err)
				op.Input, op.Output = "get", n
			}
			ops = append(ops, op)
			at += end + 1
		}
	}
	return ops
}

func TestContradiction(t *testing.T) {
	const none = "no order of the calls explains what came out: "
	for _, tt := range []struct {
		name    string
		history []string
		want    string
	}{
		{"read what was written", []string{
			"< set 5 >          < get 5 >",
			"          < get 5 >",
		}, ""},
		{"overlapping, either way", []string{
			"<  set  5   >",
			" < get 0 >  ",
			"  < get 5 > ",
		}, ""},
		{"stale", []string{
			"< set 5 >",
			"          < get 0 >",
		}, none + "client 1 called get -> 0, but client 0 called set 5 -> ok and had returned before"},
		{"back in time", []string{
			"<           set 5           >",
			"  < get 5 > ",
			"              < get 0 >",
		}, none + "client 2 called get -> 0, but client 1 called get -> 5 and had returned before"},
		{"out of nowhere", []string{
			"< set 5 >           < get 5 >",
			"          < get 9 >",
		}, none + "client 1 called get -> 9"},
		{"the first that is wrong is named, not the last", []string{
			"< set 5 >           < set 6 >",
			"          < get 0 >           < get 5 >",
		}, none + "client 1 called get -> 0, but client 0 called set 5 -> ok and had returned before"},
		{"a write that is not over may have been seen", []string{
			"<           set 5              >",
			"  < get 5 > < get 5 > < get 7 >",
		}, none + "client 1 called get -> 7"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, contradiction(register, operations(t, tt.history...)))
		})
	}
}

// A part of the history that has nothing to do with the mistake is not searched, nor
// named.
func TestContradictionInAPart(t *testing.T) {
	partitioned := register
	partitioned.Partition = func(all []porcupine.Operation) [][]porcupine.Operation {
		var parts [2][]porcupine.Operation
		for _, op := range all {
			parts[op.ClientId/2] = append(parts[op.ClientId/2], op)
		}
		return parts[:]
	}
	ops := operations(t, "< set 1 >", "< get 1 >", "< set 2 >", "          < get 1 >")
	require.Equal(t, "no order of the calls explains what came out: client 3 called get -> 1", contradiction(partitioned, ops))
	require.Equal(t, "", contradiction(partitioned, ops[:3]))
}

// The search for an order is NP-complete: it must come to an end all the same.
func TestContradictionEnds(t *testing.T) {
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("<  set %d  >", i))
	}
	lines = append(lines, "             < get 77 >")
	s := search{model: register, ops: operations(t, lines...), most: 1000}
	legal, known := s.explained(len(s.ops), -1)
	require.False(t, legal)
	require.False(t, known)
}

// clients lets n clients buy once, all at the same instant.
func clients(h *History, s probetest.Shop, n int) {
	var wg sync.WaitGroup
	for client := range n {
		wg.Go(func() { h.Call(client, "sell", func() any { return s.Sell() }) })
	}
	wg.Wait()
}

func TestHistory(t *testing.T) {
	for range 500 {
		Bubble(t, func(t *testing.T) {
			var p Point
			var h History
			clients(&h, &probetest.Oversold{Left: 1, Between: p.Here}, 2)
			require.Regexp(t, `^no order of the calls explains what came out: client \d called sell -> true, but client \d called sell -> true at the same time$`,
				said(func(t testing.TB) { h.Check(t, stocked(1)) }))
		})
		Bubble(t, func(t *testing.T) {
			var p Point
			var h History
			s := &probetest.Swapped{Between: p.Here}
			s.Left.Store(3)
			clients(&h, s, 5)
			h.Check(t, stocked(3))
		})
	}
}

func TestHistoryReturnsTheResult(t *testing.T) {
	var h History
	require.Equal(t, 5, h.Call(0, "get", func() any { return 5 }))
	require.Equal(t, "no order of the calls explains what came out: client 0 called get -> 5",
		said(func(t testing.TB) { h.Check(t, register) }))
}

func TestHistoryIsEmpty(t *testing.T) {
	require.Equal(t, "nothing was called, so nothing can be said", said(func(t testing.TB) { new(History).Check(t, anything) }))
}

func TestHistoryOfCallsThatHaveNotReturned(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		var h History
		var g Gate
		var stopped atomic.Bool
		go func() {
			defer stopped.Store(true)
			h.Call(2, "get", func() any { g.Wait(); return 0 })
		}()
		for g.Arrived() == 0 {
			runtime.Gosched()
		}
		require.Equal(t, "client 2 called get, and that has not returned", said(func(t testing.TB) { h.Check(t, anything) }))
		g.Open()
	})
}

func BenchmarkHistoryCall(b *testing.B) {
	var h History
	for b.Loop() {
		h.Call(0, "get", func() any { return nil })
	}
}

// Some dozens of calls by four clients are checked in no time, right or wrong.
func BenchmarkHistoryCheck(b *testing.B) {
	for _, n := range []int{4, 16, 64} {
		var h History
		s := &probetest.Swapped{Between: runtime.Gosched}
		s.Left.Store(int64(n))
		var wg sync.WaitGroup
		for client := range 4 {
			wg.Go(func() {
				for range n {
					h.Call(client, "sell", func() any { return s.Sell() })
				}
			})
		}
		wg.Wait()
		var ops []porcupine.Operation
		for _, c := range h.all() {
			ops = append(ops, c.op)
		}
		b.Run(fmt.Sprintf("right/calls=%d", 4*n), func(b *testing.B) {
			for b.Loop() {
				if contradiction(stocked(n), ops) != "" {
					b.Fatal("right history rejected")
				}
			}
		})
		b.Run(fmt.Sprintf("wrong/calls=%d", 4*n), func(b *testing.B) {
			for b.Loop() {
				if contradiction(stocked(n-1), ops) == "" {
					b.Fatal("wrong history accepted")
				}
			}
		})
	}
}
