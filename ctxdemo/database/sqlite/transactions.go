//go:build gopark_sqlite

package main

import (
	"cmp"
	"context"
	"database/sql"
)

// transactions are calls in a transaction that has written its first row. It is one of the
// context that ends, or of another one, which does not.
var transactions = []oneCall{
	{"Tx.ExecContext, the context has ended before", txTooLate},
	{"Tx.ExecContext, a long INSERT runs", txLongInsert},
	{"Tx.Commit, the context has ended before", commitTooLate},
	{"Tx.Commit, it commits", commitRuns},
	{"Tx of another context, a SELECT runs", otherSelect},
	{"Tx of another context, a SELECT ran, then Commit", otherSelectCommit},
	{"Tx of another context, a long INSERT runs", otherInsert},
	{"Tx of another context, a long INSERT ran, then another INSERT", otherInsertNext},
	{"Tx of another context, a long INSERT ran, then Commit", otherInsertCommit},
	{"Tx of another context, a long INSERT ran, then Rollback", otherInsertRollback},
}

// begin begins a transaction and writes the first row.
func begin(ctx context.Context, d *database) (*sql.Tx, error) {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err = tx.ExecContext(ctx, insertFirst); err != nil {
		tx.Rollback()
		return nil, err
	}
	return tx, nil
}

// over waits until the rollback is over that database/sql does by itself, when the context of
// the transaction has ended.
func over(d *database) { d.awaitRest() }

func txTooLate(ctx context.Context, d *database, end func()) (err, failed error) {
	tx, err := begin(ctx, d)
	if err != nil {
		return nil, err
	}
	end()
	defer over(d)
	_, err = tx.ExecContext(ctx, insertNext)
	return err, nil
}

func txLongInsert(ctx context.Context, d *database, end func()) (err, failed error) {
	tx, err := begin(ctx, d)
	if err != nil {
		return nil, err
	}
	defer over(d)
	d.running = end
	_, err = tx.ExecContext(ctx, insertLong)
	return err, nil
}

func commitTooLate(ctx context.Context, d *database, end func()) (err, failed error) {
	tx, err := begin(ctx, d)
	if err != nil {
		return nil, err
	}
	end()
	over(d)
	return tx.Commit(), nil
}

// commitRuns ends the context when SQLite is about to commit.
func commitRuns(ctx context.Context, d *database, end func()) (err, failed error) {
	tx, err := begin(ctx, d)
	if err != nil {
		return nil, err
	}
	d.committing = end
	return tx.Commit(), nil
}

// otherWay goes on with a transaction after one of its statements was cut: another
// INSERT, then Commit, whatever comes back.
type otherWay struct{ cut, next, commit error }

// goOn has a transaction of a context that does not end. One of its statements has another
// context, which does. Then it goes on, as if nothing had been.
func goOn(ctx context.Context, d *database, end func(), statement string) (o otherWay, failed error) {
	tx, err := begin(context.Background(), d)
	if err != nil {
		return o, err
	}
	d.running = end
	_, o.cut = tx.ExecContext(ctx, statement)
	_, o.next = tx.Exec(insertNext)
	o.commit = tx.Commit()
	return o, nil
}

func otherSelect(ctx context.Context, d *database, end func()) (err, failed error) {
	o, failed := goOn(ctx, d, end, searchLong)
	return o.cut, failed
}

func otherSelectCommit(ctx context.Context, d *database, end func()) (err, failed error) {
	o, failed := goOn(ctx, d, end, searchLong)
	return o.commit, cmp.Or(failed, o.next)
}

func otherInsert(ctx context.Context, d *database, end func()) (err, failed error) {
	o, failed := goOn(ctx, d, end, insertLong)
	return o.cut, failed
}

func otherInsertNext(ctx context.Context, d *database, end func()) (err, failed error) {
	o, failed := goOn(ctx, d, end, insertLong)
	return o.next, failed
}

func otherInsertCommit(ctx context.Context, d *database, end func()) (err, failed error) {
	o, failed := goOn(ctx, d, end, insertLong)
	return o.commit, failed
}

// otherInsertRollback does not go on.
func otherInsertRollback(ctx context.Context, d *database, end func()) (err, failed error) {
	tx, err := begin(context.Background(), d)
	if err != nil {
		return nil, err
	}
	d.running = end
	_, _ = tx.ExecContext(ctx, insertLong) // that it is cut is in another row
	return tx.Rollback(), nil
}
