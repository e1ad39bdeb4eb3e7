package users

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// numberOf returns the user's number, and gives him next if he has none.
func numberOf(t *Table, user string, next int) (i int, known bool) {
	seat := t.Lock(user)
	defer seat.Unlock()
	if i, known = seat.Index(); known {
		return i, true
	}
	seat.Take(next)
	return next, false
}

// TestTable compares a table with a map.
func TestTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "n")
		table, want := New(n), make(map[string]int)
		for _, user := range rapid.SliceOfN(rapid.StringN(0, 3, -1), 0, n).Draw(t, "users") {
			next := n - 1 - len(want)
			i, known := numberOf(table, user, next)
			before, has := want[user]
			require.Equal(t, has, known)
			if !known {
				want[user] = next
			} else {
				require.Equal(t, before, i)
			}
		}
	})
}

// TestGrow fills shards far beyond what they were made for, as a bad day with the hash would.
func TestGrow(t *testing.T) {
	table := New(20_000)
	words := 0
	for i := range table.shards {
		table.shards[i].words = make([]uint64, 4)
	}
	for i := range 20_000 {
		_, known := numberOf(table, fmt.Sprint(i), i)
		require.False(t, known)
	}
	for i := range 20_000 {
		got, known := numberOf(table, fmt.Sprint(i), -1)
		require.True(t, known)
		require.Equal(t, i, got)
	}
	for i := range table.shards {
		s := &table.shards[i]
		words += len(s.words)
		require.Less(t, s.used, len(s.words), "a full table is looked through for ever")
	}
	require.Less(t, words, 3*20_000)
}

// TestSameHash holds that names are compared if their hashes are equal, as far as they are kept.
func TestSameHash(t *testing.T) {
	table := New(3)
	s := &table.shards[0]
	for i, user := range []string{"a", "b", "c"} {
		at := s.find(table.names, 6, user)
		require.Zero(t, s.words[at], user)
		Seat{table, s, 6, at, user}.Take(i)
	}
	for i, user := range []string{"a", "b", "c"} {
		require.Equal(t, i, number(s.words[s.find(table.names, 6, user)]))
	}
}

// TestTogether holds that of many goroutines one is the first, for each user.
func TestTogether(t *testing.T) {
	const users, askers = 500, 8
	table := New(users)
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := 0
	for range askers {
		wg.Go(func() {
			for i := range users {
				seat := table.Lock(fmt.Sprint(i))
				if _, known := seat.Index(); !known {
					mu.Lock()
					seat.Take(next)
					next++
					mu.Unlock()
				}
				seat.Unlock()
				runtime.Gosched()
			}
		})
	}
	wg.Wait()
	require.Equal(t, users, next)
}

func TestSizes(t *testing.T) {
	for n, want := range map[int]int{-1: 1, 0: 1, 1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 1 << 20: 1 << 20, 1<<20 + 1: 1 << 21} {
		require.Equal(t, want, powerOfTwo(n), n)
	}
	require.Panics(t, func() { New(-1) })
	require.Panics(t, func() { New(1<<32 - 1) })
}

// BenchmarkTable is the price of a new user and of one who is known.
func BenchmarkTable(b *testing.B) {
	names := make([]string, 1<<14)
	for i := range names {
		names[i] = fmt.Sprintf("user-%08d", i)
	}
	b.Run("new", func(b *testing.B) {
		var table *Table
		for i := 0; b.Loop(); i++ {
			next := i % len(names)
			if next == 0 {
				table = New(len(names))
			}
			numberOf(table, names[next], next)
		}
	})
	b.Run("known", func(b *testing.B) {
		table := New(len(names))
		for i, name := range names {
			numberOf(table, name, i)
		}
		for i := 0; b.Loop(); i++ {
			numberOf(table, names[i%len(names)], -1)
		}
	})
}
