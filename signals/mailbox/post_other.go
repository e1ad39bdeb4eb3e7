//go:build !linux

package mailbox

import (
	"context"

	"lab.example/gopark/internal/experiment"
)

func post(context.Context, *experiment.Recorder) error {
	return experiment.Unmet("needs Linux, where a namespace takes its message queues with it")
}
