package durable

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket/grab/recipe"
)

// readAhead is in bytes. It is many times as long as what Peek wants, because bytes are moved when
// there are less than that.
const readAhead = 16 * maxFrame

// recoverLog reads what is in f, and makes durable what it believes: then it may be told.
func recoverLog(f file, want recipe.Wish) (*Log, error) {
	l := &Log{file: f, users: make(map[string]int)}
	head := make([]byte, headerSize)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := l.header.decode(head[:n]); err != nil {
		return nil, err
	}
	if err := l.header.Differs(want); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOther, err)
	}
	l.secret = l.header.secret()
	if l.amounts, err = l.header.Amounts(); err != nil {
		return nil, err
	}
	last, err := l.replay()
	if err != nil {
		return nil, err
	}
	if last == nil {
		last = head
	}
	return l, l.renew(last)
}

// replay reads the groups. It returns the frame of the last one, nil if there is none.
//
// A group that is not whole was never durable if nothing comes after it: what is written next is
// written when it is. So nobody was told of it, and it is cut off. If something does come after
// it, it was durable once and has been damaged since: that is an error. Who repairs such a
// file decides who loses what, and that is not for a program to decide.
//
// What replay cannot know is that the last group was durable once and has been damaged since.
func (l *Log) replay() (last []byte, err error) {
	size, err := l.file.Size()
	if err != nil {
		return nil, err
	}
	l.end = headerSize
	r := bufio.NewReaderSize(io.NewSectionReader(l.file, l.end, size-l.end), int(max(maxFrame, min(readAhead, size))))
	for {
		data, err := r.Peek(maxFrame)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		frame, first, names, ok := frameAt(data, l.secret)
		if !ok {
			if size-l.end > maxFrame || l.later(data) {
				return nil, hint.With(fmt.Errorf("%w at byte %d: what is there cannot be read, and there is more after it", ErrDamaged, l.end),
					"the %d grants before it are whole; restore the file from a copy, if there is one", l.settled)
			}
			return last, nil
		}
		if first != uint64(l.settled) {
			return nil, fmt.Errorf("%w at byte %d: after %d grants comes number %d", ErrDamaged, l.end, l.settled, first)
		}
		if err := l.believe(names); err != nil {
			return nil, fmt.Errorf("%w at byte %d: %w", ErrDamaged, l.end, err)
		}
		last = bytes.Clone(frame)
		l.end += int64(len(frame))
		if _, err := r.Discard(len(frame)); err != nil {
			return nil, err
		}
	}
}

// later reports whether a group that comes later than the next one is in data. That is looked for
// at every byte, because how long the broken one was is not known.
func (l *Log) later(data []byte) bool {
	for i := range data {
		_, first, _, ok := frameAt(data[i:], l.secret)
		if ok && first > uint64(l.settled) {
			return true
		}
	}
	return false
}

// believe adds the claims of a group.
func (l *Log) believe(names []byte) error {
	for len(names) > 0 {
		name, rest, ok := nextName(names)
		if !ok {
			return errors.New("a name is longer than its group")
		}
		names = rest
		user := string(name)
		if _, ok := l.users[user]; ok {
			return fmt.Errorf("%q is there twice", user)
		}
		if l.settled == len(l.amounts) {
			return fmt.Errorf("there are more grants than packets, %d", len(l.amounts))
		}
		l.users[user] = l.settled
		l.settled++
	}
	l.claimed = l.settled
	return nil
}

// renew makes durable what replay has read. That it could be read does not mean that it is on
// disk: the process that wrote it may have died before its sync, or seen it fail, after which
// only what is written again is sure to be written. The last group is enough. All others are
// older than a sync that has succeeded.
func (l *Log) renew(last []byte) error {
	if _, err := l.file.WriteAt(last, l.end-int64(len(last))); err != nil {
		return err
	}
	return l.cut()
}
