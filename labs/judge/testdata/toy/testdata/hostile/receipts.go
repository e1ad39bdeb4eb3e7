package toy

import "lab.example/gopark/labs/judge/receipt"

var _ = receipt.Give

// It gives the receipt itself.
func Total(parts ...int) int { return 0 }

// verdict: build: an answer must not import lab.example/gopark/labs/judge/receipt
