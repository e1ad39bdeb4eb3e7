// Package idempotent asks: what if the same message comes twice?
//
// Whoever must not lose a message sends it again until he knows that it has arrived. Apply
// each once all the same, in three ways: by its id, by its version, by the state that it
// leads to. Read idempotent.go (what is given), then write ByID, ByVersion and ByState in
// answer.go until the tests in idempotent_test.go and z_kafka_test.go pass.
package idempotent

import "errors"

// Store keeps a number under each key, for many processes at the same time. Both methods
// take time. An error other than ErrConflict says nothing about whether the store has done
// it: the store may have lost the request, or we its answer.
type Store interface {
	// Load returns the number under key and its revision, which is another one with every
	// change. It returns 0 and the revision 0 if there is nothing under key.
	Load(key string) (value, revision int, err error)
	// Commit does all writes in one step. If one of the keys has another revision than its
	// write says, it does none and returns ErrConflict.
	Commit(writes ...Write) error
}

// Write is what one key shall be, if it still has Revision: 0 means that there is nothing
// yet.
type Write struct {
	Key      string
	Revision int
	Value    int
}

// ErrConflict says that somebody else was faster.
var ErrConflict = errors.New("the revision is another one by now")

// The keys. An applier may use others besides them, which must begin with "my/".
func BalanceKey(account string) string { return "balance/" + account } // of an account
func PriceKey(item string) string      { return "price/" + item }      // of an item
func StateKey(order string) string     { return "state/" + order }     // of an order, a State
const SoldKey = "sold"                 // how many orders have been paid for

// Deposit adds Amount to Account. No other message has its ID.
type Deposit struct {
	ID      string
	Account string
	Amount  int
}

// Price says what Item costs since Version, which is 1 or more. Versions may be missing, and
// they come in any order. Those of different items have nothing to do with each other.
type Price struct {
	Item    string
	Version int
	Cents   int
}

// State is how far an order is. It goes from each to the next, and never back.
type State int

// The states. Every order begins as Ordered, without anything in the store.
const (
	Ordered State = iota
	Paid
	Packed
	Shipped
)

// Step brings Order to the state To, which is not Ordered.
type Step struct {
	Order string
	To    State
}

// ErrTooEarly is the answer to a step that cannot be taken yet.
var ErrTooEarly = errors.New("a step before this one is missing")

// What the three appliers must be. Each may be called at any time, by any number of
// goroutines and processes, with the same message or others:
//
//  1. ByID adds a deposit to the balance of its account, once for each ID. The answer is the
//     balance after that. To a repeat, it is the same as the first time, whatever has become
//     of the balance since.
//  2. ByVersion sets the price of an item if no newer version has been set. Otherwise it
//     changes nothing. There is no answer that could differ.
//  3. ByState takes a step if the order is in the state before it, and answers with To. When an
//     order becomes Paid, the number under SoldKey goes up by 1. If the step has been taken
//     already, also long ago, it changes nothing and answers with To. If the order is not in the
//     state before it yet, it changes nothing and returns ErrTooEarly.
//  4. Whoever meets ErrConflict begins anew, as often as it takes. Every other error of the
//     store is returned, as it is or wrapped. Then the message will be delivered again.
//  5. The process may end between any two calls of the store. When the message is then
//     delivered to the next process, which has another memory and the same store, the result is
//     that of one delivery. Nothing is remembered outside of the store.
//
// An applier starts nothing that goes on when it has returned.
var (
	_ func(s Store, d Deposit) (balance int, err error) = ByID
	_ func(s Store, p Price) error                      = ByVersion
	_ func(s Store, step Step) (State, error)           = ByState
)
