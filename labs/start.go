package labs

import (
	"context"
	"path/filepath"

	"lab.example/gopark/internal/cli"
)

// Start is "gopark lab start NAME".
type Start struct {
	Name  string `arg:"" help:"Which lab; gopark lab list shows them all."`
	Force bool   `help:"Begin again. Your answer is kept, and gopark lab reset --undo brings it back."`
}

// Run does it.
func (c Start) Run(ctx context.Context, t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	l, err := w.find(c.Name)
	if err != nil {
		return err
	}
	var kept string
	err = w.locked(ctx, func() (err error) {
		kept, err = w.start(l, c.Force)
		return err
	})
	if err != nil {
		return err
	}
	if kept != "" {
		t.Printf("Your answer is kept as %s\n\n", kept)
	}
	folder := filepath.Dir(answerName(l))
	t.Printf("%s\n\n", l.Page().Title)
	t.Printf("  read    %s\n", filepath.Join(folder, "page.md"))
	t.Printf("  write   %s\n", answerName(l))
	t.Printf("  try     go test -timeout 10s ./%s\n", filepath.ToSlash(folder))
	t.Printf("  check   gopark lab check %s\n", l.Name)
	t.Printf("  or see every save judged: gopark lab watch\n")
	return nil
}
