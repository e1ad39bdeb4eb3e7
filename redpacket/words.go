package redpacket

import "math/rand/v2"

// words are the random words that a split is made of. They are taken one after the other and
// none in advance, so that a source that is used for something else between two splits is
// where its owner expects it.
type words struct {
	src   rand.Source
	pcg   *rand.PCG     // src, if it is one: a call that the compiler can see is cheaper
	cha   *rand.ChaCha8 // likewise
	drawn int64

	ahead []uint64 // taken by a crew, and to be used before others
	crew  *crew    // nil if there is none
	open  []int32  // of a law's fill, kept for the next one
}

func newWords(src rand.Source) *words {
	w := &words{src: src}
	switch s := src.(type) {
	case *rand.PCG:
		w.pcg = s
	case *rand.ChaCha8:
		w.cha = s
	}
	return w
}

func (w *words) next() uint64 {
	if len(w.ahead) > 0 {
		x := w.ahead[0]
		w.ahead = w.ahead[1:]
		return x
	}
	w.drawn++
	if w.pcg != nil {
		return w.pcg.Uint64()
	}
	return w.src.Uint64()
}

// fill takes len(buf) words.
func (w *words) fill(buf []uint64) {
	if len(w.ahead) > 0 {
		n := copy(buf, w.ahead)
		w.ahead, buf = w.ahead[n:], buf[n:]
	}
	w.drawn += int64(len(buf))
	switch {
	case w.pcg != nil:
		for i := range buf {
			buf[i] = w.pcg.Uint64()
		}
	case w.cha != nil:
		for i := range buf {
			buf[i] = w.cha.Uint64()
		}
	default:
		for i := range buf {
			buf[i] = w.src.Uint64()
		}
	}
}
