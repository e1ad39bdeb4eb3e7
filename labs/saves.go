package labs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Times of the watcher.
const (
	// quiet is how long nothing must happen after something has: an editor that writes a
	// file in two steps is looked at once.
	quiet = 15 * time.Millisecond
	// pollEvery is how often answers are looked at without being told to. Events do not
	// arrive from network folders, from some virtual machines and containers, and not at
	// all when the system has no watches left.
	pollEvery = time.Second
)

// watcher tells when an answer has become another one. Whatever wakes it, it reads the
// answers and compares their contents: a save that changes nothing is none, and neither
// is the moment in which an editor has moved the old file away.
type watcher struct {
	w     work
	poll  <-chan time.Time
	seen  map[string]string // content by name of lab
	files *fsnotify.Watcher // nil where the system has none to give
}

// newWatcher remembers how the answers are now. Close it.
func (w work) newWatcher(poll <-chan time.Time) (*watcher, error) {
	if err := os.MkdirAll(filepath.Join(w.root, "work"), 0o755); err != nil {
		return nil, fmt.Errorf("watch the answers: %w", err)
	}
	a := &watcher{w: w, poll: poll, seen: map[string]string{}}
	a.files, _ = fsnotify.NewWatcher()
	a.look()
	return a, nil
}

func (a *watcher) close() {
	if a.files != nil {
		a.files.Close()
	}
}

// look returns the labs whose answers have changed since the last look, and begins to
// watch folders that are new. Folders, not files: editors replace files.
func (a *watcher) look() (changed []Lab) {
	if a.files != nil {
		_ = a.files.Add(filepath.Join(a.w.root, "work")) // what cannot be watched is polled
	}
	for _, l := range a.w.labs() {
		content, err := a.w.content(l)
		if err != nil {
			continue // not started, or moved away for a moment
		}
		if a.files != nil {
			_ = a.files.Add(filepath.Dir(a.w.answer(l)))
		}
		if a.seen[l.Name] != content {
			a.seen[l.Name] = content
			changed = append(changed, l)
		}
	}
	return changed
}

// run calls changed for every answer that has changed, until ctx ends.
func (a *watcher) run(ctx context.Context, changed func(Lab)) {
	var events <-chan fsnotify.Event
	var failures <-chan error
	if a.files != nil {
		events, failures = a.files.Events, a.files.Errors
	}
	settled := time.NewTimer(0)
	defer settled.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
			settled.Reset(quiet)
			continue
		case <-failures: // events were lost
		case <-settled.C:
		case <-a.poll:
		}
		for _, l := range a.look() {
			changed(l)
		}
	}
}
