package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

// order is what a process of these tests is asked to do.
type order struct {
	Socket string
	Params redpacket.Params
	Seed   uint64
	Users  int  // how many there are to choose from
	Goes   bool // on when there is nothing left, until it is killed
}

// grabbing has some goroutines grab until there is nothing left, or for ever, and say so when they have it.
func grabbing(o order, say func(string, ...any)) error {
	c, err := connect(o.Socket)
	if err != nil {
		return err
	}
	defer c.Close()
	e, err := Open(context.Background(), c, "key", o.Params)
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for r := rand.New(rand.NewPCG(o.Seed, uint64(i))); ; {
				user := fmt.Sprint("user", r.IntN(o.Users))
				switch g, err := e.Grab(context.Background(), user); {
				case errors.Is(err, grab.ErrSoldOut) && o.Goes:
				case errors.Is(err, grab.ErrSoldOut):
					return
				case err != nil:
					say("error %v", err)
					return
				default:
					say("%s %d %d", user, g.Index, g.Amount)
				}
			}
		})
	}
	all.Wait()
	return nil
}

// heard is what anybody was told.
type heard struct {
	mu     sync.Mutex
	grants map[string]grab.Grant
	wrong  error
}

func (h *heard) hear(user string, g grab.Grant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g.Again = false
	if was, ok := h.grants[user]; ok && was != g {
		h.wrong = fmt.Errorf("%s has %+v and had %+v", user, g, was)
	}
	h.grants[user] = g
}

// requireIn holds that everything that was heard of is there.
func (h *heard) requireIn(t testing.TB, holders map[string]grab.Grant) {
	t.Helper()
	require.NoError(t, h.wrong)
	for user, g := range h.grants {
		require.Equal(t, g, holders[user], user)
	}
}

// TestProcesses has several processes make an envelope at once and grab from it, and kills one of
// them in the middle.
func TestProcesses(t *testing.T) {
	s := start(t)
	seed := rand.Uint64()
	o := order{Socket: s.socket, Params: redpacket.Params{N: 5000, Min: 1, Max: 100, Sum: 200_007}, Users: 8000}
	h := &heard{grants: make(map[string]grab.Grant)}
	const processes = 4
	lines := make([]int, processes)
	enough := make(chan struct{})
	var all []*child.Process
	for i := range processes {
		o.Seed, o.Goes = seed+uint64(i), i == 0
		arg, err := json.Marshal(o)
		require.NoError(t, err)
		p, err := child.Start(t.Context(), child.Spec{
			Body: "grab", Arg: arg,
			Limits: child.Limits{Wall: time.Minute, Report: 64 << 20},
			Output: func(_ child.Stream, text []byte) { t.Logf("process %d: %s", i, text) },
			Reported: func(line string) {
				if lines[i]++; i == 0 && lines[i] == 200 {
					close(enough)
				}
				var user string
				var g grab.Grant
				if _, err := fmt.Sscanf(line, "%s %d %d", &user, &g.Index, &g.Amount); err != nil {
					h.mu.Lock()
					h.wrong = errors.New(line)
					h.mu.Unlock()
					return
				}
				h.hear(user, g)
			},
		})
		require.NoError(t, err)
		all = append(all, p)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = all[0].Wait()
	}()
	select {
	case <-enough:
		require.NoError(t, all[0].Signal(syscall.SIGKILL))
	case <-ended:
	}
	for i, p := range all {
		status, err := p.Wait()
		require.NoError(t, err)
		if i > 0 {
			require.Zero(t, status.Exit)
		} else {
			require.Equal(t, "SIGKILL", status.Signal)
		}
	}
	h.requireIn(t, requireAll(t, opened(t, s.client(t), "key", o.Params)))
	t.Logf("seed %d, answers to each process: %d", seed, lines)
}

// TestServerDies kills the server while many grab, again and again. One that appends to a file
// before it answers forgets nothing that anybody was told.
func TestServerDies(t *testing.T) {
	s := start(t, durable()...)
	p := redpacket.Params{N: 3000, Min: 1, Max: 100, Sum: 100_000}
	c := s.client(t)
	e := opened(t, c, "key", p)
	h := &heard{grants: make(map[string]grab.Grant)}
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	const kills = 5
	unknown := 0
	for life := range kills + 1 {
		var mu sync.Mutex
		answers, until := 0, 100+r.IntN(300)
		enough := make(chan struct{})
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				for r := rand.New(rand.NewPCG(seed, uint64(100*life+i))); ; {
					user := fmt.Sprint("user", r.IntN(2*p.N))
					g, err := e.Grab(t.Context(), user)
					mu.Lock()
					if errors.Is(err, ErrUnknown) {
						unknown++
					}
					if answers++; answers == until || err != nil && answers < until {
						answers = max(answers, until)
						close(enough)
					}
					mu.Unlock()
					if err != nil {
						return
					}
					h.hear(user, g)
				}
			})
		}
		<-enough
		if life < kills {
			s.kill(t)
		}
		all.Wait()
		if life < kills {
			s.begin(t)
		}
		holders, err := e.Holders(t.Context())
		for tries := 0; err != nil && tries < 100; tries++ { // a connection may take a moment to notice
			holders, err = e.Holders(t.Context())
		}
		require.NoError(t, err)
		h.requireIn(t, holders)
	}
	requireAll(t, e)
	t.Logf("seed %d, %d answers lost", seed, unknown)
}
