package redis

import (
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"

	"github.com/redis/rueidis"

	"lab.example/gopark/redpacket"
)

// split is what is stored of one, in JSON: a person may look at it. All amounts follow from it.
type split struct {
	Format  int              `json:"format"`
	Stream  int              `json:"stream"` // redpacket.StreamVersion
	Method  redpacket.Method `json:"method"`
	N       int              `json:"n"`
	Min     int64            `json:"min"`
	Max     int64            `json:"max"`
	Sum     int64            `json:"sum"`
	Seed    string           `json:"seed"`    // of a ChaCha8, in hexadecimal
	Amounts uint32           `json:"amounts"` // CRC-32C of all amounts, which must come out again
}

const format = 1

func (s *split) params() redpacket.Params {
	return redpacket.Params{N: s.N, Min: s.Min, Max: s.Max, Sum: s.Sum}
}

// Option changes what Open asks for.
type Option func(*settings)

type settings struct {
	method redpacket.Method
	seed   string
}

// WithMethod splits by another method than redpacket.Uniform.
func WithMethod(m redpacket.Method) Option { return func(s *settings) { s.method = m } }

// WithSeed draws the amounts from this seed. Without it, a new split has one that nobody knows, but
// those who may read the key. Who knows the seed knows all amounts.
func WithSeed(seed [32]byte) Option {
	return func(s *settings) { s.seed = hex.EncodeToString(seed[:]) }
}

// Open returns the split of p that is stored under key, or stores one. Any number of processes may
// do that at the same time, and again after an error: all get the same split. One that is there
// must have been made with the same p and options, or the error is ErrOther. Nothing else may use
// the key, and it must not expire while there is anybody who grabs.
//
// The client remains the caller's to close.
func Open(ctx context.Context, client rueidis.Client, key string, p redpacket.Params, opts ...Option) (*Envelope, error) {
	var want settings
	for _, o := range opts {
		o(&want)
	}
	e := &Envelope{client: client, key: key}
	if err := e.open(ctx, p, want); err != nil {
		return nil, fmt.Errorf("open red packet %s: %w", key, err)
	}
	return e, nil
}

func (e *Envelope) open(ctx context.Context, p redpacket.Params, want settings) error {
	proposal, err := propose(p, want)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	stored, err := createScript.Exec(ctx, e.client, []string{e.key}, []string{crand.Text(), proposal}).ToArray()
	if err = reading(ctx, err); errors.Is(err, ErrGone) {
		return fmt.Errorf("%w: it is no hash", ErrOther)
	} else if err != nil {
		return err
	}
	var text string
	if len(stored) == 2 {
		e.id, _ = stored[0].ToString()
		text, _ = stored[1].ToString()
	}
	if err := e.split.decode(text); err != nil {
		return fmt.Errorf("%w: %w", ErrOther, err)
	}
	if err := e.split.requested(p, want); err != nil {
		return err
	}
	if e.amounts, err = e.split.draw(); err != nil {
		return err
	}
	if digest(e.amounts) != e.split.Amounts {
		return errDrifted
	}
	return nil
}

// propose is a new split, in case there is none.
func propose(p redpacket.Params, want settings) (string, error) {
	s := split{
		Format: format, Stream: redpacket.StreamVersion, Method: want.method,
		N: p.N, Min: p.Min, Max: p.Max, Sum: p.Sum, Seed: want.seed,
	}
	if s.Seed == "" {
		var seed [32]byte
		_, _ = crand.Read(seed[:]) // never fails
		s.Seed = hex.EncodeToString(seed[:])
	}
	amounts, err := s.draw()
	if err != nil {
		return "", err
	}
	s.Amounts = digest(amounts)
	text, err := json.Marshal(s)
	return string(text), err
}

// draw draws the amounts.
func (s *split) draw() ([]int64, error) {
	splitter, err := redpacket.New(s.params(), redpacket.WithMethod(s.Method))
	if err != nil {
		return nil, err
	}
	var seed [32]byte
	if n, err := hex.Decode(seed[:], []byte(s.Seed)); n != len(seed) || err != nil {
		return nil, fmt.Errorf("%w: its seed is not one", ErrOther)
	}
	return splitter.Append(nil, rand.NewChaCha8(seed)), nil
}

// decode reads what is stored.
func (s *split) decode(text string) error {
	var version struct{ Format, Stream int }
	switch err := json.Unmarshal([]byte(text), &version); {
	case err != nil:
		return errors.New("it is no split")
	case version.Format != format:
		return fmt.Errorf("it has format %d, and this program knows format %d", version.Format, format)
	case version.Stream != redpacket.StreamVersion:
		return fmt.Errorf("its amounts were drawn by version %d of the stream, and this program knows version %d", version.Stream, redpacket.StreamVersion)
	}
	return json.Unmarshal([]byte(text), s)
}

// requested is an error if s is not what want asks for.
func (s *split) requested(p redpacket.Params, want settings) error {
	switch {
	case s.params() != p:
		return fmt.Errorf("%w: it splits %d into %d parts of %d..%d, and not %d into %d of %d..%d", ErrOther,
			s.Sum, s.N, s.Min, s.Max, p.Sum, p.N, p.Min, p.Max)
	case s.Method != want.method:
		return fmt.Errorf("%w: it is split by %v, and not by %v", ErrOther, s.Method, want.method)
	case want.seed != "" && s.Seed != want.seed:
		return fmt.Errorf("%w: it has another seed", ErrOther)
	}
	return nil
}

var errDrifted = errors.New("the amounts that its seed gives are not the ones that were given away: redpacket has changed without a new StreamVersion")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

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
