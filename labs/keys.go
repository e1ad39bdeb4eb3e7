package labs

import "io"

// key is a key that was pressed: a character, or one of these.
type key rune

const (
	keyNone   key = 0
	keyCtrlC  key = 3
	keyEnter  key = '\r'
	keyEscape key = 0x1b
	keyUp     key = -1
	keyDown   key = -2
	keyPgUp   key = -3
	keyPgDown key = -4
)

// readKeys calls pressed for every key, until r ends or pressed returns false.
func readKeys(r io.Reader, pressed func(key) bool) {
	buf := make([]byte, 256)
	for {
		n, err := r.Read(buf)
		for rest := buf[:n]; len(rest) > 0; {
			var k key
			if k, rest = nextKey(rest); k != keyNone && !pressed(k) {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// nextKey takes one key off what a terminal sent. A sequence comes in one piece; an
// escape with nothing after it is the key itself.
func nextKey(b []byte) (key, []byte) {
	if b[0] == '\n' {
		return keyEnter, b[1:]
	}
	if b[0] >= 0x80 { // no command is outside of ASCII
		return keyNone, b[1:]
	}
	if key(b[0]) != keyEscape || len(b) == 1 || b[1] != '[' && b[1] != 'O' {
		return key(b[0]), b[1:]
	}
	end := 2
	for end < len(b) && (b[end] < 0x40 || b[end] > 0x7e) {
		end++
	}
	if end == len(b) {
		return keyNone, nil
	}
	named := map[string]key{"A": keyUp, "B": keyDown, "5~": keyPgUp, "6~": keyPgDown}
	return named[string(b[2:end+1])], b[end+1:]
}
