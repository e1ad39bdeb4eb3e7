package terminal

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
)

// device is a pseudo-terminal. Who holds the master is the keyboard and the screen; the
// slave is what programs take for their terminal.
type device struct{ master, slave *os.File }

// The size that a device has at first.
const firstRows, firstColumns = 24, 80

// openDevice makes a terminal. It never calls master.Fd: that would take the master out
// of the poller, and a Close could then wait for a Read.
func openDevice(m mode) (*device, error) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, experiment.Unmet("this machine gives out no pseudo-terminals: %v", err)
	}
	d := &device{master: master}
	var number int
	err = d.control(func(fd int) error {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return fmt.Errorf("unlock the terminal: %w", err)
		}
		if number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN); err != nil {
			return fmt.Errorf("ask for the terminal's number: %w", err)
		}
		return setMode(fd, m)
	})
	if err == nil {
		err = d.resize(firstRows, firstColumns)
	}
	if err == nil {
		d.slave, err = os.OpenFile(fmt.Sprint("/dev/pts/", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		d.close()
		return nil, experiment.Unmet("no pseudo-terminal can be set up here: %v", err)
	}
	return d, nil
}

// setMode does what the program stty does.
func setMode(fd int, m mode) error {
	settings, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return fmt.Errorf("read the terminal's mode: %w", err)
	}
	switch m {
	case raw:
		settings.Lflag &^= unix.ISIG | unix.ICANON | unix.ECHO
	case tostop:
		settings.Lflag |= unix.TOSTOP
	}
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, settings); err != nil {
		return fmt.Errorf("set the terminal's mode: %w", err)
	}
	return nil
}

func (d *device) resize(rows, columns uint16) error {
	return d.control(func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: columns})
	})
}

// control calls f with the master's descriptor.
func (d *device) control(f func(fd int) error) error {
	conn, err := d.master.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := conn.Control(func(fd uintptr) { failed = f(int(fd)) }); err != nil {
		return err
	}
	return failed
}

func (d *device) close() {
	d.master.Close()
	if d.slave != nil {
		d.slave.Close()
	}
}
