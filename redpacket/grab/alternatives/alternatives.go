// Package alternatives asks: in which other ways could an envelope be built, and what would that
// cost?
//
// Each file is one of them, and says what speaks for it and what against it. All keep the
// promises of grab.Envelope: the test of package grabtest is the same for all, and `go test
// -bench Contention ./redpacket/grab` compares them. None is clearly faster than grab.Memory.
//
// They are a package of their own, and not options of grab.New, so that who reads or links the
// library has to do with one envelope and not with eight.
package alternatives

import (
	"math/rand/v2"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

// Way is a way to build an envelope.
type Way struct {
	Name string // as it is in benchmarks and tables

	// New makes an envelope of words of src; nil is a secret one. Only of those that split in
	// advance it is the split of grab.New.
	New func(p redpacket.Params, src rand.Source) (Envelope, error)
}

// Envelope is one that may have to be closed. After that it gives nothing any more.
type Envelope interface {
	grab.Envelope
	Close()
}

// Ways are all of them. The first is grab.Memory.
func Ways() []Way {
	return []Way{
		{"memory", ofPile(func(p *grab.Pile) grab.Envelope { return grab.Of(p) })},
		{"mutex", ofPile(newMutex)},
		{"channel", ofPile(newChannel)},
		{"go-maps", ofPile(newMaps)},
		{"sync-map", ofPile(newSyncMap)},
		{"ranges", ofPile(newRanges)},
		{"lazy", newLazy},
		{"owner", newOwner},
	}
}

// ofPile is the way of those who split in advance and have nothing to close.
func ofPile(make func(*grab.Pile) grab.Envelope) func(redpacket.Params, rand.Source) (Envelope, error) {
	return func(p redpacket.Params, src rand.Source) (Envelope, error) {
		pile, err := grab.NewPile(p, grab.WithSource(src))
		if err != nil {
			return nil, err
		}
		return open{make(pile)}, nil
	}
}

type open struct{ grab.Envelope }

func (open) Close() {}

// again is the grant of a user who has it already.
func again(g grab.Grant) grab.Grant {
	g.Again = true
	return g
}
