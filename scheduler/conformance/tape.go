package conformance

import "slices"

// tape is what the numbers of the global queue were given to, from 1 on: a put, or none.
// Like all that machines share, it is never written to: its methods return another one.
//
// It must reach back to the oldest entry of any queue, and that can be thousands of
// numbers old: the ring of a P whose thread the operating system has put aside.
type tape struct {
	chunks [][]int32 // of chunk numbers each, but the last
	gone   int32     // chunks that were dropped
}

const chunk = 64

// next returns the number that is given next.
func (t tape) next() int32 {
	last := len(t.chunks) - 1
	if last < 0 {
		return t.gone*chunk + 1
	}
	return (t.gone+int32(last))*chunk + int32(len(t.chunks[last])) + 1
}

// at returns what a number was given to; none also if it is not on the tape.
func (t tape) at(number int32) int32 {
	i := number - 1 - t.gone*chunk
	if i < 0 || number >= t.next() {
		return none
	}
	return t.chunks[i/chunk][i%chunk]
}

// push gives the next number.
func (t tape) push(put int32) tape {
	last := len(t.chunks) - 1
	if last < 0 || len(t.chunks[last]) == chunk {
		t.chunks = append(t.chunks[:last+1:last+1], []int32{put})
		return t
	}
	return t.replace(last, append(t.chunks[last][:len(t.chunks[last]):len(t.chunks[last])], put))
}

// with gives numbers on the tape, from first on, to others.
func (t tape) with(first int32, puts ...int32) tape {
	i := int(first - 1 - t.gone*chunk)
	for len(puts) > 0 {
		c := slices.Clone(t.chunks[i/chunk])
		n := copy(c[i%chunk:], puts)
		t = t.replace(i/chunk, c)
		puts, i = puts[n:], i+n
	}
	return t
}

func (t tape) replace(i int, c []int32) tape {
	t.chunks = slices.Clone(t.chunks)
	t.chunks[i] = c
	return t
}

// whole reports whether the last chunk is full.
func (t tape) whole() bool { return len(t.chunks) > 0 && len(t.chunks[len(t.chunks)-1]) == chunk }

// from drops what is before a number, or some of it.
func (t tape) from(number int32) tape {
	n := (number-1)/chunk - t.gone
	if n > 0 {
		t.chunks, t.gone = t.chunks[n:], t.gone+n
	}
	return t
}
