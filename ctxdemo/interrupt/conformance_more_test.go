package interrupt

import (
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
)

// Cases that are variations of others: a flag that is set twice, an operation under another name.
var moreCases = map[string]translation{
	"A03_interrupt_twice": inside(func(*stage) observed {
		h := New("looker")
		h.Interrupt()
		h.Interrupt()
		return observed{"first": h.Interrupted(), "second": h.Interrupted()}
	}),
	"A09_volatile_flag_wakes_nobody": inside(func(s *stage) observed {
		var stop atomic.Bool
		a := s.start(func(h *Handle) error {
			for !stop.Load() {
				if err := h.Sleep(time.Hour); err != nil {
					return err
				}
			}
			return nil
		})
		s.blocked(a)
		stop.Store(true)
		still := s.blocked(a)
		a.h.Interrupt()
		o := op{}.result(a)
		o["still_blocked_after_flag"] = still
		return o
	}),
	"A12_flag_outlives_thread": inside(func(s *stage) observed {
		a := s.start(interrupted(func(*Handle) error { return nil }))
		<-a.h.Done()
		return observed{"alive": !a.ended(), "isInterrupted": a.h.IsInterrupted()}
	}),
	"A18_interrupt_happens_before": outside(func(s *stage) observed {
		missed := 0
		for round := range 100 { // the race detector sees a missing happens-before too
			plain, seen := -1, -1
			a := s.start(func(h *Handle) error {
				for !h.IsInterrupted() {
					runtime.Gosched()
				}
				seen = plain
				return nil
			})
			plain = round
			a.h.Interrupt()
			<-a.h.Done()
			if seen != round {
				missed++
			}
		}
		return observed{"rounds_that_missed_it": missed}
	}),
	"B05_timeunit_sleep":                 inside(whileBlocked(sleeping)),
	"B17_cond_await_pre":                 inside(flagFirst(waiting(await))),
	"law:cond_interrupt_then_signal":     inside(func(s *stage) observed { return outcomesSeen(s, notifyAndInterrupt(1, 0)) }),
	"law:offer_timed":                    inside(whileBlocked(offering(1, 2))),
	"law:offer_timed_pre_room":           inside(flagFirst(offering())),
	"law:completablefuture_get":          inside(whileBlocked(promised(get))),
	"law:completablefuture_get_pre_done": inside(flagFirst(completed(get))),
	// To wait for a process is to wait for the promise that somebody keeps who calls Wait; see
	// waitingForProcess.
	"law:process_waitFor_pre":               inside(flagFirst(promised(get))),
	"law:process_waitFor_pre_dead":          inside(flagFirst(completed(get))),
	"B44_no_lost_signal":                    inside(noLostNotification),
	"law:lock_reentrant_pre":                inside(flagFirst(lockingOwn)),
	"D16_serversocketchannel_socket_accept": outside(whileBlocked(accepting(CloseIO, closeListener))),
	"D19_fileinputstream_fifo":              outside(blockingMode),
	"D22_files_readAllBytes_pre":            outside(flagFirst(readingWhole)),
	"law:shared_channel_waiting":            outside(shared(true)),
	"F02_try_inside_swallows": inside(func(s *stage) observed {
		var stop atomic.Bool
		iterations := 0
		a := s.start(func(h *Handle) error {
			for !h.IsInterrupted() && !stop.Load() {
				iterations++
				_ = h.Sleep(time.Hour)
			}
			return nil
		})
		s.blocked(a)
		a.h.Interrupt()
		still, n := s.blocked(a), iterations
		stop.Store(true)
		a.h.Interrupt()
		o := op{}.result(a)
		o["still_looping"], o["iterations"] = still, n
		return o
	}),
	"F05_restore_in_catch": inside(func(s *stage) observed {
		return s.loops(new(int), func(h *Handle) error {
			h.Restore(h.Sleep(time.Hour))
			return nil
		})
	}),
	"F08_restore_at_end": inside(func(s *stage) observed {
		queue, remembered := make(chan int), 0
		a := s.start(func(h *Handle) error {
			for {
				_, _, err := Recv(h, queue)
				if err == nil {
					break
				}
				remembered++
				defer h.Restore(err)
			}
			return nil
		})
		for range 2 {
			s.blocked(a)
			a.h.Interrupt()
		}
		s.blocked(a)
		queue <- 1
		<-a.h.Done()
		return observed{"interrupts_remembered": remembered, "outcome": outcome(a.err), "flag_after": a.flag || a.h.IsInterrupted()}
	}),
	"F11_two_interrupts_one_exception": inside(func(s *stage) observed {
		outcomes := make(map[string]int)
		a := s.start(func(h *Handle) error {
			h.Interrupt()
			h.Interrupt()
			for range 2 {
				outcomes[outcome(h.Sleep(time.Second))]++
			}
			return nil
		})
		o := op{}.result(a)
		o["IE"], o["completed"] = outcomes["InterruptedException"], outcomes["returned"]
		return o
	}),
}

// offering is a send with a time limit, which is a select of one's own.
func offering(queued ...int) scene {
	return func(*stage) op {
		queue := filled(queued...)
		return op{
			call: func(h *Handle) error {
				if err := h.Check("offer"); err != nil {
					return err
				}
				select {
				case queue <- 3:
				case <-time.After(time.Hour):
				case <-h.C():
					return h.Check("offer")
				}
				return nil
			},
			release: func() { <-queue },
			look:    sizes(queue),
		}
	}
}

// lockingOwn takes a lock that the goroutine holds.
func lockingOwn(*stage) op {
	return op{call: func(h *Handle) error {
		m := new(Mutex)
		h.Ack()
		if err := m.LockInterruptibly(h); err != nil {
			return err
		}
		defer m.Unlock()
		h.Interrupt()
		return m.LockInterruptibly(h)
	}}
}

// blockingMode reads from a pipe in blocking mode, as a process gets it as its standard input. Nothing
// but a byte can end that read.
func blockingMode(s *stage) observed {
	r, w := pipe(s)
	defer w.Close()
	r.Fd()
	s.kernel = true
	a := s.start(func(h *Handle) error {
		f, err := NewFile(h, r, LegacyIO)
		if err != nil {
			return err
		}
		_, err = f.Read(make([]byte, 1))
		return err
	})
	was := s.blocked(a)
	a.h.Interrupt()
	interrupted := s.blocked(a)
	require.NoError(s, r.Close())
	closed := s.blocked(a)
	_, err := w.Write([]byte("x"))
	require.NoError(s, err)
	o := op{}.result(a)
	o["was_blocked"], o["still_blocked_after_interrupt"] = was, interrupted
	o["close_returned"], o["still_blocked_after_close"] = true, closed
	return o
}

// readingWhole reads a file as most programs do.
func readingWhole(s *stage) op {
	name := filepath.Join(s.TempDir(), "plain")
	require.NoError(s, os.WriteFile(name, []byte("x"), 0o600))
	return op{call: func(*Handle) error {
		_, err := os.ReadFile(name)
		return err
	}}
}
