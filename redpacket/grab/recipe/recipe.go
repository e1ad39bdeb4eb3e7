// Package recipe answers: what has to be kept of a split, so that all its amounts come out again?
//
// Whoever opens an envelope that lasts has a Wish. If there is none yet, the wish makes a Recipe,
// which is what is stored (in which form, is the store's business); if there is one, it must be what
// is wished for. The amounts are drawn from it by every process anew, and are stored nowhere: a
// checksum of them tells whether they are the old ones.
package recipe

import (
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"

	"lab.example/gopark/redpacket"
)

// Seed is that of a ChaCha8. Who knows it knows all amounts.
type Seed [32]byte

// Wish is what somebody who opens an envelope asks for.
type Wish struct {
	Params redpacket.Params
	Method redpacket.Method
	Seed   *Seed // nil: any; a new split has one that nobody knows
}

// Recipe is what the amounts follow from, as long as redpacket.StreamVersion is the same: keep that
// beside it.
type Recipe struct {
	Params redpacket.Params
	Method redpacket.Method
	Seed   Seed
	Digest uint32 // CRC-32C of the amounts, each as 8 bytes, little endian
}

// New is the recipe of a new split. The error is that of redpacket.New.
func (w Wish) New() (Recipe, error) {
	r := Recipe{Params: w.Params, Method: w.Method}
	if w.Seed != nil {
		r.Seed = *w.Seed
	} else {
		_, _ = crand.Read(r.Seed[:]) // never fails: crypto/rand ends the program instead
	}
	amounts, err := r.draw()
	r.Digest = digest(amounts)
	return r, err
}

// Differs says in what r is not what was wished for: "it splits ...". It is nil if r is.
func (r Recipe) Differs(w Wish) error {
	is, want := r.Params, w.Params
	switch {
	case is != want:
		return fmt.Errorf("it splits %d into %d parts of %d..%d, and not %d into %d of %d..%d",
			is.Sum, is.N, is.Min, is.Max, want.Sum, want.N, want.Min, want.Max)
	case r.Method != w.Method:
		return fmt.Errorf("it is split by %v, and not by %v", r.Method, w.Method)
	case w.Seed != nil && r.Seed != *w.Seed:
		return errors.New("it has another seed")
	}
	return nil
}

// ErrDrifted is the error of Amounts if they are not those that there were. Somebody may have
// been told the old ones, so nothing can be done but to use the program that drew them.
var ErrDrifted = errors.New("the amounts that its seed gives are not the ones that were given away: redpacket has changed without a new StreamVersion")

// Amounts draws them. Ask for the amounts of what does not Differ only: of what somebody else has
// written there may be more than the memory holds.
func (r Recipe) Amounts() ([]int64, error) {
	amounts, err := r.draw()
	if err == nil && digest(amounts) != r.Digest {
		err = ErrDrifted
	}
	if err != nil {
		return nil, err
	}
	return amounts, nil
}

func (r Recipe) draw() ([]int64, error) {
	s, err := redpacket.New(r.Params, redpacket.WithMethod(r.Method))
	if err != nil {
		return nil, err
	}
	return s.Append(nil, rand.NewChaCha8(r.Seed)), nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func digest(amounts []int64) (sum uint32) {
	var b [8]byte
	for _, v := range amounts {
		binary.LittleEndian.PutUint64(b[:], uint64(v))
		sum = crc32.Update(sum, castagnoli, b[:])
	}
	return sum
}
