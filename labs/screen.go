package labs

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode"

	"golang.org/x/term"
)

// line is one line of the screen.
type line struct {
	text  string
	style style
}

// style is a parameter of the terminal's sequence for colours.
type style string

const (
	plain style = ""
	bold  style = "1"
	faint style = "2"
	red   style = "31"
	green style = "32"
)

// Sequences of a terminal, as ECMA-48 and every emulator have them. A terminal that
// does not know the last two passes them over.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l\x1b[?7l" // a screen beside the shell's; no cursor; no wrapping
	leaveScreen = "\x1b[?7h\x1b[?25h\x1b[?1049l"
	clearToEnd  = "\x1b[K"
	beginFrame  = "\x1b[?2026h" // show nothing
	endFrame    = "\x1b[?2026l" // until here
)

// painter shows frames. It writes the lines that have changed, in one write for each
// frame and without clearing anything first: so nothing flickers.
type painter struct {
	out           io.Writer
	colours       bool
	width, height int
	shown         []line
}

// resize makes the next frame a whole one.
func (p *painter) resize(width, height int) {
	p.width, p.height, p.shown = width, height, nil
}

// paint shows lines, cut to the screen.
func (p *painter) paint(lines []line) error {
	var b bytes.Buffer
	for y := range p.height {
		var l line
		if y < len(lines) {
			l = lines[y]
		}
		if y < len(p.shown) && p.shown[y] == l {
			continue
		}
		fmt.Fprintf(&b, "\x1b[%d;1H", y+1)
		text := cut(l.text, p.width)
		if l.style != plain && p.colours {
			text = "\x1b[" + string(l.style) + "m" + text + "\x1b[0m"
		}
		b.WriteString(text + clearToEnd)
	}
	p.shown = make([]line, p.height)
	copy(p.shown, lines)
	if b.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(p.out, beginFrame+b.String()+endFrame)
	return err
}

// cut makes text fit into width columns.
func cut(text string, width int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), width)])
}

// printable replaces what a terminal could take for a command, or what would turn the
// direction of writing: messages are made of what an answer has printed.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '\uFFFD'
		}
		return r
	}, strings.ReplaceAll(text, "\t", "    "))
}

// wrapped breaks text into lines of at most width columns, at spaces where there are
// some. Each begins with indent.
func wrapped(text, indent string, width int) (lines []string) {
	now := indent
	for word := range strings.FieldsSeq(printable(text)) {
		if now != indent && len([]rune(now))+1+len([]rune(word)) > width {
			lines = append(lines, now)
			now = indent
		}
		if now != indent {
			now += " "
		}
		now += word
	}
	return append(lines, now)
}

// fullScreen is a terminal that is ours, key by key.
type fullScreen struct {
	painter
	in, outFile *os.File
	before      *term.State
	resized     chan os.Signal
}

// openScreen takes the terminal over. Close it, whatever happens.
func openScreen(in, out *os.File) (*fullScreen, error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, fmt.Errorf("take over the terminal: %w", err)
	}
	s := &fullScreen{
		painter: painter{out: out, colours: os.Getenv("NO_COLOR") == ""},
		in:      in, outFile: out, before: before, resized: make(chan os.Signal, 1),
	}
	signal.Notify(s.resized, syscall.SIGWINCH)
	fmt.Fprint(out, enterScreen)
	s.measure()
	return s, nil
}

// measure asks the terminal for its size.
func (s *fullScreen) measure() {
	width, height, err := term.GetSize(int(s.outFile.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		width, height = 80, 24
	}
	s.resize(width, height)
}

// close gives the terminal back as it was.
func (s *fullScreen) close() {
	signal.Stop(s.resized)
	fmt.Fprint(s.out, leaveScreen)
	_ = term.Restore(int(s.in.Fd()), s.before)
}
