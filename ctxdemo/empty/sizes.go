package empty

import (
	"math"
	"runtime"
	"unsafe"

	"lab.example/gopark/internal/experiment"
)

// sizes are in bytes. Where there are two, they are of the same thing with a struct{} and
// with a bool.
type sizes struct {
	Value     int64   `obs:"/value/struct:bytes"`
	New       int64   `obs:"/value/new:bytes"`          // of memory for new(struct{})
	First     int64   `obs:"/field/first:bytes"`        // of a struct of a struct{} and an int64
	Last      int64   `obs:"/field/last:bytes"`         // of a struct of an int64 and a struct{}
	OneHeap   bool    `obs:"/address/heap-equal:bool"`  // of two that escaped
	OneStack  bool    `obs:"/address/stack-equal:bool"` // of two that did not; not judged
	Map       []int64 `obs:"/map/entry:bytes"`
	Unbuffers []int64 `obs:"/channel/unbuffered:bytes"`
	One       []int64 `obs:"/channel/one:bytes"`
	Thousand  []int64 `obs:"/channel/thousand:bytes"`
}

const (
	entries  = 1000
	thousand = 1024
)

type (
	first struct {
		_ struct{}
		n int64
	}
	last struct {
		n int64
		_ struct{}
	}
)

var one, other *struct{} // what is stored in them escapes to the heap

func weigh() sizes {
	one, other = new(struct{}), new(struct{})
	near, far := new(struct{}), new(struct{})
	return sizes{
		Value:    int64(unsafe.Sizeof(struct{}{})),
		New:      weight(func() any { return new(struct{}) }),
		First:    int64(unsafe.Sizeof(first{n: 1})),
		Last:     int64(unsafe.Sizeof(last{n: 1})),
		OneHeap:  one == other,
		OneStack: near == far,
		Map: []int64{
			weight(func() any { return make(map[int64]struct{}, entries) }) / entries,
			weight(func() any { return make(map[int64]bool, entries) }) / entries,
		},
		Unbuffers: channel(0), One: channel(1), Thousand: channel(thousand),
	}
}

func channel(buffer int) []int64 {
	return []int64{
		weight(func() any { return make(chan struct{}, buffer) }),
		weight(func() any { return make(chan bool, buffer) }),
	}
}

// weight returns how many bytes are allocated by a call of f: of the mean of many calls, the
// least of some tries, for others may allocate meanwhile.
func weight(f func() any) int64 {
	const calls, tries = 100, 5
	least := int64(math.MaxInt64)
	kept := make([]any, calls)
	for range tries {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range kept {
			kept[i] = f()
		}
		runtime.ReadMemStats(&after)
		least = min(least, int64(after.TotalAlloc-before.TotalAlloc)/calls)
	}
	runtime.KeepAlive(kept)
	return least
}

func (s sizes) table() experiment.Table {
	table := experiment.Table{Header: []string{"bytes of", "with struct{}", "with bool"}}
	for _, row := range []struct {
		what string
		both []int64
	}{
		{"a value", []int64{s.Value, 1}},
		{"an entry of a map with int64 keys", s.Map},
		{"an unbuffered channel", s.Unbuffers},
		{"a channel of one place", s.One},
		{"a channel of 1024 places", s.Thousand},
	} {
		table.Add(row.what, row.both[0], row.both[1])
	}
	return table
}

func (s sizes) check() error {
	for _, both := range [][]int64{s.Map, s.Unbuffers, s.One, s.Thousand} {
		if len(both) != 2 {
			return experiment.Refuted("there are %d sizes, not one with struct{} and one with bool", len(both))
		}
	}
	switch {
	case s.Value != 0 || s.New != 0:
		return experiment.Refuted("a struct{} takes %d bytes, and a new one %d", s.Value, s.New)
	case s.Last <= s.First:
		return experiment.Refuted("a struct{} at the end of a struct costs nothing: %d bytes, and %d with it at the beginning", s.Last, s.First)
	case !s.OneHeap:
		return experiment.Refuted("two of them that escaped have two addresses")
	case s.Map[0] != s.Map[1]:
		return experiment.Refuted("an entry of a map takes %d bytes with struct{} and %d with bool", s.Map[0], s.Map[1])
	case s.Unbuffers[0] != s.Unbuffers[1] || s.Unbuffers[0] < 64:
		return experiment.Refuted("an unbuffered channel takes %d bytes with struct{} and %d with bool", s.Unbuffers[0], s.Unbuffers[1])
	case s.One[0] > s.One[1]:
		return experiment.Refuted("a channel of one struct{} takes %d bytes, of one bool %d", s.One[0], s.One[1])
	case s.Thousand[0] != s.Unbuffers[0]:
		return experiment.Refuted("a channel of many struct{} takes %d bytes, and one without a buffer %d", s.Thousand[0], s.Unbuffers[0])
	case s.Thousand[1]-s.Thousand[0] < thousand:
		return experiment.Refuted("a buffer of 1024 bools takes %d bytes more than one of struct{}", s.Thousand[1]-s.Thousand[0])
	}
	return nil
}
