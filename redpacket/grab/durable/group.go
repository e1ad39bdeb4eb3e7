package durable

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"lab.example/gopark/redpacket/grab"
)

// group is the claims that are written together. The file has one frame for each:
//
//	checksum  uint32  CRC-32C of what follows, begun with the secret of the header
//	length    uint32  of the names
//	first     uint64  index of the first claim
//	names     each a uvarint, its length, and its bytes
//
// all little endian. A group is either whole or it is not there: a frame that is broken in any
// place counts for nothing. That is why the claims of a group have no checksums of their own. A
// disk may write the second half of a frame and lose power before the first: then the half that
// is there must not look like something that was once durable.
type group struct {
	first  int // index of the first claim
	users  []string
	size   int           // of the names in the frame
	closed bool          // it is being written, and nothing may be added
	done   chan struct{} // closed when it is settled
	err    error         // why it is not durable; written before done is closed
}

const (
	headSize = 4 + 4 + 8
	maxNames = 64 << 10 // of a group
	maxFrame = headSize + maxNames
)

func newGroup(first int) *group { return &group{first: first, done: make(chan struct{})} }

func (g *group) fits(user string) bool { return !g.closed && g.size+nameSize(user) <= maxNames }

func (g *group) add(user string) {
	g.users = append(g.users, user)
	g.size += nameSize(user)
}

// nameSize returns how long a name is in a frame. For the uvarint it takes two bytes, which some
// need not.
func nameSize(user string) int { return 2 + len(user) }

// settle says that g is durable, or why not.
func (g *group) settle(err error) {
	g.err = err
	close(g.done)
}

// await returns when g is settled, with its error, or when ctx ends. A nil group is durable.
func (g *group) await(ctx context.Context) error {
	if g == nil {
		return nil
	}
	select {
	case <-g.done:
		return g.err
	case <-ctx.Done():
	}
	select {
	case <-g.done: // both, and this says more
		return g.err
	default:
		return fmt.Errorf("%w: it was on its way when %w", grab.ErrUnknown, context.Cause(ctx))
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode returns the frame of g. It may be called when no claim can be added any more.
func (g *group) encode(secret uint32) []byte {
	frame := make([]byte, headSize, headSize+g.size)
	for _, user := range g.users {
		frame = binary.AppendUvarint(frame, uint64(len(user)))
		frame = append(frame, user...)
	}
	binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)-headSize))
	binary.LittleEndian.PutUint64(frame[8:], uint64(g.first))
	binary.LittleEndian.PutUint32(frame, crc32.Update(secret, castagnoli, frame[4:]))
	return frame
}

// frameAt returns the frame at the beginning of data, the index of its first claim and its names;
// ok is false if there is none that is whole.
func frameAt(data []byte, secret uint32) (frame []byte, first uint64, names []byte, ok bool) {
	if len(data) < headSize {
		return nil, 0, nil, false
	}
	length := binary.LittleEndian.Uint32(data[4:])
	if length == 0 || length > maxNames || int(length) > len(data)-headSize {
		return nil, 0, nil, false
	}
	frame = data[:headSize+int(length)]
	if binary.LittleEndian.Uint32(frame) != crc32.Update(secret, castagnoli, frame[4:]) {
		return nil, 0, nil, false
	}
	return frame, binary.LittleEndian.Uint64(frame[8:]), frame[headSize:], true
}

// nextName takes one name off names; ok is false if there is none.
func nextName(names []byte) (name, rest []byte, ok bool) {
	length, n := binary.Uvarint(names)
	if n <= 0 || length > uint64(len(names)-n) {
		return nil, nil, false
	}
	return names[n : n+int(length)], names[n+int(length):], true
}
