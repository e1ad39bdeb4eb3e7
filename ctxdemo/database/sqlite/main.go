//go:build gopark_sqlite

// Command sqlite calls SQLite through database/sql with contexts that end in the middle of
// the call, and shows what comes back, what has been written, and what the connection is
// worth afterwards.
//
// It is a program of its own, behind a build tag, because SQLite takes about a minute to
// compile: nothing that is built or tested with ./... may import it. The experiment one
// folder up builds and runs it; by hand, go run -tags gopark_sqlite ./ctxdemo/database/sqlite
// shows the table. There is no C in it: the driver is SQLite translated to Go.
//
// Read statements.go and transactions.go (the calls), then database.go (the database, which
// tells when a statement runs), trial.go (one call, of which the context ends).
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"lab.example/gopark/ctxdemo/ending"
	"lab.example/gopark/internal/experiment"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	table, err := run(ctx)
	if err == nil {
		err = show(table)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sqlite: error:", err)
		os.Exit(1)
	}
}

// run makes every call, with each way for its context to end.
func run(ctx context.Context) (table experiment.Table, err error) {
	table.Header = []string{"call", "the context ends by", "error", "is it ctx.Err()?", "is it the cause?", "written", "next statement"}
	for _, c := range slices.Concat(statements, transactions) {
		for _, how := range ending.Ways() {
			o, err := try(ctx, how, c.call)
			if err != nil {
				return table, fmt.Errorf("%s, %s: %w", c.name, how, err)
			}
			table.Add(c.name, how, o.text, o.isErr, o.isCause, o.written, o.next)
		}
	}
	return table, nil
}

// show prints the table in the text form of observations.
func show(table experiment.Table) error {
	v, err := experiment.NewValue("/calls:rows", table)
	if err != nil {
		return err
	}
	_, err = fmt.Println(experiment.FormatItem(v))
	return err
}
