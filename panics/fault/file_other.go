//go:build !linux

package fault

import (
	"os"

	"lab.example/gopark/internal/experiment"
)

func file() (*os.File, error) {
	return nil, experiment.Unmet("a file in memory needs Linux")
}
