// Package random answers: which random words did an experiment draw, and how many?
//
// A method of redpacket is judged by what it makes of random words, so every run begins with a
// seed that nobody chose, records it, and can be repeated with it. Where the price is asked for,
// too, the words are counted.
package random

import (
	crand "crypto/rand"
	"encoding/binary"
	"math/rand/v2"
)

// Seed returns a number that nobody can foretell: all 64 bits are the operating system's. It is
// signed because observations are.
func Seed() int64 {
	var b [8]byte
	_, _ = crand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return int64(binary.LittleEndian.Uint64(b[:]))
}

// PCG returns the words of a seed, the same ones each time: rand.NewPCG(uint64(seed), 0). They are
// not for what must stay secret; a few of them tell the rest.
func PCG(seed int64) *rand.PCG { return rand.NewPCG(uint64(seed), 0) }

// Counted is a source that counts its words. It is for one goroutine, as most sources are.
//
// A method that is given one asks through two interfaces for each word, instead of calling a PCG
// that it knows: do not measure time with it.
type Counted struct {
	rand.Source
	Words int64 // that were taken; whoever begins anew sets it to 0
}

// Uint64 takes a word.
func (c *Counted) Uint64() uint64 {
	c.Words++
	return c.Source.Uint64()
}
