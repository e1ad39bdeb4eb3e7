package grabtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

var ten = redpacket.Params{N: 10, Min: 1, Max: 9, Sum: 50}

// TestEverybody holds that each user comes once, and that an error is not lost.
func TestEverybody(t *testing.T) {
	for _, goroutines := range []int{1, 3, 100} {
		var mu sync.Mutex
		came := make(map[string]int)
		require.NoError(t, Everybody(goroutines, 50, func(user string) error {
			mu.Lock()
			defer mu.Unlock()
			came[user]++
			return nil
		}))
		require.Len(t, came, 50)
		for user, times := range came {
			require.Equal(t, 1, times, user)
		}
	}
	late := errors.New("late")
	require.ErrorIs(t, Everybody(2, 9, func(user string) error {
		if user == "user5" {
			return late
		}
		return nil
	}), late)
}

// TestStorm holds that a storm empties an envelope and says so.
func TestStorm(t *testing.T) {
	e, err := grab.New(ten)
	require.NoError(t, err)
	var heard Heard
	Storm{Seed: 1, Goroutines: 4, Users: 20}.Run(e.Grab, func(format string, args ...any) {
		heard.Line(fmt.Sprintf(format, args...))
	})
	require.Zero(t, e.Left())
	require.NoError(t, heard.Lasts(maps.All(heard.grants)))
	require.NoError(t, AllGiven(ten, maps.All(heard.grants)))

	var said []string
	broken := func(context.Context, string) (grab.Grant, error) {
		if len(said) > 0 {
			return grab.Grant{}, errors.New("broken")
		}
		return grab.Grant{Amount: 7}, nil
	}
	Storm{Goroutines: 1, Users: 1}.Run(broken, func(format string, args ...any) {
		said = append(said, fmt.Sprintf(format, args...))
	})
	require.Equal(t, []string{"user0 0 7", "error broken"}, said)
}

// TestHeard holds that everything that may be wrong with what was told is noticed.
func TestHeard(t *testing.T) {
	a, b := grab.Grant{Index: 0, Amount: 7}, grab.Grant{Index: 1, Amount: 7}
	for wrong, c := range map[string]struct {
		lines   []string
		holders map[string]grab.Grant
	}{
		"":                              {[]string{"a 0 7", "b 1 7", "a 0 7"}, map[string]grab.Grant{"a": a, "b": b, "c": {Index: 2}}},
		"error the disk is gone":        {[]string{"a 0 7", "error the disk is gone"}, map[string]grab.Grant{"a": a}},
		"a has {Index:1 Amount:7":       {[]string{"a 0 7", "a 1 7"}, map[string]grab.Grant{"a": b}},
		"1 of 2 users who were told":    {[]string{"a 0 7", "b 1 7"}, map[string]grab.Grant{"a": a}},
		"and was told {Index:0 Amount:": {[]string{"a 0 8"}, map[string]grab.Grant{"a": a}},
	} {
		var h Heard
		for _, line := range c.lines {
			h.Line(line)
		}
		err := h.Lasts(maps.All(c.holders))
		if wrong == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, wrong)
		}
	}
	var h Heard
	h.Hear("a", grab.Grant{Index: 0, Amount: 7, Again: true})
	require.NoError(t, h.Lasts(maps.All(map[string]grab.Grant{"a": a})), "asked again")
}

func TestAllGiven(t *testing.T) {
	two := redpacket.Params{N: 2, Min: 7, Max: 7, Sum: 14}
	a, b := grab.Grant{Index: 0, Amount: 7}, grab.Grant{Index: 1, Amount: 7}
	type held struct {
		user  string
		grant grab.Grant
	}
	for wrong, holders := range map[string][]held{
		"":                       {{"a", a}, {"b", b}},
		"a is there twice":       {{"a", a}, {"a", b}},
		"part 0 is there twice":  {{"a", a}, {"b", a}},
		"1 of 2 parts":           {{"a", a}},
		"Index:2":                {{"a", a}, {"b", grab.Grant{Index: 2, Amount: 7}}},
		"Again:true":             {{"a", a}, {"b", grab.Grant{Index: 1, Amount: 7, Again: true}}},
		"given, 13 of 14 in all": {{"a", a}, {"b", grab.Grant{Index: 1, Amount: 6}}},
	} {
		err := AllGiven(two, func(yield func(string, grab.Grant) bool) {
			for _, h := range holders {
				if !yield(h.user, h.grant) {
					return
				}
			}
		})
		if wrong == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, wrong)
		}
	}
}
