package matrix

import (
	"fmt"
	"slices"
	"strconv"
	"syscall"

	"lab.example/gopark/internal/experiment"
)

// kind is a sort of signal: what it does in each of the modes.
type kind struct {
	signals []syscall.Signal
	fates   []string // one for each of modes
}

// either is the fate of which nobody can be sure: silent or arrived.
const either = "silent or got"

// kinds is every signal of Linux, sorted by what runtime/sigtab_linux_generic.go makes
// of it. Signals 32 and up have no names in the kernel; the C library keeps 32 and 33 for
// itself, or 32 to 34, and the runtime leaves those alone for its sake.
var kinds = []kind{
	{ // _SigKill: the runtime's handler puts the default back, and sends the signal again
		span(15),
		[]string{killed, killed, arrived, silent, killed, killed, silent, arrived, killed},
	},
	{ // likewise, but these may be ignored since before the program began: for nohup
		span(1, 2),
		[]string{killed, killed, arrived, silent, killed, killed, silent, arrived, silent},
	},
	{ // _SigThrow and _SigPanic: sent by somebody, and not by a fault
		span(3, 4, 5, 6, 7, 8, 11, 16, 31),
		[]string{killed, dumped, arrived, silent, dumped, dumped, silent, arrived, dumped},
	},
	{ // beyond any program
		span(9),
		[]string{killed, killed, killed, killed, killed, killed, killed, killed, killed},
	},
	{
		span(19),
		[]string{stopped, stopped, stopped, stopped, stopped, stopped, stopped, stopped, stopped},
	},
	{ // _SigNotify: caught, and nothing done
		slices.Concat(span(10, 12, 14, 24, 25, 26, 29, 30), upTo(35, 64)),
		[]string{killed, silent, arrived, silent, silent, silent, silent, arrived, silent},
	},
	{ // SIGPIPE: sigfwdgo hands it on to what was there before Notify, and that was SIG_IGN,
		// unless the thread that takes it is in a goroutine
		span(13),
		[]string{killed, silent, arrived, silent, silent, silent, silent, either, silent},
	},
	{ // ignored by the kernel as well, if nobody says otherwise
		span(17, 18, 23, 28),
		[]string{silent, silent, arrived, silent, silent, silent, silent, arrived, silent},
	},
	{ // _SigDefault: at first the runtime installs nothing; sigdisable leaves what it finds
		span(20, 21, 22),
		[]string{stopped, stopped, arrived, silent, silent, silent, silent, arrived, silent},
	},
	{ // SIGPROF is the profiler's
		span(27),
		[]string{killed, silent, silent, silent, silent, silent, silent, silent, silent},
	},
	{ // the runtime's own way to have every thread make a system call
		span(33),
		[]string{killed, silent, silent, silent, silent, silent, silent, silent, silent},
	},
	{ // the C library's: no handler, and none can be had
		span(32, 34),
		[]string{killed, killed, killed, killed, killed, killed, killed, killed, killed},
	},
}

func span(signals ...syscall.Signal) []syscall.Signal { return signals }

func upTo(first, last syscall.Signal) (all []syscall.Signal) {
	for s := first; s <= last; s++ {
		all = append(all, s)
	}
	return all
}

// judge compares every row of the matrix with its kind.
func judge(t experiment.Table) error {
	if len(t.Rows) != int(last) {
		return experiment.Refuted("%d signals were tried, not %d", len(t.Rows), last)
	}
	for i, row := range t.Rows {
		s := syscall.Signal(i + 1)
		if row[0] != strconv.Itoa(int(s)) {
			return fmt.Errorf("row %d of the matrix is that of signal %s", s, row[0])
		}
		k := slices.IndexFunc(kinds, func(k kind) bool { return slices.Contains(k.signals, s) })
		for column, want := range kinds[k].fates {
			fate := row[2+column]
			if want == either && (fate == silent || fate == arrived) {
				continue
			}
			if fate != want {
				return experiment.Refuted("signal %s %s, %s: %s, not %s", row[0], row[1], modes[column].name, fate, want)
			}
		}
	}
	return nil
}
