//go:build !linux

package interrupted

import (
	"context"

	"lab.example/gopark/internal/experiment"
)

func waiter(context.Context, *experiment.Recorder) error {
	return experiment.Unmet("needs Linux, which says in which call a thread waits")
}
