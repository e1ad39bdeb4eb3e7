package toy

import "lab.example/gopark/labs/probe"

var _ = probe.Bubble

// It uses the tools of the judge.
func Total(parts ...int) int { return 0 }

// verdict: build: an answer must not import lab.example/gopark/labs/probe
