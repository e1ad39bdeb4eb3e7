package outside

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"runtime"
)

// backend is a database that has nothing in it. It answers two queries, the one with rows
// without end, and the other never. As its driver it does what package driver asks for, and
// not more: a query that is cancelled returns ctx.Err(), unless it has an error of its own.
type backend struct {
	asked func()      // called by the query that is never answered
	own   error       // optional: what that query returns
	told  chan string // what a transaction and its connection are told
}

const (
	many  = "many"  // rows without end
	never = "never" // an answer
)

// open returns a database whose pool has one connection.
func (b *backend) open() *sql.DB {
	b.told = make(chan string, 2)
	db := sql.OpenDB(b)
	db.SetMaxOpenConns(1)
	return db
}

func (b *backend) Connect(context.Context) (driver.Conn, error) { return &connection{b}, nil }
func (b *backend) Driver() driver.Driver                        { return nil }

type connection struct{ *backend }

var errUnused = errors.New("this driver cannot do that")

func (c *connection) Prepare(string) (driver.Stmt, error) { return nil, errUnused }
func (c *connection) Begin() (driver.Tx, error)           { return nil, errUnused }

func (c *connection) Close() error { return c.tell("close") }

func (c *connection) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) { return c, nil }

func (c *connection) Commit() error   { return c.tell("commit") }
func (c *connection) Rollback() error { return c.tell("rollback") }

func (c *connection) tell(what string) error {
	select {
	case c.told <- what:
	default: // nobody asks
	}
	return nil
}

func (c *connection) QueryContext(ctx context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	if query == many {
		return ones{}, nil
	}
	c.asked()
	<-ctx.Done()
	if c.own != nil {
		return nil, c.own
	}
	return nil, ctx.Err()
}

// ones are the rows without end.
type ones struct{}

func (ones) Columns() []string           { return []string{"n"} }
func (ones) Close() error                { return nil }
func (ones) Next(d []driver.Value) error { d[0] = int64(1); return nil }

func sqlQuery(ctx context.Context, end func()) (err, failed error) {
	return queryNever(ctx, &backend{asked: end})
}

// sqlInterrupted is as some drivers are that end a query by telling the database.
func sqlInterrupted(ctx context.Context, end func()) (err, failed error) {
	return queryNever(ctx, &backend{asked: end, own: errors.New("interrupted")})
}

func queryNever(ctx context.Context, b *backend) (err, failed error) {
	db := b.open()
	defer db.Close()
	_, err = db.QueryContext(ctx, never)
	return err, nil
}

// sqlPool has the only connection in use.
func sqlPool(ctx context.Context, end func()) (err, failed error) {
	db := (&backend{}).open()
	defer db.Close()
	busy, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	defer busy.Close()
	go func() {
		for db.Stats().WaitCount == 0 && ctx.Err() == nil {
			runtime.Gosched()
		}
		end()
	}()
	_, err = db.QueryContext(ctx, never)
	return err, nil
}

func sqlRows(ctx context.Context, end func()) (err, failed error) {
	db := (&backend{}).open()
	defer db.Close()
	rows, err := db.QueryContext(ctx, many)
	if err != nil {
		return err, nil
	}
	defer rows.Close()
	rows.Next()
	end()
	for rows.Next() {
		runtime.Gosched() // another goroutine closes them
	}
	return rows.Err(), nil
}

// sqlCommit does nothing when the context has ended, until the driver has been told what to
// do; then it commits.
func sqlCommit(ctx context.Context, end func()) (err, failed error) {
	b := &backend{}
	db := b.open()
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err, nil
	}
	end()
	for _, want := range []string{"rollback", "close"} {
		if told := <-b.told; told != want {
			return nil, errors.New("the driver was told to " + told)
		}
	}
	return tx.Commit(), nil
}
