import java.io.*;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Modifier;
import java.net.*;
import java.nio.ByteBuffer;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.*;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What does a JVM do when a thread is interrupted?
 *
 * <p>Every case of the table is played here, and printed as a line of JSON: its name, the claim,
 * what was observed, and whether all runs have shown the same.
 *
 * <pre>java Interrupts.java [--runs N] [PREFIX...]</pre>
 *
 * <p>It needs a JDK, 17 or later, and nothing else. The exit status is 1 if a case could not be
 * played; standard error says why.
 *
 * <p>A case is mostly a scene, which makes an operation and what is around it, and one of three
 * ways to put it to the test: whileBlocked interrupts it when it is blocked, flagFirst sets the
 * flag before it, undisturbed does neither. Nothing sleeps in the hope that something else has
 * happened meanwhile: blocks() looks at a thread until it has ended or blocks. Only where a time
 * limit must pass for a case to be one, it passes.
 *
 * <p>Reading order: the cases (flag, waits, locks, io, tasks, habits), the scenes in the same
 * order, the three ways, Actor, and the output.
 */
final class Interrupts {
    // What the usual cases show, by the names of the record.
    static final String BLOCKED = "was_blocked still_blocked_after_interrupt outcome flag_after";
    static final String UNMOVED = "was_blocked still_blocked_after_interrupt ended_after_release outcome flag_after";
    static final String PRE = "returned_or_threw_at_once outcome flag_after";
    static final String CHANNEL = "still_blocked_after_interrupt outcome flag_after open";
    static final String LEGACY = "still_blocked_after_interrupt unblocked_by_close outcome flag_after message";
    static final String RESULT = "outcome flag_after";

    static final long HOUR = 3_600_000; // ms: an operation that ends by itself within this has not blocked
    static final long MOMENT = 50; // ms: a time limit that is meant to expire

    /** A: the flag itself. */
    static void flag() {
        row("A01_isInterrupted_keeps", "isInterrupted() does not clear", "first second",
                alone(s -> {
                    self().interrupt();
                    s.put("first", self().isInterrupted());
                    s.put("second", self().isInterrupted());
                }));
        row("A02_interrupted_clears", "static interrupted() clears; second call is false", "first second",
                alone(s -> {
                    self().interrupt();
                    s.put("first", Thread.interrupted());
                    s.put("second", Thread.interrupted());
                }));
        row("A03_interrupt_twice", "a second interrupt() adds nothing: a flag, not a counter", "first second",
                alone(s -> {
                    self().interrupt();
                    self().interrupt();
                    s.put("first", Thread.interrupted());
                    s.put("second", Thread.interrupted());
                }));
        row("A04_interrupted_tests_caller", "interrupted() tests the CALLING thread, not the target",
                "caller_interrupted() target_isInterrupted", s -> {
                    CountDownLatch gate = new CountDownLatch(1);
                    Actor target = start(() -> {
                        while (gate.getCount() > 0) Thread.yield();
                    });
                    target.thread.interrupt();
                    s.put("caller_interrupted()", target.thread.interrupted()); // looks like a question to the target
                    gate.countDown();
                    s.put("target_isInterrupted", target.end().flag);
                });
        row("A05_running_thread_not_stopped", "interrupt() never stops a running thread",
                "kept_running alive flag outcome flag_after", s -> {
                    AtomicLong steps = new AtomicLong();
                    AtomicBoolean stop = new AtomicBoolean();
                    Actor a = start(() -> {
                        while (!stop.get()) {
                            steps.incrementAndGet();
                            Thread.yield();
                        }
                    });
                    a.thread.interrupt();
                    long more = steps.get() + 3;
                    s.put("kept_running", until(() -> steps.get() >= more));
                    s.put("alive", a.thread.isAlive());
                    s.put("flag", a.thread.isInterrupted());
                    stop.set(true);
                    s.result(a);
                });
        row("A06_poll_loop_isInterrupted_keeps", "while(!isInterrupted()) exits and the flag is kept",
                "exited outcome flag_after", polls(() -> self().isInterrupted()));
        row("A07_poll_loop_interrupted_clears", "while(!Thread.interrupted()) exits but flag is lost",
                "exited outcome flag_after", polls(Thread::interrupted));
        row("A08_volatile_flag_stops_running", "shared volatile flag stops a non-blocked thread",
                "exited outcome flag_after", s -> {
                    AtomicBoolean stop = new AtomicBoolean();
                    Actor a = start(() -> {
                        while (!stop.get()) Thread.yield();
                    });
                    stop.set(true);
                    s.put("exited", a.end().ended);
                    s.result(a);
                });
        row("A09_volatile_flag_wakes_nobody", "shared volatile flag does not reach a blocked thread",
                "still_blocked_after_flag outcome flag_after", s -> {
                    AtomicBoolean stop = new AtomicBoolean();
                    Actor a = start(() -> {
                        while (!stop.get()) Thread.sleep(HOUR);
                    });
                    blocks(a);
                    stop.set(true);
                    s.put("still_blocked_after_flag", blocks(a));
                    a.thread.interrupt();
                    s.result(a);
                });
        row("A10_interrupt_before_start", "interrupt() before start()", "flag_before_start flag_first_statement", s -> {
            Actor a = new Actor(() -> s.put("flag_first_statement", self().isInterrupted()));
            a.thread.interrupt();
            s.put("flag_before_start", a.thread.isInterrupted());
            a.thread.start();
            a.end();
        });
        row("A11_interrupt_before_start_then_sleep", "interrupt before start: first sleep throws",
                "ended_early outcome flag_after", s -> {
                    Actor a = new Actor(() -> Thread.sleep(HOUR));
                    a.thread.interrupt();
                    a.thread.start();
                    s.put("ended_early", !blocks(a));
                    s.result(a);
                });
        row("A12_flag_outlives_thread", "a thread that ends with its flag set", "alive isInterrupted", s -> {
            Actor a = start(interrupted(() -> { }));
            a.end();
            s.put("alive", a.thread.isAlive());
            s.put("isInterrupted", a.thread.isInterrupted());
        });
        row("A13_interrupt_dead_thread", "interrupt() of a dead thread", "isInterrupted", s -> {
            Thread dead = dead();
            dead.interrupt();
            s.put("isInterrupted", dead.isInterrupted());
        });
        row("A14_flag_not_inherited", "child of an interrupted thread starts clear", "child_flag",
                alone(s -> {
                    self().interrupt();
                    Actor child = start(() -> s.put("child_flag", self().isInterrupted()));
                    Thread.interrupted();
                    child.end();
                }));
        row("A15_flag_is_a_field", "source: 'the flag is not an attribute of Thread': it is a field", "type volatile", s -> {
            var field = Thread.class.getDeclaredField("interrupted");
            s.put("type", field.getType().getName());
            s.put("volatile", Modifier.isVolatile(field.getModifiers()));
        });
        row("A16_throwing_IE_yourself", "new InterruptedException() neither sets nor clears",
                "flag_kept_when_set flag_when_clear", alone(s -> {
                    for (boolean set : new boolean[] {true, false}) {
                        if (set) self().interrupt(); else Thread.interrupted();
                        try {
                            throw new InterruptedException();
                        } catch (InterruptedException e) {
                            s.put(set ? "flag_kept_when_set" : "flag_when_clear", self().isInterrupted());
                        }
                    }
                }));
        row("A17_yield_onSpinWait_ignore", "yield/onSpinWait do not look", "flag", alone(s -> {
            self().interrupt();
            Thread.yield();
            Thread.onSpinWait();
            s.put("flag", self().isInterrupted());
        }));
        row("A18_interrupt_happens_before", "who sees the flag sees what was written before it was set (JLS 17.4.4)",
                "rounds_that_missed_it", s -> {
                    int missed = 0;
                    for (int round = 1; round <= 100; round++) {
                        int[] plain = {0, 0};
                        Actor a = start(() -> {
                            while (!self().isInterrupted()) Thread.onSpinWait();
                            plain[1] = plain[0];
                        });
                        plain[0] = round;
                        a.thread.interrupt();
                        a.end();
                        if (plain[1] != round) missed++;
                    }
                    s.put("rounds_that_missed_it", missed);
                });
        row("A19_anyone_may_interrupt_self", "self interrupt then sleep throws at once", PRE,
                flagFirst(just(() -> Thread.sleep(HOUR))));
    }

    /** B: what blocks, with locks and sockets left out, and what waits for a condition. */
    static void waits() {
        row("B01_sleep", "sleep throws IE, flag cleared", BLOCKED, whileBlocked(just(() -> Thread.sleep(HOUR))));
        row("B02_sleep_pre", "sleep with the flag set throws at once", PRE, flagFirst(just(() -> Thread.sleep(HOUR))));
        row("B03_sleep0_pre", "even sleep(0) throws", PRE, flagFirst(just(() -> Thread.sleep(0))));
        row("B04_timeunit_sleep0_pre", "TimeUnit.sleep(0) does not look", PRE,
                flagFirst(just(() -> TimeUnit.SECONDS.sleep(0))));
        row("B05_timeunit_sleep", "TimeUnit.sleep throws IE, flag cleared", BLOCKED,
                whileBlocked(just(() -> TimeUnit.HOURS.sleep(1))));

        row("B06_join", "join throws IE, flag cleared, joined thread unaffected",
                BLOCKED + " joined_thread_alive joined_thread_flag", whileBlocked(joining()));
        row("B07_join_pre_live", "join on live thread with flag set", PRE, flagFirst(joining()));
        row("B08_join_pre_dead", "join on dead thread with flag set", PRE, flagFirst(s -> {
            Thread dead = dead();
            return new Op(dead::join);
        }));
        row("B09_join_timed_pre_dead", "join(ms) on dead thread with flag set", PRE, flagFirst(s -> {
            Thread dead = dead();
            return new Op(() -> dead.join(HOUR));
        }));

        row("B10_wait", "Object.wait throws IE, flag cleared", BLOCKED, whileBlocked(waiting()));
        row("B11_wait_pre", "wait with flag set throws at once, monitor held", PRE + " holds_monitor_in_catch",
                flagFirst(waiting()));
        row("B12_wait_no_monitor_pre", "wait without monitor: IMSE wins, flag kept", PRE, flagFirst(s -> {
            Object monitor = new Object();
            return new Op(monitor::wait);
        }));
        row("B13_wait_reacquires_first", "IE from wait is delayed until the monitor is re-acquired",
                "blocked_while_monitor_taken state ended_after_release holds_monitor_in_catch outcome flag_after", Interrupts::reacquires);
        row("B14_wait_interrupt_then_notify", "interrupt then notify while monitor held", "outcomes_seen",
                outcomes(new MonitorWait(), true));
        row("B15_wait_notify_then_interrupt", "notify then interrupt while monitor held", "outcomes_seen",
                outcomes(new MonitorWait(), false));

        row("B16_cond_await", "Condition.await throws IE, clears, re-acquires the lock", BLOCKED + " holds_lock_in_catch",
                whileBlocked(awaiting(Condition::await)));
        row("B17_cond_await_pre", "Condition.await with flag set throws at once, lock held", PRE + " holds_lock_in_catch",
                flagFirst(awaiting(Condition::await)));
        row("B18_cond_awaitUninterruptibly", "awaitUninterruptibly keeps waiting; flag set when it returns",
                "still_blocked_after_interrupt ended_after_signal outcome flag_after", whileBlocked(awaiting(Condition::awaitUninterruptibly)));
        row("B19_cond_signal_then_interrupt", "signal first, then interrupt, lock held: returns normally, flag set", "outcomes_seen",
                outcomes(new ConditionWait(), false));
        row("law:cond_interrupt_then_signal", "interrupt first, then signal, lock held", "outcomes_seen",
                outcomes(new ConditionWait(), true));
        row("law:cond_await_timed", "timed await throws IE, lock held", BLOCKED + " holds_lock_in_catch",
                whileBlocked(awaiting(c -> c.await(1, TimeUnit.HOURS))));
        row("law:cond_await_timed_pre", "timed await with the flag set throws at once", PRE + " holds_lock_in_catch",
                flagFirst(awaiting(c -> c.await(1, TimeUnit.HOURS))));
        row("law:cond_await_expires", "timed await times out, lock held", RESULT + " holds_lock_in_catch",
                undisturbed(awaiting(c -> c.await(MOMENT, TimeUnit.MILLISECONDS))));

        row("B20_park", "park returns without an exception, flag kept", BLOCKED, whileBlocked(just(LockSupport::park)));
        row("law:parkNanos", "parkNanos returns, flag kept", BLOCKED,
                whileBlocked(just(() -> LockSupport.parkNanos(HOUR * 1_000_000))));
        row("B21_park_pre", "park with flag set returns at once, again and again", PRE, flagFirst(just(() -> {
            for (int i = 0; i < 3; i++) LockSupport.park();
        })));
        row("B22_parkNanos_pre", "parkNanos with flag set returns at once", "returned_early outcome flag_after",
                flagFirst(just(() -> LockSupport.parkNanos(HOUR * 1_000_000))));

        row("B23_take", "take throws IE", BLOCKED + " queue_size", whileBlocked(queue(BlockingQueue::take)));
        row("law:take_pre_empty", "take from an empty queue with the flag set throws at once", PRE + " queue_size",
                flagFirst(queue(BlockingQueue::take)));
        row("B24_take_pre_nonempty", "take with flag set throws even though an element is there", PRE + " queue_size",
                flagFirst(queue(BlockingQueue::take, 1)));
        row("B25_put_pre_room", "put with flag set throws even though there is room", PRE + " queue_size",
                flagFirst(queue(q -> q.put(3))));
        row("B26_put", "put into a full queue throws IE, nothing was put", BLOCKED + " queue_size",
                whileBlocked(queue(q -> q.put(3), 1, 2)));
        row("law:put_pre_full", "put into a full queue with the flag set throws at once", PRE + " queue_size",
                flagFirst(queue(q -> q.put(3), 1, 2)));
        row("B27_offer_poll_pre", "non-blocking offer()/poll() do not look", PRE, flagFirst(queue(q -> {
            q.offer(1);
            q.poll();
        })));
        row("B28_poll_timed_pre_nonempty", "timed poll with flag set throws although an element is there", PRE + " queue_size",
                flagFirst(queue(q -> q.poll(1, TimeUnit.HOURS), 1)));
        row("B29_poll_timed", "timed poll throws IE", BLOCKED + " queue_size",
                whileBlocked(queue(q -> q.poll(1, TimeUnit.HOURS))));
        row("law:poll_timed_pre_empty", "timed poll with the flag set throws at once", PRE,
                flagFirst(queue(q -> q.poll(1, TimeUnit.HOURS))));
        row("law:offer_timed", "timed offer throws IE, nothing was put", BLOCKED + " queue_size",
                whileBlocked(queue(q -> q.offer(3, 1, TimeUnit.HOURS), 1, 2)));
        row("law:offer_timed_pre_room", "timed offer with the flag set throws although there is room", PRE + " queue_size",
                flagFirst(queue(q -> q.offer(3, 1, TimeUnit.HOURS))));
        row("B30_synchronousqueue_put", "rendezvous put throws IE; a later taker does not get the item", BLOCKED + " later_poll",
                whileBlocked(s -> {
                    var rendezvous = new SynchronousQueue<Integer>();
                    return new Op(() -> rendezvous.put(1)).look(a -> s.put("later_poll", String.valueOf(rendezvous.poll())));
                }));

        row("B31_semaphore_acquire", "Semaphore.acquire throws IE, permits unchanged", BLOCKED + " permits",
                whileBlocked(permits(0, p -> { p.acquire(); return true; })));
        row("B32_semaphore_acquire_pre_free", "acquire with flag set throws although a permit is there", PRE + " permits",
                flagFirst(permits(1, p -> { p.acquire(); return true; })));
        row("law:semaphore_acquire_pre_taken", "acquire with the flag set throws at once", PRE + " permits",
                flagFirst(permits(0, p -> { p.acquire(); return true; })));
        row("law:semaphore_tryAcquire_timed", "timed tryAcquire throws IE", BLOCKED + " permits",
                whileBlocked(permits(0, p -> p.tryAcquire(1, TimeUnit.HOURS))));
        row("law:semaphore_tryAcquire_0_pre", "timed tryAcquire looks even if the time is 0", PRE + " permits",
                flagFirst(permits(1, p -> p.tryAcquire(0, TimeUnit.HOURS))));
        row("law:semaphore_tryAcquire_expires", "timed tryAcquire times out: false", RESULT + " got permits",
                undisturbed(permits(0, p -> p.tryAcquire(MOMENT, TimeUnit.MILLISECONDS))));
        row("B33_semaphore_tryAcquire_pre", "tryAcquire() ignores the flag", PRE + " got",
                flagFirst(permits(1, Semaphore::tryAcquire)));
        row("law:semaphore_tryAcquire_none", "tryAcquire without a permit: false, flag kept", PRE + " got",
                flagFirst(permits(0, Semaphore::tryAcquire)));
        row("B34_semaphore_uninterruptibly", "acquireUninterruptibly keeps waiting; flag set after",
                "still_blocked_after_interrupt outcome flag_after", whileBlocked(permits(0, p -> { p.acquireUninterruptibly(); return true; })));
        row("law:semaphore_uninterruptibly_pre", "acquireUninterruptibly with the flag set acquires, flag kept", PRE + " got permits",
                flagFirst(permits(1, p -> { p.acquireUninterruptibly(); return true; })));
        row("law:semaphore_queue_cleanup", "an interrupted middle waiter does not lose the permit of the next",
                "a b c b_left_at_once first_come permits", s -> {
                    Semaphore p = new Semaphore(0, true);
                    threeInLine(s, p::acquire, p::release, p::release);
                    s.put("permits", p.availablePermits());
                });

        row("law:semaphore_no_lost_permit", "a permit that comes together with an interrupt goes to one of the two that wait",
                "rounds_with_not_exactly_one_going_on", s -> handOver(s, () -> {
                    Semaphore p = new Semaphore(0);
                    return new Op(p::acquire).release(p::release);
                }));

        row("B35_latch_await", "CountDownLatch.await throws IE", BLOCKED + " count",
                whileBlocked(latch(1, l -> { l.await(); return true; })));
        row("B36_latch_await_pre_open", "await on an OPEN latch with flag set still throws", PRE,
                flagFirst(latch(0, l -> { l.await(); return true; })));
        row("law:latch_await_pre_closed", "await with the flag set throws at once", PRE,
                flagFirst(latch(1, l -> { l.await(); return true; })));
        row("law:latch_await_timed", "timed await throws IE", BLOCKED,
                whileBlocked(latch(1, l -> l.await(1, TimeUnit.HOURS))));
        row("law:latch_await_0_pre_open", "timed await looks even if the latch is open and the time is 0", PRE + " got",
                flagFirst(latch(0, l -> l.await(0, TimeUnit.HOURS))));
        row("law:latch_await_expires", "timed await times out: false", RESULT + " got",
                undisturbed(latch(1, l -> l.await(MOMENT, TimeUnit.MILLISECONDS))));
        row("law:latch_counts", "a latch opens when it has been counted down to zero", "open_after_one open_after_two count", s -> {
            var l = new CountDownLatch(2);
            Actor a = start(l::await);
            for (String field : List.of("open_after_one", "open_after_two")) {
                l.countDown();
                s.put(field, !blocks(a));
            }
            s.put("count", l.getCount());
        });
        row("B37_barrier", "CyclicBarrier: interrupted party IE, the others BrokenBarrier",
                "interrupted_party other_party broken flag_after other_flag", whileBlocked(barrier()));
        row("law:barrier_pre", "await with the flag set throws at once and breaks the barrier",
                "returned_or_threw_at_once interrupted_party other_party broken flag_after other_flag", flagFirst(barrier()));
        row("law:barrier_undisturbed", "all go on when all have come, twice", "outcomes broken",
                Interrupts::wholeBarrier);
        row("law:barrier_broken_pre", "a broken barrier is reported before the flag is looked at", RESULT, flagFirst(s -> {
            CyclicBarrier b = new CyclicBarrier(2);
            start(interrupted(b::await)).end();
            return new Op(b::await);
        }));
        row("law:barrier_late", "who is late breaks the barrier for the others", "late_party other_party broken", s -> {
            CyclicBarrier b = new CyclicBarrier(3);
            Actor other = start(b::await);
            blocks(other);
            s.put("late_party", start(() -> b.await(MOMENT, TimeUnit.MILLISECONDS)).end().outcome());
            s.put("other_party", other.end().outcome());
            s.put("broken", b.isBroken());
        });
        row("law:barrier_reset", "reset sends away who waits, and makes the barrier whole", "waiter broken waiting", s -> {
            CyclicBarrier b = new CyclicBarrier(2);
            Actor waiter = start(b::await);
            blocks(waiter);
            b.reset();
            s.put("waiter", waiter.end().outcome());
            s.put("broken", b.isBroken());
            s.put("waiting", b.getNumberWaiting());
        });

        row("B38_future_get", "Future.get throws IE, the task is not affected", BLOCKED + " task_done",
                whileBlocked(promise(f -> f.get())));
        row("law:future_get_pre", "get of an unfinished future with the flag set throws at once", PRE,
                flagFirst(promise(f -> f.get())));
        row("law:future_get_timed", "timed get throws IE", BLOCKED,
                whileBlocked(promise(f -> f.get(1, TimeUnit.HOURS))));
        row("B39_future_get_pre_done", "get() of a finished future with flag set: no look, flag kept", PRE,
                flagFirst(finished(f -> f.get())));
        row("law:future_get_timed_pre_done", "timed get of a finished future does not look", PRE,
                flagFirst(finished(f -> f.get(1, TimeUnit.HOURS))));
        row("B40_completablefuture_join", "CompletableFuture.join is not interruptible; flag set after",
                "still_blocked_after_interrupt outcome flag_after", whileBlocked(completable(CompletableFuture::join)));
        row("law:completablefuture_get", "CompletableFuture.get throws IE", BLOCKED,
                whileBlocked(completable(CompletableFuture::get)));
        row("law:completablefuture_get_pre_done", "CompletableFuture.get of what is done does not look", PRE, flagFirst(s -> {
            CompletableFuture<Integer> done = CompletableFuture.completedFuture(1);
            return new Op(done::get);
        }));
        row("B41_process_waitFor", "Process.waitFor throws IE, the process is not affected", BLOCKED + " process_alive",
                whileBlocked(process()));
        row("law:process_waitFor_pre", "Process.waitFor with the flag set throws at once", PRE, flagFirst(process()));
        row("law:process_waitFor_pre_dead", "Process.waitFor of a dead process with the flag set", PRE, flagFirst(s -> {
            Process p = new ProcessBuilder("true").start();
            p.waitFor();
            return new Op(p::waitFor);
        }));
        row("B42_wait_does_not_poll", "source: 'wait/sleep poll the flag' - CPU burnt by a 600 ms wait", "cpu_under_1ms",
                alone(s -> {
                    Object monitor = new Object();
                    synchronized (monitor) {
                        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                        monitor.wait(600);
                        long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
                        s.put("cpu_under_1ms", took < 1_000_000);
                    }
                }));
        row("B43_no_lost_notify",
                "two waiters, interrupt one then notify() once while holding the monitor: exactly one returns normally",
                "rounds_with_not_exactly_one_normal_return", noneLost(MonitorWait::new));
        row("B44_no_lost_signal",
                "two waiters, interrupt one then signal() once while holding the lock: exactly one returns normally",
                "rounds_with_not_exactly_one_normal_return", noneLost(ConditionWait::new));
    }

    /** C: locks. */
    static void locks() {
        row("C01_lockInterruptibly_blocked", "lockInterruptibly: IE, cleared, not held, left the queue",
                BLOCKED + " held_in_catch still_queued", whileBlocked(taken(l -> { l.lockInterruptibly(); return true; })));
        row("C02_lockInterruptibly_pre_free", "lockInterruptibly with flag set throws although the lock is free", PRE + " locked",
                flagFirst(free(l -> { l.lockInterruptibly(); return true; })));
        row("law:lockInterruptibly_pre_taken", "lockInterruptibly of a taken lock with the flag set throws at once", PRE + " still_queued",
                flagFirst(taken(l -> { l.lockInterruptibly(); return true; })));
        row("C03_lock_blocked", "lock() stays blocked; flag set when it returns", UNMOVED + " acquired",
                whileBlocked(taken(l -> { l.lock(); return true; })));
        row("C04_lock_pre_free", "lock() with flag set on a free lock: acquires, flag kept", PRE + " acquired",
                flagFirst(free(l -> { l.lock(); return true; })));
        row("C05_tryLock_pre_free", "tryLock() ignores the flag", PRE + " acquired", flagFirst(free(Lock::tryLock)));
        row("C06_tryLock_pre_taken", "tryLock() of a taken lock: false, flag kept", PRE + " acquired",
                flagFirst(taken(Lock::tryLock)));
        row("C07_tryLockTimed_blocked", "tryLock(time) throws IE, cleared", BLOCKED,
                whileBlocked(taken(l -> l.tryLock(1, TimeUnit.HOURS))));
        row("C08_tryLockTimed_pre_free", "tryLock(time) with flag set throws although the lock is free", PRE + " locked",
                flagFirst(free(l -> l.tryLock(1, TimeUnit.HOURS))));
        row("C09_tryLockTimed_0_pre_free", "even tryLock(0) with flag set throws although the lock is free", PRE + " locked acquired",
                flagFirst(free(l -> l.tryLock(0, TimeUnit.HOURS))));
        row("C10_tryLockTimed_expires", "tryLock(time) times out: false, no exception", "acquired outcome flag_after",
                undisturbed(taken(l -> l.tryLock(MOMENT, TimeUnit.MILLISECONDS))));
        row("C11_synchronized_blocked", "synchronized entry cannot be interrupted; flag set when in",
                "was_blocked still_blocked_after_interrupt state ended_after_release flag_inside outcome flag_after", Interrupts::entering);
        row("C12_synchronized_pre_free", "synchronized with flag set goes in, flag kept", PRE + " flag_inside", flagFirst(s -> {
            Object monitor = new Object();
            return new Op(() -> {
                synchronized (monitor) {
                    s.put("flag_inside", self().isInterrupted());
                }
            });
        }));
        row("C13_deadlock_synchronized", "deadlocked in synchronized: interrupt does nothing",
                "p_still_blocked q_still_blocked states flags jvm_deadlock_detector_finds",
                deadlock((first, second, both) -> {
                    synchronized (first) {
                        both.await();
                        synchronized (second) { }
                    }
                }));
        row("C14_deadlock_lock", "deadlocked in Lock.lock(): interrupt does nothing", "p_still_blocked q_still_blocked states",
                deadlock((first, second, both) -> {
                    first.lock();
                    both.await();
                    second.lock();
                }));
        row("C15_deadlock_lockInterruptibly", "deadlocked in lockInterruptibly: interrupting ONE frees both", "blocked p q", s -> {
            Actor[] pair = deadlocked((first, second, both) -> {
                first.lockInterruptibly();
                try {
                    both.await();
                    second.lockInterruptibly();
                } finally {
                    first.unlock();
                }
            });
            s.put("blocked", List.of(blocks(pair[0]), blocks(pair[1])));
            pair[0].thread.interrupt();
            s.put("p", pair[0].end().outcome());
            s.put("q", pair[1].end().outcome());
        });
        row("C16_deadlock_tryLock", "tryLock(timeout) breaks the deadlock by itself", "both_ended short_waiter_got_lock long_waiter_got_lock", s -> {
            var got = new ConcurrentHashMap<Thread, Boolean>();
            Actor[] pair = deadlocked((first, second, both) -> {
                first.lock();
                try {
                    both.await();
                    got.put(self(), second.tryLock(first.ofP ? MOMENT : HOUR, TimeUnit.MILLISECONDS));
                } finally {
                    first.unlock();
                }
            });
            s.put("both_ended", pair[0].end().ended && pair[1].end().ended);
            s.put("short_waiter_got_lock", got.get(pair[0].thread));
            s.put("long_waiter_got_lock", got.get(pair[1].thread));
        });
        row("C17_rwlock_read_interruptibly", "ReadLock.lockInterruptibly throws IE", BLOCKED,
                whileBlocked(written(l -> { l.readLock().lockInterruptibly(); return true; })));
        row("law:rwlock_read_interruptibly_pre", "ReadLock.lockInterruptibly with the flag set throws although it is free", PRE + " locked",
                flagFirst(unwritten(l -> { l.readLock().lockInterruptibly(); return true; })));
        row("C18_rwlock_write_interruptibly", "WriteLock.lockInterruptibly throws IE, left the queue", BLOCKED + " still_queued",
                whileBlocked(written(l -> { l.writeLock().lockInterruptibly(); return true; })));
        row("law:rwlock_write_interruptibly_pre", "WriteLock.lockInterruptibly with the flag set throws although it is free", PRE + " locked",
                flagFirst(unwritten(l -> { l.writeLock().lockInterruptibly(); return true; })));
        row("law:rwlock_read", "ReadLock.lock stays blocked, flag kept", UNMOVED,
                whileBlocked(written(l -> { l.readLock().lock(); return true; })));
        row("law:rwlock_write", "WriteLock.lock stays blocked, flag kept", UNMOVED,
                whileBlocked(written(l -> { l.writeLock().lock(); return true; })));
        row("law:rwlock_read_timed", "ReadLock.tryLock(time) throws IE", BLOCKED + " still_queued",
                whileBlocked(written(l -> l.readLock().tryLock(1, TimeUnit.HOURS))));
        row("law:rwlock_write_timed", "WriteLock.tryLock(time) throws IE", BLOCKED + " still_queued",
                whileBlocked(written(l -> l.writeLock().tryLock(1, TimeUnit.HOURS))));
        row("law:lock_no_lost_unlock", "an unlock that comes together with an interrupt lets one of the two that wait go on",
                "rounds_with_not_exactly_one_going_on", s -> handOver(s, () -> {
                    var lock = new ReentrantLock();
                    lock.lock();
                    return new Op(lock::lockInterruptibly).release(lock::unlock);
                }));
        row("C19_unlock_not_owner", "unlock by a non-owner", RESULT,
                undisturbed(just(() -> new ReentrantLock().unlock())));
        row("law:lock_reentrant_pre", "lockInterruptibly of a lock that one holds, with the flag set, throws all the same", PRE, flagFirst(s -> {
            var lock = new ReentrantLock();
            return new Op(() -> {
                lock.lock();
                lock.lockInterruptibly();
            });
        }));
        row("C20_queue_cleanup", "an interrupted middle waiter does not lose the wake-up of the next", "a b c", s -> {
            var lock = new ReentrantLock(true);
            lock.lock();
            threeInLine(s, () -> {
                lock.lockInterruptibly();
                lock.unlock();
            }, lock::unlock, () -> { });
        });
    }

    /** D: channels, sockets, pipes and files. */
    static void io() {
        row("D01_filechannel_read_pre_plain", "FileChannel.read of a plain file with flag set: CBIE, closed", PRE + " open",
                flagFirst(channel(s -> FileChannel.open(plainFile(s)))));
        row("law:filechannel_read_pre", "FileChannel.read of a FIFO with the flag set: CBIE at once, closed", PRE + " open",
                flagFirst(channel(Interrupts::fifoChannel)));
        row("D02_filechannel_read_blocked_fifo", "FileChannel.read blocked on a FIFO", BLOCKED + " open",
                whileBlocked(channel(Interrupts::fifoChannel)));
        row("D03_socketchannel_read_blocked", "SocketChannel.read: CBIE, closed, flag KEPT", CHANNEL + " next_read peer_read",
                whileBlocked(reading(false)));
        row("D04_socketchannel_read_pre", "SocketChannel.read with flag set: CBIE at once, closed", PRE + " open next_read peer_read",
                flagFirst(reading(false)));
        row("law:socketchannel_read_pre_filled", "the same although there is something to read", PRE + " open read",
                flagFirst(reading(true)));
        row("D05_socketchannel_write_blocked", "SocketChannel.write on a full buffer: CBIE, closed", BLOCKED + " open",
                whileBlocked(writing()));
        row("law:socketchannel_write_pre", "SocketChannel.write with the flag set: CBIE at once, closed", PRE + " open",
                flagFirst(writing()));
        row("D06_serversocketchannel_accept", "ServerSocketChannel.accept: CBIE, closed, flag KEPT", CHANNEL,
                whileBlocked(accepting(ServerSocketChannel::accept)));
        row("D07_serversocketchannel_accept_pre", "ServerSocketChannel.accept with flag set: CBIE at once, closed", PRE + " open",
                flagFirst(accepting(ServerSocketChannel::accept)));
        row("D08_other_close_is_async", "another thread closes the channel: AsynchronousCloseException, flag clear", "unblocked outcome flag_after", s -> {
            Op op = reading(false).op(s);
            Actor a = start(op.call);
            blocks(a);
            op.release.run();
            s.put("unblocked", !blocks(a));
            s.result(a);
        });
        row("D09_pipe_read", "Pipe.SourceChannel.read: CBIE, closed", CHANNEL,
                whileBlocked(channel(Interrupts::pipeChannel)));
        row("law:pipe_read_pre", "Pipe.SourceChannel.read with the flag set: CBIE at once, closed", PRE + " open",
                flagFirst(channel(Interrupts::pipeChannel)));
        row("D10_select", "Selector.select returns without an exception, open, flag kept", BLOCKED + " open",
                whileBlocked(selecting()));
        row("law:select_pre", "Selector.select with the flag set returns at once, every time", PRE + " open",
                flagFirst(selecting()));
        row("D11_serversocket_accept", "old ServerSocket.accept: NOT interrupted; only close() unblocks (SocketException)", LEGACY,
                whileBlocked(oldAccepting(false)));
        row("D12_serversocket_accept_pre", "old accept with flag set: blocks and still serves",
                "blocks_although_flag_set accepts_next outcome flag_after", flagFirst(oldAccepting(true)));
        row("D13_socket_inputstream_read_pre", "Socket InputStream.read with flag set: reads, flag kept", PRE + " read left open",
                flagFirst(oldReading(true)));
        row("D14_socket_inputstream_read", "Socket InputStream.read: NOT interrupted; close() unblocks", LEGACY,
                whileBlocked(oldReading(false)));
        row("law:socket_outputstream_write", "Socket OutputStream.write is not interrupted; close() unblocks",
                "was_blocked still_blocked_after_interrupt unblocked_by_close outcome flag_after", whileBlocked(oldWriting()));
        row("D15_socketchannel_stream_view", "stream of a SocketChannel's socket(): interrupted like the channel", CHANNEL, whileBlocked(s -> {
            SocketChannel near = pair(s)[0];
            InputStream view = near.socket().getInputStream();
            return new Op(view::read).look(a -> s.put("open", near.isOpen()));
        }));
        row("D16_serversocketchannel_socket_accept", "socket().accept() of a ServerSocketChannel: interrupted like the channel", CHANNEL,
                whileBlocked(accepting(c -> c.socket().accept())));
        row("D17_datagramsocket_receive", "DatagramSocket.receive under interrupt", LEGACY, whileBlocked(s -> {
            var socket = s.later(new DatagramSocket(0, LOOPBACK));
            return new Op(() -> socket.receive(new DatagramPacket(new byte[1], 1))).release(socket::close);
        }));
        row("D18_datagramchannel_receive", "DatagramChannel.receive: CBIE", CHANNEL, whileBlocked(receiving()));
        row("law:datagramchannel_receive_pre", "DatagramChannel.receive with the flag set: CBIE at once, closed", PRE + " open",
                flagFirst(receiving()));
        row("D19_fileinputstream_fifo", "FileInputStream.read on a FIFO: NOT interrupted, and close() returns but does not unblock",
                "was_blocked still_blocked_after_interrupt close_returned still_blocked_after_close outcome flag_after", Interrupts::closedFifo);
        row("D20_reader_close_blocks", "source: 'closing a stream blocked in read also blocks': InputStreamReader over a socket",
                "reader_close_blocked socket_close_unblocks_reader then_close_returns outcome flag_after", s -> {
                    Socket near = oldPair(s)[0];
                    var reader = new InputStreamReader(near.getInputStream());
                    Actor a = start(reader::read);
                    blocks(a);
                    Actor closer = start(reader::close);
                    s.put("reader_close_blocked", blocks(closer));
                    near.close();
                    s.put("socket_close_unblocks_reader", !blocks(a));
                    s.put("then_close_returns", !blocks(closer));
                    s.result(a);
                });
        row("D21_pipedinputstream", "PipedInputStream.read: InterruptedIOException", "still_blocked_after_interrupt outcome flag_after",
                whileBlocked(piped()));
        row("law:pipedinputstream_pre", "PipedInputStream.read with the flag set", PRE, flagFirst(piped()));
        row("D22_files_readAllBytes_pre", "Files.readAllBytes with flag set: works, flag kept", PRE, flagFirst(s -> {
            Path file = plainFile(s);
            return new Op(() -> Files.readAllBytes(file));
        }));
        row("D23_files_newInputStream_pre", "Files.newInputStream().read with flag set", PRE, flagFirst(s -> {
            InputStream in = s.later(Files.newInputStream(plainFile(s)));
            return new Op(in::read);
        }));
        row("D24_fileinputstream_pre", "FileInputStream.read of a plain file with flag set: works, flag kept", PRE, flagFirst(s -> {
            InputStream in = s.later(new FileInputStream(plainFile(s).toFile()));
            return new Op(in::read);
        }));
        row("D25_socketchannel_connect_pre", "SocketChannel.connect with flag set: CBIE, closed", PRE + " open connected", flagFirst(s -> {
            var server = s.later(ServerSocketChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
            var c = s.later(SocketChannel.open());
            s.put("connected", false);
            return new Op(() -> s.put("connected", c.connect(server.getLocalAddress()))).look(a -> s.put("open", c.isOpen()));
        }));
        row("law:socketchannel_late_interrupt", "an interrupt after a read leaves the channel open", RESULT + " open", undisturbed(s -> {
            var pair = pair(s);
            pair[1].write(ByteBuffer.allocate(1));
            return new Op(() -> {
                pair[0].read(ByteBuffer.allocate(1));
                self().interrupt();
            }).look(a -> s.put("open", pair[0].isOpen()));
        }));
        row("D26_socket_connect_pre", "old Socket.connect with flag set: connects", PRE + " connected", flagFirst(s -> {
            var server = s.later(new ServerSocket(0, 1, LOOPBACK));
            var socket = s.later(new Socket());
            return new Op(() -> socket.connect(server.getLocalSocketAddress())).look(a -> s.put("connected", socket.isConnected()));
        }));
        row("D27_shared_channel_victim", "one interrupted reader closes a FileChannel shared with others",
                "interrupted_reader innocent_reader innocent_flag", shared(false));
        row("law:shared_channel_waiting", "the same for a reader that waits for its turn meanwhile",
                "interrupted_reader innocent_reader innocent_flag", shared(true));
    }

    /** E: futures and executors. */
    static void tasks() {
        row("E01_cancel_true_running", "Future.cancel(true): running task is interrupted, get() throws CancellationException",
                "cancel still_running isDone task_saw get", cancelling(true));
        row("E02_cancel_false_running", "Future.cancel(false): running task is NOT interrupted", "cancel still_running isDone task_saw",
                cancelling(false));
        row("E03_cancel_queued", "cancel of a queued task: it never runs", "cancel ran", s -> {
            var ex = executor(s, 1);
            Task first = submit(ex);
            AtomicBoolean ran = new AtomicBoolean();
            Future<?> second = ex.submit(() -> ran.set(true));
            s.put("cancel", second.cancel(true));
            first.gate.countDown();
            terminate(ex);
            s.put("ran", ran.get());
        });
        row("E04_cancel_done", "cancel of what is done: false, the result stays", "cancel cancelled get value", s -> {
            var ex = executor(s, 1);
            Future<Integer> done = ex.submit(() -> 1);
            int value = done.get();
            s.put("cancel", done.cancel(true));
            s.put("cancelled", done.isCancelled());
            s.put("get", outcome(done::get));
            s.put("value", value);
        });
        row("E05_shutdownNow", "shutdownNow interrupts the running, returns the queued", "never_started terminated task_saw", s -> {
            var ex = executor(s, 1);
            Task task = submit(ex);
            ex.submit(() -> { });
            ex.submit(() -> { });
            s.put("never_started", ex.shutdownNow().size());
            s.put("terminated", ex.awaitTermination(PATIENCE, TimeUnit.NANOSECONDS));
            s.put("task_saw", task.saw);
        });
        row("E06_shutdown", "shutdown() does not interrupt the running task", "terminated_while_running terminated_after task_saw", s -> {
            var ex = executor(s, 1);
            Task task = submit(ex);
            ex.shutdown();
            blocks(task.actor);
            s.put("terminated_while_running", ex.awaitTermination(0, TimeUnit.NANOSECONDS));
            task.gate.countDown();
            s.put("terminated_after", ex.awaitTermination(PATIENCE, TimeUnit.NANOSECONDS));
            s.put("task_saw", task.saw);
        });
        row("E07_swallowing_task_outlives_shutdownNow", "a task that swallows the interrupt keeps awaitTermination waiting",
                "terminated swallowed terminated_after", s -> {
                    var ex = executor(s, 1);
                    Task task = submit(ex, new Task(true));
                    ex.shutdownNow();
                    s.put("swallowed", blocks(task.actor) && task.swallowed);
                    s.put("terminated", ex.awaitTermination(MOMENT, TimeUnit.MILLISECONDS));
                    task.gate.countDown();
                    s.put("terminated_after", ex.awaitTermination(PATIENCE, TimeUnit.NANOSECONDS));
                });
        row("law:shutdown_rejects", "a task that comes after the shutdown is rejected", "outcome", s -> {
            var ex = executor(s, 1);
            ex.shutdown();
            s.put("outcome", outcome(() -> ex.submit(() -> { })));
        });
        row("law:awaitTermination", "awaitTermination throws IE", BLOCKED, whileBlocked(s -> {
            var ex = executor(s, 1);
            return new Op(() -> ex.awaitTermination(1, TimeUnit.HOURS));
        }));
        row("law:awaitTermination_pre_terminated", "awaitTermination of a terminated executor does not look", PRE, flagFirst(s -> {
            var ex = executor(s, 1);
            terminate(ex);
            return new Op(() -> ex.awaitTermination(1, TimeUnit.HOURS));
        }));
        row("E08_flag_leak_between_tasks", "a task that ends with its flag set does not poison the next task of the worker",
                "same_worker next_task_flag", s -> {
                    var ex = executor(s, 1);
                    Future<Thread> first = ex.submit(() -> {
                        self().interrupt();
                        return self();
                    });
                    Future<Thread> second = ex.submit(() -> {
                        s.put("next_task_flag", self().isInterrupted());
                        return self();
                    });
                    s.put("same_worker", first.get() == second.get());
                });
        row("law:late_interrupt_hits_no_later_task", "an interrupt that hits an idle worker is gone before its next task", "task_saw", s -> {
            var ex = executor(s, 1);
            Task first = submit(ex);
            first.gate.countDown();
            Actor idle = first.actor.afterwards();
            blocks(idle);
            idle.thread.interrupt();
            blocks(idle);
            Task second = submit(ex);
            second.gate.countDown();
            terminate(ex);
            s.put("task_saw", second.saw);
        });
        row("E09_completablefuture_cancel", "CompletableFuture.cancel(true) does NOT interrupt", "cancel still_running task_saw", s -> {
            var ex = executor(s, 1);
            Task task = new Task(false);
            var future = CompletableFuture.supplyAsync(() -> task.call(), ex);
            task.born.await();
            blocks(task.actor);
            s.put("cancel", future.cancel(true));
            s.put("still_running", blocks(task.actor));
            task.gate.countDown();
            terminate(ex);
            s.put("task_saw", task.saw);
        });
        row("E10_get_timeout_leaves_task", "get(timeout) that times out leaves the task running", "get still_running isDone task_saw", s -> {
            var ex = executor(s, 1);
            Task task = submit(ex);
            s.put("get", outcome(() -> task.future.get(MOMENT, TimeUnit.MILLISECONDS)));
            s.put("still_running", blocks(task.actor));
            s.put("isDone", task.future.isDone());
            task.gate.countDown();
            terminate(ex);
            s.put("task_saw", task.saw);
        });
        row("E11_invokeAll_timeout_cancels", "invokeAll(timeout) cancels (interrupts) what has not finished",
                "first_cancelled second_cancelled task_saw", s -> {
                    var ex = executor(s, 2);
                    Task slow = new Task(false);
                    var both = ex.invokeAll(List.<Callable<Integer>>of(() -> 1, slow), 10 * MOMENT, TimeUnit.MILLISECONDS);
                    s.put("first_cancelled", both.get(0).isCancelled());
                    s.put("second_cancelled", both.get(1).isCancelled());
                    terminate(ex);
                    s.put("task_saw", slow.saw);
                });
        row("law:invokeAll_interrupted", "invokeAll throws IE and interrupts all tasks", BLOCKED + " tasks_saw", s -> {
            var ex = executor(s, 2);
            List<Task> all = List.of(new Task(false), new Task(false));
            whileBlocked(x -> new Op(() -> {
                ex.invokeAll(all, 1, TimeUnit.HOURS);
            }).ready(() -> {
                for (Task t : all) {
                    t.born.await();
                    blocks(t.actor);
                }
            })).play(s);
            terminate(ex);
            s.put("tasks_saw", all.stream().map(t -> t.saw).toList());
        });
    }

    /** F: the habits of those who handle interrupts. */
    static void habits() {
        row("F01_try_outside_loop", "try around the loop: IE leaves the loop, flag clear", "exited iterations outcome flag_after", habit(n -> {
            try {
                while (true) {
                    n.incrementAndGet();
                    Thread.sleep(HOUR);
                }
            } catch (InterruptedException e) { }
        }));
        row("F02_try_inside_swallows", "try inside the loop, IE swallowed: the loop goes on", "still_looping iterations flag_after", s -> {
            AtomicInteger n = new AtomicInteger();
            AtomicBoolean stop = new AtomicBoolean();
            Actor a = start(() -> {
                while (!self().isInterrupted() && !stop.get()) {
                    try {
                        n.incrementAndGet();
                        Thread.sleep(HOUR);
                    } catch (InterruptedException e) { }
                }
            });
            blocks(a);
            a.thread.interrupt();
            s.put("still_looping", blocks(a));
            s.put("iterations", n.get());
            stop.set(true);
            a.thread.interrupt();
            s.result(a);
        });
        row("F03_try_inside_restore", "try inside the loop with restore: loop stops, flag set", "exited iterations outcome flag_after", habit(n -> {
            while (!self().isInterrupted()) {
                try {
                    n.incrementAndGet();
                    Thread.sleep(HOUR);
                } catch (InterruptedException e) {
                    self().interrupt();
                }
            }
        }));
        row("F04_source_bug_isInterrupted_in_catch", "the source's own advice sample calls isInterrupted() in the catch: restores NOTHING", RESULT, habit(n -> {
            try {
                Thread.sleep(HOUR);
            } catch (InterruptedException e) {
                self().isInterrupted();
            }
        }));
        row("F05_restore_in_catch", "interrupt() in the catch restores the flag", RESULT, habit(n -> {
            try {
                Thread.sleep(HOUR);
            } catch (InterruptedException e) {
                self().interrupt();
            }
        }));
        row("F06_propagate", "declaring throws: the caller gets the IE, flag clear", "caller_got_IE flag_in_catch", s -> habit(n -> {
            Call declares = () -> Thread.sleep(HOUR);
            try {
                declares.run();
                s.put("caller_got_IE", false);
            } catch (InterruptedException e) {
                s.put("caller_got_IE", true);
                s.put("flag_in_catch", self().isInterrupted());
            }
        }).play(s));
        row("F07_restore_spins", "restore, then sleep in a loop that does not test the flag: every sleep throws at once",
                "ended_at_once exceptions outcome flag_after", s -> {
                    AtomicInteger n = new AtomicInteger();
                    flagFirst(just(() -> {
                        for (int i = 0; i < 1000; i++) {
                            try {
                                Thread.sleep(HOUR);
                            } catch (InterruptedException e) {
                                n.incrementAndGet();
                                self().interrupt();
                            }
                        }
                    })).play(s);
                    s.put("ended_at_once", s.get("returned_or_threw_at_once"));
                    s.put("exceptions", n.get());
                });
        row("F08_restore_at_end", "a task that must finish remembers the interrupt and restores it at the end",
                "interrupts_remembered outcome flag_after", s -> {
                    var queue = new LinkedBlockingQueue<Integer>();
                    AtomicInteger n = new AtomicInteger();
                    Actor a = start(() -> {
                        boolean interrupted = false;
                        try {
                            while (true) {
                                try {
                                    queue.take();
                                    return;
                                } catch (InterruptedException e) {
                                    interrupted = true;
                                    n.incrementAndGet();
                                }
                            }
                        } finally {
                            if (interrupted) self().interrupt();
                        }
                    });
                    for (int i = 0; i < 2; i++) {
                        blocks(a);
                        a.thread.interrupt();
                    }
                    blocks(a);
                    queue.put(1);
                    s.result(a);
                    s.put("interrupts_remembered", n.get());
                });
        row("F09_example6_interrupts_main", "source Example6 interrupts the MAIN thread, not the acceptor: main's own sleep(3000) ends at once",
                "main_ended_early main_outcome acceptor_exited acceptor_flag", s -> {
                    var server = s.later(new ServerSocket(0, 1, LOOPBACK));
                    Actor acceptor = start(() -> {
                        while (!self().isInterrupted()) {
                            try {
                                server.accept();
                            } catch (IOException e) {
                                self().interrupt(); // so that the loop ends
                            }
                        }
                    });
                    blocks(acceptor);
                    Actor main = start(interrupted(() -> {
                        server.close();
                        Thread.sleep(HOUR);
                    }));
                    s.put("main_ended_early", !blocks(main));
                    s.put("main_outcome", main.end().outcome());
                    s.put("acceptor_exited", acceptor.end().ended);
                    s.put("acceptor_flag", acceptor.flag);
                });
        row("F10_ignore_is_legal", "an important thread may ignore interrupts and go on", "exited interrupts_survived outcome flag_after", s -> {
            AtomicInteger survived = new AtomicInteger();
            Actor a = start(() -> {
                while (survived.get() < 3) {
                    try {
                        Thread.sleep(HOUR);
                    } catch (InterruptedException e) {
                        survived.incrementAndGet();
                    }
                }
            });
            for (int i = 0; i < 3; i++) {
                blocks(a);
                a.thread.interrupt();
            }
            s.put("exited", a.end().ended);
            s.put("interrupts_survived", survived.get());
            s.result(a);
        });
        row("F11_two_interrupts_one_exception", "two interrupts before a blocking call kill only ONE", "IE completed outcome flag_after", twoSleeps(2));
        row("F12_interrupt_between_two_blocking", "one interrupt kills only ONE blocking call", "IE completed outcome flag_after", twoSleeps(1));
    }

    // The scenes, in the order of the cases.

    static Play polls(BooleanSupplier look) {
        return s -> {
            Actor a = start(() -> {
                while (!look.getAsBoolean()) Thread.yield();
            });
            a.thread.interrupt();
            s.put("exited", a.end().ended);
            s.result(a);
        };
    }

    static Thread dead() throws Exception {
        return start(() -> { }).end().thread;
    }

    static Scene just(Call call) {
        return s -> new Op(call);
    }

    static Scene joining() {
        return s -> {
            CountDownLatch gate = new CountDownLatch(1);
            Actor other = start(gate::await);
            blocks(other);
            return new Op(other.thread::join).release(gate::countDown).look(a -> {
                s.put("joined_thread_alive", blocks(other));
                s.put("joined_thread_flag", other.thread.isInterrupted());
                gate.countDown();
            });
        };
    }

    static Scene waiting() {
        return s -> {
            return new Op(waitingOn(new Object(), s));
        };
    }

    static Call waitingOn(Object monitor, Seen s) {
        return () -> {
            synchronized (monitor) {
                try {
                    monitor.wait();
                } finally {
                    s.put("holds_monitor_in_catch", Thread.holdsLock(monitor));
                }
            }
        };
    }

    static void reacquires(Seen s) throws Exception {
        Object monitor = new Object();
        Actor a = start(waitingOn(monitor, s));
        blocks(a);
        synchronized (monitor) {
            a.thread.interrupt();
            s.put("blocked_while_monitor_taken", blocks(a));
            s.put("state", a.thread.getState().name());
        }
        s.put("ended_after_release", !blocks(a));
        s.result(a);
    }

    interface Await {
        void on(Condition c) throws Exception;
    }

    static Scene awaiting(Await await) {
        return s -> {
            var lock = new ReentrantLock();
            var condition = lock.newCondition();
            return new Op(() -> {
                lock.lock();
                try {
                    await.on(condition);
                } finally {
                    s.put("holds_lock_in_catch", lock.isHeldByCurrentThread());
                    lock.unlock();
                }
            }).release(() -> {
                lock.lock();
                condition.signal();
                lock.unlock();
            });
        };
    }

    /** What a monitor and a condition have in common. */
    interface Waiting {
        void await() throws InterruptedException;

        void wake();

        void wakeAll();

        void holding(Call call) throws Exception;
    }

    static final class MonitorWait implements Waiting {
        public synchronized void await() throws InterruptedException {
            wait(); // a spurious wake-up would be seen as a wrong outcome; none has been
        }

        public void wake() {
            notify();
        }

        public void wakeAll() {
            notifyAll();
        }

        public synchronized void holding(Call call) throws Exception {
            call.run();
        }
    }

    static final class ConditionWait implements Waiting {
        private final Lock lock = new ReentrantLock();
        private final Condition condition = lock.newCondition();

        public void await() throws InterruptedException {
            lock.lock();
            try {
                condition.await();
            } finally {
                lock.unlock();
            }
        }

        public void wake() {
            condition.signal();
        }

        public void wakeAll() {
            condition.signalAll();
        }

        public void holding(Call call) throws Exception {
            lock.lock();
            try {
                call.run();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Interrupts a waiter and wakes it, or the other way round, while holding what it needs to go on. */
    static Play outcomes(Waiting w, boolean interruptFirst) {
        return s -> {
            Set<Object> seen = new TreeSet<>();
            for (int round = 0; round < 20; round++) {
                Actor a = start(w::await);
                blocks(a);
                boolean settle = round % 2 == 1; // lets the first of the two take its effect
                w.holding(() -> {
                    if (interruptFirst) a.thread.interrupt(); else w.wake();
                    if (settle) blocks(a);
                    if (interruptFirst) w.wake(); else a.thread.interrupt();
                });
                a.end();
                seen.add(a.outcome().replace("InterruptedException", "IE") + "/flag=" + a.flag);
            }
            s.put("outcomes_seen", List.copyOf(seen));
        };
    }

    /** Interrupts one of two waiters and wakes one, while holding what they need to go on. */
    static Play noneLost(Supplier<Waiting> make) {
        return s -> {
            int bad = 0;
            for (int round = 0; round < 200; round++) {
                Waiting w = make.get();
                Actor[] both = {start(w::await), start(w::await)};
                for (Actor a : both) blocks(a);
                Thread victim = both[round % 2].thread;
                w.holding(() -> {
                    victim.interrupt();
                    w.wake();
                });
                if (returned(both) != 1) bad++;
                w.holding(w::wakeAll);
                for (Actor a : both) a.end();
            }
            s.put("rounds_with_not_exactly_one_normal_return", bad);
        };
    }

    /**
     * How many of two have returned, when the end of one may be the cause of the other's. One should,
     * and on a busy machine that takes its time: a thread on its way out can stand still in a lock of
     * the JVM for as long as the one who has that lock does not get a processor. So that none has is
     * believed only after a second.
     */
    static int returned(Actor[] both) throws Exception {
        int returned = 0;
        long end = System.nanoTime() + 1_000_000_000L;
        for (int look = 0; look < 2 || returned == 0 && System.nanoTime() < end; look++) {
            returned = 0;
            for (Actor a : both) if (!blocks(a) && a.thrown == null) returned++;
        }
        return returned;
    }

    /** Interrupts one of two that wait for the same thing, and hands that over, or the other way round. */
    static void handOver(Seen s, Supplier<Op> make) throws Exception {
        int bad = 0;
        for (int round = 0; round < 50; round++) {
            Op op = make.get();
            Actor[] both = {start(op.call), null};
            blocks(both[0]);
            both[1] = start(op.call);
            blocks(both[1]);
            Thread victim = both[round / 2 % 2].thread;
            if (round % 2 == 0) victim.interrupt();
            op.release.run();
            if (round % 2 == 1) victim.interrupt();
            if (returned(both) != 1) bad++;
            for (Actor a : both) {
                a.thread.interrupt(); // for one that waits still
                a.end();
            }
        }
        s.put("rounds_with_not_exactly_one_going_on", bad);
    }

    interface OnQueue {
        void run(BlockingQueue<Integer> q) throws Exception;
    }

    static Scene queue(OnQueue call, Integer... queued) {
        return s -> {
            var q = new ArrayBlockingQueue<Integer>(2, false, List.of(queued));
            return new Op(() -> call.run(q)).look(a -> s.put("queue_size", q.size()));
        };
    }

    interface OnSemaphore {
        boolean run(Semaphore p) throws Exception;
    }

    static Scene permits(int n, OnSemaphore call) {
        return s -> {
            var p = new Semaphore(n);
            s.put("got", false);
            return new Op(() -> s.put("got", call.run(p))).release(p::release).look(a -> s.put("permits", p.availablePermits()));
        };
    }

    /** Has a, b and c wait in this order, interrupts b, and then lets the next one go on, twice. */
    static void threeInLine(Seen s, Call wait, Call next, Call nextAgain) throws Exception {
        List<Actor> line = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            line.add(start(wait));
            blocks(line.get(i));
        }
        line.get(1).thread.interrupt();
        s.put("b_left_at_once", !blocks(line.get(1)));
        next.run();
        s.put("first_come", !blocks(line.get(0)));
        nextAgain.run();
        for (int i = 0; i < 3; i++) s.put("abc".substring(i, i + 1), line.get(i).end().outcome());
    }

    interface OnLatch {
        boolean run(CountDownLatch l) throws Exception;
    }

    static Scene latch(int count, OnLatch call) {
        return s -> {
            var l = new CountDownLatch(count);
            s.put("got", false);
            return new Op(() -> s.put("got", call.run(l))).look(a -> s.put("count", l.getCount()));
        };
    }

    static Scene barrier() {
        return s -> {
            var b = new CyclicBarrier(3);
            Actor other = start(b::await);
            blocks(other);
            return new Op(b::await).look(a -> {
                s.put("interrupted_party", a.outcome());
                s.put("other_party", other.end().outcome());
                s.put("other_flag", other.flag);
                s.put("broken", b.isBroken());
            });
        };
    }

    static void wholeBarrier(Seen s) throws Exception {
        var b = new CyclicBarrier(2);
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Actor first = start(b::await);
            if (!blocks(first)) all.add("did not wait");
            Actor second = start(b::await);
            all.add(first.end().outcome());
            all.add(second.end().outcome());
        }
        s.put("outcomes", all);
        s.put("broken", b.isBroken());
    }

    interface OnFuture {
        void run(Future<Integer> f) throws Exception;
    }

    static Scene promise(OnFuture call) {
        return s -> {
            Task task = submit(executor(s, 1));
            s.later(task.gate::countDown);
            return new Op(() -> call.run(task.future)).look(a -> s.put("task_done", task.future.isDone()));
        };
    }

    static Scene finished(OnFuture call) {
        return s -> {
            Future<Integer> f = executor(s, 1).submit(() -> 1);
            f.get();
            return new Op(() -> call.run(f));
        };
    }

    interface OnCompletable {
        void run(CompletableFuture<Integer> f) throws Exception;
    }

    static Scene completable(OnCompletable call) {
        return s -> {
            var f = new CompletableFuture<Integer>();
            return new Op(() -> call.run(f)).release(() -> f.complete(1));
        };
    }

    static Scene process() {
        return s -> {
            Process cat = new ProcessBuilder("cat").start(); // until its input is closed
            s.later(cat.getOutputStream());
            return new Op(cat::waitFor).look(a -> s.put("process_alive", cat.isAlive()));
        };
    }

    interface OnLock<L> {
        boolean run(L lock) throws Exception;
    }

    static Scene free(OnLock<ReentrantLock> call) {
        return s -> {
            var lock = new ReentrantLock();
            s.put("acquired", false);
            return new Op(() -> s.put("acquired", call.run(lock))).look(a -> s.put("locked", lock.isLocked()));
        };
    }

    /** A lock that this thread has taken, until release. */
    static Scene taken(OnLock<ReentrantLock> call) {
        return s -> {
            var lock = new ReentrantLock();
            lock.lock();
            s.put("acquired", false);
            return new Op(() -> {
                try {
                    s.put("acquired", call.run(lock));
                } finally {
                    s.put("held_in_catch", lock.isHeldByCurrentThread());
                }
            }).release(lock::unlock).look(a -> s.put("still_queued", lock.hasQueuedThread(a.thread)));
        };
    }

    static Scene unwritten(OnLock<ReentrantReadWriteLock> call) {
        return s -> {
            var lock = new ReentrantReadWriteLock();
            return new Op(() -> call.run(lock)).look(a -> s.put("locked", lock.isWriteLocked() || lock.getReadLockCount() > 0));
        };
    }

    /** One that this thread writes under, until release. */
    static Scene written(OnLock<ReentrantReadWriteLock> call) {
        return s -> {
            var lock = new ReentrantReadWriteLock();
            lock.writeLock().lock();
            return new Op(() -> call.run(lock)).release(lock.writeLock()::unlock).look(a -> s.put("still_queued", lock.hasQueuedThread(a.thread)));
        };
    }

    static void entering(Seen s) throws Exception {
        Object monitor = new Object();
        Actor a;
        synchronized (monitor) {
            a = start(() -> {
                synchronized (monitor) {
                    s.put("flag_inside", self().isInterrupted());
                }
            });
            s.put("was_blocked", blocks(a));
            a.thread.interrupt();
            s.put("still_blocked_after_interrupt", blocks(a));
            s.put("state", a.thread.getState().name());
        }
        s.put("ended_after_release", !blocks(a));
        s.result(a);
    }

    /** One of the two locks, or monitors, of a deadlock. */
    static final class Side extends ReentrantLock {
        final boolean ofP;

        Side(boolean ofP) {
            this.ofP = ofP;
        }
    }

    interface Embrace {
        void run(Side first, Side second, CyclicBarrier both) throws Exception;
    }

    /** Starts p and q, each of which has taken what the other one wants when it comes to the barrier. */
    static Actor[] deadlocked(Embrace embrace) throws Exception {
        Side a = new Side(true), b = new Side(false);
        CyclicBarrier both = new CyclicBarrier(3);
        Actor[] pair = {start(() -> embrace.run(a, b, both)), start(() -> embrace.run(b, a, both))};
        both.await();
        return pair;
    }

    /** Interrupts both of a pair that nothing can free: their threads stay until the end. */
    @SuppressWarnings("deprecation") // of getId, whose successor is not in Java 17
    static Play deadlock(Embrace embrace) {
        return s -> {
            Actor[] pair = deadlocked(embrace);
            for (Actor a : pair) blocks(a);
            for (Actor a : pair) a.thread.interrupt();
            s.put("p_still_blocked", blocks(pair[0]));
            s.put("q_still_blocked", blocks(pair[1]));
            s.put("states", List.of(pair[0].thread.getState().name(), pair[1].thread.getState().name()));
            s.put("flags", List.of(pair[0].thread.isInterrupted(), pair[1].thread.isInterrupted()));
            long[] found = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
            Set<Long> pairIds = Set.of(pair[0].thread.getId(), pair[1].thread.getId());
            s.put("jvm_deadlock_detector_finds", found == null ? 0 : Arrays.stream(found).filter(pairIds::contains).count());
        };
    }

    static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    static SocketChannel[] pair(Seen s) throws Exception {
        try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
            var near = s.later(SocketChannel.open(server.getLocalAddress()));
            return new SocketChannel[] {near, s.later(server.accept())};
        }
    }

    static Socket[] oldPair(Seen s) throws Exception {
        try (var server = new ServerSocket(0, 1, LOOPBACK)) {
            var near = s.later(new Socket(LOOPBACK, server.getLocalPort()));
            return new Socket[] {near, s.later(server.accept())};
        }
    }

    static Path folder(Seen s) throws Exception {
        Path folder = Files.createTempDirectory("interrupts");
        s.later(() -> Files.delete(folder));
        return folder;
    }

    static Path plainFile(Seen s) throws Exception {
        Path file = Files.write(folder(s).resolve("plain"), new byte[] {1});
        s.later(() -> Files.delete(file));
        return file;
    }

    /** A FIFO, which Java cannot make. */
    static Path fifo(Seen s) throws Exception {
        Path fifo = folder(s).resolve("fifo");
        if (new ProcessBuilder("mkfifo", fifo.toString()).inheritIO().start().waitFor() != 0) throw new IOException("mkfifo failed");
        s.later(() -> Files.delete(fifo));
        return fifo;
    }

    /** A FIFO with both ends in one channel, so that neither opening it nor a full stop of the writer is in the way. */
    static FileChannel fifoChannel(Seen s) throws Exception {
        return s.later(FileChannel.open(fifo(s), StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    static Pipe.SourceChannel pipeChannel(Seen s) throws Exception {
        Pipe pipe = Pipe.open();
        s.later(pipe.sink());
        return s.later(pipe.source());
    }

    interface Opener {
        ReadableByteChannel open(Seen s) throws Exception;
    }

    static Scene channel(Opener opener) {
        return s -> {
            var c = s.later(opener.open(s));
            return new Op(() -> c.read(ByteBuffer.allocate(1))).look(a -> s.put("open", c.isOpen()));
        };
    }

    static Scene reading(boolean filled) {
        return s -> {
            var pair = pair(s);
            SocketChannel near = pair[0], far = pair[1];
            if (filled) far.write(ByteBuffer.allocate(1));
            var buffer = ByteBuffer.allocate(1);
            return new Op(() -> near.read(buffer)).release(near::close).look(a -> {
                s.put("open", near.isOpen());
                s.put("read", buffer.position());
                if (near.isOpen() || filled) return; // the other end would block, or be reset
                s.put("next_read", outcome(() -> near.read(ByteBuffer.allocate(1))));
                s.put("peer_read", far.read(ByteBuffer.allocate(1)));
            });
        };
    }

    static Scene writing() {
        return s -> {
            SocketChannel near = pair(s)[0];
            return new Op(() -> {
                for (var data = ByteBuffer.allocate(MORE_THAN_FITS); data.hasRemaining();) near.write(data);
            }).look(a -> s.put("open", near.isOpen()));
        };
    }

    static final int MORE_THAN_FITS = 32 << 20; // bytes; into the buffers of a connection

    interface Acceptor {
        void accept(ServerSocketChannel c) throws Exception;
    }

    static Scene accepting(Acceptor acceptor) {
        return s -> {
            var c = s.later(ServerSocketChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
            return new Op(() -> acceptor.accept(c)).look(a -> s.put("open", c.isOpen()));
        };
    }

    static Scene selecting() {
        return s -> {
            Selector selector = s.later(Selector.open());
            Op op = new Op(() -> {
                for (int i = 0; i < 3; i++) selector.select();
            });
            return op.look(a -> s.put("open", selector.isOpen()));
        };
    }

    /** An accept of the old kind, which is released by a connection or by a close. */
    static Scene oldAccepting(boolean served) {
        return s -> {
            var server = s.later(new ServerSocket(0, 1, LOOPBACK));
            s.put("accepts_next", false);
            return new Op(() -> {
                server.accept().close();
                s.put("accepts_next", true);
            }).release(() -> {
                if (served) s.later(new Socket(LOOPBACK, server.getLocalPort())); else server.close();
            });
        };
    }

    static Scene oldReading(boolean filled) {
        return s -> {
            Socket[] pair = oldPair(s);
            if (filled) pair[1].getOutputStream().write(1);
            InputStream in = pair[0].getInputStream();
            byte[] buffer = new byte[1];
            return new Op(() -> s.put("read", in.read(buffer))).release(pair[0]::close).look(a -> {
                s.put("open", !pair[0].isClosed());
                if (!pair[0].isClosed()) s.put("left", in.available());
            });
        };
    }

    static Scene oldWriting() {
        return s -> {
            Socket near = oldPair(s)[0];
            OutputStream out = near.getOutputStream();
            return new Op(() -> out.write(new byte[MORE_THAN_FITS])).release(near::close);
        };
    }

    static Scene receiving() {
        return s -> {
            var c = s.later(DatagramChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
            return new Op(() -> c.receive(ByteBuffer.allocate(1))).look(a -> s.put("open", c.isOpen()));
        };
    }

    static Scene piped() {
        return s -> {
            var out = s.later(new PipedOutputStream());
            var in = s.later(new PipedInputStream(out));
            return new Op(in::read);
        };
    }

    /** Two read from the same file, the second one while the first one does, or after it; the first is interrupted. */
    static Play shared(boolean meanwhile) {
        return s -> {
            FileChannel shared = fifoChannel(s);
            Call read = () -> shared.read(ByteBuffer.allocate(1));
            Actor first = start(read), second = new Actor(read);
            blocks(first);
            if (meanwhile) {
                second.thread.start();
                blocks(second);
            }
            first.thread.interrupt();
            s.put("interrupted_reader", first.end().outcome());
            if (!meanwhile) second.thread.start();
            s.put("innocent_reader", second.end().outcome());
            s.put("innocent_flag", second.flag);
        };
    }

    static void closedFifo(Seen s) throws Exception {
        Path fifo = fifo(s);
        try (var both = new RandomAccessFile(fifo.toFile(), "rw")) {
            var in = new FileInputStream(fifo.toFile());
            Actor a = start(in::read);
            s.put("was_blocked", blocks(a));
            a.thread.interrupt();
            s.put("still_blocked_after_interrupt", blocks(a));
            s.put("close_returned", start(in::close).end().ended);
            s.put("still_blocked_after_close", blocks(a));
            both.write(1);
            s.result(a);
        }
    }

    /** A task that waits at a gate and notes what it has seen there. */
    static final class Task implements Callable<Integer> {
        final CountDownLatch gate = new CountDownLatch(1), born = new CountDownLatch(1);
        final boolean swallows; // goes on waiting
        Future<Integer> future;
        Actor actor; // set when born
        volatile String saw;
        volatile boolean swallowed;

        Task(boolean swallows) {
            this.swallows = swallows;
        }

        @Override public Integer call() {
            actor = Actor.here();
            born.countDown();
            while (true) {
                try {
                    gate.await();
                    saw = "returned";
                } catch (InterruptedException e) {
                    swallowed = swallows;
                    if (swallows) continue;
                    saw = "InterruptedException";
                }
                actor.ended = true;
                return 1;
            }
        }
    }

    static Task submit(ExecutorService ex) throws Exception {
        return submit(ex, new Task(false));
    }

    static Task submit(ExecutorService ex, Task task) throws Exception {
        task.future = ex.submit((Callable<Integer>) task);
        task.born.await();
        blocks(task.actor);
        return task;
    }

    static ExecutorService executor(Seen s, int workers) {
        var ex = Executors.newFixedThreadPool(workers, run -> {
            Thread t = new Thread(run);
            t.setDaemon(true);
            return t;
        });
        s.later(ex::shutdownNow);
        return ex;
    }

    static void terminate(ExecutorService ex) throws Exception {
        ex.shutdown();
        if (!ex.awaitTermination(PATIENCE, TimeUnit.NANOSECONDS)) throw new IllegalStateException("an executor does not end");
    }

    static Play cancelling(boolean interrupt) {
        return s -> {
            var ex = executor(s, 1);
            Task task = submit(ex);
            s.put("cancel", task.future.cancel(interrupt));
            s.put("still_running", blocks(task.actor));
            s.put("isDone", task.future.isDone());
            s.put("get", outcome(task.future::get));
            task.gate.countDown();
            terminate(ex);
            s.put("task_saw", task.saw);
        };
    }

    interface Habit {
        void run(AtomicInteger iterations) throws Exception;
    }

    /** Interrupts a habit once, when it is blocked. */
    static Play habit(Habit habit) {
        return s -> {
            AtomicInteger iterations = new AtomicInteger();
            Actor a = start(() -> habit.run(iterations));
            blocks(a);
            a.thread.interrupt();
            s.put("exited", a.end().ended);
            s.put("iterations", iterations.get());
            s.result(a);
        };
    }

    static Play twoSleeps(int interrupts) {
        return s -> {
            AtomicInteger thrown = new AtomicInteger(), completed = new AtomicInteger();
            Actor a = start(() -> {
                for (int i = 0; i < interrupts; i++) self().interrupt();
                for (int i = 0; i < 2; i++) {
                    try {
                        Thread.sleep(MOMENT);
                        completed.incrementAndGet();
                    } catch (InterruptedException e) {
                        thrown.incrementAndGet();
                    }
                }
            });
            s.result(a);
            s.put("IE", thrown.get());
            s.put("completed", completed.get());
        };
    }

    // The three ways to put an operation to the test.

    /** Interrupts the operation when it is blocked; if it still is, releases it. */
    static Play whileBlocked(Scene scene) {
        return s -> {
            Op op = scene.op(s);
            Actor a = start(op.call);
            op.ready.run();
            s.put("was_blocked", blocks(a));
            a.thread.interrupt();
            boolean still = blocks(a), released = false;
            s.put("still_blocked_after_interrupt", still);
            if (still) {
                op.release.run();
                released = !blocks(a);
            }
            for (String name : List.of("ended_after_release", "ended_after_signal", "unblocked_by_close")) s.put(name, released);
            s.result(a);
            op.look.at(a);
        };
    }

    /** Sets the flag before the operation; if it blocks all the same, releases it. */
    static Play flagFirst(Scene scene) {
        return s -> {
            Op op = scene.op(s);
            Actor a = start(interrupted(op.call));
            boolean blocks = blocks(a);
            if (blocks) op.release.run();
            s.put("returned_or_threw_at_once", !blocks);
            s.put("returned_early", !blocks);
            s.put("blocks_although_flag_set", blocks);
            s.result(a);
            op.look.at(a);
        };
    }

    /** Lets the operation run to its end. */
    static Play undisturbed(Scene scene) {
        return s -> {
            Op op = scene.op(s);
            Actor a = start(op.call).end();
            s.result(a);
            op.look.at(a);
        };
    }

    /** Plays something that needs a thread of its own, because it sets its own flag. */
    static Play alone(Play play) {
        return s -> {
            Actor a = start(() -> play.play(s)).end();
            if (a.thrown != null) throw new IllegalStateException(a.thrown);
        };
    }

    interface Call {
        void run() throws Exception;
    }

    interface Look {
        void at(Actor a) throws Exception;
    }

    interface Scene {
        Op op(Seen s) throws Exception;
    }

    interface Play {
        void play(Seen s) throws Exception;
    }

    /** An operation that is put to the test, and what is around it. */
    static final class Op {
        final Call call;
        Call ready = () -> { }; // waits until there is more than the operation's own thread
        Call release = () -> { // lets a call that is blocked go through
            throw new IllegalStateException("it is blocked, and there is no way to release it");
        };
        Look look = a -> { }; // what else there is to be seen afterwards

        Op(Call call) {
            this.call = call;
        }

        Op ready(Call ready) {
            this.ready = ready;
            return this;
        }

        Op release(Call release) {
            this.release = release;
            return this;
        }

        Op look(Look look) {
            this.look = look;
            return this;
        }
    }

    /** What a case has shown, by the names of the record, and what has to be closed after it. */
    static final class Seen {
        private final Map<String, Object> fields = new ConcurrentHashMap<>();
        private final Deque<AutoCloseable> open = new ConcurrentLinkedDeque<>();

        void put(String field, Object value) {
            fields.put(field, value);
        }

        Object get(String field) {
            return fields.get(field);
        }

        <C extends AutoCloseable> C later(C c) {
            open.push(c);
            return c;
        }

        /** Waits for the end of a thread and notes it. */
        void result(Actor a) throws Exception {
            a.end();
            put("outcome", a.outcome());
            put("flag_after", a.flag);
            if (a.thrown != null && a.thrown.getMessage() != null) put("message", a.thrown.getMessage());
        }

        void close() throws Exception {
            for (AutoCloseable c : open) c.close();
        }
    }

    static Thread self() {
        return Thread.currentThread();
    }

    static Call interrupted(Call call) {
        return () -> {
            self().interrupt();
            call.run();
        };
    }

    static String outcome(Call call) {
        try {
            call.run();
            return "returned";
        } catch (Exception e) {
            return e.getClass().getSimpleName();
        }
    }

    /** How long anything may take before a case is given up, in ns. Nothing takes so long. */
    static final long PATIENCE = 20_000_000_000L;

    /** Whether this kernel shows its threads. */
    static final boolean LINUX = Files.isReadable(Path.of("/proc/thread-self/status"));

    static Actor start(Call call) {
        Actor a = new Actor(call);
        a.thread.start();
        return a;
    }

    /** A thread of a case. */
    static final class Actor {
        final Thread thread;
        private final CountDownLatch born = new CountDownLatch(1);
        private volatile Path task; // what the kernel shows of the thread
        volatile boolean ended;
        volatile Throwable thrown; // and these two, when it has ended
        volatile boolean flag;

        /** A thread that is not started yet. */
        Actor(Call call) {
            thread = new Thread(() -> {
                arrive();
                try {
                    call.run();
                } catch (Throwable e) {
                    thrown = e;
                }
                flag = self().isInterrupted();
                ended = true;
            });
            thread.setDaemon(true);
        }

        private Actor(Thread thread) {
            this.thread = thread;
        }

        /** The calling thread; who calls says when it has ended. */
        static Actor here() {
            Actor a = new Actor(self());
            a.arrive();
            return a;
        }

        /** The same thread, for what it does after this. */
        Actor afterwards() {
            Actor a = new Actor(thread);
            a.task = task;
            a.born.countDown();
            return a;
        }

        private void arrive() {
            if (LINUX) {
                try {
                    task = Path.of("/proc").resolve(Files.readSymbolicLink(Path.of("/proc/thread-self"))).resolve("status");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            born.countDown();
        }

        /** Waits for the end. */
        Actor end() throws Exception {
            thread.join(PATIENCE / 1_000_000);
            if (!ended) throw new IllegalStateException("a thread does not end: " + Arrays.toString(thread.getStackTrace()));
            return this;
        }

        String outcome() {
            return thrown == null ? "returned" : thrown.getClass().getSimpleName();
        }

        /**
         * What the thread is blocked in, or null if it is not. Two results that are equal are
         * the same stop: on Linux, the kernel has not run the thread in between.
         */
        private String stop() throws IOException {
            Thread.State state = thread.getState();
            StackTraceElement[] stack = thread.getStackTrace();
            for (StackTraceElement f : stack) { // waiting for a class to be loaded is no stop
                String c = f.getClassName();
                if (c.startsWith("java.lang.ClassLoader") || c.startsWith("jdk.internal.loader") || f.getMethodName().equals("<clinit>")) return null;
            }
            boolean inNative = stack.length > 0 && stack[0].isNativeMethod(); // I/O blocks there, and counts as running
            boolean running = state == Thread.State.RUNNABLE && !inNative || state == Thread.State.TERMINATED;
            if (stack.length == 0 || running) return null;
            return state + Arrays.toString(stack) + switches();
        }

        /** How often the kernel has taken the thread from its core, or something that is never the same twice. */
        private String switches() throws IOException {
            if (!LINUX) return "";
            String status;
            try {
                status = Files.readString(task);
            } catch (IOException e) { // it has ended
                return "running" + System.nanoTime();
            }
            if (!status.contains("State:\tS")) return "running" + System.nanoTime();
            return status.substring(status.indexOf("voluntary_ctxt_switches"));
        }
    }

    /**
     * Waits until the thread has ended, or is blocked; reports whether it is blocked.
     *
     * <p>Whoever wakes a thread makes it runnable before the call that wakes it returns. So a
     * thread that sleeps in the kernel after an interrupt() either was not woken, or has gone
     * to sleep again. It must be seen in the same stop several times in a row, because the JVM
     * has short sleeps of its own. Where the kernel does not say, it must be seen for longer.
     */
    static boolean blocks(Actor a) throws Exception {
        a.born.await();
        int enough = LINUX ? 5 : 50;
        String last = null;
        int same = 0;
        for (long end = System.nanoTime() + PATIENCE; !a.ended;) {
            String stop = a.stop();
            same = stop != null && stop.equals(last) ? same + 1 : 0;
            last = stop;
            if (same >= enough) return true;
            if (System.nanoTime() > end) throw new IllegalStateException("a thread neither ends nor blocks: " + stop);
            LockSupport.parkNanos(LINUX ? 50_000 : 1_000_000);
        }
        return false;
    }

    static boolean until(BooleanSupplier condition) {
        for (long end = System.nanoTime() + PATIENCE; System.nanoTime() < end; Thread.yield()) {
            if (condition.getAsBoolean()) return true;
        }
        return false;
    }

    // The output.

    record Case(String name, String claim, List<String> fields, Play play) { }

    static final List<Case> CASES = new ArrayList<>();

    static void row(String name, String claim, String fields, Play play) {
        CASES.add(new Case(name, claim, List.of(fields.split(" ")), play));
    }

    /** Plays a case once. */
    static Map<String, Object> once(Case c) throws Exception {
        Seen s = new Seen();
        try {
            c.play.play(s);
        } finally {
            s.close();
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        for (String field : c.fields) {
            if (s.get(field) == null) throw new IllegalStateException(field + " was not observed");
            shown.put(field, s.get(field));
        }
        return shown;
    }

    /** What all runs have shown: where they differ, {"any_of": [...]}, and of sets, the union. */
    static Map<String, Object> union(List<Map<String, Object>> runs) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (String field : runs.get(0).keySet()) {
            Map<String, Object> values = new TreeMap<>(); // by their text
            for (var run : runs) {
                boolean set = field.equals("outcomes_seen");
                for (Object value : set ? (List<?>) run.get(field) : List.of(run.get(field))) values.put(json(value), value);
            }
            List<Object> distinct = List.copyOf(values.values());
            if (field.equals("outcomes_seen")) all.put(field, distinct);
            else all.put(field, distinct.size() == 1 ? distinct.get(0) : Map.of("any_of", distinct));
        }
        return all;
    }

    static String line(Case c, int runs) throws Exception {
        List<Map<String, Object>> all = new ArrayList<>();
        for (int i = 0; i < runs; i++) all.add(once(c));
        Map<String, Object> observed = union(all);
        boolean deterministic = observed.values().stream().noneMatch(v -> v instanceof Map)
                && !(observed.get("outcomes_seen") instanceof List<?> seen && seen.size() > 1);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("case", c.name);
        row.put("claim", c.claim);
        row.put("observed", observed);
        row.put("deterministic", deterministic);
        row.put("runs", runs);
        row.put("jdk", System.getProperty("java.version"));
        return json(row);
    }

    static String json(Object value) {
        if (value instanceof Map<?, ?> m) {
            return m.entrySet().stream().map(e -> json(e.getKey()) + ": " + json(e.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> l) {
            return l.stream().map(Interrupts::json).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof String text) return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        return String.valueOf(value);
    }

    public static void main(String[] args) throws Exception {
        int runs = 1;
        List<String> prefixes = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--runs")) runs = Integer.parseInt(args[++i]);
            else prefixes.add(args[i]);
        }
        flag();
        waits();
        locks();
        io();
        tasks();
        habits();
        int failed = 0;
        for (Case c : CASES) {
            if (!prefixes.isEmpty() && prefixes.stream().noneMatch(c.name::startsWith)) continue;
            try {
                System.out.println(line(c, runs));
            } catch (Exception e) {
                failed++;
                System.err.println(c.name + " could not be played: " + e);
            }
        }
        System.out.flush();
        Runtime.getRuntime().halt(failed == 0 ? 0 : 1); // with the deadlocked threads
    }
}
