//go:build gopark_sqlite

package main

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
)

// statements are calls outside of a transaction. To try another one, write a function and
// add its line.
var statements = []oneCall{
	{"DB.ExecContext, the context has ended before", tooLate},
	{"DB.ExecContext, waiting for a connection of the pool", waitForConnection},
	{"DB.ExecContext, waiting for a lock", waitForLock},
	{"DB.ExecContext, a long INSERT runs", longInsert},
	{"DB.ExecContext, a short INSERT runs", shortInsert},
	{"DB.ExecContext, two INSERTs, the second one runs", twoInserts},
	{"DB.Exec, a long INSERT runs", withoutContext},
	{"Row.Scan, its SELECT runs", scan},
	{"Rows.Err, the SELECT runs in Next", nextRuns},
	{"Rows.Err, between two rows, database/sql notices first", poolNotices},
	{"Rows.Err, between two rows, the driver notices first", driverNotices},
}

func tooLate(ctx context.Context, d *database, end func()) (err, failed error) {
	end()
	_, err = d.ExecContext(ctx, insertFirst)
	return err, nil
}

func waitForConnection(ctx context.Context, d *database, end func()) (err, failed error) {
	busy, err := d.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	defer busy.Close()
	waiting, returned := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for d.Stats().WaitCount == 0 && waiting.Err() == nil {
			runtime.Gosched()
		}
		end()
	}()
	_, err = d.ExecContext(ctx, insertFirst)
	returned()
	<-ended
	if d.Stats().WaitCount == 0 {
		return nil, errors.New("the call did not wait")
	}
	return err, nil
}

// waitForLock has somebody else write, who need not be in this process: the lock is on the
// file.
func waitForLock(ctx context.Context, d *database, end func()) (err, failed error) {
	other, err := d.again()
	if err != nil {
		return nil, err
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(insertNext); err != nil {
		return nil, err
	}
	d.waiting = end
	_, err = d.ExecContext(ctx, insertFirst)
	return err, nil
}

func longInsert(ctx context.Context, d *database, end func()) (err, failed error) {
	d.running = end
	_, err = d.ExecContext(ctx, insertLong)
	return err, nil
}

func shortInsert(ctx context.Context, d *database, end func()) (err, failed error) {
	d.running = end
	_, err = d.ExecContext(ctx, insertShort)
	return err, nil
}

func twoInserts(ctx context.Context, d *database, end func()) (err, failed error) {
	d.running = end
	_, err = d.ExecContext(ctx, insertFirst+`;`+insertLong)
	return err, nil
}

// withoutContext cannot know that somebody has gone.
func withoutContext(_ context.Context, d *database, end func()) (err, failed error) {
	d.running = end
	_, err = d.Exec(insertMany)
	return err, nil
}

func scan(ctx context.Context, d *database, end func()) (err, failed error) {
	d.running = end
	var n int
	return d.QueryRowContext(ctx, searchLong).Scan(&n), nil
}

func nextRuns(ctx context.Context, d *database, end func()) (err, failed error) {
	asked, early := false, false
	d.running = func() {
		early = !asked
		end()
	}
	rows, err := d.QueryContext(ctx, searchLong)
	if err != nil {
		return err, nil
	}
	defer rows.Close()
	asked = true
	for rows.Next() {
		return nil, errors.New("the SELECT has found something")
	}
	if early {
		return nil, errors.New("the SELECT ran before Next was called")
	}
	return rows.Err(), nil
}

// poolNotices asks for the second row when database/sql has closed the rows.
func poolNotices(ctx context.Context, d *database, end func()) (err, failed error) {
	rows, err := d.QueryContext(ctx, endless+`SELECT n FROM endless`)
	if err != nil {
		return err, nil
	}
	defer rows.Close()
	rows.Next()
	end()
	d.awaitRest()
	rows.Next()
	return rows.Err(), nil
}

// driverNotices asks for it while database/sql has woken up and has not got any further.
func driverNotices(ctx context.Context, d *database, end func()) (err, failed error) {
	held := &heldContext{Context: ctx, holds: make(chan struct{}), let: make(chan struct{})}
	rows, err := d.QueryContext(held, endless+`SELECT n FROM endless`)
	if err != nil {
		return err, nil
	}
	defer d.awaitRest()
	defer rows.Close()
	defer close(held.let)
	rows.Next()
	held.armed.Store(true)
	end()
	<-held.holds
	rows.Next()
	return rows.Err(), nil
}

// heldContext is a context that holds up the first one who asks for its Err when it is
// armed. Its Done channel is not changed: whoever waits for that is woken in time.
type heldContext struct {
	context.Context
	armed      atomic.Bool
	holds, let chan struct{}
}

func (c *heldContext) Err() error {
	if c.armed.CompareAndSwap(true, false) {
		close(c.holds)
		<-c.let
	}
	return c.Context.Err()
}
