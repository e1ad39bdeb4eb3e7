package bounded

import "context"

// Run carries out jobs, at most limit at the same time; see Runner.
//
// This one knows a limit of one only. Keep what is right about it, and change the rest.
func Run(ctx context.Context, limit int, jobs []Job) error {
	for _, job := range jobs {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		job(ctx)
	}
	return nil
}
