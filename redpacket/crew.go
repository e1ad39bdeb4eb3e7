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
	now     atomic.Pointer[job]
	wake    chan struct{} // a token for each member, at most
	members sync.WaitGroup

	rooms [2][]uint64 // for words: what is being made parts of is in the one, what comes next in the other
	room  int         // the other

	lists [][]int32 // of the pieces: what they have left open

	// For the block that is about to be started.
	certain   int    // words that will be used in any case, of this block and later ones
	meanwhile func() // what else there is to do
}

const (
	manyParts  = 1 << 20 // fewer are not worth a crew
	mostCrew   = 3       // more have to wait for the words
	pieceWords = 256
	mostLooks  = 20_000 // some ten microseconds
)

// newCrew returns a crew for a split of n parts, nil if there is but one processor, or little to do.
func newCrew(n uint64) *crew {
	size := min(mostCrew, runtime.GOMAXPROCS(0)-1)
	if n < manyParts || size < 1 {
		return nil
	}
	c := &crew{wake: make(chan struct{}, size)}
	for range size {
		c.members.Go(c.member)
	}
	return c
}

// member works at one job after the other. The next one comes after some microseconds, and to
// wake a goroutine of another processor takes longer: so it looks for a while before it sleeps.
func (c *crew) member() {
	var last *job
	for looks := 0; ; looks++ {
		switch j := c.now.Load(); {
		case j == nobody:
			return
		case j != last:
			j.work()
			last, looks = j, 0
		case looks%64 == 63:
			runtime.Gosched()
		case looks > mostLooks:
			<-c.wake
			looks = 0
		}
	}
}

// publish gives everybody a job.
func (c *crew) publish(j *job) {
	c.now.Store(j)
	for range cap(c.wake) {
		select {
		case c.wake <- struct{}{}:
		default: // there are enough tokens
		}
	}
}

// leave sends everybody home.
func (c *crew) leave() {
	c.publish(nobody)
	c.members.Wait()
}

var nobody = new(job) // has a job

// job is a block to start.
type job struct {
	law  *law
	dst  []int64
	base int64
	ws   []uint64

	next, done atomic.Int32 // pieces
	pieces     int32
	sum        atomic.Uint64
	lists      [][]int32
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
		sum, open := j.law.start(dst, j.base, ws, first, j.lists[i][:0])
		j.sum.Add(sum)
		j.lists[i] = open
		j.done.Add(1)
	}
}

// start is what law.startHere does.
func (c *crew) start(l *law, dst []int64, base int64, from *words) uint64 {
	need := l.wordsFor(len(dst))
	pieces := (need + pieceWords - 1) / pieceWords
	for len(c.lists) < pieces {
		c.lists = append(c.lists, nil)
	}
	j := &job{law: l, dst: dst, base: base, ws: c.take(need, from), pieces: int32(pieces), lists: c.lists}
	c.publish(j)
	if c.meanwhile != nil {
		c.meanwhile()
	}
	c.ahead(min(need, c.certain-need), from)
	j.work()
	for j.done.Load() < j.pieces {
		runtime.Gosched()
	}
	for _, open := range j.lists[:pieces] {
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
