package interrupt

import (
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A: the flag itself.
var flagCases = map[string]translation{
	"A01_isInterrupted_keeps": inside(func(*stage) observed {
		h := New("looker")
		h.Interrupt()
		return observed{"first": h.IsInterrupted(), "second": h.IsInterrupted()}
	}),
	"A02_interrupted_clears": inside(func(*stage) observed {
		h := New("looker")
		h.Interrupt()
		return observed{"first": h.Interrupted(), "second": h.Interrupted()}
	}),
	"A04_interrupted_tests_caller": inside(func(*stage) observed {
		caller, target := New("caller"), New("target")
		target.Interrupt()
		return observed{"caller_interrupted()": caller.Interrupted(), "target_isInterrupted": target.IsInterrupted()}
	}),
	"A05_running_thread_not_stopped": outside(func(s *stage) observed {
		var steps atomic.Int64
		var stop atomic.Bool
		a := s.start(func(*Handle) error {
			for !stop.Load() {
				steps.Add(1)
				runtime.Gosched()
			}
			return nil
		})
		a.h.Interrupt()
		for more := steps.Load() + 3; steps.Load() < more && !a.ended(); { // it must go on by itself
			runtime.Gosched()
		}
		alive, flag := !a.ended(), a.h.IsInterrupted()
		stop.Store(true)
		o := op{}.result(a)
		o["kept_running"], o["alive"], o["flag"] = alive, alive, flag
		return o
	}),
	"law:poll_loop_isInterrupted_keeps": polls((*Handle).IsInterrupted),
	"A07_poll_loop_interrupted_clears":  polls((*Handle).Interrupted),
	"A08_volatile_flag_stops_running": outside(func(s *stage) observed {
		var stop atomic.Bool
		a := s.start(func(*Handle) error {
			for !stop.Load() {
				runtime.Gosched()
			}
			return nil
		})
		stop.Store(true)
		o := op{}.result(a)
		o["exited"] = true
		return o
	}),
	"A10_interrupt_before_start": inside(func(*stage) observed {
		h := New("not started")
		h.Interrupt()
		before, first := h.IsInterrupted(), false
		h.Run(func(h *Handle) error {
			first = h.IsInterrupted()
			return nil
		})
		return observed{"flag_before_start": before, "flag_first_statement": first}
	}),
	"A11_interrupt_before_start_then_sleep": inside(flagFirst(sleeping)),
	"A13_interrupt_dead_thread": inside(func(s *stage) observed {
		h := dead(s)
		h.Interrupt()
		return observed{"isInterrupted": h.IsInterrupted()}
	}),
	"A14_flag_not_inherited": inside(func(s *stage) observed {
		var child *Handle
		a := s.start(interrupted(func(*Handle) error {
			child = dead(s)
			return nil
		}))
		<-a.h.Done()
		return observed{"child_flag": child.IsInterrupted()}
	}),
	"A16_throwing_IE_yourself": inside(func(*stage) observed {
		own := func(h *Handle) bool {
			_ = func() error { return &Error{Op: "own"} }()
			return h.IsInterrupted()
		}
		set := New("set")
		set.Interrupt()
		return observed{"flag_kept_when_set": own(set), "flag_when_clear": own(New("clear"))}
	}),
	"A17_yield_onSpinWait_ignore": inside(func(s *stage) observed {
		a := s.start(interrupted(func(*Handle) error {
			runtime.Gosched()
			return nil
		}))
		<-a.h.Done()
		return observed{"flag": a.flag}
	}),
	"A19_anyone_may_interrupt_self": inside(flagFirst(sleeping)),
}

// polls is a loop that looks at the flag in one of two ways.
func polls(look func(h *Handle) bool) translation {
	return outside(func(s *stage) observed {
		a := s.start(func(h *Handle) error {
			for !look(h) {
				runtime.Gosched()
			}
			return nil
		})
		a.h.Interrupt()
		o := op{}.result(a)
		o["exited"] = true
		return o
	})
}

// B: what blocks, apart from conditions.
var waitCases = map[string]translation{
	"B01_sleep":                         inside(whileBlocked(sleeping)),
	"law:sleep_pre":                     inside(flagFirst(sleeping)),
	"B03_sleep0_pre":                    inside(flagFirst(sleepingZero)),
	"B06_join":                          inside(whileBlocked(joining)),
	"B07_join_pre_live":                 inside(flagFirst(joining)),
	"law:join_pre_dead":                 inside(flagFirst(joiningDead)),
	"B09_join_timed_pre_dead":           inside(flagFirst(joiningDeadFor)),
	"law:park":                          inside(whileBlocked(parking)),
	"law:parkNanos":                     inside(whileBlocked(parkingFor)),
	"B21_park_pre":                      inside(flagFirst(parkingAgain)),
	"B22_parkNanos_pre":                 inside(flagFirst(parkingForAgain)),
	"law:select":                        inside(whileBlocked(selecting)),
	"law:select_pre":                    inside(flagFirst(selecting)),
	"law:take":                          inside(whileBlocked(taking())),
	"law:take_pre_empty":                inside(flagFirst(taking())),
	"B24_take_pre_nonempty":             inside(flagFirst(taking(1))),
	"law:put":                           inside(whileBlocked(putting(1, 2))),
	"law:put_pre_full":                  inside(flagFirst(putting(1, 2))),
	"B25_put_pre_room":                  inside(flagFirst(putting())),
	"B27_offer_poll_pre":                inside(flagFirst(offeringAndPolling)),
	"law:poll_timed":                    inside(whileBlocked(polling())),
	"law:poll_timed_pre_empty":          inside(flagFirst(polling())),
	"B28_poll_timed_pre_nonempty":       inside(flagFirst(polling(1))),
	"B30_synchronousqueue_put":          inside(whileBlocked(handingOver)),
	"B31_semaphore_acquire":             inside(whileBlocked(permits(0, acquire))),
	"law:semaphore_acquire_pre_free":    inside(flagFirst(permits(1, acquire))),
	"law:semaphore_acquire_pre_taken":   inside(flagFirst(permits(0, acquire))),
	"law:semaphore_tryAcquire_timed":    inside(whileBlocked(permits(0, tryAcquireFor(time.Hour)))),
	"law:semaphore_tryAcquire_0_pre":    inside(flagFirst(permits(1, tryAcquireFor(0)))),
	"law:semaphore_tryAcquire_expires":  inside(undisturbed(permits(0, tryAcquireFor(time.Hour)))),
	"B33_semaphore_tryAcquire_pre":      inside(flagFirst(permits(1, tryAcquire))),
	"law:semaphore_tryAcquire_none":     inside(flagFirst(permits(0, tryAcquire))),
	"B34_semaphore_uninterruptibly":     inside(whileBlocked(permits(0, acquireUninterruptibly))),
	"law:semaphore_uninterruptibly_pre": inside(flagFirst(permits(1, acquireUninterruptibly))),
	"law:semaphore_queue_cleanup":       inside(semaphoreQueue),
	"law:semaphore_no_lost_permit": inside(func(s *stage) observed {
		semaphore := NewSemaphore(0)
		return s.handOver(semaphore.Acquire, semaphore.Release)
	}),
	"law:latch_counts":              inside(latchCounts),
	"law:latch_await":               inside(whileBlocked(awaitingLatch(1))),
	"B36_latch_await_pre_open":      inside(flagFirst(awaitingLatch(0))),
	"law:latch_await_pre_closed":    inside(flagFirst(awaitingLatch(1))),
	"law:latch_await_timed":         inside(whileBlocked(awaitingLatchFor(1, time.Hour))),
	"law:latch_await_0_pre_open":    inside(flagFirst(awaitingLatchFor(0, 0))),
	"law:latch_await_expires":       inside(undisturbed(awaitingLatchFor(1, time.Hour))),
	"B37_barrier":                   inside(whileBlocked(atBarrier)),
	"law:barrier_pre":               inside(flagFirst(atBarrier)),
	"law:barrier_undisturbed":       inside(wholeBarrier),
	"law:barrier_broken_pre":        inside(brokenBarrier),
	"law:barrier_late":              inside(lateAtBarrier),
	"law:barrier_reset":             inside(resetBarrier),
	"law:future_get":                inside(whileBlocked(promised(get))),
	"law:future_get_pre":            inside(flagFirst(promised(get))),
	"B39_future_get_pre_done":       inside(flagFirst(completed(get))),
	"law:future_get_timed":          inside(whileBlocked(promised(getFor))),
	"law:future_get_timed_pre_done": inside(flagFirst(completed(getFor))),
	"B40_completablefuture_join":    inside(whileBlocked(promised(getUninterruptibly))),
	"B42_wait_does_not_poll":        inside(waitsForAYear),
	"law:process_waitFor":           outside(waitingForProcess),
}

// waitsForAYear sleeps and waits through a year of virtual time, which passes at once if nobody
// looks at the clock now and then. The JVM's wait took 600 ms and less than 1 ms of CPU time.
func waitsForAYear(s *stage) observed {
	const jvm, year = 600 * time.Millisecond, 365 * 24 * time.Hour
	l := NewLatch(1)
	waiter := s.start(l.Await)
	sleeper := s.start(func(h *Handle) error { return h.Sleep(year) })
	s.blocked(waiter)
	before := cpu()
	time.Sleep(year)
	s.blocked(sleeper)
	took := cpu() - before
	l.CountDown()
	<-waiter.h.Done()
	<-sleeper.h.Done()
	return observed{"cpu_under_1ms": took < year/jvm*time.Millisecond}
}

// cpu returns the CPU time that this process has used.
func cpu() time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// threeInLine has a, b and c wait in this order, interrupts b, and then twice lets the next one
// go on.
func (s *stage) threeInLine(wait func(h *Handle) error, next func()) observed {
	var line []*actor
	for range 3 {
		a := s.start(wait)
		s.blocked(a)
		line = append(line, a)
	}
	line[1].h.Interrupt()
	s.blocked(line[1])
	o := observed{"b_left_at_once": line[1].ended()}
	for range 2 {
		next()
		s.blocked(line[0])
		o["first_come"] = line[0].ended()
	}
	for i, name := range []string{"a", "b", "c"} {
		<-line[i].h.Done()
		o[name] = outcome(line[i].err)
	}
	return o
}

func semaphoreQueue(s *stage) observed {
	semaphore := NewSemaphore(0)
	o := s.threeInLine(semaphore.Acquire, semaphore.Release)
	o["permits"] = semaphore.Available()
	return o
}

// handOver has two wait, lets the first go on, interrupts it before it can have noticed, and, if
// it goes away with the interrupt, expects that the second goes on in its place.
func (s *stage) handOver(wait func(h *Handle) error, next func()) observed {
	lost := 0
	for range 50 {
		first, second := s.start(wait), (*actor)(nil)
		s.blocked(first)
		second = s.start(wait)
		s.blocked(second)
		next()
		first.h.Interrupt()
		s.blocked(first)
		if !first.ended() || first.err != nil && !second.ended() || first.err == nil && second.ended() {
			lost++
		}
		for !first.ended() || !second.ended() {
			next()
			s.settle()
		}
		next() // the second's
		_ = wait(New("cleanup"))
	}
	return observed{"rounds_with_not_exactly_one_going_on": lost}
}

func latchCounts(s *stage) observed {
	l := NewLatch(2)
	a := s.start(l.Await)
	l.CountDown()
	early := !s.blocked(a)
	l.CountDown()
	return observed{"open_after_one": early, "open_after_two": !s.blocked(a), "count": l.Count()}
}

func wholeBarrier(s *stage) observed {
	b := NewBarrier(2)
	var all []string
	for range 2 { // it can be used again
		first := s.start(b.Await)
		alone := s.blocked(first)
		second := s.start(b.Await)
		<-first.h.Done()
		<-second.h.Done()
		if !alone {
			all = append(all, "did not wait")
		}
		all = append(all, outcome(first.err), outcome(second.err))
	}
	return observed{"outcomes": all, "broken": b.Broken()}
}

// brokenBarrier comes to a barrier that is broken with its flag set.
func brokenBarrier(s *stage) observed {
	b := NewBarrier(2)
	first := s.start(interrupted(b.Await))
	<-first.h.Done()
	return op{}.result(s.start(interrupted(b.Await)))
}

func lateAtBarrier(s *stage) observed {
	b := NewBarrier(3)
	other := s.start(b.Await)
	inTime := true
	late := s.start(func(h *Handle) (err error) {
		inTime, err = b.AwaitFor(h, time.Hour)
		return err
	})
	<-late.h.Done()
	<-other.h.Done()
	return observed{"in_time": inTime, "late_party": outcome(late.err), "other_party": outcome(other.err), "broken": b.Broken()}
}

func resetBarrier(s *stage) observed {
	b := NewBarrier(2)
	waiter := s.start(b.Await)
	s.blocked(waiter)
	b.Reset()
	<-waiter.h.Done()
	return observed{"waiter": outcome(waiter.err), "broken": b.Broken(), "waiting": b.Waiting()}
}

// F: the habits of those who handle interrupts.
var habitCases = map[string]translation{
	"F01_try_outside_loop": inside(func(s *stage) observed {
		iterations := 0
		return s.loops(&iterations, func(h *Handle) error {
			for {
				iterations++
				if err := h.Sleep(time.Hour); err != nil {
					return nil
				}
			}
		})
	}),
	"F03_try_inside_restore": inside(func(s *stage) observed {
		iterations := 0
		return s.loops(&iterations, func(h *Handle) error {
			for !h.IsInterrupted() {
				iterations++
				h.Restore(h.Sleep(time.Hour))
			}
			return nil
		})
	}),
	"F04_source_bug_isInterrupted_in_catch": inside(func(s *stage) observed {
		return s.loops(new(int), func(h *Handle) error {
			if err := h.Sleep(time.Hour); err != nil {
				_ = h.IsInterrupted() // restores nothing
			}
			return nil
		})
	}),
	"F06_propagate": inside(func(s *stage) observed {
		var got, flag bool
		s.loops(new(int), func(h *Handle) error {
			err := func() error { return h.Sleep(time.Hour) }()
			got, flag = outcome(err) == "InterruptedException", h.IsInterrupted()
			return nil
		})
		return observed{"caller_got_IE": got, "flag_in_catch": flag}
	}),
	"F07_restore_spins": inside(func(s *stage) observed {
		failed := 0
		a := s.start(interrupted(func(h *Handle) error {
			for range 1000 {
				if err := h.Sleep(time.Second); err != nil {
					failed++
					h.Restore(err)
				}
			}
			return nil
		}))
		o := op{}.result(a)
		o["ended_at_once"], o["exceptions"] = a.took == 0, failed
		return o
	}),
	"F09_example6_interrupts_main": outside(exampleSix),
	"F10_ignore_is_legal": inside(func(s *stage) observed {
		survived := 0
		a := s.start(func(h *Handle) error {
			for survived < 3 {
				if h.Sleep(time.Hour) != nil {
					survived++
				}
			}
			return nil
		})
		for range 3 {
			s.blocked(a)
			a.h.Interrupt()
		}
		o := op{}.result(a)
		o["exited"], o["interrupts_survived"] = true, survived
		return o
	}),
	"F12_interrupt_between_two_blocking": inside(func(s *stage) observed {
		outcomes := make(map[string]int)
		a := s.start(interrupted(func(h *Handle) error {
			for range 2 {
				outcomes[outcome(h.Sleep(time.Second))]++
			}
			return nil
		}))
		o := op{}.result(a)
		o["IE"], o["completed"] = outcomes["InterruptedException"], outcomes["returned"]
		return o
	}),
}

// loops interrupts a loop once, when it is blocked.
func (s *stage) loops(iterations *int, loop func(h *Handle) error) observed {
	a := s.start(loop)
	s.blocked(a)
	a.h.Interrupt()
	o := op{}.result(a)
	o["exited"], o["iterations"] = true, *iterations
	return o
}

// outcomesSeen plays a case a few times and returns how it has ended, each way once.
func outcomesSeen(s *stage, play func(s *stage) string) observed {
	var seen []string
	for range 20 {
		if o := play(s); !slices.Contains(seen, o) {
			seen = append(seen, o)
		}
	}
	slices.Sort(seen)
	return observed{"outcomes_seen": seen}
}
