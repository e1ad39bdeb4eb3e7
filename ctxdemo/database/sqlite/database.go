//go:build gopark_sqlite

package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// database is a file with one empty table, written, and a pool of at most one connection
// to it, so that whoever needs another one has to wait.
type database struct {
	*sql.DB
	dir    string       // where it is
	opened atomic.Int64 // connections that the pool has opened so far

	// Called by SQLite when it has come so far. A call under test sets one of them.
	running    func() // a statement goes through its rows
	waiting    func() // a statement has found a lock in its way
	committing func() // a transaction is about to be committed
}

// middle is the row at which a statement calls running: rows before it have been through
// its hands, and others will be.
const middle = 100

// endless is a table of all numbers from 1 on. Nobody has ever seen its last row.
const endless = `WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM endless) `

const (
	insertFirst = `INSERT INTO written VALUES ('first')`
	insertNext  = `INSERT INTO written VALUES ('next')`
	insertShort = `INSERT INTO written SELECT 'short' WHERE running(100)`
	insertLong  = endless + `INSERT INTO written SELECT 'long' FROM endless WHERE running(n)`
	insertMany  = insertLong + ` LIMIT 1000`
	searchLong  = endless + `SELECT n FROM endless WHERE running(n) AND n = 0`
)

// open makes the file, or opens it once more.
func open(dir string) (*database, error) {
	nothing := func() {}
	d := &database{dir: dir, running: nothing, waiting: nothing, committing: nothing}
	// Nobody will ask for this file when the machine has lost its power.
	name := "file:" + filepath.ToSlash(filepath.Join(dir, "database")) + "?_pragma=synchronous(off)"
	var err error
	d.DB, err = driver.Open(name, d.introduce)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	d.SetMaxOpenConns(1)
	if _, err := d.Exec(`CREATE TABLE IF NOT EXISTS written (what TEXT)`); err != nil {
		d.Close()
		return nil, fmt.Errorf("make a table: %w", err)
	}
	return d, nil
}

// again opens the same file for somebody else.
func (d *database) again() (*database, error) { return open(d.dir) }

// introduce prepares a new connection so that SQLite itself tells how far it is.
func (d *database) introduce(c *sqlite3.Conn) error {
	d.opened.Add(1)
	c.CommitHook(func() (ok bool) {
		d.committing()
		return true
	})
	busy := func(context.Context, int) (again bool) {
		d.waiting()
		return true
	}
	if err := c.BusyHandler(busy); err != nil {
		return fmt.Errorf("hear of locks: %w", err)
	}
	// In SQL, running(n) is true.
	err := c.CreateFunction("running", 1, 0, func(result sqlite3.Context, n ...sqlite3.Value) {
		if n[0].Int() == middle {
			d.running()
		}
		result.ResultBool(true)
	})
	if err != nil {
		return fmt.Errorf("hear of statements: %w", err)
	}
	return nil
}

// written returns what the table holds: "none", or "first, 1000 long".
func (d *database) written() (string, error) {
	rows, err := d.Query(`SELECT iif(count(*) = 1, what, count(*) || ' ' || what) FROM written GROUP BY what`)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			return "", err
		}
		all = append(all, what)
	}
	if len(all) == 0 {
		all = append(all, "none")
	}
	return strings.Join(all, ", "), rows.Err()
}

// awaitRest waits until the pool's connection is not in use: database/sql has noticed the
// end of the context, in a goroutine of its own, and has done what it does about it.
func (d *database) awaitRest() {
	for d.Stats().InUse > 0 {
		runtime.Gosched()
	}
}
