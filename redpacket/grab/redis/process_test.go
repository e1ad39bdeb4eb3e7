package redis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/grabtest"
)

// grabbing is a storm in the envelope that all make at the same time.
func grabbing(o grabtest.Order, say grabtest.Say) error {
	c, err := connect(o.Where)
	if err != nil {
		return err
	}
	defer c.Close()
	e, err := Open(context.Background(), c, "key", o.Params)
	if err != nil {
		return err
	}
	o.Run(e.Grab, say)
	return nil
}

// TestProcesses has several processes make an envelope at once and grab from it, and kills one of
// them in the middle.
func TestProcesses(t *testing.T) {
	s := start(t)
	seed := rand.Uint64()
	o := grabtest.Order{
		Where:  s.socket,
		Params: redpacket.Params{N: 5000, Min: 1, Max: 100, Sum: 200_007},
		Storm:  grabtest.Storm{Goroutines: 8, Users: 8000},
	}
	var heard grabtest.Heard
	const processes = 4
	lines := make([]int, processes)
	enough := make(chan struct{})
	var all []*child.Process
	for i := range processes {
		o.Seed, o.Forever = seed+uint64(i), i == 0
		all = append(all, o.Start(t, "grab", func(line string) {
			if lines[i]++; i == 0 && lines[i] == 200 {
				close(enough)
			}
			heard.Line(line)
		}))
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
	require.NoError(t, heard.Lasts(maps.All(requireAll(t, opened(t, s.client(t), "key", o.Params)))))
	t.Logf("seed %d, answers to each process: %d", seed, lines)
}

// TestServerDies kills the server while many grab, again and again. One that appends to a file
// before it answers forgets nothing that anybody was told; and who was told for certain that he
// has nothing has nothing.
func TestServerDies(t *testing.T) {
	s := start(t, durable()...)
	p := redpacket.Params{N: 3000, Min: 1, Max: 100, Sum: 100_000}
	c := s.client(t)
	e := opened(t, c, "key", p)
	var heard grabtest.Heard
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	const kills, goroutines = 5, 16
	var mu sync.Mutex
	mayHave := make(map[string]bool) // who was ever told yes, or that it is not known
	refused := make(map[string]bool) // who has nothing, for certain
	lost := 0
	for life := range kills + 1 {
		answers, until := 0, 100+r.IntN(300)
		enough := make(chan struct{})
		var crowd sync.WaitGroup
		for i := range goroutines {
			crowd.Go(func() {
				for r := rand.New(rand.NewPCG(seed, uint64(100*life+i))); ; {
					user := fmt.Sprint("user", i+goroutines*r.IntN(2*p.N/goroutines)) // nobody else's
					g, err := e.Grab(t.Context(), user)
					mu.Lock()
					switch {
					case errors.Is(err, grab.ErrUnknown):
						lost++
						mayHave[user] = true
						delete(refused, user)
					case err == nil:
						heard.Hear(user, g)
						mayHave[user] = true
						delete(refused, user)
					case !mayHave[user] || errors.Is(err, grab.ErrSoldOut):
						refused[user] = true
					}
					if answers++; answers == until || err != nil && answers < until {
						answers = max(answers, until)
						close(enough)
					}
					mu.Unlock()
					if err != nil && !errors.Is(err, grab.ErrUnknown) {
						return
					}
				}
			})
		}
		<-enough
		if life < kills {
			s.kill(t)
		}
		crowd.Wait()
		if life < kills {
			s.begin(t)
		}
		holders, err := e.Holders(t.Context())
		for tries := 0; err != nil && tries < 100; tries++ { // a connection may take a moment to notice
			holders, err = e.Holders(t.Context())
		}
		require.NoError(t, err)
		require.NoError(t, heard.Lasts(maps.All(holders)))
		for user := range refused {
			g, has := holders[user]
			require.False(t, has, "%s was refused and has %+v", user, g)
		}
	}
	requireAll(t, e)
	require.NotEmpty(t, refused)
	t.Logf("seed %d, %d answers lost, %d users refused", seed, lost, len(refused))
}
