package database

import (
	"lab.example/gopark/ctxdemo/ending"
	"lab.example/gopark/internal/experiment"
)

// result is what errors a call returns, by the way in which its context ends.
type result struct {
	canceled, expired string
	isErr             bool // whether they are ctx.Err(); the cause they never are
}

var (
	done        = same("nil")
	contextEnd  = result{"context canceled", "context deadline exceeded", true}
	interrupted = same("sqlite3: interrupted")
	locked      = same("sqlite3: database is locked")
	txDone      = same("sql: transaction has already been committed or rolled back")
	noTx        = same("sqlite3: SQL logic error: cannot commit - no transaction is active")
	noTxLeft    = same("sqlite3: SQL logic error: cannot rollback - no transaction is active")
)

// same is the result of somebody who does not tell cancellations from timeouts.
func same(text string) result { return result{canceled: text, expired: text} }

const (
	sameConn = "nil, same connection"
	newConn  = "nil, new connection"
)

// expectations are what must come back from each call of the program, what must have been
// written, and how the next statement fares.
var expectations = []struct {
	call string
	result
	written, next string
}{
	{"DB.ExecContext, the context has ended before", contextEnd, "none", sameConn},
	{"DB.ExecContext, waiting for a connection of the pool", contextEnd, "none", sameConn},
	{"DB.ExecContext, waiting for a lock", locked, "none", sameConn},
	{"DB.ExecContext, a long INSERT runs", interrupted, "none", sameConn},
	{"DB.ExecContext, a short INSERT runs", done, "short", sameConn},
	{"DB.ExecContext, two INSERTs, the second one runs", interrupted, "first", sameConn},
	{"DB.Exec, a long INSERT runs", done, "1000 long", sameConn},
	{"Row.Scan, its SELECT runs", interrupted, "none", sameConn},
	{"Rows.Err, the SELECT runs in Next", interrupted, "none", sameConn},
	{"Rows.Err, between two rows, database/sql notices first", contextEnd, "none", sameConn},
	{"Rows.Err, between two rows, the driver notices first", interrupted, "none", sameConn},

	{"Tx.ExecContext, the context has ended before", contextEnd, "none", newConn},
	{"Tx.ExecContext, a long INSERT runs", interrupted, "none", newConn},
	{"Tx.Commit, the context has ended before", txDone, "none", newConn},
	{"Tx.Commit, it commits", done, "first", sameConn},
	{"Tx of another context, a SELECT runs", interrupted, "first, next", sameConn},
	{"Tx of another context, a SELECT ran, then Commit", done, "first, next", sameConn},
	{"Tx of another context, a long INSERT runs", interrupted, "next", sameConn},
	{"Tx of another context, a long INSERT ran, then another INSERT", done, "next", sameConn},
	{"Tx of another context, a long INSERT ran, then Commit", noTx, "next", sameConn},
	{"Tx of another context, a long INSERT ran, then Rollback", noTxLeft, "none", sameConn},
}

func expected() (want experiment.Table) {
	want.Header = []string{"call", "the context ends by", "error", "is it ctx.Err()?", "is it the cause?", "written", "next statement"}
	for _, e := range expectations {
		want.Add(e.call, ending.Cancel, e.canceled, e.isErr, false, e.written, e.next)
		want.Add(e.call, ending.Timeout, e.expired, e.isErr, false, e.written, e.next)
	}
	return want
}
