package labs

import (
	"path/filepath"

	"lab.example/gopark/internal/cli"
)

// Start is "gopark lab start NAME".
type Start struct {
	Name  string `arg:"" help:"Which lab; gopark lab list shows them all."`
	Force bool   `help:"Begin again. An answer that you have changed is kept as answer.go~."`
}

// Run does it.
func (c Start) Run(t *cli.Terminal) error {
	l, err := Find(c.Name)
	if err != nil {
		return err
	}
	w, err := here()
	if err != nil {
		return err
	}
	kept, err := w.start(l, c.Force)
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
	return nil
}
