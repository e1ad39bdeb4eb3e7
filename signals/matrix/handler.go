package matrix

import (
	"context"
	"slices"
	"syscall"

	"lab.example/gopark/internal/experiment"
)

// A handler stays installed in the style of BSD; in the style of System V the kernel puts
// the default back before it calls the handler. Linux has both: the flag SA_RESETHAND of
// rt_sigaction decides.

// styles are the two ways, and what two signals in turn do to a program that is notified.
var styles = []struct {
	name    string
	oneShot bool
	fates   []string
}{
	{"BSD: the handler as Notify installs it", false, []string{arrived, arrived}},
	{"System V: the same handler, with SA_RESETHAND", true, []string{arrived, killed}},
}

// handlers tries the styles.
func (o office) handlers(ctx context.Context) (experiment.Table, error) {
	table := handlersTable()
	notified := slices.IndexFunc(modes, func(m mode) bool { return m.name == "Notify" })
	for _, style := range styles {
		fates, err := o.twice(ctx, part{mode: notified, oneShot: style.oneShot})
		if err != nil {
			return table, err
		}
		table.Add(style.name, fates[0], fates[1])
	}
	return table, nil
}

// twice sends SIGUSR1 to a subject, and when it has had its effect, once more.
func (o office) twice(ctx context.Context, p part) (fates [2]string, err error) {
	t, err := o.start(p)
	if err != nil {
		return fates, err
	}
	defer t.end()
	if fates[0], err = t.try(ctx, syscall.SIGUSR1); err != nil {
		return fates, err
	}
	fates[1], err = t.send(ctx, syscall.SIGUSR1)
	return fates, err
}

func handlersTable() experiment.Table {
	return experiment.Table{Header: []string{"style", "first SIGUSR1", "second SIGUSR1"}}
}

func judgeHandlers(t experiment.Table) error {
	want := handlersTable()
	for _, style := range styles {
		want.Add(style.name, style.fates[0], style.fates[1])
	}
	return t.Equals(want, 1)
}
