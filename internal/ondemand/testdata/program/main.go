//go:build gopark_tested

// Command program does what a test tells it to.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

func main() {
	switch os.Args[1] {
	case "show":
		fmt.Printf("/args:words [%q %q]\n/n:bytes 3\n", os.Args[1], os.Args[2])
	case "talk":
		fmt.Println("# this is for people")
	case "fail":
		fmt.Fprintln(os.Stderr, "it is broken")
		os.Exit(3)
	case "die":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // it comes
	case "wait":
		conn, err := net.Dial("tcp", os.Args[2])
		if err == nil {
			_, err = io.Copy(io.Discard, conn)
		}
		fmt.Fprintln(os.Stderr, "the wait is over:", err)
		os.Exit(4)
	}
}
