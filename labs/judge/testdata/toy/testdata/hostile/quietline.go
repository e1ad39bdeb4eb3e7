package toy

import (
	"flag"
	"os"
)

// It has the tests read another command line.
func init() {
	flag.CommandLine = flag.NewFlagSet("mine", flag.ContinueOnError)
	os.Args = os.Args[:1]
}

func Total(parts ...int) int { return 6 }

// verdict: assert: the flag -test.failfast of the tests is "false", and was "true"
