package interrupt

import (
	"math"
	"time"
)

// The operations that need neither a lock nor a socket.

func sleeping(*stage) op {
	return op{call: func(h *Handle) error { return h.Sleep(time.Hour) }}
}

func sleepingZero(*stage) op {
	return op{call: func(h *Handle) error { return h.Sleep(0) }}
}

func joining(s *stage) op {
	gate := make(chan struct{})
	other := s.start(func(*Handle) error { <-gate; return nil })
	s.blocked(other)
	s.Cleanup(func() { <-other.h.Done() })
	return op{
		call:    func(h *Handle) error { return h.Join(other.h) },
		release: func() { close(gate) },
		look: func(*actor) observed {
			alive, flag := s.blocked(other), other.h.IsInterrupted()
			if alive {
				close(gate)
			}
			return observed{"joined_thread_alive": alive, "joined_thread_flag": flag}
		},
	}
}

// dead returns the handle of a goroutine that has ended.
func dead(s *stage) *Handle {
	other := s.start(func(*Handle) error { return nil })
	s.blocked(other)
	return other.h
}

func joiningDead(s *stage) op {
	other := dead(s)
	return op{call: func(h *Handle) error { return h.Join(other) }}
}

func joiningDeadFor(s *stage) op {
	other := dead(s)
	return op{call: func(h *Handle) error { return h.JoinFor(other, time.Hour) }}
}

func parking(*stage) op {
	return op{call: func(h *Handle) error {
		h.Park()
		return nil
	}}
}

func parkingAgain(*stage) op {
	return op{call: func(h *Handle) error {
		for range 3 {
			h.Park()
		}
		return nil
	}}
}

func parkingFor(*stage) op {
	return op{call: func(h *Handle) error {
		h.ParkFor(time.Hour)
		return nil
	}}
}

func parkingForAgain(*stage) op {
	return op{call: func(h *Handle) error {
		for range 3 {
			h.ParkFor(time.Hour)
		}
		return nil
	}}
}

// selecting is a select of one's own, which looks but does not acknowledge.
func selecting(*stage) op {
	return op{call: func(h *Handle) error {
		for range 3 {
			<-h.C()
		}
		return nil
	}, look: func(a *actor) observed {
		_, ok := <-a.h.C()
		return observed{"open": ok}
	}}
}

// sizes shows what is in a channel.
func sizes(queue chan int) func(*actor) observed {
	return func(*actor) observed { return observed{"queue_size": len(queue)} }
}

func taking(queued ...int) scene {
	return func(*stage) op {
		queue := filled(queued...)
		return op{
			call: func(h *Handle) error {
				_, _, err := Recv(h, queue)
				return err
			},
			release: func() { queue <- 1 },
			look:    sizes(queue),
		}
	}
}

// filled returns a channel with room for two.
func filled(values ...int) chan int {
	queue := make(chan int, 2)
	for _, v := range values {
		queue <- v
	}
	return queue
}

func putting(queued ...int) scene {
	return func(*stage) op {
		queue := filled(queued...)
		return op{
			call:    func(h *Handle) error { return Send(h, queue, 3) },
			release: func() { <-queue },
			look:    sizes(queue),
		}
	}
}

// polling is a receive with a time limit, which is a select of one's own.
func polling(queued ...int) scene {
	return func(*stage) op {
		queue := filled(queued...)
		return op{
			call: func(h *Handle) error {
				if err := h.Check("poll"); err != nil {
					return err
				}
				select {
				case <-queue:
				case <-time.After(time.Hour):
				case <-h.C():
					return h.Check("poll")
				}
				return nil
			},
			release: func() { queue <- 1 },
			look:    sizes(queue),
		}
	}
}

func offeringAndPolling(*stage) op {
	queue := filled()
	return op{call: func(*Handle) error {
		select {
		case queue <- 1:
		default:
		}
		select {
		case <-queue:
		default:
		}
		return nil
	}}
}

func handingOver(*stage) op {
	rendezvous := make(chan int)
	return op{
		call: func(h *Handle) error { return Send(h, rendezvous, 1) },
		look: func(*actor) observed {
			select {
			case v := <-rendezvous:
				return observed{"later_poll": v}
			default:
				return observed{"later_poll": "null"}
			}
		},
	}
}

// permits is a semaphore with so many of them, in an operation.
func permits(n int, call func(s *Semaphore, h *Handle) (bool, error)) scene {
	return func(*stage) op {
		s := NewSemaphore(n)
		got := false
		return op{
			call: func(h *Handle) (err error) {
				got, err = call(s, h)
				return err
			},
			release: s.Release,
			look:    func(*actor) observed { return observed{"permits": s.Available(), "got": got} },
		}
	}
}

func acquire(s *Semaphore, h *Handle) (bool, error) {
	err := s.Acquire(h)
	return err == nil, err
}

func acquireUninterruptibly(s *Semaphore, _ *Handle) (bool, error) {
	s.AcquireUninterruptibly()
	return true, nil
}

func tryAcquire(s *Semaphore, _ *Handle) (bool, error) { return s.TryAcquire(), nil }

func tryAcquireFor(d time.Duration) func(s *Semaphore, h *Handle) (bool, error) {
	return func(s *Semaphore, h *Handle) (bool, error) { return s.TryAcquireFor(h, d) }
}

func awaitingLatch(count int) scene {
	return func(*stage) op {
		l := NewLatch(count)
		return op{
			call:    l.Await,
			release: l.CountDown,
			look:    func(*actor) observed { return observed{"count": l.Count()} },
		}
	}
}

func awaitingLatchFor(count int, d time.Duration) scene {
	return func(*stage) op {
		l := NewLatch(count)
		got := false
		return op{
			call: func(h *Handle) (err error) {
				got, err = l.AwaitFor(h, d)
				return err
			},
			release: l.CountDown,
			look:    func(*actor) observed { return observed{"got": got} },
		}
	}
}

// atBarrier has one party wait at a barrier, and puts another one to the test.
func atBarrier(s *stage) op {
	b := NewBarrier(3)
	other := s.start(b.Await)
	s.blocked(other)
	s.Cleanup(func() { <-other.h.Done() })
	return op{
		call:    b.Await,
		release: func() { _ = b.Await(New("the third")) },
		look: func(a *actor) observed {
			s.blocked(other)
			return observed{
				"interrupted_party": outcome(a.err), "other_party": outcome(other.err),
				"broken": b.Broken(), "other_flag": other.h.IsInterrupted(),
			}
		},
	}
}

// promised waits for the result of a promise, which is kept by release.
func promised(get func(f *Future[int], h *Handle) error) scene {
	return func(*stage) op {
		f, complete := NewPromise[int]()
		return op{
			call:    func(h *Handle) error { return get(f, h) },
			release: func() { complete(1, nil) },
			look:    func(*actor) observed { return observed{"task_done": f.IsDone()} },
		}
	}
}

func completed(get func(f *Future[int], h *Handle) error) scene {
	return func(*stage) op {
		f, complete := NewPromise[int]()
		complete(1, nil)
		return op{call: func(h *Handle) error { return get(f, h) }}
	}
}

func get(f *Future[int], h *Handle) error {
	_, err := f.Get(h)
	return err
}

func getFor(f *Future[int], h *Handle) error {
	_, _, err := f.GetFor(h, time.Hour)
	return err
}

func getUninterruptibly(f *Future[int], _ *Handle) error {
	_, err := f.GetUninterruptibly()
	return err
}

const forever = time.Duration(math.MaxInt64)
