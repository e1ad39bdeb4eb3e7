package durable

import (
	"errors"
	"fmt"
	"runtime"

	"lab.example/gopark/redpacket/grab"
)

// What happens when the disk refuses.
//
// A write that fails, because the disk is full for instance, has changed nothing that anybody was
// told of. The file is cut back to where it ended, and when that is on disk the claims are taken
// back: those who wait are told no, and the next one who asks tries again.
//
// A sync that fails is another matter. The kernel has thrown away its knowledge of what is not on
// disk: the pages count as clean, a read returns what was written, and the next sync succeeds
// without having written it. So no later success would mean that what came before is there, and
// a page that is half of this group and half of the one before may hold neither. To cut the file
// back and to go on would be to build on that. Nothing is written any more; those who wait
// are told that nobody knows. Open does know: it writes the last group that it believes once
// more, so that the sync which follows has something to write, and cuts off the rest.
//
// The same holds for a file that cannot be cut back.
//
// What is assumed of a disk is that a sync which succeeds is true, and that a sector which is
// written again with the same beginning keeps that beginning, even if the power fails: a group
// begins where the one before ends, in the same sector.

// commit writes groups until there are none.
func (l *Log) commit() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.pending) > 0 && l.lost == nil {
		g := l.pending[0]
		g.closed = true
		l.mu.Unlock()
		err := l.write(g)
		l.mu.Lock()
		switch {
		case errors.Is(err, grab.ErrUnknown):
			l.lose(g, err)
		case err != nil:
			l.takeBack(l.pending, err)
			l.pending = nil
		default:
			l.settled += len(g.users)
			l.pending = l.pending[1:]
			g.settle(nil)
			// Those who have an answer now are about to ask for others, and should be in the
			// next group: with 8 goroutines it has 7.6 claims then, and 4 without this line, and with
			// 1000 it has 800, and not 380.
			l.mu.Unlock()
			runtime.Gosched()
			l.mu.Lock()
		}
	}
	l.running = false
}

// write makes g durable. If that fails, the file is what it was, unless the error is grab.ErrUnknown.
func (l *Log) write(g *group) error {
	frame := g.encode(l.secret)
	if _, err := l.file.WriteAt(frame, l.end); err != nil {
		if undo := l.cut(); undo != nil {
			return fmt.Errorf("%w: %w; and the file could not be cut back: %w", grab.ErrUnknown, err, undo)
		}
		return fmt.Errorf("nothing is given away: %w", err)
	}
	l.syncs++
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("%w: %w", grab.ErrUnknown, err)
	}
	l.end += int64(len(frame))
	return nil
}

// cut takes everything after the last durable group from the file, durably.
func (l *Log) cut() error {
	if err := l.file.Truncate(l.end); err != nil {
		return err
	}
	return l.file.Sync()
}

// takeBack ends claims that are not in the file. They must be the last ones.
func (l *Log) takeBack(groups []*group, err error) {
	for _, g := range groups {
		for _, user := range g.users {
			delete(l.users, user)
		}
		l.claimed -= len(g.users)
		g.settle(err)
	}
}

// lose ends the use of a log of which nobody knows whether g is in it. The claims of g stay
// pending, so that whoever asks again is told the same. Those after it were never written.
func (l *Log) lose(g *group, err error) {
	l.lost = err
	l.takeBack(l.pending[1:], fmt.Errorf("%w: the write before was lost: %v", ErrLost, err))
	l.pending = l.pending[:1]
	g.settle(fmt.Errorf("%w; %w", err, ErrLost))
}
