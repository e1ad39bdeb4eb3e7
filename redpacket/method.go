package redpacket

import (
	"encoding"
	"fmt"
	"strings"
)

// Method is a way to split. Uniform is the one to use; the others are what people use, or would
// be right but for something, and are here to be measured against it.
type Method uint8

// The methods.
const (
	// Uniform makes every split equally likely, exactly: it needs nothing but ideal random words.
	// It takes any Params that are valid, up to 2^48 parts, and about one nanosecond a part more
	// than it takes to draw the parts without regard to their sum.
	Uniform Method = iota

	// Walk is the threshold walk of the notes, unchanged. It is no method of splitting: the last
	// part may be less than Min or more than Max, unless Sum/N is exactly in the middle between
	// them, and Sum mod N is given to nobody. All other parts are within bounds, and
	// they are N*(Sum/N) in all, rounded down as Go does. Where it is right, it is biased. It
	// takes 4/3 words a part where the mean is the middle, and up to Max-Min+1 at the edges; New
	// refuses what might take more than mostWork, and bounds beyond 2^60.
	Walk

	// Leash is the walk, mended: every result is a split, of any Params. It is biased, and many
	// splits cannot come out at all. It takes one word a part.
	Leash

	// Window draws each part uniformly from all that leave the others a split, one word each,
	// for any Params. Every split can come out. It is biased, and it favours by position: far
	// from the middle of the range the first parts are too large (or too small), and all others
	// pay for it.
	Window

	// DoubleAverage draws each part uniformly from Min to twice the mean of what is left, cut off
	// where the others could not go on: one word each, for any Params. It is biased. With Max out
	// of reach every part has the same mean, the later ones with a larger spread; with a mean
	// beyond the middle it favours by position as Window does.
	DoubleAverage

	// Symmetric is DoubleAverage with a range whose middle is the mean of what is left, also
	// near Max. It is biased. The means of all parts are nearly the same, whatever the mean is.
	Symmetric

	// Retry draws N parts and throws all of them away until they have the sum. It is exact. New
	// refuses it where that takes more than 2^26 words on average: nearly everywhere, unless
	// the parts are few or the mean is close to the middle.
	Retry

	// Bars draws the places of N-1 bars among Sum-N*Min stars, again until no part is above Max.
	// It is exact, and takes N words and a sort for a try. New refuses it beyond 2^18 parts, and
	// where it takes more than 2^26 words on average: it is for a Max that is seldom reached.
	Bars

	// Enumerate lists all splits once and picks one with one word. It is exact. New refuses lists
	// of more than 2^22 numbers.
	Enumerate

	// Dynamic draws each part by a table of how many splits are left behind it. It takes one word
	// a part, and time proportional to what a part may be. Its law is that of Uniform but for the
	// rounding of float64, of which 2^-50 a part is a fair estimate. New refuses tables of more
	// than 42 * 2^20 numbers: 1000 parts of 1..80 with the sum 40000 are just about possible.
	Dynamic

	// Tilted is Retry with parts that are not uniform, so that the sum is a likely one. It is
	// exact, and takes some sqrt(2*pi*N) standard deviations of a part as many tries: New refuses
	// what takes more than 2^26 words on average.
	Tilted

	// Divide is Tilted, but for the last part, which is what the others leave. It is exact, and
	// takes about sqrt(2*pi*N) tries: New refuses what takes more than 2^26 words on average.
	Divide

	// Exchange begins with parts that are alike, and lets two of them divide what they have anew,
	// N*log2(N) times. It takes any Params of up to some millions of parts, three words a step. No
	// number of steps makes it exact; its law comes nearer to that of Uniform with each.
	Exchange
)

// methods are all of them.
var methods = map[Method]struct {
	name string
	make func(Params) (drawer, error)
}{
	Uniform:       {"uniform", newUniform},
	Walk:          {"walk", newWalk},
	Leash:         {"leash", newLeash},
	Window:        {"window", newWindow},
	DoubleAverage: {"double-average", newAverage},
	Symmetric:     {"symmetric", newSymmetric},
	Retry:         {"retry", newRetry},
	Bars:          {"bars", newBars},
	Enumerate:     {"enumerate", newEnumerate},
	Dynamic:       {"dynamic", newDynamic},
	Tilted:        {"tilted", newTilted},
	Divide:        {"divide", newDivide},
	Exchange:      {"exchange", newExchange},
}

var (
	_ encoding.TextMarshaler   = Uniform
	_ encoding.TextUnmarshaler = (*Method)(nil)
)

// String returns the name: "uniform".
func (m Method) String() string {
	if made, ok := methods[m]; ok {
		return made.name
	}
	return fmt.Sprintf("Method(%d)", m)
}

// MarshalText returns the name.
func (m Method) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (m *Method) UnmarshalText(text []byte) error {
	for known, made := range methods {
		if made.name == string(text) {
			*m = known
			return nil
		}
	}
	return fmt.Errorf("unknown method %q: %s", text, strings.Join(Methods(), ", "))
}

// Methods returns the names of all methods, Uniform first.
func Methods() []string {
	names := make([]string, len(methods))
	for m, made := range methods {
		names[m] = made.name
	}
	return names
}
