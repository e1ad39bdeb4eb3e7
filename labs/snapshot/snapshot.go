// Package snapshot asks: how do many read what somebody changes, without a lock?
//
// Keep a table that is read all the time and seldom changed: who has it in his hands can
// rely on it, and nobody waits for whoever changes it. Read snapshot.go (what is given),
// then write New in answer.go until the tests in snapshot_test.go pass.
package snapshot

// Routes says for each host which servers answer for it, in order. A host may have none.
type Routes map[string][]string

// Book is what New returns: a table of routes and its next edition. Its methods may be
// called by any number of goroutines at the same time:
//
//  1. Now returns the newest edition, and until the next one is published always the same
//     map: it copies nothing. Whoever has it reads it and does not change it.
//  2. An edition never changes, neither its map nor its slices, whatever happens later.
//  3. Update calls change with a draft, which holds what the newest edition holds and
//     shares nothing with it: change may do to the draft and to the slices in it what it
//     likes, also if the book was empty. Then the draft is published, as a whole and
//     before Update returns. Until change has returned nobody else sees any of it.
//  4. Updates at the same time do to the book what they would do one after another. change may be
//     called more than once in an Update, if others were quicker, each time with a new
//     draft of the newest edition then. The last call counts.
//  5. Now and Servers wait for nobody who is in change: the edition before is good enough.
//     change may call them, too.
//  6. If change panics, its panic is that of Update, nothing is published, and the book can
//     be used as before.
//  7. Servers returns the servers of a host in the newest edition, none if it is not there.
//     The slice is the caller's own: he may sort it or write into it.
//  8. What New is given is the first edition. It is copied: its owner may go on to change
//     it. nil is an empty table.
//  9. Nothing goes on when no call is under way, and books have nothing to do with each other.
//
// change does not call Update. When it has returned, nobody touches its draft any more, nor
// what it has put in.
type Book interface {
	Now() Routes
	Servers(host string) []string
	Update(change func(draft Routes))
}

var _ func(Routes) Book = New
