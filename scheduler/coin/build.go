package coin

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
)

// shuffle builds the program with these flags of the go command, runs it on one P, and
// returns the orders that it prints. If it cannot be built, that is ErrUnmet: the race
// detector needs a platform that it knows, and most of them a C compiler.
func shuffle(ctx context.Context, rounds int, flags ...string) ([][]int64, error) {
	source, err := files.ReadFile("testdata/shuffle.go")
	if err != nil {
		return nil, fmt.Errorf("read program: %w", err)
	}
	program, err := plain.Build(ctx, source, []string{"CGO_ENABLED=1"}, flags...)
	if err != nil {
		return nil, err
	}
	defer program.Close()
	process, err := plain.Start(ctx, child.Spec{
		Path: program.Path, Args: []string{strconv.Itoa(rounds)}, Env: child.Env("GOMAXPROCS=1"),
	})
	if err != nil {
		return nil, err
	}
	end, err := process.Ending()
	if err == nil && (end.Exit != 0 || end.Signal != "") {
		err = fmt.Errorf("run program: %v: %s", end, strings.Join(end.Stderr, "; "))
	}
	if err != nil {
		return nil, err
	}
	orders, err := parse(end.Stdout)
	if err == nil && len(orders) != rounds {
		// It prints fewer if it was disturbed too often.
		err = experiment.Unmet("the machine is too busy: %d of %d rounds were not disturbed", len(orders), rounds)
	}
	return orders, err
}
