// Package database asks: what does a real database return, and what has it done, when the
// context of a call ends?
//
// The calls are made by a program of its own, in the folder sqlite: start there. run has it
// built and carries it out; expected.go says what must come out. The page tells why.
package database

import (
	"context"
	"embed"
	"path"
	"reflect"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/ondemand"
)

//go:embed page.md *.go testdata sqlite
var files embed.FS

// Experiment is the claim that the error of a call to a database tells where the call was
// when its context ended, and not that it has ended.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/database",
	Question: "`db.ExecContext(ctx, insert)`, and the database is SQLite. Three times `cancel(errGone)` comes before it is through: while the call waits for a connection of the pool; while it waits for the lock of somebody else who writes; while the INSERT runs. Each time nothing is written. For how many of the three errors does `errors.Is(err, context.Canceled)` hold?",
	Choices: []experiment.Choice{
		{
			Text:    "For all three: a call that was cancelled returns context.Canceled.",
			Because: "Nobody has promised that. ExecContext hands on what the driver returns, and this driver hands on what SQLite says.",
		},
		{
			Text:    "For two, the waits: only a statement that runs has been interrupted.",
			Because: "Only one of the two waits is in database/sql. The lock is on a file, and it is SQLite that waits for it. When it is told to give up, it says what it says whenever it has waited in vain: database is locked.",
		},
		{
			Text:    "For one, the wait for a connection.",
			True:    true,
			Because: "There database/sql itself returns ctx.Err(). The other two are \"sqlite3: database is locked\" and \"sqlite3: interrupted\", and neither is context.Canceled.",
		},
		{
			Text:    "For none: a cause was given, and all three are errGone.",
			Because: "database/sql is older than causes and returns ctx.Err() to this day. The driver asks whether the context has ended, and not why.",
		},
	},
	Run:    run,
	Check:  check,
	Wall:   experiment.FirstBuild,
	Needs:  experiment.Needs{Toolchain: true},
	Claims: []string{"C11"},
	Files:  files,
}

type observed struct {
	Calls experiment.Table `obs:"/calls:rows"`
}

// caller is the program that has SQLite in it.
var caller = ondemand.Program{
	Package: path.Join(reflect.TypeFor[observed]().PkgPath(), "sqlite"), // also after the module has been renamed
	Name:    "the caller of SQLite",
	Tags:    []string{"gopark_sqlite"},
	Limit:   experiment.FirstBuild - 30*time.Second, // leaves time for the run
}

func run(ctx context.Context, r *experiment.Recorder) error {
	program, err := caller.Build(ctx, r.Notef)
	if err != nil {
		return err
	}
	values, err := ondemand.Observe(ctx, program)
	if err != nil {
		return err
	}
	for _, v := range values {
		r.Value(v.Name, v.V)
	}
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	return seen.Calls.Equals(expected(), 2)
}
