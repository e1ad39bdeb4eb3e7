package labs

import (
	"context"
	"strings"

	"lab.example/gopark/internal/cli"
)

// Hint is "gopark lab hint [NAME]".
type Hint struct {
	Name  string `arg:"" optional:"" help:"Which lab; without it, the one whose answer you wrote last."`
	Again bool   `help:"Show the hints that you have had, and no further one."`
	JSON  bool   `help:"Print one JSON object of name, level, levels, text."`
}

// Help is the long help text.
func (Hint) Help() string {
	return `Shows the next hint. There are three: where to look, what to think about, and what to
write. Each time you ask there is one more; when there are no more, the last one is
shown again.

With --json the object has
  name    of the lab
  level   of the hint, counted from 1; 0 if you have had none
  levels  how many there are
  text    of the hint, with its heading; "" if level is 0`
}

type hinted struct {
	Name   string `json:"name"`
	Level  int    `json:"level"`
	Levels int    `json:"levels"`
	Text   string `json:"text"`
}

// Run does it.
func (c Hint) Run(ctx context.Context, t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	l, err := w.which(c.Name)
	if err != nil {
		return err
	}
	h, err := w.hint(ctx, l, c.Again)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return t.JSON(h)
	case h.Level == 0:
		t.Printf("%s: no hints so far: gopark lab hint %s\n", l.Name, l.Name)
		return nil
	}
	from := h.Level
	if c.Again {
		from = 1
	}
	for _, text := range l.Page().Hints[from-1 : h.Level] {
		t.Printf("%s\n\n", strings.TrimLeft(text, "# "))
	}
	if left := h.Levels - h.Level; left > 0 {
		t.Printf("(%d more: gopark lab hint %s)\n", left, l.Name)
	} else {
		t.Printf("(this was the last one)\n")
	}
	return nil
}

// hint takes one more hint, unless again is true or there is none, and notes it. Of two
// that ask at the same time, each gets one.
func (w work) hint(ctx context.Context, l Lab, again bool) (hinted, error) {
	all := l.Page().Hints
	h := hinted{Name: l.Name, Levels: len(all)}
	err := w.locked(ctx, func() error {
		past, err := w.history()
		if err != nil {
			return err
		}
		h.Level = min(past.hints(l), len(all))
		if again || h.Level == len(all) {
			return nil
		}
		h.Level++
		return w.note(entry{Lab: l.Name, Hint: h.Level})
	})
	if err == nil && h.Level > 0 {
		h.Text = all[h.Level-1]
	}
	return h, err
}
