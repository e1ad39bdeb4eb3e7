package interrupt

import (
	"sync"
	"time"
)

// The operations on locks and conditions. Java's synchronized is sync.Mutex here, the lock that
// every Go program has; Java's Lock is Mutex. A monitor's wait and a Condition are both Cond.

// how takes a lock in one of its ways.
type how func(m *Mutex, h *Handle) (bool, error)

func lockInterruptibly(m *Mutex, h *Handle) (bool, error) {
	err := m.LockInterruptibly(h)
	return err == nil, err
}

func lock(m *Mutex, _ *Handle) (bool, error) {
	m.Lock()
	return true, nil
}

func tryLock(m *Mutex, _ *Handle) (bool, error) { return m.TryLock(), nil }

func tryLockFor(d time.Duration) how {
	return func(m *Mutex, h *Handle) (bool, error) { return m.TryLockFor(h, d) }
}

// locking takes a lock that is free.
func locking(how how) scene {
	return func(*stage) op {
		m := new(Mutex)
		acquired := false
		return op{
			call: func(h *Handle) (err error) {
				acquired, err = how(m, h)
				return err
			},
			look: func(*actor) observed {
				return observed{"acquired": acquired, "locked": !m.TryLock()}
			},
		}
	}
}

// lockingTaken takes a lock that is taken, until release.
func lockingTaken(how how) scene {
	return func(*stage) op {
		m := new(Mutex)
		m.Lock()
		acquired := false
		return op{
			call: func(h *Handle) (err error) {
				acquired, err = how(m, h)
				return err
			},
			release: m.Unlock,
			look: func(a *actor) observed {
				o := observed{"acquired": acquired, "held_in_catch": m.HeldBy(a.h)}
				if !acquired {
					// Whoever is in the queue would get the lock now.
					m.Unlock()
					o["still_queued"] = !m.TryLock()
				}
				return o
			},
		}
	}
}

// rwLocking takes a lock for readers and writers that somebody writes under.
func rwLocking(how func(m *RWMutex, h *Handle) error) scene {
	return func(*stage) op {
		m := new(RWMutex)
		m.Lock()
		return op{
			call:    func(h *Handle) error { return how(m, h) },
			release: m.Unlock,
			look: func(a *actor) observed {
				if a.err == nil {
					return nil
				}
				m.Unlock()
				return observed{"still_queued": !m.TryLock()}
			},
		}
	}
}

// rwLockingFree takes one that is free.
func rwLockingFree(how func(m *RWMutex, h *Handle) error) scene {
	return func(*stage) op {
		m := new(RWMutex)
		return op{
			call: func(h *Handle) error { return how(m, h) },
			look: func(*actor) observed { return observed{"locked": !m.TryLock()} },
		}
	}
}

func readLock(m *RWMutex, _ *Handle) error {
	m.RLock()
	return nil
}

func writeLock(m *RWMutex, _ *Handle) error {
	m.Lock()
	return nil
}

func tryReadLockFor(m *RWMutex, h *Handle) error {
	_, err := m.TryRLockFor(h, time.Hour)
	return err
}

func tryWriteLockFor(m *RWMutex, h *Handle) error {
	_, err := m.TryLockFor(h, time.Hour)
	return err
}

// synchronizing enters a block that somebody else is in.
func synchronizing(*stage) op {
	m := new(sync.Mutex)
	m.Lock()
	inside := false
	return op{
		call: func(h *Handle) error {
			m.Lock()
			defer m.Unlock()
			inside = h.IsInterrupted()
			return nil
		},
		release: m.Unlock,
		look:    func(*actor) observed { return observed{"flag_inside": inside} },
	}
}

// waiting waits for a condition, with the lock taken before it.
func waiting(wait func(c *Cond, h *Handle) error) scene {
	return func(*stage) op {
		m := new(Mutex)
		c := NewCond(m)
		var held bool
		return op{
			call: func(h *Handle) error {
				m.Lock() // whatever the flag says
				defer m.Unlock()
				err := wait(c, h)
				held = !m.TryLock()
				return err
			},
			release: func() {
				m.Lock()
				defer m.Unlock()
				c.Signal()
			},
			look: func(*actor) observed {
				return observed{"holds_lock_in_catch": held, "holds_monitor_in_catch": held}
			},
		}
	}
}

func await(c *Cond, h *Handle) error { return c.Wait(h) }

func awaitFor(d time.Duration) func(c *Cond, h *Handle) error {
	return func(c *Cond, h *Handle) error {
		_, err := c.WaitFor(h, d)
		return err
	}
}

func awaitUninterruptibly(c *Cond, _ *Handle) error {
	c.WaitUninterruptibly()
	return nil
}

// waitingWithout waits without holding the lock.
func waitingWithout(*stage) op {
	return op{call: NewCond(new(Mutex)).Wait}
}

func unlockingNotOwned(*stage) op {
	return op{call: func(*Handle) error {
		new(Mutex).Unlock()
		return nil
	}}
}

// reacquires interrupts a wait while somebody else holds the lock.
func reacquires(s *stage) observed {
	m := new(Mutex)
	c := NewCond(m)
	var holds bool
	a := s.start(func(h *Handle) error {
		if err := m.LockInterruptibly(h); err != nil {
			return err
		}
		err := c.Wait(h)
		holds = m.HeldBy(h)
		return err
	})
	s.blocked(a)
	m.Lock()
	a.h.Interrupt()
	still := s.blocked(a)
	state := "WAITING"
	if s.wantsLock(a) {
		state = "BLOCKED"
	}
	m.Unlock()
	ended := !s.blocked(a)
	o := op{}.result(a)
	o["blocked_while_monitor_taken"], o["state"] = still, state
	o["ended_after_release"], o["holds_monitor_in_catch"] = ended, holds
	return o
}

// notifyAndInterrupt does both to a waiter, under the lock.
func notifyAndInterrupt(notify, interrupt int) func(s *stage) string {
	return func(s *stage) string {
		m := new(Mutex)
		c := NewCond(m)
		a := s.start(func(h *Handle) error {
			m.Lock()
			defer m.Unlock()
			return c.Wait(h)
		})
		s.blocked(a)
		m.Lock()
		for i := range 2 {
			if i == notify {
				c.Signal()
			}
			if i == interrupt {
				a.h.Interrupt()
				// If it comes first, the waiter may notice or not before it is notified, as in
				// Java. This way it does, and the case always ends in the same way.
				s.settle()
			}
		}
		m.Unlock()
		<-a.h.Done()
		if outcome(a.err) == "InterruptedException" {
			return map[bool]string{true: "IE/flag=true", false: "IE/flag=false"}[a.flag]
		}
		return map[bool]string{true: "returned/flag=true", false: "returned/flag=false"}[a.flag]
	}
}

// noLostNotification has two wait, interrupts one, and notifies once.
func noLostNotification(s *stage) observed {
	bad := 0
	for round := range 200 {
		m := new(Mutex)
		c := NewCond(m)
		returned := 0
		var waiters [2]*actor
		for i := range waiters {
			waiters[i] = s.start(func(h *Handle) error {
				m.Lock()
				defer m.Unlock()
				err := c.Wait(h)
				if err == nil {
					returned++
				}
				return err
			})
			s.blocked(waiters[i])
		}
		m.Lock()
		if round%2 == 0 { // in the order of the JVM's record, or the other way round
			waiters[round/2%2].h.Interrupt()
			c.Signal()
		} else {
			c.Signal()
			waiters[round/2%2].h.Interrupt()
		}
		m.Unlock()
		s.settle()
		m.Lock()
		if returned != 1 {
			bad++
		}
		c.Broadcast() // for one that waits still
		m.Unlock()
		for _, a := range waiters {
			<-a.h.Done()
		}
	}
	return observed{"rounds_with_not_exactly_one_normal_return": bad}
}

func mutexQueue(s *stage) observed {
	m := new(Mutex)
	m.Lock()
	return s.threeInLine(m.LockInterruptibly, m.Unlock)
}

// deadlockSynchronized interrupts two goroutines that wait for each other's sync.Mutex.
func deadlockSynchronized(s *stage) observed {
	var locks [2]sync.Mutex
	return s.deadlock(
		func(h *Handle, i int) error { locks[i].Lock(); return nil },
		func(i int) { locks[i].Unlock() },
		map[string]string{"sync.Mutex.Lock": "BLOCKED"})
}

// deadlockLock is the same with Mutex.Lock.
func deadlockLock(s *stage) observed {
	var locks [2]Mutex
	return s.deadlock(
		func(h *Handle, i int) error { locks[i].Lock(); return nil },
		func(i int) { locks[i].Unlock() },
		map[string]string{"chan receive": "WAITING", "select": "WAITING"})
}

// deadlock has two goroutines wait for each other, interrupts both, and ends that by releasing
// their locks, which Java could not.
func (s *stage) deadlock(lock func(h *Handle, i int) error, unlock func(i int), states map[string]string) observed {
	p, q := s.deadlocked(lock)
	p.h.Interrupt()
	q.h.Interrupt()
	o := observed{
		"p_still_blocked": s.blocked(p), "q_still_blocked": s.blocked(q),
		"states": []string{states[s.waitsFor(p)], states[s.waitsFor(q)]},
		"flags":  []bool{p.h.IsInterrupted(), q.h.IsInterrupted()},
	}
	unlock(0)
	unlock(1)
	<-p.h.Done()
	<-q.h.Done()
	return o
}

// deadlocked starts p, which holds 0 and wants 1, and q, which holds 1 and wants 0.
func (s *stage) deadlocked(lock func(h *Handle, i int) error) (p, q *actor) {
	var holding sync.WaitGroup
	holding.Add(2)
	embrace := func(first, second int) func(h *Handle) error {
		return func(h *Handle) error {
			if err := lock(h, first); err != nil {
				return err
			}
			holding.Done()
			holding.Wait()
			return lock(h, second)
		}
	}
	p, q = s.start(embrace(0, 1)), s.start(embrace(1, 0))
	holding.Wait()
	s.blocked(p)
	s.blocked(q)
	return p, q
}

// deadlockTryLock has p give up after a second.
func deadlockTryLock(s *stage) observed {
	var locks [2]Mutex
	var got [2]bool
	try := func(first, second int, d time.Duration) func(h *Handle) error {
		return func(h *Handle) (err error) {
			locks[first].Lock()
			defer locks[first].Unlock()
			time.Sleep(time.Millisecond) // so that the other one has its first lock too
			if got[first], err = locks[second].TryLockFor(h, d); got[first] {
				locks[second].Unlock()
			}
			return err
		}
	}
	p, q := s.start(try(0, 1, time.Second)), s.start(try(1, 0, time.Hour))
	<-p.h.Done()
	<-q.h.Done()
	return observed{"both_ended": true, "short_waiter_got_lock": got[0], "long_waiter_got_lock": got[1]}
}

// deadlockInterruptibly interrupts one of two, which gives its own lock back.
func deadlockInterruptibly(s *stage) observed {
	var locks [2]Mutex
	p, q := s.deadlocked(func(h *Handle, i int) error {
		err := locks[i].LockInterruptibly(h)
		if err != nil { // p, which holds 0
			locks[0].Unlock()
		}
		return err
	})
	blocked := []bool{s.blocked(p), s.blocked(q)}
	p.h.Interrupt()
	<-p.h.Done()
	<-q.h.Done()
	return observed{"blocked": blocked, "p": outcome(p.err), "q": outcome(q.err)}
}

// C, and those of B that are about conditions.
var lockCases = map[string]translation{
	"B10_wait":                           inside(whileBlocked(waiting(await))),
	"law:wait_pre":                       inside(flagFirst(waiting(await))),
	"B12_wait_no_monitor_pre":            inside(flagFirst(waitingWithout)),
	"B13_wait_reacquires_first":          inside(reacquires),
	"law:wait_interrupt_then_notify":     inside(func(s *stage) observed { return outcomesSeen(s, notifyAndInterrupt(1, 0)) }),
	"B15_wait_notify_then_interrupt":     inside(func(s *stage) observed { return outcomesSeen(s, notifyAndInterrupt(0, 1)) }),
	"B16_cond_await":                     inside(whileBlocked(waiting(await))),
	"law:cond_await_timed":               inside(whileBlocked(waiting(awaitFor(time.Hour)))),
	"law:cond_await_timed_pre":           inside(flagFirst(waiting(awaitFor(time.Hour)))),
	"law:cond_await_expires":             inside(undisturbed(waiting(awaitFor(time.Hour)))),
	"B18_cond_awaitUninterruptibly":      inside(whileBlocked(waiting(awaitUninterruptibly))),
	"B19_cond_signal_then_interrupt":     inside(func(s *stage) observed { return outcomesSeen(s, notifyAndInterrupt(0, 1)) }),
	"B43_no_lost_notify":                 inside(noLostNotification),
	"C01_lockInterruptibly_blocked":      inside(whileBlocked(lockingTaken(lockInterruptibly))),
	"C02_lockInterruptibly_pre_free":     inside(flagFirst(locking(lockInterruptibly))),
	"law:lockInterruptibly_pre_taken":    inside(flagFirst(lockingTaken(lockInterruptibly))),
	"law:lock_blocked":                   inside(whileBlocked(lockingTaken(lock))),
	"C04_lock_pre_free":                  inside(flagFirst(locking(lock))),
	"C05_tryLock_pre_free":               inside(flagFirst(locking(tryLock))),
	"law:tryLock_pre_taken":              inside(flagFirst(lockingTaken(tryLock))),
	"C07_tryLockTimed_blocked":           inside(whileBlocked(lockingTaken(tryLockFor(time.Hour)))),
	"C08_tryLockTimed_pre_free":          inside(flagFirst(locking(tryLockFor(time.Hour)))),
	"law:tryLockTimed_0_pre_free":        inside(flagFirst(locking(tryLockFor(0)))),
	"C10_tryLockTimed_expires":           inside(undisturbed(lockingTaken(tryLockFor(time.Hour)))),
	"C11_synchronized_blocked":           outside(asBlocked(whileBlocked(synchronizing))),
	"law:synchronized_pre_free":          outside(flagFirst(synchronizingFree)),
	"C13_deadlock_synchronized":          outside(deadlockSynchronized),
	"C14_deadlock_lock":                  outside(deadlockLock),
	"law:deadlock_lockInterruptibly":     inside(deadlockInterruptibly),
	"C16_deadlock_tryLock":               inside(deadlockTryLock),
	"C17_rwlock_read_interruptibly":      inside(whileBlocked(rwLocking((*RWMutex).RLockInterruptibly))),
	"law:rwlock_read_interruptibly_pre":  inside(flagFirst(rwLockingFree((*RWMutex).RLockInterruptibly))),
	"law:rwlock_write_interruptibly":     inside(whileBlocked(rwLocking((*RWMutex).LockInterruptibly))),
	"law:rwlock_write_interruptibly_pre": inside(flagFirst(rwLockingFree((*RWMutex).LockInterruptibly))),
	"law:rwlock_read":                    inside(whileBlocked(rwLocking(readLock))),
	"law:rwlock_write":                   inside(whileBlocked(rwLocking(writeLock))),
	"law:rwlock_read_timed":              inside(whileBlocked(rwLocking(tryReadLockFor))),
	"law:rwlock_write_timed":             inside(whileBlocked(rwLocking(tryWriteLockFor))),
	"C19_unlock_not_owner":               inside(undisturbed(unlockingNotOwned)),
	"law:lock_no_lost_unlock": inside(func(s *stage) observed {
		m := new(Mutex)
		m.Lock()
		return s.handOver(m.LockInterruptibly, m.Unlock)
	}),
	"C20_queue_cleanup": inside(mutexQueue),
}

func synchronizingFree(s *stage) op {
	op := synchronizing(s)
	op.release()
	return op
}

// asBlocked calls a wait for a sync.Mutex what Java calls it.
func asBlocked(play func(s *stage) observed) func(s *stage) observed {
	return func(s *stage) observed {
		o := play(s)
		if o["waits_for"] == "sync.Mutex.Lock" {
			o["state"] = "BLOCKED"
		}
		return o
	}
}
