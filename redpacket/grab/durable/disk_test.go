package durable

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"time"
)

// disk is a file on a disk behind a cache, as a kernel has it. What was written is in the cache,
// and what is read comes from there. A sync brings the sectors that were written since the last
// one to the platter. If a sync fails, some of them may have got there, and none counts as
// written any more: the next sync knows nothing of them. When the power fails, the cache is lost;
// of what was not synced, any sector may have got to the platter before. Nor is the end of a file
// cut off for good without a sync.
type disk struct {
	mu      sync.Mutex
	random  *rand.Rand
	cache   []byte
	platter []byte
	dirty   map[int]bool
	off     bool // there was no power, or the process was killed: nothing happens any more

	// fault is asked before every operation. It may block.
	fault func(op) fault
	syncs int

	unreadable int64 // nothing can be read from here on; 0 is nowhere
}

type op int

const (
	writeOp op = iota
	truncateOp
	syncOp
)

type fault int

const (
	none    fault = iota
	refuse        // an error; of a write or a sync, a part may have happened
	already       // an error, after everything has happened
	powerless
)

// sector is less than any disk has, so that much can go wrong in a small file.
const sector = 32

var errPower = errors.New("no power")

func newDisk(seed uint64, content []byte) *disk {
	return &disk{
		random: rand.New(rand.NewPCG(seed, 0)), dirty: make(map[int]bool),
		cache: bytes.Clone(content), platter: bytes.Clone(content),
		fault: func(op) fault { return none },
	}
}

// begin is the beginning of every operation that changes something, with mu held at its end.
func (d *disk) begin(o op) (fault, error) {
	f := d.fault(o)
	d.mu.Lock()
	if f == powerless {
		d.off = true
	}
	if d.off {
		return f, errPower
	}
	if d.random.IntN(4) == 0 {
		d.writeBack()
	}
	return f, nil
}

// writeBack is what a kernel does when it has the time.
func (d *disk) writeBack() {
	d.platter = resize(d.platter, max(len(d.platter), len(d.cache)))
	for _, s := range slices.Sorted(maps.Keys(d.dirty)) {
		if d.random.IntN(2) == 0 {
			d.bring(s)
			delete(d.dirty, s)
		}
	}
}

func (d *disk) WriteAt(p []byte, at int64) (int, error) {
	f, err := d.begin(writeOp)
	defer d.mu.Unlock()
	if err != nil {
		return 0, err
	}
	if f == refuse {
		p = p[:d.random.IntN(len(p))]
	}
	if grow := int(at) + len(p) - len(d.cache); grow > 0 {
		d.cache = append(d.cache, make([]byte, grow)...)
	}
	copy(d.cache[at:], p)
	for s := int(at) / sector; s*sector < int(at)+len(p); s++ {
		d.dirty[s] = true
	}
	if f != none {
		return len(p), syscall.ENOSPC
	}
	return len(p), nil
}

func (d *disk) Truncate(size int64) error {
	f, err := d.begin(truncateOp)
	defer d.mu.Unlock()
	if err != nil {
		return err
	}
	if f == refuse {
		return syscall.EIO
	}
	d.cache = d.cache[:size]
	if f == already {
		return syscall.EIO
	}
	return nil
}

func (d *disk) Sync() error {
	f, err := d.begin(syncOp)
	defer d.mu.Unlock()
	if err != nil {
		return err
	}
	d.syncs++
	if f == refuse {
		d.reach()
		return syscall.EIO
	}
	d.platter = resize(d.platter, len(d.cache))
	for s := range d.dirty {
		d.bring(s)
	}
	clear(d.dirty)
	if f == already {
		return syscall.EIO
	}
	return nil
}

// reach brings some of the dirty sectors to the platter, and perhaps the size; none is dirty then.
func (d *disk) reach() {
	if d.random.IntN(2) == 0 {
		d.platter = resize(d.platter, len(d.cache))
	}
	for _, s := range slices.Sorted(maps.Keys(d.dirty)) {
		if d.random.IntN(2) == 0 {
			d.bring(s)
		}
	}
	clear(d.dirty)
}

func (d *disk) bring(s int) {
	from, to := s*sector, min((s+1)*sector, len(d.cache), len(d.platter))
	if from < to {
		copy(d.platter[from:to], d.cache[from:])
	}
}

func resize(p []byte, size int) []byte {
	if size <= len(p) {
		return p[:size]
	}
	return append(p, make([]byte, size-len(p))...)
}

func (d *disk) ReadAt(p []byte, at int64) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.unreadable > 0 && at+int64(len(p)) > d.unreadable {
		return 0, syscall.EIO
	}
	return bytes.NewReader(d.cache).ReadAt(p, at)
}

func (d *disk) Size() (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(len(d.cache)), nil
}

func (d *disk) Close() error { return nil }

var _ file = (*disk)(nil)

// restart is what the next process finds after this one was killed; after a power cut, if the
// machine was off, too.
func (d *disk) restart(cut bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = false
	if cut {
		d.reach()
		d.cache = bytes.Clone(d.platter)
	}
}

// dead reports whether answers do not reach anybody any more.
func (d *disk) dead() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off
}

// slow makes every sync take a while, so that groups form.
func slow(next func(op) fault) func(op) fault {
	return func(o op) fault {
		if o == syncOp {
			time.Sleep(time.Millisecond)
		}
		return next(o)
	}
}
