package redpacket

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A crew starts the blocks of a long split with several processors. Words come out of a source
// one after the other, so one goroutine takes them, the one that has called, and nobody else
// calls the source. Meanwhile the others make parts of the words of the block before, piece by
// piece; whoever has nothing to do takes the next piece.
//
// The words that are taken ahead are some that will be used whatever is drawn, and in the same
// order: so a split is the same one, and the source is left at the same place, as without a crew.
type crew struct {
	jobs    chan *job
	members sync.WaitGroup

	rooms [2][]uint64 // for words: what is being made parts of is in the one, what comes next in the other
	room  int         // the other

	// For the block that is about to be started.
	certain   int    // words that will be used in any case, of this block and later ones
	meanwhile func() // what else there is to do
}

const (
	manyParts  = 1 << 20 // fewer are not worth a crew
	mostCrew   = 3       // more have to wait for the words
	pieceWords = 256
)

// newCrew returns a crew for a split of n parts, nil if there is but one processor, or little to do.
func newCrew(n uint64) *crew {
	size := min(mostCrew, runtime.GOMAXPROCS(0)-1)
	if n < manyParts || size < 1 {
		return nil
	}
	c := &crew{jobs: make(chan *job, size)}
	for range size {
		c.members.Go(func() {
			for j := range c.jobs {
				j.work()
			}
		})
	}
	return c
}

// leave sends everybody home.
func (c *crew) leave() {
	if c != nil {
		close(c.jobs)
		c.members.Wait()
	}
}

// job is a block to start.
type job struct {
	law  *law
	dst  []int64
	base int64
	ws   []uint64

	next, done atomic.Int32 // pieces
	pieces     int32
	sum        atomic.Uint64
	open       [][]int32 // of each piece
}

func (j *job) work() {
	for {
		i := j.next.Add(1) - 1
		if i >= j.pieces {
			return
		}
		at := int(i) * pieceWords
		ws := j.ws[at:min(len(j.ws), at+pieceWords)]
		first := at * j.law.perWord
		dst := j.dst[first:min(len(j.dst), first+pieceWords*j.law.perWord)]
		sum, open := j.law.start(dst, j.base, ws, first, nil)
		j.sum.Add(sum)
		j.open[i] = open
		j.done.Add(1)
	}
}

// start is what law.startHere does.
func (c *crew) start(l *law, dst []int64, base int64, from *words) uint64 {
	need := l.wordsFor(len(dst))
	j := &job{law: l, dst: dst, base: base, ws: c.take(need, from)}
	j.pieces = int32((need + pieceWords - 1) / pieceWords)
	j.open = make([][]int32, j.pieces)
	for range cap(c.jobs) {
		select {
		case c.jobs <- j:
		default: // they have not yet come to the one before
		}
	}
	if c.meanwhile != nil {
		c.meanwhile()
	}
	c.ahead(min(need, c.certain-need), from)
	j.work()
	for j.done.Load() < j.pieces {
		runtime.Gosched()
	}
	for _, open := range j.open {
		from.open = append(from.open, open...)
	}
	return j.sum.Load()
}

// take returns the next n words.
func (c *crew) take(n int, from *words) []uint64 {
	c.ahead(n, from)
	ws := from.ahead[:n]
	from.ahead = from.ahead[n:]
	return ws
}

// ahead has n words at least taken from the source.
func (c *crew) ahead(n int, from *words) {
	had := len(from.ahead)
	if had >= n {
		return
	}
	room := &c.rooms[c.room]
	c.room = 1 - c.room
	if cap(*room) < n {
		*room = make([]uint64, n)
	}
	ws := (*room)[:n]
	copy(ws, from.ahead)
	from.ahead = nil
	from.fill(ws[had:])
	from.ahead = ws
}
