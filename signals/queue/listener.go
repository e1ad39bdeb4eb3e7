package queue

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"lab.example/gopark/internal/sigsync"
)

// roomForAll is more than any knob allows: the channel must not be what loses signals.
const roomForAll = 1 << 15

// listen is the process that is notified. Whenever it is asked it prints what has
// arrived, and an empty line.
func listen() error {
	got := make(chan os.Signal, roomForAll)
	signal.Notify(got, standard, lower)
	defer signal.Stop(got)
	fmt.Println("ready")
	for questions := bufio.NewScanner(os.Stdin); questions.Scan(); {
		sigsync.Flush()
		for range len(got) {
			fmt.Println(arrival{signal: (<-got).(syscall.Signal)})
		}
		fmt.Println()
	}
	return nil
}
