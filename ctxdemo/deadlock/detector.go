package deadlock

import (
	"context"
	"errors"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
)

// program is a way of calling testdata/detected.go.
type program struct {
	what string // for people
	name string // its argument

	// What must come out.
	said, ended string
}

var programs = []program{
	{"two deadlocked goroutines, and main waits for them", "all", "fatal error: all goroutines are asleep - deadlock!", "exit 2"},
	{"two deadlocked goroutines, and main has something else to do", "busy", "", "exit 0"},
}

var programHeader = []string{"program", "the runtime says", "it ends with"}

// askDetector runs the programs. If they cannot be built here, it says why.
func askDetector(ctx context.Context) (table experiment.Table, absent string, err error) {
	table = experiment.Table{Header: programHeader}
	built, err := plain.BuildFile(ctx, files, "testdata/detected.go")
	if errors.Is(err, experiment.ErrUnmet) {
		return table, err.Error(), nil
	}
	if err != nil {
		return table, "", err
	}
	defer built.Close()
	for _, p := range programs {
		end, err := built.Run(ctx, p.name)
		if err != nil {
			return table, "", err
		}
		said, _, _ := strings.Cut(strings.Join(end.Stderr, "\n"), "\n")
		table.Add(p.what, said, end)
	}
	return table, "", nil
}

func detected() experiment.Table {
	want := experiment.Table{Header: programHeader}
	for _, p := range programs {
		want.Add(p.what, p.said, p.ended)
	}
	return want
}
