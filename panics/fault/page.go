package fault

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// errAbsent is wrapped by the errors of addresses that this system cannot have.
var errAbsent = errors.New("there is no such address here")

// address makes a pointer of a number, which no program should.
func address(n uintptr) func() (*byte, error) {
	return func() (*byte, error) { return pointer(n), nil }
}

//go:nocheckptr
func pointer(n uintptr) *byte { return (*byte)(unsafe.Add(unsafe.Pointer(nil), n)) }

// impossible is an address whose upper bits are not copies of bit 47. For such a one amd64
// reports a fault without an address.
func impossible() (*byte, error) {
	if runtime.GOARCH != "amd64" {
		return nil, fmt.Errorf("%w: %s", errAbsent, runtime.GOARCH)
	}
	return pointer(1 << 63), nil
}

// page maps one page of memory.
func page(protection int) ([]byte, error) {
	p, err := unix.Mmap(-1, 0, unix.Getpagesize(), protection, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("map a page: %w", err)
	}
	return p, nil
}

// unmapped maps three pages and gives back the one in the middle: into a hole of one page
// nothing is put that the runtime might map meanwhile.
func unmapped() (*byte, error) {
	size := uintptr(unix.Getpagesize())
	p, err := unix.MmapPtr(-1, 0, nil, 3*size, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("map three pages: %w", err)
	}
	middle := unsafe.Add(p, size)
	return (*byte)(middle), unix.MunmapPtr(middle, size)
}

func readOnly() (*byte, error) {
	p, err := page(unix.PROT_READ)
	if err != nil {
		return nil, err
	}
	return &p[0], nil
}

func stringConstant() (*byte, error) { return unsafe.StringData("constant"), nil }

// truncated maps a file of two pages and takes away the second.
func truncated() (*byte, error) {
	f, err := file()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size := unix.Getpagesize()
	if err := f.Truncate(int64(2 * size)); err != nil {
		return nil, err
	}
	p, err := unix.Mmap(int(f.Fd()), 0, 2*size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map a file: %w", err)
	}
	return &p[size], f.Truncate(int64(size))
}
