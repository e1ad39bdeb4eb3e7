// Package oversell asks: why is a lock in every method not enough?
//
// Give away the shares of a red packet, one to everybody who asks and none twice, on top of a
// ledger whose methods are all locked. Read oversell.go (what is given), then write New in
// answer.go until the tests in oversell_test.go pass.
package oversell

import "errors"

// What Grab returns if there is nothing for the user. They are returned as they are.
var (
	ErrTwice = errors.New("this user has a share already")
	ErrEmpty = errors.New("no share is left")
)

// Ledger is the book of one packet. Each of its methods locks and is safe for concurrent
// use, by itself. It writes down whatever it is told, also what must not be.
type Ledger interface {
	Has(user string) bool // whether the user has a share
	Left() int            // how many shares are not given away

	// Give writes down that the next share is the user's and returns its size, in cents. If
	// it returns an error, nothing is written.
	Give(user string) (cents int, err error)
}

// Packet is what New returns. Grab may be called by any number of goroutines at the same
// time, for the same user or for others:
//
//  1. Who has no share gets the next one, as long as there is one: Grab returns its size
//     and nil. The ledger is told to give only then, and once in a call of Grab.
//  2. Who has a share is told ErrTwice, also if no share is left. However often a user asks
//     at the same time, he never gets a second one.
//  3. Who has none is told ErrEmpty if all shares are given away, and only then: what
//     somebody else may still fail to get is not given away.
//  4. If Give fails, Grab returns its error as it is. The share is still there, and the
//     user may ask again.
//  5. The ledger is the only memory: what it was told before New counts, too.
//  6. Packets with different ledgers do not wait for each other.
//  7. Grab does not give up while others are at it: it waits for its turn. Nothing goes on
//     when no call is under way.
type Packet interface {
	Grab(user string) (cents int, err error)
}

var _ func(Ledger) Packet = New
