// Package durable asks: what can a red packet promise if its process may be killed, its disk be
// full and its machine lose power, at any moment?
//
// A Log is an envelope in a file. Who is told that he has a packet keeps it, whatever happens
// afterwards; who is told that he has none does not have one; and who cannot be told either is
// told that, and asks again. The price is that an answer waits for the disk. It is shared: all
// who ask while the disk is busy are in the group that is written next.
//
// The file has no amounts. They follow from the seed in its header; what is logged is who came,
// in which order.
//
// Read durable.go (the contract and the claims), commit.go (what happens when the disk refuses),
// group.go and header.go (the bytes), recover.go (which of them are believed), create.go (how a
// log begins, and who may have it), then file.go (what is asked of the operating system).
package durable

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

// MaxUser is how long the name of a user may be, in bytes.
const MaxUser = 1 << 10

// The errors of a Log, beside grab.ErrSoldOut and grab.ErrUnknown: errors.Is.
var (
	// ErrLost is an answer of a Log of which nobody knows where it ends, since a sync has failed: see
	// commit.go. It will never give anything away again. Close it, and Open it anew.
	ErrLost = errors.New("nothing is given away until the log is opened anew")

	// ErrClosed is the answer of a Log after Close.
	ErrClosed = errors.New("grab: the log is closed")

	// ErrInUse is the error of Open for a file that is open already, here or in another process.
	ErrInUse = errors.New("the log is in use")

	// ErrDamaged is the error of Open for a file whose beginning or middle is not what was
	// written.
	ErrDamaged = errors.New("the log is damaged")

	// ErrOther is the error of Open for a file that holds something else than is asked for:
	// another split, a split of another version, or no split at all.
	ErrOther = errors.New("the file is of another kind")
)

var _ grab.Envelope = (*Log)(nil)

// Log is a split in a file, and who has been given what. It is used by as many goroutines as there
// are users, but by one process at a time.
//
// It keeps all users and all amounts in memory: 8 bytes a packet, and some 70 and the name for each
// user.
type Log struct {
	file    file
	header  header
	secret  uint32 // the header's
	amounts []int64

	commits sync.WaitGroup // the goroutine of commit; there is at most one, and only while there are groups

	mu      sync.Mutex
	users   map[string]int // index of everybody who has claimed, also of those in pending
	claimed int            // how many have
	pending []*group       // claims that are not durable yet; the first one is being written
	running bool           // commit
	closed  bool
	lost    error // why the end of the file is not known any more; then nothing is written again

	// Written by commit only, the first with mu held.
	settled int   // how many claims are durable: those of the users with a smaller index
	end     int64 // of the file
	syncs   int   // how often the disk was asked for one
}

// Grab gives user a packet: the next one, or the one that he was given before, with Again set. It
// returns when that is on disk.
//
// The error is
//   - grab.ErrSoldOut if all packets are others', and that is on disk, too;
//   - the cause of ctx if ctx ended before there was a claim;
//   - grab.ErrUnknown and the cause of ctx if it ended after: the claim stands, and is written without
//     anybody waiting for it. It may still fail;
//   - grab.ErrUnknown, ErrLost and what went wrong if the disk could not say what is on it, which no
//     answer of this Log will change. A Log that is opened anew looks;
//   - ErrLost without grab.ErrUnknown for everybody else from then on: he has nothing;
//   - ErrClosed; or what went wrong with the disk, and then user has nothing, and to ask again is
//     to try again.
func (l *Log) Grab(ctx context.Context, user string) (grab.Grant, error) {
	if len(user) > MaxUser {
		return grab.Grant{}, fmt.Errorf("grab: the name of the user has %d bytes, which is more than %d", len(user), MaxUser)
	}
	for {
		if ctx.Err() != nil {
			return grab.Grant{}, context.Cause(ctx)
		}
		c, err := l.claim(user)
		if err != nil {
			return grab.Grant{}, err
		}
		err = c.group.await(ctx)
		switch {
		case !c.has:
			continue // others had claimed all there is; now it is certain, or they have lost it
		case err != nil:
			return grab.Grant{}, fmt.Errorf("grab: %w", err)
		}
		return grab.Grant{Index: c.index, Amount: l.amounts[c.index], Again: c.again}, nil
	}
}

// claim is where a user stands.
type claim struct {
	index      int
	has, again bool
	group      *group // must be on disk before anybody is told; nil if it is
}

// claim finds the claim of user, or makes one. A claim without has is that of the last of all
// others.
func (l *Log) claim(user string) (claim, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if index, ok := l.users[user]; ok {
		return claim{index, true, true, l.groupOf(index)}, nil
	}
	switch {
	case l.settled == len(l.amounts):
		return claim{}, grab.ErrSoldOut
	case l.closed:
		return claim{}, ErrClosed
	case l.lost != nil:
		return claim{}, fmt.Errorf("grab: %w: %v", ErrLost, l.lost)
	case l.claimed == len(l.amounts):
		return claim{group: l.groupOf(l.claimed - 1)}, nil
	}
	index := l.claimed
	l.claimed++
	user = strings.Clone(user) // which may be a part of something large
	l.users[user] = index
	g := l.room(user)
	g.add(user)
	if !l.running {
		l.running = true
		l.commits.Go(l.commit)
	}
	return claim{index, true, false, g}, nil
}

// groupOf returns the group of a claim, or nil if it is on disk.
func (l *Log) groupOf(index int) *group {
	if index < l.settled {
		return nil
	}
	i := slices.IndexFunc(l.pending, func(g *group) bool { return index < g.first+len(g.users) })
	return l.pending[i]
}

// room returns the group that the claim of user is to be added to.
func (l *Log) room(user string) *group {
	if n := len(l.pending); n > 0 && l.pending[n-1].fits(user) {
		return l.pending[n-1]
	}
	g := newGroup(l.claimed - 1)
	l.pending = append(l.pending, g)
	return g
}

// Params returns what was split.
func (l *Log) Params() redpacket.Params { return l.header.Params }

// Left returns how many packets there are to be given away. A claim that is not on disk has taken
// nothing away.
func (l *Log) Left() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.amounts) - l.settled
}

// Grants returns what has been given up to one moment, by Index, without Again.
func (l *Log) Grants() []grab.Grant {
	grants := make([]grab.Grant, len(l.amounts)-l.Left())
	for i := range grants {
		grants[i] = grab.Grant{Index: i, Amount: l.amounts[i]}
	}
	return grants
}

// Holders returns who has been given what, by Index, up to the moment at which the sequence begins.
func (l *Log) Holders() iter.Seq2[string, grab.Grant] {
	return func(yield func(string, grab.Grant) bool) {
		for i, user := range l.holders() {
			if !yield(user, grab.Grant{Index: i, Amount: l.amounts[i]}) {
				return
			}
		}
	}
}

func (l *Log) holders() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	holders := make([]string, l.settled)
	for user, index := range l.users {
		if index < l.settled {
			holders[index] = user
		}
	}
	return holders
}

// Close writes the claims that there are and lets go of the file. Only the first call does
// something, and returns an error if the file could not be closed. Whoever waits for an answer
// gets it.
func (l *Log) Close() error {
	l.mu.Lock()
	was := l.closed
	l.closed = true
	l.mu.Unlock()
	l.commits.Wait()
	if was {
		return nil
	}
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("close log: %w", err)
	}
	return nil
}
