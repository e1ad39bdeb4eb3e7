package child

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// again goes through three rounds: one in a child of its own, one in its own place.
func again(j Job) int {
	round := os.Getenv("ROUND")
	fmt.Fprintln(j.Report, "round", round, string(j.Arg), os.Getenv("KEPT"))
	switch round {
	case "":
		path, err := executable()
		if err != nil {
			panic(err)
		}
		cmd := exec.Cmd{Path: path, Args: os.Args, Env: Again("ROUND=2"), ExtraFiles: []*os.File{j.Report}, Stderr: os.Stderr}
		if err := cmd.Run(); err != nil {
			panic(err)
		}
		return 0
	case "2":
		panic(ExecAgain("ROUND=3", "PARENT="+strconv.Itoa(os.Getppid()), "PID="+strconv.Itoa(os.Getpid())))
	default:
		if os.Getenv("PARENT") != strconv.Itoa(os.Getppid()) || os.Getenv("PID") != strconv.Itoa(os.Getpid()) {
			panic("it is another process")
		}
		return 0
	}
}

func TestAgain(t *testing.T) {
	s, r := run(t, Spec{Body: "again", Arg: []byte("argument"), Env: Env("KEPT=kept")})
	require.Equal(t, 0, s.Exit, r.err.String())
	require.Equal(t, []string{"round  argument kept", "round 2 argument kept", "round 3 argument kept"}, r.rest())
}
