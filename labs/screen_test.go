package labs

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// writes counts the writes.
type writes []string

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return len(p), nil
}

// A frame is one write, and has only what is different; nothing is cleared first.
func TestPaintWithoutFlicker(t *testing.T) {
	var out writes
	p := painter{out: &out, colours: true}
	p.resize(10, 3)
	require.NoError(t, p.paint([]line{{"one", plain}, {"a line that is too long", red}}))
	require.Equal(t, writes{"\x1b[?2026h\x1b[1;1Hone\x1b[K\x1b[2;1H\x1b[31ma line tha\x1b[0m\x1b[K\x1b[3;1H\x1b[K\x1b[?2026l"}, out)

	out = nil
	require.NoError(t, p.paint([]line{{"one", plain}, {"a line that is too long", red}}))
	require.Empty(t, out, "nothing has changed")
	require.NoError(t, p.paint([]line{{"one", plain}, {"two", plain}, {}, {"below the screen", plain}}))
	require.Equal(t, writes{"\x1b[?2026h\x1b[2;1Htwo\x1b[K\x1b[?2026l"}, out)

	out = nil
	p.resize(10, 1)
	require.NoError(t, p.paint([]line{{"one", plain}}))
	require.Len(t, out, 1, "another size: everything anew")
	require.NotContains(t, strings.Join(out, ""), "\x1b[2J")
}

func TestPrintable(t *testing.T) {
	require.Equal(t, "a    b\uFFFD[2Jc\uFFFD", printable("a\tb\x1b[2Jc\u202e"))
	require.Equal(t, []string{"  aa bb", "  cccccccccc", "  d"}, wrapped("aa bb cccccccccc d", "  ", 8))
}

func TestKeys(t *testing.T) {
	for sent, want := range map[string][]key{
		"nq":                   {'n', 'q'},
		"\x03":                 {keyCtrlC},
		"\r\n":                 {keyEnter, keyEnter},
		"\x1b":                 {keyEscape},
		"\x1b[Ah\x1b[B":        {keyUp, 'h', keyDown},
		"\x1bOA\x1b[5~\x1b[6~": {keyUp, keyPgUp, keyPgDown},
		"\x1b[200~\x1b[1;5Cq":  {'q'},
		"\x1b[1;":              nil,
		"\u00fcr":              {'r'},
		"\x1bq":                {keyEscape, 'q'},
	} {
		var got []key
		readKeys(strings.NewReader(sent), func(k key) bool { got = append(got, k); return true })
		require.Equal(t, want, got, "%q", sent)
	}
	n := 0
	readKeys(strings.NewReader("abc"), func(key) bool { n++; return false })
	require.Equal(t, 1, n)
}

func FuzzKeys(f *testing.F) {
	f.Add([]byte("\x1b[A\x1b[5~q"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for len(b) > 0 {
			_, rest := nextKey(b)
			require.Less(t, len(rest), len(b))
			b = rest
		}
	})
}
