package sockets

import "lab.example/gopark/ctxdemo/interrupt"

// oneCase is an operation that is interrupted.
type oneCase struct {
	thing thing
	mode  interrupt.IOMode
	when  string

	want ending
	java string // its counterpart
	row  string // of Java's record; "" if there is none
}

// ending is how the operation ended, what the flag was then, and what became of the thing.
type ending struct{ outcome, flag, after string }

// When the goroutine is interrupted: while it waits, or before, with everything there.
const (
	while  = "while it waits"
	before = "before"
)

const (
	returned   = "returns"
	interrupts = "interrupted"
	closedBy   = "closed by interrupt"
	untilClose = "waits on, until Close"
	refused    = "is refused"

	flagClear = "clear"
	flagSet   = "set"

	works  = "works, nothing lost"
	closed = "closed"
	lost   = "something is lost"
)

const (
	legacy   = interrupt.LegacyIO
	closing  = interrupt.CloseIO
	deadline = interrupt.DeadlineIO
)

// cases are all of them.
var cases = []oneCase{
	{read, legacy, while, ending{untilClose, flagSet, closed}, "Socket.getInputStream().read", "D14"},
	{read, legacy, before, ending{returned, flagSet, works}, "", ""},
	{read, closing, while, ending{closedBy, flagSet, closed}, "SocketChannel.read", "D03"},
	{read, closing, before, ending{closedBy, flagSet, closed}, "", ""},
	{read, deadline, while, ending{interrupts, flagClear, works}, "", ""},
	{read, deadline, before, ending{interrupts, flagClear, works}, "", ""},

	{write, legacy, while, ending{untilClose, flagSet, closed}, "", ""},
	{write, closing, while, ending{closedBy, flagSet, closed}, "SocketChannel.write", "D05"},
	{write, deadline, while, ending{interrupts, flagClear, works}, "", ""},

	{accept, legacy, while, ending{untilClose, flagSet, closed}, "ServerSocket.accept", "D11"},
	{accept, legacy, before, ending{returned, flagSet, works}, "ServerSocket.accept", "D12"},
	{accept, closing, while, ending{closedBy, flagSet, closed}, "ServerSocketChannel.accept", "D06"},
	{accept, deadline, while, ending{interrupts, flagClear, works}, "", ""},
	{accept, deadline, before, ending{interrupts, flagClear, works}, "", ""},

	{pipe, legacy, while, ending{untilClose, flagSet, closed}, "", ""},
	{pipe, closing, while, ending{closedBy, flagSet, closed}, "Pipe.SourceChannel.read", "D09"},
	{pipe, deadline, while, ending{interrupts, flagClear, works}, "", ""},

	{file, legacy, before, ending{returned, flagSet, works}, "FileInputStream.read", "D24"},
	{file, closing, before, ending{closedBy, flagSet, closed}, "", ""},
	{file, deadline, before, ending{refused, flagSet, works}, "", ""},
}
