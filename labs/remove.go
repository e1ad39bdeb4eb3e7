package labs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// Remove is "gopark lab remove PACK".
type Remove struct {
	Pack string `arg:"" help:"Of labs that gopark lab add has added."`
}

// Help is the long help text.
func (Remove) Help() string {
	return `Takes the labs of a pack away. Your answers to them stay in work, and count again when the
pack is added again.`
}

// Run does it.
func (c Remove) Run(ctx context.Context, t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	if err := w.locked(ctx, func() error { return w.remove(c.Pack) }); err != nil {
		return err
	}
	t.Printf("%s is removed; your answers are still in work\n", c.Pack)
	return nil
}

// remove takes a pack away, at once for whoever looks. The caller holds the lock.
func (w work) remove(pack string) error {
	all := filepath.Join(w.root, filepath.FromSlash(packsFolder))
	old := filepath.Join(all, "0-"+pack+"-removed")
	err := fs.ErrNotExist
	if packName.MatchString(pack) {
		err = os.Rename(filepath.Join(all, pack), old)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return cli.Usage(hint.With(fmt.Errorf("there is no pack %q", pack), "gopark lab list shows each with its labs"))
	case err != nil:
		return fmt.Errorf("remove %s: %w", pack, err)
	}
	if err := os.RemoveAll(old); err != nil {
		return fmt.Errorf("remove %s: %w", pack, err)
	}
	return nil
}
