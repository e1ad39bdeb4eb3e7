package toy

import (
	"testing"

	"lab.example/gopark/labs/probe"
)

func TestTotal(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		if got := Total(1, 2, 3); got != 6 {
			t.Fatalf("the sum of 1, 2 and 3 is %d: want 6", got)
		}
	})
}
