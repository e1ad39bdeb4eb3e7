package mask

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/procfs"
)

// stages are calls of os/signal, in turn, and what the kernel says after each: which
// signals are left to its default, being neither caught nor ignored, which are ignored,
// and how many threads block SIGUSR1. want is that, in the form of a row.
var stages = []struct {
	name string
	call func(c chan os.Signal)
	want [3]string
}{
	{"main has begun", func(chan os.Signal) {}, [3]string{"9 18 19 20 21 22 32 34", "none", "0"}},
	{"Notify SIGTSTP", func(c chan os.Signal) { signal.Notify(c, syscall.SIGTSTP) }, [3]string{"9 18 19 21 22 32 34", "none", "1"}},
	{"Notify SIGUSR1", func(c chan os.Signal) { signal.Notify(c, syscall.SIGUSR1) }, [3]string{"9 18 19 21 22 32 34", "none", "0"}},
	{"Reset SIGUSR1", func(chan os.Signal) { signal.Reset(syscall.SIGUSR1) }, [3]string{"9 18 19 21 22 32 34", "none", "1"}},
	{"Reset SIGTSTP", func(chan os.Signal) { signal.Reset(syscall.SIGTSTP) }, [3]string{"9 18 19 21 22 32 34", "none", "1"}},
	{"Ignore SIGTERM", func(chan os.Signal) { signal.Ignore(syscall.SIGTERM) }, [3]string{"9 18 19 21 22 32 34", "15", "1"}},
	{"Reset SIGTERM", func(chan os.Signal) { signal.Reset(syscall.SIGTERM) }, [3]string{"9 18 19 21 22 32 34", "15", "1"}},
	{"Notify SIGTERM", func(c chan os.Signal) { signal.Notify(c, syscall.SIGTERM) }, [3]string{"9 18 19 21 22 32 34", "none", "1"}},
}

func stageTable() experiment.Table {
	return experiment.Table{Header: []string{"after", "left to the default", "ignored", "threads that block SIGUSR1"}}
}

// changes goes through the stages in this process, and undoes what can be undone.
func changes() (experiment.Table, error) {
	c := make(chan os.Signal, 1)
	defer signal.Stop(c)
	table := stageTable()
	for _, s := range stages {
		s.call(c)
		status, err := procfs.Process(os.Getpid())
		if err != nil {
			return table, err
		}
		count, err := threadsThatBlock(syscall.SIGUSR1)
		if err != nil {
			return table, err
		}
		table.Add(s.name, numbers(^(status.Caught | status.Ignored)), numbers(status.Ignored), count)
	}
	return table, nil
}

func expectedChanges() experiment.Table {
	table := stageTable()
	for _, s := range stages {
		table.Add(s.name, s.want[0], s.want[1], s.want[2])
	}
	return table
}

func threadsThatBlock(s syscall.Signal) (int, error) {
	tasks, err := procfs.Tasks(os.Getpid())
	return blocking(tasks, s), err
}

// blocking counts the threads that block the signal. A thread that is being born or that
// runs a handler blocks all signals for that moment; it is known by SIGBUS, which nobody
// else blocks, and not counted.
func blocking(tasks []procfs.Status, s syscall.Signal) (count int) {
	for _, t := range tasks {
		if t.Blocked.Has(s) && !t.Blocked.Has(syscall.SIGBUS) {
			count++
		}
	}
	return count
}

func numbers(m procfs.Mask) string {
	var all []string
	for _, s := range m.Signals() {
		all = append(all, fmt.Sprint(int(s)))
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, " ")
}
