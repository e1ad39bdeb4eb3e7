package cli

import (
	"bufio"
	"context"
	"fmt"
	"strconv"
	"strings"

	"lab.example/gopark/internal/experiment"
)

// ask shows the question and its choices and returns the prediction: the given one,
// or, if it is 0 and a person is there, what they answer. 0 means none.
func ask(ctx context.Context, t *Terminal, e *experiment.Experiment, knobs map[string]int64, given int) (int, error) {
	t.Printf("%s\n\n", e.ID)
	t.Prose("", "", e.Question)
	for _, k := range e.Knobs {
		if v := knobs[k.Name]; v != k.Default {
			t.Printf("(%s = %d here, by default %d)\n", k.Name, v, k.Default)
		}
	}
	t.Printf("\n")
	for i, c := range e.Choices {
		mark := "  "
		if i+1 == given {
			mark = "* "
		}
		t.Prose(fmt.Sprintf("%s%d. ", mark, i+1), "     ", c.Text)
	}
	t.Printf("\n")
	if given != 0 || !t.Interactive {
		return given, nil
	}
	lines := readLines(t)
	for {
		t.Printf("What do you predict? (1 to %d, or Enter to just look) ", len(e.Choices))
		select {
		case <-ctx.Done():
			t.Printf("\n")
			return 0, context.Cause(ctx)
		case line, ok := <-lines:
			text := strings.TrimSpace(line)
			if !ok || text == "" {
				t.Printf("\n")
				return 0, nil
			}
			if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(e.Choices) {
				t.Printf("\n")
				return n, nil
			}
			t.Printf("%q is not one of the choices.\n", text)
		}
	}
}

// readLines reads the terminal beside the caller, so that the caller can be
// interrupted. The reader is left behind, blocked, if it is: a terminal cannot be cut.
func readLines(t *Terminal) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(t.In)
		for in.Scan() {
			lines <- in.Text()
		}
	}()
	return lines
}
