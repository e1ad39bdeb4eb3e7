// Package users asks: how does an envelope remember who has had a part, if thousands ask at the
// same time?
//
// A Go map behind a mutex is the obvious way, many of them behind a mutex each the usual one.
// This is the latter, but for two things that are known here and not in a map: how many users
// there will be at most, and that each has a number. So a name is kept once, by its number, and
// a table holds no strings, only words of a hash and a number: half a cache line has what
// it takes to find somebody, and growing moves words and looks at no name.
package users

import (
	"fmt"
	"hash/maphash"
	"math/bits"
	"runtime"
	"sync"
)

// Table is a set of users with a number each, 0..n-1. It may be used by many goroutines at once.
// Nobody is ever taken out of it.
type Table struct {
	seed   maphash.Seed // of this table alone: nobody can choose names that fall together
	shards []shard
	names  []string // by number; each is guarded by the shard of its user
}

// shard is a hash table with linear probing, of a power of two of words, a quarter of them free:
// 0, or the upper half of the user's hash above the number plus one.
type shard struct {
	mu    sync.Mutex
	words []uint64
	used  int
	_     [64 - 8 - 24 - 8]byte // a cache line each
}

const numberBits = 32

// New makes a table for n users at most. It panics if that is less than none or 2^32 or more.
func New(n int) *Table {
	if n < 0 || uint64(n) >= 1<<numberBits-1 {
		panic(fmt.Sprintf("users: a table for %d users", n))
	}
	t := &Table{
		seed:   maphash.MakeSeed(),
		shards: make([]shard, shardsFor(n)),
		names:  make([]string, n),
	}
	each := n/len(t.shards) + 1
	size := powerOfTwo(max(each+each/2, 4))
	all := make([]uint64, size*len(t.shards))
	for i := range t.shards {
		t.shards[i].words, all = all[:size:size], all[size:]
	}
	return t
}

// shardsFor returns a number of shards that makes it unlikely that two users who come at the
// same time fall together, and that does not outweigh the users of a small table.
func shardsFor(n int) int {
	procs := runtime.GOMAXPROCS(0)
	return powerOfTwo(min(max(n/16, 8*procs), 64*procs))
}

// powerOfTwo returns the least one that is n or more.
func powerOfTwo(n int) int { return 1 << bits.Len(uint(max(n, 1)-1)) }

// Seat is the place of one user in a table, locked: nobody else looks at it, or gets past it,
// until Unlock.
type Seat struct {
	table *Table
	shard *shard
	upper uint64 // of the hash
	at    uint64 // where the user's word is or belongs
	user  string
}

// Lock finds a user's place, and waits while somebody else has it, or one of the same shard. Do
// little before Unlock, and never lock a second seat.
func (t *Table) Lock(user string) Seat {
	hash := maphash.String(t.seed, user)
	s := &t.shards[hash&uint64(len(t.shards)-1)]
	s.mu.Lock()
	upper := hash >> numberBits
	return Seat{t, s, upper, s.find(t.names, upper, user), user}
}

// find returns where the user's word is, or where there is none yet.
func (s *shard) find(names []string, upper uint64, user string) uint64 {
	last := uint64(len(s.words) - 1)
	for at := upper & last; ; at = (at + 1) & last {
		word := s.words[at]
		if word == 0 || word>>numberBits == upper && names[number(word)] == user {
			return at
		}
	}
}

func number(word uint64) int { return int(word&(1<<numberBits-1)) - 1 }

// Index returns the number of the user, if he has one.
func (s Seat) Index() (int, bool) {
	i := number(s.shard.words[s.at])
	return i, i >= 0
}

// Take gives the user a number, which nobody else has, once.
func (s Seat) Take(i int) {
	s.table.names[i] = s.user
	s.shard.words[s.at] = s.upper<<numberBits | uint64(i+1)
	s.shard.used++
	if s.shard.used > len(s.shard.words)/4*3 {
		s.shard.grow()
	}
}

// grow doubles a table. The place of a word follows from its upper half.
func (s *shard) grow() {
	words := make([]uint64, 2*len(s.words))
	last := uint64(len(words) - 1)
	for _, word := range s.words {
		if word == 0 {
			continue
		}
		at := word >> numberBits & last
		for words[at] != 0 {
			at = (at + 1) & last
		}
		words[at] = word
	}
	s.words = words
}

// Unlock lets others in. The seat must not be used after that.
func (s Seat) Unlock() { s.shard.mu.Unlock() }
