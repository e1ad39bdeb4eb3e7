package durable

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab/recipe"
)

// header is the beginning of a log: the recipe of its amounts.
type header struct{ recipe.Recipe }

// layout is a header's bytes, little endian.
type layout struct {
	Magic         [8]byte
	Format        uint32
	Stream        uint32
	N             uint64
	Min, Max, Sum int64
	Seed          recipe.Seed
	Method        [28]byte // its name, and zeros
	Amounts       uint32   // a checksum of all of them
	Checksum      uint32   // CRC-32C of what is before it
}

const (
	magic  = "\x89grab\r\n\x1a" // is no text, and is not changed unnoticed by what changes text
	format = 2
)

var headerSize = int64(binary.Size(layout{}))

// secret is what the checksums of frames begin with. A frame of another log is none of this one,
// and no user can choose a name that has a frame in it without knowing the seed.
//
// It is the header's own checksum. A checksum of the whole header, with that one at its end, is the
// same number for all headers: that is how CRCs are.
func (h header) secret() uint32 {
	data := h.encode()
	return binary.LittleEndian.Uint32(data[len(data)-4:])
}

func (h header) encode() []byte {
	raw := layout{
		Format: format, Stream: redpacket.StreamVersion,
		N: uint64(h.Params.N), Min: h.Params.Min, Max: h.Params.Max, Sum: h.Params.Sum,
		Seed: h.Seed, Amounts: h.Digest,
	}
	copy(raw.Magic[:], magic)
	copy(raw.Method[:], h.Method.String())
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
	h.Seed, h.Digest = raw.Seed, raw.Amounts
	h.Params = redpacket.Params{N: int(raw.N), Min: raw.Min, Max: raw.Max, Sum: raw.Sum}
	if err := h.Method.UnmarshalText(bytes.TrimRight(raw.Method[:], "\x00")); err != nil {
		return fmt.Errorf("%w: %w", ErrOther, err)
	}
	return nil
}
