package redis

import (
	"context"
	crand "crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/rueidis"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab/recipe"
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

// Option changes what Open asks for.
type Option func(*recipe.Wish)

// WithMethod splits by another method than redpacket.Uniform.
func WithMethod(m redpacket.Method) Option { return func(w *recipe.Wish) { w.Method = m } }

// WithSeed draws the amounts from this seed. Without it, a new split has one that nobody knows, but
// those who may read the key. Who knows the seed knows all amounts.
func WithSeed(seed recipe.Seed) Option { return func(w *recipe.Wish) { w.Seed = &seed } }

// Open returns the split of p that is stored under key, or stores one. Any number of processes may
// do that at the same time, and again after an error: all get the same split. One that is there
// must have been made with the same p and options, or the error is ErrOther. Nothing else may use
// the key, and it must not expire while there is anybody who grabs.
//
// The client remains the caller's to close.
func Open(ctx context.Context, client rueidis.Client, key string, p redpacket.Params, opts ...Option) (*Envelope, error) {
	want := recipe.Wish{Params: p}
	for _, o := range opts {
		o(&want)
	}
	e := &Envelope{client: client, key: key}
	if err := e.open(ctx, want); err != nil {
		return nil, fmt.Errorf("open red packet %s: %w", key, err)
	}
	return e, nil
}

func (e *Envelope) open(ctx context.Context, want recipe.Wish) error {
	proposal, err := want.New()
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	stored, err := createScript.Exec(ctx, e.client, []string{e.key}, []string{crand.Text(), encode(proposal)}).ToArray()
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
	if e.id == "" {
		return fmt.Errorf("%w: it is no split", ErrOther)
	}
	if e.recipe, err = decode(text); err != nil {
		return fmt.Errorf("%w: %w", ErrOther, err)
	}
	if err := e.recipe.Differs(want); err != nil {
		return fmt.Errorf("%w: %w", ErrOther, err)
	}
	e.amounts, err = e.recipe.Amounts()
	return err
}

// encode is what is stored.
func encode(r recipe.Recipe) string {
	text, err := json.Marshal(split{
		Format: format, Stream: redpacket.StreamVersion, Method: r.Method,
		N: r.Params.N, Min: r.Params.Min, Max: r.Params.Max, Sum: r.Params.Sum,
		Seed: hex.EncodeToString(r.Seed[:]), Amounts: r.Digest,
	})
	if err != nil {
		panic(err) // numbers, and a method that has a name: it has been drawn by
	}
	return string(text)
}

// decode is the inverse of encode.
func decode(text string) (r recipe.Recipe, err error) {
	var version struct{ Format, Stream int }
	switch err := json.Unmarshal([]byte(text), &version); {
	case err != nil:
		return r, errors.New("it is no split")
	case version.Format != format:
		return r, fmt.Errorf("it has format %d, and this program knows format %d", version.Format, format)
	case version.Stream != redpacket.StreamVersion:
		return r, fmt.Errorf("its amounts were drawn by version %d of the stream, and this program knows version %d", version.Stream, redpacket.StreamVersion)
	}
	var s split
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return r, err
	}
	if hex.DecodedLen(len(s.Seed)) != len(r.Seed) {
		return r, errors.New("its seed is not one")
	}
	if _, err := hex.Decode(r.Seed[:], []byte(s.Seed)); err != nil {
		return r, fmt.Errorf("its seed is not one: %w", err)
	}
	r.Params = redpacket.Params{N: s.N, Min: s.Min, Max: s.Max, Sum: s.Sum}
	r.Method, r.Digest = s.Method, s.Amounts
	return r, nil
}
