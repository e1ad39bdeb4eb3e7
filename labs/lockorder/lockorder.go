// Package lockorder asks: how does one hold two locks?
//
// Move money between accounts of which each has a lock of its own, in every direction at the
// same time. Read lockorder.go (what is given), then write Transfer in answer.go until the
// tests in lockorder_test.go pass.
package lockorder

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// ErrFunds is what Transfer returns if there is not enough money. It is returned as it is.
var ErrFunds = errors.New("not enough money")

// Account is one account. Its money may be read and changed only by who has locked it.
type Account struct {
	ID int // no two accounts have the same

	mu     sync.Mutex
	cents  int
	locked atomic.Bool

	// The tests look in here. Hooks that are nil do nothing.
	afterLock, afterUnlock, beforeChange func()
}

// NewAccount returns an account with so much money.
func NewAccount(id, cents int) *Account { return &Account{ID: id, cents: cents} }

// Lock waits until nobody else has locked the account, and locks it.
func (a *Account) Lock() {
	a.mu.Lock()
	a.locked.Store(true)
	call(a.afterLock)
}

// Unlock opens the account again.
func (a *Account) Unlock() {
	a.locked.Store(false)
	a.mu.Unlock()
	call(a.afterUnlock)
}

// Cents returns how much there is. It panics if nobody has locked the account.
func (a *Account) Cents() int {
	a.check("read")
	return a.cents
}

// Change adds so much to what there is. It panics if nobody has locked the account.
func (a *Account) Change(cents int) {
	a.check("changed")
	call(a.beforeChange)
	a.cents += cents
}

func (a *Account) check(what string) {
	if !a.locked.Load() {
		panic(fmt.Sprintf("account %d is %s, and nobody has locked it", a.ID, what))
	}
}

func call(hook func()) {
	if hook != nil {
		hook()
	}
}

// Transferrer is what Transfer must be. It moves cents, 1 or more, between two accounts:
//
//  1. If from has as much, it is taken from there and put to the other one, and the result
//     is nil. If not, nothing is changed, and the result is ErrFunds.
//  2. No account is ever overdrawn, whatever else happens at the same time.
//  3. Both accounts are locked from the first change to the last: whoever locks both sees
//     all the money.
//  4. Any number of calls may be made at the same time, with the same accounts in any
//     direction. All of them come to their end.
//  5. Calls that have no account in common do not wait for each other, also if one of them
//     waits for an account that somebody has locked for long.
//  6. from and to may be the same account. Then nothing is changed, and the result is as
//     in point 1.
//  7. When Transfer has returned, it has nothing locked, and nothing that it started goes on.
//
// Who else locks an account never waits for anything while he has it.
type Transferrer func(from, to *Account, cents int) error

var _ Transferrer = Transfer
