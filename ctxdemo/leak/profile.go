package leak

import (
	"context"
	"errors"
	"strings"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
)

// profileCase is something that testdata/profile.go leaves behind.
type profileCase struct {
	name  string // as the program prints it
	what  string
	found bool // the profile must find it
}

var profileCases = []profileCase{
	{"children", "1000 children that nobody cancels", false},
	{"propagateCancel", "the goroutine of a child, of a context that nobody refers to", true},
	{"forgottenWaits", "a goroutine that waits for a Done that nobody refers to", true},
	{"rememberedWaits", "a goroutine that waits for a Done that a variable refers to", false},
	{"sleeps", "a goroutine that sleeps for an hour", false},
}

func wantProfile() experiment.Table {
	table := experiment.Table{Header: []string{"what is left behind", "goroutineleak profile"}}
	for _, c := range profileCases {
		table.Add(c.what, says(c.found))
	}
	return table
}

func says(found bool) string {
	if found {
		return finds
	}
	return nothing
}

// askProfile builds the program and runs it. If that cannot be done here it says why.
func askProfile(ctx context.Context) (table experiment.Table, absent string, err error) {
	table = experiment.Table{Header: wantProfile().Header}
	source, err := files.ReadFile("testdata/profile.go")
	if err != nil {
		return table, "", err
	}
	program, err := plain.Build(ctx, source, []string{"GOEXPERIMENT=goroutineleakprofile"})
	switch {
	case errors.Is(err, experiment.ErrUnmet):
		return table, err.Error(), nil
	case err != nil:
		return table, "", err
	}
	defer program.Close()
	end, err := program.Run(ctx)
	switch {
	case err != nil:
		return table, "", err
	case end.Exit != 0:
		return table, strings.Join(end.Stderr, " "), nil
	}
	for _, c := range profileCases {
		found := "not observed"
		for _, line := range end.Stdout {
			if name, text, _ := strings.Cut(line, " "); name == c.name {
				found = says(text == "true")
			}
		}
		table.Add(c.what, found)
	}
	return table, "", nil
}
