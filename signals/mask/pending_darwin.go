package mask

import (
	"context"

	"lab.example/gopark/internal/experiment"
)

// waiting is never called: the experiment needs Linux.
func waiting(context.Context, *experiment.Recorder) (experiment.Table, error) {
	return experiment.Table{}, experiment.Unmet("needs Linux")
}
