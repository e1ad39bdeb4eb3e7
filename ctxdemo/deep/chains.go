package deep

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
)

// limit is how many bytes of stack a goroutine may have: debug.SetMaxStack.
type limit int64

const (
	own   limit = 1_000_000_000 // Go's, on a system of 64 bits: runtime/proc.go, main
	small limit = 4 << 20
)

// fits returns how many frames of so many bytes fit. A stack grows by doubling, so it never
// gets larger than the largest power of two within the limit.
func (l limit) fits(frame int64) int64 {
	size := int64(1)
	for size*2 <= int64(l) {
		size *= 2
	}
	return size / frame
}

func (l limit) String() string {
	if l == own {
		return "1 GB, as usual"
	}
	return fmt.Sprint(int64(l)>>20, " MB")
}

// chain is a run of testdata/chain.go.
type chain struct {
	levels int64
	limit  limit
}

// outcome is how one ended.
type outcome struct{ deferred, end string }

var (
	cancelled = outcome{"ran", "all are cancelled"}
	overflow  = outcome{"did not run", "fatal error: stack overflow, exit 2"}
)

func header() []string {
	return []string{"levels", "stack may grow to", "deferred function", "end"}
}

func (c chain) row(o outcome) []any { return []any{c.levels, c.limit, o.deferred, o.end} }

// expected is how it must end if each level takes a frame of so many bytes.
func (c chain) expected(frame int64) outcome {
	if c.levels > c.limit.fits(frame) {
		return overflow
	}
	return cancelled
}

// close reports whether it is so near the limit that other frames might matter.
func (c chain) close(frame int64) bool {
	fits := c.limit.fits(frame)
	return c.levels > fits*98/100 && c.levels < fits*102/100
}

// tooDeep overflows a small stack on every machine.
var tooDeep = chain{100_000, small}

// chainsFor are the runs: the reader's depth with Go's own limit, and depths somewhat below
// and above what fits into the small one.
func chainsFor(levels, frame int64) []chain {
	fits := small.fits(frame)
	return []chain{tooDeep, {fits * 9 / 10, small}, {fits * 11 / 10, small}, {levels, own}}
}

// runChains finds out what a level takes, and then holds it against other depths.
func (seen *observed) runChains(ctx context.Context) error {
	program, err := plain.BuildFile(ctx, files, "testdata/chain.go")
	if err != nil {
		return err
	}
	defer program.Close()
	seen.Chains = experiment.Table{Header: header()}
	end, err := tooDeep.run(ctx, program)
	if err != nil {
		return err
	}
	if seen.Frame, err = frame(end.Stderr); err != nil {
		return err
	}
	seen.Deepest = own.fits(seen.Frame)
	for _, c := range chainsFor(seen.Levels, seen.Frame) {
		if c != tooDeep {
			if end, err = c.run(ctx, program); err != nil {
				return err
			}
		}
		seen.Chains.Add(c.row(outcomeOf(end))...)
	}
	return nil
}

func (c chain) run(ctx context.Context, program *plain.Program) (experiment.Ending, error) {
	process, err := plain.Start(ctx, child.Spec{
		Path: program.Path, Args: []string{fmt.Sprint(c.levels), fmt.Sprint(int64(c.limit))},
		Env:    child.Env("GOTRACEBACK=system"), // with the place of each frame
		Limits: child.Limits{Memory: 4 << 30, Wall: time.Minute},
	})
	if err != nil {
		return experiment.Ending{}, err
	}
	return process.Ending()
}

func outcomeOf(end experiment.Ending) outcome {
	o := outcome{"did not run", end.String()}
	for _, line := range end.Stdout {
		switch line {
		case "deferred <nil>":
			o.deferred = "ran"
		case "context canceled":
			o.end = cancelled.end
		default:
			o.deferred = line
		}
	}
	for _, line := range end.Stderr {
		if strings.HasPrefix(line, "fatal error: ") {
			o.end = line + ", " + o.end
		}
	}
	return o
}

// place is where a frame lies: it begins at sp and ends at fp.
var place = regexp.MustCompile(` fp=0x([0-9a-f]+) sp=0x([0-9a-f]+) `)

// frame returns the size of a frame of cancelCtx.cancel, out of the dump of a process that
// ended in one.
func frame(stderr []string) (bytes int64, err error) {
	for i, line := range stderr[:max(0, len(stderr)-1)] {
		if !strings.HasPrefix(line, "context.(*cancelCtx).cancel(") {
			continue
		}
		if m := place.FindStringSubmatch(stderr[i+1]); m != nil {
			fp, _ := strconv.ParseUint(m[1], 16, 64)
			sp, _ := strconv.ParseUint(m[2], 16, 64)
			return int64(fp - sp), nil
		}
	}
	return 0, experiment.Unmet("the dump of a stack overflow does not say where cancel's frames are: %q", stderr)
}
