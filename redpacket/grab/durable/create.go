package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab/recipe"
)

// Option changes what Open asks for.
type Option func(*recipe.Wish)

// WithMethod splits by another method than redpacket.Uniform.
func WithMethod(m redpacket.Method) Option { return func(w *recipe.Wish) { w.Method = m } }

// WithSeed draws the amounts from this seed. Without it, a new log has one that nobody knows. Who
// knows the seed knows all amounts.
func WithSeed(seed recipe.Seed) Option { return func(w *recipe.Wish) { w.Seed = &seed } }

// Open opens the log of this name, or makes one, with a split of p. If several processes try that
// at once, one has it, and the others get ErrInUse. A log that is there must have been made with
// the same p and options, or the error is ErrOther; one that is damaged is ErrDamaged.
//
// What had not become durable when its last process ended is cut off: nobody had been told. Only
// its owner may read a log, because the seed is in it.
//
// It is the file that is in use, not the name. Who moves or deletes a log that a process has open,
// and opens the name again, has two envelopes.
func Open(path string, p redpacket.Params, opts ...Option) (*Log, error) {
	want := recipe.Wish{Params: p}
	for _, o := range opts {
		o(&want)
	}
	l, err := open(path, want)
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", path, err)
	}
	return l, nil
}

func open(path string, want recipe.Wish) (*Log, error) {
	f, err := openFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path, want); err != nil {
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
	l, err := recoverLog(f, want)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// create makes a log under another name, and gives it its own when it is durable: what has the
// name is whole at any time. A link takes nobody's place, which a rename would. A process that is
// killed in here leaves a file behind that nobody asks for.
func create(path string, want recipe.Wish) error {
	r, err := want.New()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "grab.*.new")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(header{r}.encode())
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
