//go:build !linux

package children

import (
	"context"

	"lab.example/gopark/internal/experiment"
)

var errLinux = experiment.Unmet("needs Linux, which shows zombies and adopts orphans on request")

func crowd(context.Context, *experiment.Recorder) error { return errLinux }

func parent(context.Context, *experiment.Recorder) error { return errLinux }

func runCrowd(context.Context, *experiment.Recorder) error { return errLinux }

func runCases(context.Context, *experiment.Recorder) error { return errLinux }
