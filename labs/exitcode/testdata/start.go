package exitcode

import (
	"bufio"
	"fmt"
	"strconv"
)

// Main is the tool tally; see Tool.
//
// This one adds up well. What may go wrong it does not know.
func Main(env Env) (status int) {
	unlock, _ := env.Lock()
	var sum int64
	for lines := bufio.NewScanner(env.Stdin); lines.Scan(); {
		n, _ := strconv.ParseInt(lines.Text(), 10, 64)
		sum += n
	}
	fmt.Fprintln(env.Stdout, sum)
	unlock()
	return OK
}
