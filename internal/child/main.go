package child

import (
	"encoding/base64"
	"fmt"
	"os"
	"syscall"
)

// mainCalled guards against a binary that knows nothing of supervisors: executed as
// one, it would do all over again what it does, and start another.
var mainCalled bool

// Main must be the first statement of main, and of TestMain in packages whose
// tests call Start. In an ordinary process it returns at once. In a process that
// Start made from this binary it does not return: as the process of Spec.Body it
// calls handler and exits with its result; as a supervisor it supervises.
//
// Package initialisation happens in those processes too, before Main: keep it free
// of effects.
func Main(handler func(Job) int) {
	mainCalled = true
	role := os.Getenv(envRole)
	if role == "" {
		return
	}
	asStarted = os.Environ()
	os.Unsetenv(envRole) // what this process starts by other means is an ordinary process
	switch role {
	case roleSupervise:
		supervise()
	case roleBody:
		job, err := ownJob()
		if err != nil {
			fmt.Fprintln(os.Stderr, "gopark: error:", err)
			os.Exit(2)
		}
		os.Exit(handler(job))
	default:
		fmt.Fprintf(os.Stderr, "gopark: error: %s=%q is set, which only gopark itself does\n", envRole, role)
		os.Exit(2)
	}
}

// reportFD is the report pipe in the process of a body.
const reportFD = 3

// ownJob reads what this process is asked to do, and scrubs it from the
// environment.
func ownJob() (Job, error) {
	arg, err := base64.StdEncoding.DecodeString(os.Getenv(envArg))
	if err != nil {
		return Job{}, fmt.Errorf("decode %s: %w", envArg, err)
	}
	job := Job{Body: os.Getenv(envBody), Arg: arg}
	os.Unsetenv(envBody)
	os.Unsetenv(envArg)
	syscall.CloseOnExec(reportFD)
	job.Report = os.NewFile(reportFD, "report")
	return job, nil
}
