package cleanup

import "context"

// Use works with a resource; see User.
//
// This one is right as long as nobody ends ctx. Keep what is right about it, and change the
// rest.
func Use(ctx context.Context, r Resource) error {
	defer r.Release()
	return r.Work()
}
