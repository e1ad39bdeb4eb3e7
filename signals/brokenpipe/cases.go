package brokenpipe

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
)

// writing is one case.
type writing struct {
	by     string // what is called to write
	broken string // stdout, stderr or other: which descriptor is the pipe without a reader
	before string // what has been called before
	write  func(broken *os.File) error
	calls  []func(channel chan os.Signal)

	// inherits starts the program with SIGPIPE ignored.
	inherits bool

	want outcome
}

func (c writing) String() string {
	text := c.by + " to " + c.broken
	if c.before != "" {
		text += " after " + c.before
	}
	return text
}

const (
	stdout = "stdout"
	stderr = "stderr"
	other  = "other"
)

// What can come out.
var (
	dies   = outcome{nothing, nothing, "SIGPIPE"}
	fails  = outcome{"EPIPE", "nothing", "exit 0"}
	told   = outcome{"EPIPE", "SIGPIPE", "exit 0"}
	heard  = outcome{"success", "SIGPIPE", "exit 0"}
	silent = outcome{"success", "nothing", "exit 0"}
)

type calls = []func(chan os.Signal)

// cases are all rows of the table.
var cases = []writing{
	{by: "os.Stdout.Write", broken: stdout, write: standardOutput, want: dies},
	{by: "fmt.Println", broken: stdout, write: printLine, want: dies},
	{by: "bufio.Writer.Flush", broken: stdout, write: flushed, want: dies},
	{by: "bufio.Writer.Write", broken: stdout, write: notFlushed, want: silent},
	{by: "os.File of 1", broken: stdout, write: newFile, want: dies},
	{by: "syscall.Write", broken: stdout, write: systemCall, want: fails},
	{by: "os.Stderr.Write", broken: stderr, write: standardError, want: dies},
	{by: "log.Print", broken: stderr, write: logLine, want: dies},
	{by: "println", broken: stderr, write: builtin, want: silent},
	{by: "syscall.Write", broken: stderr, write: systemCall, want: fails},
	{by: "os.File.Write", broken: other, write: file, want: fails},
	{by: "os.File of a duplicate of 1", broken: stdout, write: duplicate, want: fails},
	{by: "net.Conn.Write", broken: other, write: connection, want: fails},

	{by: "fmt.Println", broken: stdout, before: "Ignore", write: printLine, calls: calls{ignore}, want: fails},
	{by: "fmt.Println", broken: stdout, before: "Notify", write: printLine, calls: calls{notify}, want: told},
	{by: "fmt.Println", broken: stdout, before: "Notify, Stop", write: printLine, calls: calls{notify, stop}, want: dies},
	{by: "fmt.Println", broken: stdout, before: "Ignore, Reset", write: printLine, calls: calls{ignore, reset}, want: fails},
	{by: "fmt.Println", broken: stdout, before: "Ignore, Notify", write: printLine, calls: calls{ignore, notify}, want: told},
	{by: "fmt.Println", broken: stdout, before: "a start with SIGPIPE ignored", write: printLine, inherits: true, want: dies},
	{by: "net.Conn.Write", broken: other, before: "Notify", write: connection, calls: calls{notify}, want: told},

	{by: "tgkill", broken: other, write: killed, want: silent},
	{by: "tgkill", broken: other, before: "Notify", write: killed, calls: calls{notify}, want: heard},
	{by: "tgkill", broken: other, before: "Ignore, Notify", write: killed, calls: calls{ignore, notify}, want: heard},
}

// The calls before.
func ignore(chan os.Signal)   { signal.Ignore(syscall.SIGPIPE) }
func notify(c chan os.Signal) { signal.Notify(c, syscall.SIGPIPE) }
func stop(c chan os.Signal)   { signal.Stop(c) }
func reset(chan os.Signal)    { signal.Reset(syscall.SIGPIPE) }

// The ways to write.
const line = "a line that nobody reads\n"

func standardOutput(*os.File) error { return second(os.Stdout.WriteString(line)) }
func standardError(*os.File) error  { return second(os.Stderr.WriteString(line)) }
func printLine(*os.File) error      { return second(fmt.Print(line)) }
func file(broken *os.File) error    { return second(broken.WriteString(line)) }

func logLine(*os.File) error {
	log.Print(line)
	return nil
}

func builtin(*os.File) error {
	print(line)
	return nil
}

func notFlushed(*os.File) error { return second(bufio.NewWriter(os.Stdout).WriteString(line)) }

func flushed(*os.File) error {
	w := bufio.NewWriter(os.Stdout)
	_, _ = w.WriteString(line) // there is room
	return w.Flush()
}

func newFile(*os.File) error { return second(os.NewFile(1, "one").WriteString(line)) }

func systemCall(broken *os.File) error {
	return second(syscall.Write(int(broken.Fd()), []byte(line)))
}

// duplicate writes to the same pipe by another number.
func duplicate(broken *os.File) error {
	fd, err := syscall.Dup(int(broken.Fd()))
	if err != nil {
		return err
	}
	return second(os.NewFile(uintptr(fd), "duplicate").WriteString(line))
}

// connection writes to a connection whose other end has been closed.
func connection(*os.File) error {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	conn, err := net.FileConn(os.NewFile(uintptr(fds[0]), "connection"))
	if err != nil {
		return err
	}
	if err := syscall.Close(fds[1]); err != nil {
		return err
	}
	return second(conn.Write([]byte(line)))
}

// killed does not write: it sends the signal.
func killed(*os.File) error { return toThisThread(syscall.SIGPIPE) }

func second[T any](_ T, err error) error { return err }
