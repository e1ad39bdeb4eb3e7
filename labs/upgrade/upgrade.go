// Package upgrade asks: can a reader become a writer?
//
// Read a table at the same time as others, and write into it what is missing, once. Read
// upgrade.go (what is given), then write New in answer.go until the tests in
// upgrade_test.go pass.
package upgrade

import "sync/atomic"

// Table is a map that notices if it is used in a wrong way. Any number of goroutines may read
// it at the same time. Who writes must be alone.
type Table struct {
	m       map[string]string
	readers atomic.Int32
	writing atomic.Bool

	// The tests look in here. Hooks that are nil do nothing.
	afterRead   func(key string)
	beforeWrite func(key string)
}

// NewTable returns an empty table.
func NewTable() *Table { return &Table{m: make(map[string]string)} }

// Read returns the value of key, and whether there is one. Any string is a value. It panics if
// somebody writes.
func (t *Table) Read(key string) (value string, ok bool) {
	t.readers.Add(1)
	defer t.readers.Add(-1)
	if t.writing.Load() {
		panic("the table is read while somebody writes it")
	}
	value, ok = t.m[key]
	if t.afterRead != nil {
		t.afterRead(key)
	}
	return value, ok
}

// Write sets the value of key. It panics if somebody else reads or writes.
func (t *Table) Write(key, value string) {
	if !t.writing.CompareAndSwap(false, true) {
		panic("the table is written while somebody else writes it")
	}
	if t.beforeWrite != nil {
		t.beforeWrite(key)
	}
	if t.readers.Load() > 0 {
		panic("the table is written while somebody reads it")
	}
	t.m[key] = value
	t.writing.Store(false)
}

// Cache is what New returns. Get may be called by any number of goroutines at the same time:
//
//  1. Get returns the value of key in the table. If there is none, it calls make with key, writes
//     what that returns into the table, and returns it.
//  2. make is called once for each key that is missing, however many ask for it at the same time.
//     Then all of them get that value.
//  3. Calls with keys that are in the table read it at the same time. They may wait while
//     somebody makes or writes.
//  4. The table is used as it wants to be, and is the only memory: each call reads it, and what
//     it had before New counts, too.
//  5. If make panics, its panic is that of the call that has called it, and nothing is written.
//     The next one who asks for the key, or has waited for it, makes it.
//  6. Nothing goes on when no call is under way.
//
// make does not call Get. Nobody else uses the table.
type Cache interface {
	Get(key string) string
}

var _ func(table *Table, make func(key string) string) Cache = New
