package interrupt

import (
	"fmt"
	"net"
	"os/exec"
	"time"

	"github.com/stretchr/testify/require"
)

// E: futures and executors.
var taskCases = map[string]translation{
	"law:cancel_true_running":  inside(cancels(true)),
	"E02_cancel_false_running": inside(cancels(false)),
	"E03_cancel_queued": inside(func(s *stage) observed {
		ex := s.executor(1)
		first := s.submit(ex, nil)
		ran := false
		second := Submit(ex, func(*Handle) (int, error) {
			ran = true
			return 0, nil
		})
		cancelled := second.Cancel(true)
		close(first.gate)
		s.terminate(ex)
		_, err := second.GetUninterruptibly()
		return observed{"cancel": cancelled, "ran": ran, "get": outcome(err)}
	}),
	"law:cancel_done": inside(func(s *stage) observed {
		ex := s.executor(1)
		task := s.submit(ex, nil)
		close(task.gate)
		<-task.future.Done()
		cancelled := task.future.Cancel(true)
		v, err := task.future.GetUninterruptibly()
		return observed{"cancel": cancelled, "cancelled": task.future.Cancelled(), "get": outcome(err), "value": v}
	}),
	"law:get_timeout_leaves_task": inside(func(s *stage) observed {
		ex := s.executor(1)
		task := s.submit(ex, nil)
		_, ok, err := task.future.GetFor(New("main"), time.Hour)
		running, done := !task.over(), task.future.IsDone()
		close(task.gate)
		s.terminate(ex)
		return observed{"in_time": ok, "get": outcome(err), "still_running": running, "isDone": done, "task_saw": task.saw}
	}),
	"E05_shutdownNow": inside(func(s *stage) observed {
		ex := s.executor(1)
		task := s.submit(ex, nil)
		s.submit(ex, nil)
		s.submit(ex, nil)
		queued := ex.ShutdownNow()
		terminated, err := ex.AwaitTermination(New("main"), time.Hour)
		require.NoError(s, err)
		return observed{"never_started": len(queued), "terminated": terminated, "task_saw": task.saw}
	}),
	"E06_shutdown": inside(func(s *stage) observed {
		ex := s.executor(1)
		task := s.submit(ex, nil)
		ex.Shutdown()
		while, err := ex.AwaitTermination(New("main"), time.Hour)
		require.NoError(s, err)
		close(task.gate)
		after, err := ex.AwaitTermination(New("main"), time.Hour)
		require.NoError(s, err)
		return observed{"terminated_while_running": while, "terminated_after": after, "task_saw": task.saw}
	}),
	"law:shutdown_rejects": inside(func(s *stage) observed {
		ex := s.executor(1)
		ex.Shutdown()
		_, err := Submit(ex, func(*Handle) (int, error) { return 0, nil }).GetUninterruptibly()
		return observed{"outcome": outcome(err)}
	}),
	"law:swallowing_task_outlives_shutdownNow": inside(func(s *stage) observed {
		ex := s.executor(1)
		swallowed := false
		gate := make(chan struct{})
		Submit(ex, func(h *Handle) (int, error) {
			swallowed = h.Sleep(time.Hour) != nil
			<-gate
			return 0, nil
		})
		s.settle()
		ex.ShutdownNow()
		terminated, err := ex.AwaitTermination(New("main"), time.Hour)
		require.NoError(s, err)
		close(gate)
		after, err := ex.AwaitTermination(New("main"), time.Hour)
		require.NoError(s, err)
		return observed{"terminated": terminated, "swallowed": swallowed, "terminated_after": after}
	}),
	"law:awaitTermination": inside(whileBlocked(func(s *stage) op {
		ex := s.executor(1)
		return op{call: func(h *Handle) error {
			_, err := ex.AwaitTermination(h, time.Hour)
			return err
		}, release: ex.Shutdown}
	})),
	"law:awaitTermination_pre_terminated": inside(flagFirst(func(s *stage) op {
		ex := s.executor(1)
		s.terminate(ex)
		return op{call: func(h *Handle) error {
			_, err := ex.AwaitTermination(h, time.Hour)
			return err
		}}
	})),
	"E08_flag_leak_between_tasks": inside(func(s *stage) observed {
		ex := s.executor(1)
		var first, second *Handle
		Submit(ex, func(h *Handle) (int, error) {
			first = h
			h.Interrupt()
			return 0, nil
		})
		flag := Submit(ex, func(h *Handle) (bool, error) {
			second = h
			return h.IsInterrupted(), nil
		})
		leaked, err := flag.GetUninterruptibly()
		require.NoError(s, err)
		return observed{"same_worker": first == second, "next_task_flag": leaked}
	}),
	"law:late_interrupt_hits_no_later_task": inside(func(s *stage) observed {
		ex := s.executor(1)
		first := s.submit(ex, nil)
		close(first.gate)
		s.settle()
		first.h.Interrupt() // the worker is idle
		second := s.submit(ex, nil)
		close(second.gate)
		s.terminate(ex)
		return observed{"task_saw": second.saw}
	}),
	"E09_completablefuture_cancel": inside(func(s *stage) observed {
		ex := s.executor(1)
		promise, complete := NewPromise[int]()
		task := s.submit(ex, complete)
		cancelled := promise.Cancel(true)
		s.settle()
		running := !task.over()
		close(task.gate)
		s.terminate(ex)
		return observed{"cancel": cancelled, "still_running": running, "task_saw": task.saw}
	}),
	"law:invokeAll_interrupted": inside(func(s *stage) observed {
		ex := s.executor(2)
		var tasks [2]string
		o := whileBlocked(func(*stage) op {
			return op{call: func(h *Handle) error {
				_, err := InvokeAll(h, ex, time.Hour, sleeper(&tasks[0]), sleeper(&tasks[1]))
				return err
			}}
		})(s)
		s.terminate(ex)
		o["tasks_saw"] = tasks
		return o
	}),
	"E11_invokeAll_timeout_cancels": inside(func(s *stage) observed {
		ex := s.executor(2)
		var saw string
		futures, err := InvokeAll(New("main"), ex, time.Second,
			func(*Handle) (int, error) { return 1, nil },
			sleeper(&saw))
		require.NoError(s, err)
		first, second := futures[0].Cancelled(), futures[1].Cancelled()
		s.terminate(ex)
		return observed{"first_cancelled": first, "second_cancelled": second, "task_saw": saw}
	}),
}

// job is a task that waits at a gate and notes what it has seen there.
type job struct {
	gate   chan struct{}
	future *Future[int]
	h      *Handle
	saw    string        // "returned" or "InterruptedException", when it has ended
	ended  chan struct{} // closed when it has
}

func (j *job) over() bool {
	select {
	case <-j.ended:
		return true
	default:
		return false
	}
}

// submit submits a job and waits until it blocks. If complete is not nil, the job completes a
// promise with it.
func (s *stage) submit(ex *Executor, complete func(int, error) bool) *job {
	j := &job{gate: make(chan struct{}), ended: make(chan struct{})}
	j.future = Submit(ex, func(h *Handle) (int, error) {
		defer close(j.ended)
		j.h = h
		_, _, err := Recv(h, j.gate)
		j.saw = outcome(err)
		if complete != nil {
			complete(1, err)
		}
		return 1, err
	})
	s.settle()
	return j
}

// sleeper is a task that sleeps and notes how that has ended.
func sleeper(saw *string) func(h *Handle) (int, error) {
	return func(h *Handle) (int, error) {
		err := h.Sleep(24 * time.Hour)
		*saw = outcome(err)
		return 2, err
	}
}

// cancels cancels a task that is running.
func cancels(interrupt bool) func(s *stage) observed {
	return func(s *stage) observed {
		ex := s.executor(1)
		task := s.submit(ex, nil)
		cancelled := task.future.Cancel(interrupt)
		s.settle()
		running, done := !task.over(), task.future.IsDone()
		_, err := task.future.GetUninterruptibly()
		close(task.gate)
		s.terminate(ex)
		return observed{
			"cancel": cancelled, "still_running": running, "isDone": done,
			"task_saw": task.saw, "get": outcome(err),
		}
	}
}

func (s *stage) executor(workers int) *Executor {
	ex := NewExecutor(workers)
	s.Cleanup(func() { s.terminate(ex) })
	return ex
}

func (s *stage) terminate(ex *Executor) {
	ex.Shutdown()
	ok, err := ex.AwaitTermination(New("cleanup"), forever)
	require.True(s, ok)
	require.NoError(s, err)
}

// waitingForProcess waits for a process, as the result of a future. The process does not notice.
func waitingForProcess(s *stage) observed {
	process := exec.Command("cat")
	input, err := process.StdinPipe()
	require.NoError(s, err)
	require.NoError(s, process.Start())
	exited, complete := NewPromise[int]()
	go func() { complete(0, process.Wait()) }()
	o := whileBlocked(func(*stage) op {
		return op{call: func(h *Handle) error { return get(exited, h) }}
	})(s)
	o["process_alive"] = !exited.IsDone()
	require.NoError(s, input.Close())
	_, err = exited.GetUninterruptibly()
	o["process_ended"] = fmt.Sprint(err)
	return o
}

// exampleSix is a well-known example: somebody wants to end a goroutine that accepts
// connections, closes its listener, and interrupts; but the goroutine that gets the flag is the
// own one.
func exampleSix(s *stage) observed {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(s, err)
	acceptor := s.start(func(h *Handle) error {
		listener, err := NewListener(h, l, LegacyIO)
		require.NoError(s, err)
		for !h.IsInterrupted() {
			if _, err := listener.Accept(); err != nil {
				h.Interrupt() // so that the loop ends
			}
		}
		return nil
	})
	s.blocked(acceptor)
	main := s.start(func(h *Handle) error {
		h.Interrupt()
		require.NoError(s, l.Close())
		return h.Sleep(time.Hour)
	})
	<-main.h.Done()
	<-acceptor.h.Done()
	return observed{
		"main_ended_early": main.took < time.Hour, "main_outcome": outcome(main.err),
		"acceptor_exited": acceptor.ended(), "acceptor_flag": acceptor.flag,
	}
}
