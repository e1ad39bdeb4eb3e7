package model

import "context"

// RunLike runs a program until it goes as a real run did, of which one thing is unknown:
// how many ticks the P had counted before, and so which of its next starts look at the
// global queue first. It begins with each phase of that count in turn (Config.Tick0) and
// returns the first result that fits, or, if none does, the last.
func RunLike(ctx context.Context, p *Program, cfg Config, fits func(*Result) bool) (r *Result, err error) {
	rules := cfg.Rules.withDefaults()
	for cfg.Tick0 = range rules.Poll {
		if r, err = Run(ctx, p, cfg); err != nil || fits(r) {
			break
		}
	}
	return r, err
}
