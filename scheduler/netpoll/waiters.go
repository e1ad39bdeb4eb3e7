package netpoll

import (
	"fmt"
	"net"
	"sync"

	"golang.org/x/sys/unix"
)

// Each goroutine below says by its number when it is about to wait.

// receivers starts n goroutines that wait for one channel, which end closes.
func receivers(n int, about func(i int)) (h hall, end func()) {
	h = room(parked, n)
	c := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			about(i)
			<-c
		})
	}
	return h, func() {
		close(c)
		wg.Wait()
	}
}

// link is a number of connections over loopback.
type link struct {
	here, there []net.Conn
	wg          sync.WaitGroup // readers
}

func connect(n int) (l *link, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	defer listener.Close()
	l = new(link)
	for range n {
		here, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			l.close()
			return nil, fmt.Errorf("dial: %w", err)
		}
		l.here = append(l.here, here)
		there, err := listener.Accept()
		if err != nil {
			l.close()
			return nil, fmt.Errorf("accept: %w", err)
		}
		l.there = append(l.there, there)
	}
	return l, nil
}

// readers starts a goroutine for each connection, which reads from it. Nothing is ever
// written, so the read ends when the connection is closed.
func (l *link) readers(about func(i int)) hall {
	h := room(parked, len(l.here))
	for i, c := range l.here {
		l.wg.Go(func() {
			about(i)
			_, _ = c.Read(make([]byte, 1))
		})
	}
	return h
}

func (l *link) close() {
	for _, c := range l.here {
		c.Close()
	}
	for _, c := range l.there {
		c.Close()
	}
	l.wg.Wait()
}

// callers starts n goroutines that read from one empty pipe, each by a system call of
// which the runtime's poller knows nothing. release ends the calls by closing the other
// end of the pipe.
func callers(n int, about func(i int)) (h hall, release func(), err error) {
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		return hall{}, nil, fmt.Errorf("make pipe: %w", err)
	}
	h = room(inCall, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			about(i)
			readPlainly(fds[0])
		})
	}
	return h, func() {
		unix.Close(fds[1])
		wg.Wait()
		unix.Close(fds[0])
	}, nil
}

func readPlainly(fd int) {
	for {
		if _, err := unix.Read(fd, make([]byte, 1)); err != unix.EINTR {
			return
		}
	}
}
