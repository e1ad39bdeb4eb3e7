//go:build !linux

package terminal

import (
	"os"

	"lab.example/gopark/internal/experiment"
)

// device is a pseudo-terminal, where there is one.
type device struct{ master, slave *os.File }

// The size that a device has at first.
const firstRows, firstColumns = 24, 80

func openDevice(mode) (*device, error) {
	return nil, experiment.Unmet("the terminals of this experiment are those of Linux")
}

func (d *device) resize(_, _ uint16) error { panic("no device was opened") }

func (d *device) close() {}
