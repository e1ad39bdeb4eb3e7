package systemstack

import (
	"context"
	"os"

	"lab.example/gopark/internal/experiment"
)

// The experiment needs Linux: nothing below is called here.

var errNotHere = experiment.Unmet("needs Linux")

func threadID() int { return 0 }

func becomeStderr(*os.File) error { return errNotHere }

func quit(int, int) error { return errNotHere }

func asleep(context.Context, int) ([]int, error) { return nil, errNotHere }
