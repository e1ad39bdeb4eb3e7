package durable

import (
	"bytes"
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"

	"lab.example/gopark/redpacket"
)

// header is the beginning of a log. All amounts follow from it.
type header struct {
	stream  uint32 // redpacket.StreamVersion
	params  redpacket.Params
	method  redpacket.Method
	seed    [32]byte // of a ChaCha8
	amounts uint32   // CRC-32C of all amounts, which must come out again
}

// layout is a header's bytes, little endian.
type layout struct {
	Magic         [8]byte
	Format        uint32
	Stream        uint32
	N             uint64
	Min, Max, Sum int64
	Seed          [32]byte
	Method        [28]byte // its name, and zeros
	Amounts       uint32
	Checksum      uint32 // CRC-32C of what is before it
}

const (
	magic  = "\x89grab\r\n\x1a" // is no text, and is not changed unnoticed by what changes text
	format = 1
)

var headerSize = int64(binary.Size(layout{}))

// newHeader is the header of a new split.
func newHeader(p redpacket.Params, want settings) (header, error) {
	h := header{stream: redpacket.StreamVersion, params: p, method: want.method}
	if want.seed != nil {
		h.seed = *want.seed
	} else {
		_, _ = crand.Read(h.seed[:]) // never fails
	}
	amounts, err := h.draw()
	h.amounts = digest(amounts)
	return h, err
}

// draw draws the amounts.
func (h *header) draw() ([]int64, error) {
	s, err := redpacket.New(h.params, redpacket.WithMethod(h.method))
	if err != nil {
		return nil, err
	}
	return s.Append(nil, rand.NewChaCha8(h.seed)), nil
}

// digest returns a checksum of amounts.
func digest(amounts []int64) uint32 {
	var sum uint32
	var b [8]byte
	for _, v := range amounts {
		binary.LittleEndian.PutUint64(b[:], uint64(v))
		sum = crc32.Update(sum, castagnoli, b[:])
	}
	return sum
}

// secret is what the checksums of frames begin with. A frame of another log is none of this one,
// and no user can choose a name that has a frame in it without knowing the seed.
func (h *header) secret() uint32 { return crc32.Checksum(h.encode(), castagnoli) }

func (h *header) encode() []byte {
	raw := layout{
		Format: format, Stream: h.stream,
		N: uint64(h.params.N), Min: h.params.Min, Max: h.params.Max, Sum: h.params.Sum,
		Seed: h.seed, Amounts: h.amounts,
	}
	copy(raw.Magic[:], magic)
	copy(raw.Method[:], h.method.String())
	data, err := binary.Append(nil, binary.LittleEndian, raw)
	if err != nil {
		panic(err) // all of it has a fixed size
	}
	body := data[:len(data)-4]
	binary.LittleEndian.PutUint32(data[len(body):], crc32.Checksum(body, castagnoli))
	return data
}

// decode is the inverse of encode. Whoever has been given another file than a log learns that, and
// not that it is damaged.
func (h *header) decode(data []byte) error {
	var raw layout
	_, err := binary.Decode(data, binary.LittleEndian, &raw)
	switch {
	case len(data) < len(magic) || string(data[:len(magic)]) != magic:
		return fmt.Errorf("%w: this is not a log of grants", ErrOther)
	case err != nil:
		return fmt.Errorf("%w: its header is cut off", ErrDamaged)
	case raw.Checksum != crc32.Checksum(data[:headerSize-4], castagnoli):
		return fmt.Errorf("%w: the checksum of its header does not fit", ErrDamaged)
	case raw.Format != format:
		return fmt.Errorf("%w: it has format %d, and this program knows format %d", ErrOther, raw.Format, format)
	case raw.Stream != redpacket.StreamVersion:
		return fmt.Errorf("%w: its amounts were drawn by version %d of the stream, and this program knows version %d",
			ErrOther, raw.Stream, redpacket.StreamVersion)
	}
	h.stream, h.seed, h.amounts = raw.Stream, raw.Seed, raw.Amounts
	h.params = redpacket.Params{N: int(raw.N), Min: raw.Min, Max: raw.Max, Sum: raw.Sum}
	if err := h.method.UnmarshalText(bytes.TrimRight(raw.Method[:], "\x00")); err != nil {
		return fmt.Errorf("%w: %w", ErrOther, err)
	}
	return nil
}

// requested is an error if h is not what want asks for.
func (h *header) requested(want settings, p redpacket.Params) error {
	switch {
	case h.params != p:
		return fmt.Errorf("%w: it splits %d into %d parts of %d..%d, and not %d into %d of %d..%d", ErrOther,
			h.params.Sum, h.params.N, h.params.Min, h.params.Max, p.Sum, p.N, p.Min, p.Max)
	case h.method != want.method:
		return fmt.Errorf("%w: it is split by %v, and not by %v", ErrOther, h.method, want.method)
	case want.seed != nil && h.seed != *want.seed:
		return fmt.Errorf("%w: it has another seed", ErrOther)
	}
	return nil
}

var errDrifted = errors.New("the amounts that its seed gives are not the ones that were given away: redpacket has changed without a new StreamVersion")
