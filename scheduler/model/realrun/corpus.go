package realrun

import (
	"fmt"

	"lab.example/gopark/scheduler/model"
)

// Corpus returns the programs that tell wrong models from the right one: some made by
// hand, each for one rule, and some at random. Small random programs alone never notice
// a ring that is too short or a batch that is too small.
func Corpus() []Request {
	var all []Request
	for _, p := range handMade() {
		all = append(all, Request{p, 1})
	}
	for _, some := range []struct {
		class string
		n     int
	}{{"small", 20}, {"sync", 40}, {"long", 20}, {"overflow", 6}, {"overflowsync", 6}} {
		c, err := ClassNamed(some.class)
		if err != nil {
			panic(err)
		}
		for seed := range some.n {
			all = append(all, Generate(c, uint64(seed)))
		}
	}
	return all
}

// Short names: a program should look like one.
var (
	do    = model.Do
	times = model.Times
	ops   = model.Ops
)

func named(name string, p model.Program) *model.Program {
	p.Name = name
	return &p
}

func handMade() []*model.Program {
	all := []*model.Program{tick61(), barging(4), barging(2), pingPong(), buffered()}
	for _, n := range []int{10, 255, 256, 257, 258, 300, 1000, 10_000} {
		all = append(all, classic(n))
	}
	return append(all,
		closeWakes(7), closeWakes(4), broadcastWakes(7), broadcastWakes(4), groupWakes(5), groupWakes(3), bigBatch(), runnextChain(), writerAfterReaders(),
		signalOrder(), exitHoldingLock(), lostRace(), sendersWoken(), closeBoth(1), closeBoth(5), pollBesideRunnext(), yieldBesideOthers())
}

// classic starts n goroutines: the last one runs first.
func classic(n int) *model.Program {
	return named(fmt.Sprintf("classic%d", n), model.Program{
		WaitGroups: []int{n},
		Procs: [][]model.Op{
			ops(times(n, do(model.Go, 1)), do(model.Wait, 0)),
			ops(do(model.Mark, 1), do(model.Done, 0)),
		},
	})
}

// tick61 has the root in the global queue while the ring is full of others: it comes
// back at every 61st tick.
func tick61() *model.Program {
	return named("tick61", model.Program{Procs: [][]model.Op{
		ops(times(200, do(model.Go, 1)), times(5, do(model.Yield))),
		ops(do(model.Mark, 1), do(model.Yield), do(model.Mark, 2)),
	}})
}

// barging lets the root take a mutex again that it has just given up, before the one of
// n waiters that was woken for it.
func barging(n int) *model.Program {
	return named(fmt.Sprintf("barging before %d", n), model.Program{Mutexes: 1, Procs: [][]model.Op{
		ops(
			do(model.Lock, 0), times(n, do(model.Go, 1)), do(model.Yield), do(model.Unlock, 0),
			do(model.Lock, 0), do(model.Mark, 1), do(model.Yield), do(model.Unlock, 0), do(model.Yield),
		),
		ops(times(3, do(model.Lock, 0), do(model.Yield), do(model.Unlock, 0))),
	}})
}

// lostRace has several waiters, of which the first is woken, loses, and must wait at
// the front.
func lostRace() *model.Program {
	return named("lost race", model.Program{Mutexes: 1, Procs: [][]model.Op{
		ops(
			do(model.Lock, 0), times(3, do(model.Go, 1)), do(model.Yield),
			times(3, do(model.Unlock, 0), do(model.Lock, 0), do(model.Yield)),
			do(model.Unlock, 0),
		),
		ops(do(model.Lock, 0), do(model.Mark, 1), do(model.Unlock, 0)),
	}})
}

// pingPong has a pair that passes runnext to and fro while a third waits.
func pingPong() *model.Program {
	return named("pingpong", model.Program{Chans: []int{0, 0}, Procs: [][]model.Op{
		ops(do(model.Go, 1), do(model.Go, 2), times(100, do(model.Send, 0), do(model.Recv, 1)), do(model.Mark, 9)),
		ops(times(100, do(model.Recv, 0), do(model.Send, 1))),
		ops(times(5, do(model.Mark, 3), do(model.Yield))),
	}})
}

// buffered is a producer and consumers with a buffer between them.
func buffered() *model.Program {
	return named("bufpipe", model.Program{Chans: []int{3, 1}, Procs: [][]model.Op{
		ops(do(model.Go, 1), do(model.Go, 2), times(20, do(model.Send, 0)), do(model.Close, 0), times(10, do(model.Recv, 1)), do(model.Mark, 1)),
		ops(times(20, do(model.Recv, 0), do(model.Send, 1))),
		ops(times(12, do(model.TryRecv, 0), do(model.Yield))),
	}})
}

// closeWakes has n receivers wait, and closes: the oldest runs first, then the youngest.
func closeWakes(n int) *model.Program {
	return named(fmt.Sprintf("close wakes %d", n), model.Program{Chans: []int{0}, Procs: [][]model.Op{
		ops(times(n, do(model.Go, 1)), do(model.Yield), do(model.Close, 0), do(model.Yield)),
		ops(do(model.Recv, 0), do(model.Mark, 1)),
	}})
}

// sendersWoken has senders wait when their channel is closed: they panic, oldest first.
func sendersWoken() *model.Program {
	return named("close wakes senders", model.Program{Chans: []int{0}, Procs: [][]model.Op{
		ops(times(4, do(model.Go, 1)), do(model.Yield), do(model.Close, 0), do(model.Yield)),
		ops(do(model.Mark, 0), do(model.Send, 0)),
	}})
}

// closeBoth has goroutines want both to send and to receive on the same channel: they
// meet, and whoever is left when it is closed lives, as a receiver.
func closeBoth(n int) *model.Program {
	return named(fmt.Sprintf("close wakes %d selects", n), model.Program{Chans: []int{0}, Procs: [][]model.Op{
		ops(times(n, do(model.Go, 1)), do(model.Yield), do(model.Close, 0), do(model.Yield)),
		ops(model.OneOf(model.To(0), model.From(0)), do(model.Mark, 1)),
	}})
}

// broadcastWakes has n goroutines wait at a Cond.
func broadcastWakes(n int) *model.Program {
	return named(fmt.Sprintf("broadcast wakes %d", n), model.Program{Mutexes: 1, Conds: []int{0}, Procs: [][]model.Op{
		ops(times(n, do(model.Go, 1)), do(model.Yield), do(model.Broadcast, 0), do(model.Yield)),
		ops(do(model.Lock, 0), do(model.CondWait, 0), do(model.Unlock, 0)),
	}})
}

// signalOrder wakes waiters one at a time, oldest first.
func signalOrder() *model.Program {
	return named("cond signal order", model.Program{Mutexes: 1, Conds: []int{0}, Procs: [][]model.Op{
		ops(times(5, do(model.Go, 1)), do(model.Yield), times(2, do(model.Signal, 0), do(model.Signal, 0), do(model.Yield)), do(model.Signal, 0)),
		ops(do(model.Lock, 0), do(model.CondWait, 0), do(model.Mark, 1), do(model.Unlock, 0)),
	}})
}

// groupWakes has n goroutines wait for the same WaitGroup.
func groupWakes(n int) *model.Program {
	return named(fmt.Sprintf("waitgroup wakes %d", n), model.Program{WaitGroups: []int{1}, Procs: [][]model.Op{
		ops(times(n, do(model.Go, 1)), do(model.Yield), do(model.Done, 0), do(model.Yield)),
		ops(do(model.Wait, 0), do(model.Mark, 1)),
	}})
}

// bigBatch has 300 goroutines in the global queue: a P takes 128 of them at a time, and
// what they start comes before the rest.
func bigBatch() *model.Program {
	return named("batch of 128", model.Program{Procs: [][]model.Op{
		ops(times(299, do(model.Go, 1)), times(4, do(model.Yield))),
		ops(do(model.Yield), do(model.Go, 2), do(model.Go, 2), do(model.Yield)),
		ops(do(model.Mark, 1)),
	}})
}

// runnextChain starts a goroutine that starts one, and so on: all in one time slice.
func runnextChain() *model.Program {
	p := model.Program{Procs: [][]model.Op{ops(do(model.Go, 1), times(70, do(model.Go, 9)), do(model.Yield), do(model.Yield))}}
	for next := 2; next <= 8; next++ {
		p.Procs = append(p.Procs, ops(do(model.Yield), do(model.Go, next), do(model.Mark, next)))
	}
	p.Procs = append(p.Procs, ops(do(model.Mark, 0)), ops(do(model.Go, 8), do(model.Yield)))
	return named("runnext chain", p)
}

// writerAfterReaders has a writer wait for readers, and readers behind it.
func writerAfterReaders() *model.Program {
	return named("writer after readers", model.Program{RWMutexes: 1, Procs: [][]model.Op{
		ops(
			times(3, do(model.Go, 1)), do(model.Yield), do(model.Go, 2), do(model.Yield), times(3, do(model.Go, 1)), do(model.Go, 2),
			times(8, do(model.Yield)),
		),
		ops(do(model.RLock, 0), times(3, do(model.Yield)), do(model.RUnlock, 0)),
		ops(do(model.WLock, 0), do(model.Yield), do(model.WUnlock, 0)),
	}})
}

// exitHoldingLock ends a goroutine that holds a mutex: whoever waits, waits for ever.
func exitHoldingLock() *model.Program {
	return named("goexit holding a lock", model.Program{Mutexes: 1, Chans: []int{0}, Procs: [][]model.Op{
		ops(do(model.Go, 1), times(3, do(model.Go, 2)), do(model.Recv, 0), do(model.TryRecv, 0)),
		ops(do(model.Lock, 0), do(model.Yield), do(model.Send, 0), do(model.Goexit), do(model.Unlock, 0)),
		ops(do(model.Mark, 1), do(model.Lock, 0), do(model.Mark, 2)),
	}})
}

// pollBesideRunnext has somebody in runnext at the tick of the poll.
func pollBesideRunnext() *model.Program {
	return named("poll beside runnext", model.Program{Chans: []int{0, 0}, Procs: [][]model.Op{
		ops(times(130, do(model.Go, 1)), do(model.Go, 2), times(6, do(model.Yield))),
		ops(do(model.Go, 2), do(model.Mark, 1)),
		ops(do(model.Mark, 2)),
	}})
}

// yieldBesideOthers has several give way in turns, while new ones come to the ring.
func yieldBesideOthers() *model.Program {
	return named("yield beside others", model.Program{Procs: [][]model.Op{
		ops(times(5, do(model.Go, 1), do(model.Yield)), times(3, do(model.Yield))),
		ops(do(model.Go, 2), times(3, do(model.Yield)), do(model.Go, 2)),
		ops(do(model.Mark, 1), do(model.Yield)),
	}})
}
