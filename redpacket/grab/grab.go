// Package grab asks: an envelope is split once and grabbed by thousands at the same time; how
// does everybody get one part, once, and nobody one too many?
//
// grab.go is what an envelope promises, whoever makes it. pile.go hands out the parts of a
// split, one atomic addition each, to whoever asks. memory.go is the envelope to use: a pile, and
// beside it a table of who has had a part (package users). The table costs several times what the
// pile does. Other ways to build an envelope are in package alternatives, the test that all of them
// pass, and that wrong ones do not, in package grabtest.
//
// What lasts longer than its process is in packages durable (a file) and redis; what both keep of
// a split is in package recipe.
package grab

import (
	"context"
	"errors"
)

// Envelope is a sum in parts, of which each user may have one. Its methods may be called by
// many goroutines at once, and each takes effect at one moment between its call and its
// return: whoever knows that a Grab has returned sees it in Left and in Grants.
type Envelope interface {
	// Grab gives the user a part, if he has had none and one is left. Asking again, by
	// the same user, gives the same part again, with Again set; of several calls at the same
	// time one has it not set. So a call whose answer was lost can be repeated.
	//
	// The error is ErrSoldOut if nothing is left and the user has nothing, or the cause
	// of ctx (context.Cause), if that ended before the part was given. It is no use to cancel ctx
	// after that: the part is the user's, and Grab says so. An envelope in memory never gives
	// a part and returns an error. One that has to ask a disk or a server for it cannot promise
	// that, and has one more error: ErrUnknown.
	//
	// A user is a string because that is what identities are where they come from: an
	// account name, an OpenID, a number in a message. Two strings are the same user if they are
	// equal, byte by byte; the empty one is a user like any other. Who may call himself what
	// is not looked at.
	Grab(ctx context.Context, user string) (Grant, error)

	// Left returns how many parts are left. It never grows.
	Left() int

	// Grants returns what has been given up to one moment, by Index, without Again and
	// without the users: enough to count which amounts went how often. It is a copy, 24 bytes a
	// grant. Everything that was in it once is in it for ever.
	Grants() []Grant
}

// Grant is a part that was given to a user.
type Grant struct {
	Index  int   // of the part within the split, from 0; each is given once
	Amount int64 // in the unit of the Params that were split
	Again  bool  // the user had it already
}

// The errors that envelopes have in common: errors.Is. After any other one, unless its envelope says
// something else, the user has been given nothing by this Grab.
var (
	// ErrSoldOut is the error of a Grab that came too late.
	ErrSoldOut = errors.New("grab: sold out")

	// ErrUnknown is the answer that is neither yes nor no: the user had been on his way to a part
	// when something failed, or when his ctx ended (then the cause of that is in the error, too),
	// and whether he has it, nobody knows.
	//
	// What to do is to ask again, for the same user: whoever has a part is told so, with Again
	// set, and whoever has none gets one, if any is left; so nobody ever gets two. It may take
	// a while, or another process, until somebody can tell: the envelope says what is needed. Do
	// not tell the user in the meantime that he has nothing.
	ErrUnknown = errors.New("it is not known whether the claim lasts")
)
