package queue

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"syscall"
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
		flush()
		for range len(got) {
			fmt.Println(arrival{signal: (<-got).(syscall.Signal)})
		}
		fmt.Println()
	}
	return nil
}

// flush returns when every signal whose handler has run is in the channel: signal.Stop
// waits for that. It needs a signal to stop, and 32 is one for which the runtime does
// nothing, so nothing is changed by it.
func flush() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.Signal(32))
	signal.Stop(c)
}
