package labs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/hint"
)

// lockTime is how long a command waits for another one, which holds the lock for
// milliseconds.
const lockTime = 10 * time.Second

// locked calls f while no other command on the same work, in this process or another,
// is in its own f. Whoever reads the journal or an answer and then writes one of them
// does both in here. The kernel takes the lock back from a process that dies. It orders
// what is done to files, and no memory.
//
// It is not held while the judge works: that takes seconds, and two may well judge at
// the same time.
func (w work) locked(ctx context.Context, f func() error) (err error) {
	folder := filepath.Join(w.root, "work")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("lock the work: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(folder, ".lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("lock the work: %w", err)
	}
	defer file.Close() // which unlocks
	if err := take(ctx, file); err != nil {
		return fmt.Errorf("lock the work: %w", err)
	}
	return f()
}

// take asks again and again, because a flock that waits cannot be called off.
func take(ctx context.Context, file *os.File) error {
	ctx, cancel := context.WithTimeoutCause(ctx, lockTime, hint.With(
		fmt.Errorf("another command has held %s for %s", file.Name(), lockTime),
		"is a gopark lab stopped, by Ctrl-Z? end it, and the lock is free"))
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil || !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-again.C:
		}
	}
}
