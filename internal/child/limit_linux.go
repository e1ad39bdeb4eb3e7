package child

import (
	"fmt"
	"hash/fnv"
	"math"
	"syscall"

	"golang.org/x/sys/unix"
)

// startLimited starts p under its limits.
//
// The limit on memory is set twice. Inherited as a soft limit, it holds from the
// first instruction; but the supervisor is not to live under it, and who gives up a
// hard limit cannot have it back, so the hard limit is set afterwards. A limit of
// less than half the default, under which the supervisor itself might die
// while it starts p, is only set afterwards.
func startLimited(p plan, attr *syscall.ProcAttr) (pid int, err error) {
	if err := limitSelf(unix.RLIMIT_CORE, 0); err != nil {
		return 0, err
	}
	if err := limitSelf(unix.RLIMIT_FSIZE, uint64(p.File)); err != nil {
		return 0, err
	}
	if err := carry(mark(p.Token)); err != nil {
		return 0, err
	}
	var own syscall.Rlimit
	if err := syscall.Getrlimit(unix.RLIMIT_DATA, &own); err != nil {
		return 0, fmt.Errorf("get RLIMIT_DATA: %w", err)
	}
	memory := min(uint64(p.Memory), own.Max)
	if memory >= uint64(defaultMemory()/2) {
		if err := syscall.Setrlimit(unix.RLIMIT_DATA, &syscall.Rlimit{Cur: memory, Max: own.Max}); err != nil {
			return 0, fmt.Errorf("set RLIMIT_DATA: %w", err)
		}
	}
	pid, err = syscall.ForkExec(p.Path, p.Args, attr)
	_ = syscall.Setrlimit(unix.RLIMIT_DATA, &own) // cannot fail: the hard limit has not moved
	if err != nil {
		return 0, err
	}
	// It fails for programs that have changed their user: those keep the soft limit.
	_ = unix.Prlimit(pid, unix.RLIMIT_DATA, &unix.Rlimit{Cur: memory, Max: memory}, nil)
	return pid, nil
}

func limitSelf(resource int, limit uint64) error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(resource, &now); err != nil {
		return fmt.Errorf("get resource limit %d: %w", resource, err)
	}
	limit = min(limit, now.Max)
	if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		return fmt.Errorf("set resource limit %d: %w", resource, err)
	}
	return nil
}

// mark returns a number by which the processes of a run can be told from all others,
// dead or alive, whatever their environment, group and session: the hard limit on
// the microseconds that a real-time thread may run without a pause. It is inherited,
// a process without privileges can only lower it, and at 146,000 years and more it
// limits nothing.
func mark(token string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(token))
	return h.Sum64()>>2 | 1<<62
}

// carry has this process and all that it starts carry mark, unless they carry
// that of an outer run already, or the limit is in use.
func carry(mark uint64) error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(unix.RLIMIT_RTTIME, &now); err != nil {
		return fmt.Errorf("get RLIMIT_RTTIME: %w", err)
	}
	if now.Max != math.MaxUint64 {
		return nil
	}
	return limitSelf(unix.RLIMIT_RTTIME, mark)
}
