package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
)

// Option changes what Open asks for.
type Option func(*settings)

type settings struct {
	method redpacket.Method
	seed   *[32]byte
}

// WithMethod splits by another method than redpacket.Uniform.
func WithMethod(m redpacket.Method) Option { return func(s *settings) { s.method = m } }

// WithSeed draws the amounts from this seed. Without it, a new log has one that nobody knows. Who
// knows the seed knows all amounts.
func WithSeed(seed [32]byte) Option { return func(s *settings) { s.seed = &seed } }

// Open opens the log of this name, or makes one, with a split of p. If several processes try that
// at once, one has it, and the others get ErrInUse. A log that is there must have been made with
// the same p and options, or the error is ErrOther; one that is damaged is ErrDamaged.
//
// What had not become durable when its last process ended is cut off: nobody had been told. Only
// its owner may read a log, because the seed is in it.
func Open(path string, p redpacket.Params, opts ...Option) (*Log, error) {
	var want settings
	for _, o := range opts {
		o(&want)
	}
	l, err := open(path, p, want)
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", path, err)
	}
	return l, nil
}

func open(path string, p redpacket.Params, want settings) (*Log, error) {
	f, err := openFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path, p, want); err != nil {
			return nil, err
		}
		f, err = openFile(path)
	}
	if err != nil {
		return nil, err
	}
	if err := syncDir(filepath.Dir(path)); err != nil { // whoever has made it may have died before that
		return nil, errors.Join(err, f.Close())
	}
	l, err := recoverLog(f, p, want)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// create makes a log under another name, and gives it its own when it is durable: what has the
// name is whole at any time. A link takes nobody's place, which a rename would.
func create(path string, p redpacket.Params, want settings) error {
	h, err := newHeader(p, want)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(h.encode())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil // somebody was quicker
}

// inUse says who has the lock: nobody knows.
func inUse() error {
	return hint.With(ErrInUse, "one process at a time; for several, see redpacket/grab/redis")
}
