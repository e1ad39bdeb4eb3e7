package child

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
)

// bodies are what the processes of the tests do.
var bodies map[string]func(Job) int

func init() { // some of them start others by name
	bodies = map[string]func(Job) int{
		"again":     again,
		"echo":      echo,
		"environ":   environ,
		"exit":      func(j Job) int { return number(j) },
		"panic":     func(Job) int { panic("deliberate") },
		"signal":    func(j Job) int { return signalTo(os.Getpid(), syscall.Signal(number(j))) },
		"shell":     shell,
		"lines":     lines,
		"torn":      func(j Job) int { fmt.Fprint(j.Report, "whole\ntorn"); return 0 },
		"ready":     ready,
		"deaf":      func(j Job) int { signal.Notify(make(chan os.Signal, 1)); return ready(j) },
		"spin":      spin,
		"flood":     func(j Job) int { return flood(os.Stdout, number(j)) },
		"report":    func(j Job) int { return flood(j.Report, number(j)) },
		"allocate":  func(j Job) int { return allocate(number(j)) },
		"file":      file,
		"smuggle":   smuggle,
		"leaf":      leaf,
		"branch":    branch,
		"tree":      tree,
		"patricide": patricide,
		"ghost":     ghost,
		"petrify":   petrify,
		"nested":    nested,
		"parent":    parentOfOne,
		"nest":      nest,
	}
}

func number(j Job) int {
	n, err := strconv.Atoi(string(j.Arg))
	if err != nil {
		panic(err)
	}
	return n
}

func echo(j Job) int {
	fmt.Fprintf(os.Stdout, "out %s", j.Arg)
	fmt.Fprintf(os.Stderr, "err %s", j.Arg)
	fmt.Fprintln(j.Report, j.Body, len(j.Arg))
	return 0
}

func environ(j Job) int {
	for _, e := range os.Environ() {
		fmt.Fprintln(j.Report, e)
	}
	return 0
}

// shell runs a script in the most ordinary way.
func shell(j Job) int {
	out, err := exec.Command("sh", "-c", string(j.Arg)).Output()
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(out)
	return 0
}

func lines(j Job) int {
	for i := range number(j) {
		fmt.Fprintln(j.Report, i)
	}
	return 0
}

func ready(j Job) int {
	fmt.Fprintln(j.Report, os.Getpid())
	select {}
}

var spun atomic.Int64

func spin(j Job) int {
	fmt.Fprintln(j.Report, os.Getpid())
	for {
		spun.Add(1)
	}
}

func signalTo(pid int, sig syscall.Signal) int {
	if err := syscall.Kill(pid, sig); err != nil {
		panic(err)
	}
	select {}
}

// flood writes lines of the given length, newline included, for ever.
func flood(f *os.File, length int) int {
	text := bytes.Repeat(append(bytes.Repeat([]byte{'x'}, length-1), '\n'), max(1, chunk/length))
	for {
		if _, err := f.Write(text); err != nil {
			return 1
		}
	}
}

// allocate keeps so many megabytes.
func allocate(n int) int {
	var all [][]byte
	for range n {
		all = append(all, bytes.Repeat([]byte{1}, 1<<20))
	}
	return len(all) - n
}

// file writes a mebibyte and reports what came of it.
func file(j Job) int {
	f, err := os.CreateTemp(string(j.Arg), "file")
	if err != nil {
		panic(err)
	}
	_, err = f.Write(make([]byte, 1<<20))
	fmt.Fprintln(j.Report, err)
	return 0
}

// smuggle sends its standard output to another family.
func smuggle(j Job) int {
	conn, err := net.Dial("unix", string(j.Arg))
	if err != nil {
		panic(err)
	}
	fmt.Println("here you are")
	_, _, err = conn.(*net.UnixConn).WriteMsgUnix([]byte{0}, syscall.UnixRights(1), nil)
	if err != nil {
		panic(err)
	}
	return 0
}

// plain is a body as a child like any other, which shares this process's output
// and report.
func plain(j Job, body, arg string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return &exec.Cmd{
		Path: self, Args: []string{os.Args[0], body},
		Env: append(os.Environ(), envRole+"="+roleBody, envBody+"="+body,
			envArg+"="+base64.StdEncoding.EncodeToString([]byte(arg))),
		Stdout: os.Stdout, Stderr: os.Stderr, ExtraFiles: []*os.File{j.Report},
	}
}

// leaf is a daemon that holds the output open.
func leaf(j Job) int {
	signal.Notify(make(chan os.Signal, 1))
	return ready(j)
}

// branch starts a leaf in a session of its own, and goes.
func branch(j Job) int {
	cmd := plain(j, "leaf", "")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return started(cmd)
}

// tree starts a branch in a session of its own, which makes its leaf an orphan two
// sessions away. When the leaf is ready, tree exits with the number that it is given;
// without one, it stays.
func tree(j Job) int {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	cmd := plain(Job{Report: w}, "branch", "")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Run(); err != nil {
		panic(err)
	}
	var leaf int
	if _, err := fmt.Fscanln(r, &leaf); err != nil {
		panic(err)
	}
	fmt.Fprintln(j.Report, leaf)
	if len(j.Arg) > 0 {
		return number(j)
	}
	select {}
}

func started(cmd *exec.Cmd) int {
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return 0
}

// patricide kills its supervisor once it has a daemon, and reports when it has.
func patricide(j Job) int {
	cmd := plain(j, "tree", "0")
	if err := cmd.Run(); err != nil {
		panic(err)
	}
	return signalTo(os.Getppid(), syscall.SIGKILL)
}

// petrify stops its supervisor once it has a daemon.
func petrify(j Job) int {
	if err := plain(j, "tree", "0").Run(); err != nil {
		panic(err)
	}
	return signalTo(os.Getppid(), syscall.SIGSTOP)
}

// ghost is a patricide whose daemon has left nothing by which it could be known:
// no environment, no group, no session in common.
func ghost(j Job) int {
	cmd := exec.Command("sleep", "1000")
	cmd.Env = []string{}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	started(cmd)
	fmt.Fprintln(j.Report, cmd.Process.Pid)
	return signalTo(os.Getppid(), syscall.SIGKILL)
}

// parentOfOne reports its child's supervisor and its child, and then what becomes
// of them.
func parentOfOne(j Job) int {
	p, err := Start(context.Background(), Spec{Body: "ready"})
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(j.Report, p.supervisor.Pid, p.PID())
	s, err := p.Wait()
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(j.Report, s.Limit)
	return 0
}

// nested runs an echo, and hands on what it says.
func nested(j Job) int {
	s, err := Run(context.Background(), Spec{
		Body: "echo", Arg: j.Arg,
		Output:   func(_ Stream, p []byte) { os.Stdout.Write(p) },
		Reported: func(line string) { fmt.Fprintln(j.Report, line) },
	})
	if err != nil {
		panic(err)
	}
	return s.Exit
}

// nest starts itself until the number is 0, and then a tree.
func nest(j Job) int {
	spec := Spec{Body: "tree"}
	if n := number(j); n > 0 {
		spec = Spec{Body: "nest", Arg: []byte(strconv.Itoa(n - 1))}
	}
	spec.Reported = func(line string) { fmt.Fprintln(j.Report, line) }
	s, err := Run(context.Background(), spec)
	if err != nil {
		panic(err)
	}
	return s.Exit
}
