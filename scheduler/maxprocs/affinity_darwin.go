package maxprocs

import "lab.example/gopark/internal/experiment"

func usableCores() ([]int, error) { return nil, errNoMask }

func onCores([]int, func() error) error { return errNoMask }

var errNoMask = experiment.Unmet("macOS has no affinity masks")
