package labs

// Cmd is "gopark lab": its subcommands.
type Cmd struct {
	List   List   `cmd:"" help:"Show the labs, and how far you are."`
	Start  Start  `cmd:"" help:"Get a copy of a lab to work on."`
	Check  Check  `cmd:"" help:"Judge your answer."`
	Watch  Watch  `cmd:"" help:"Judge your answers whenever you save one."`
	Hint   Hint   `cmd:"" help:"Show one more hint."`
	Reset  Reset  `cmd:"" help:"Begin a lab again; --undo brings your answer back."`
	Replay Replay `cmd:"" help:"Make the last failing run again."`
	Verify Verify `cmd:"" help:"Judge all your answers, more patiently."`
	Answer Answer `cmd:"" help:"Show the answer and why it works, after you have passed."`
	Report Report `cmd:"" help:"Print how far you are as JSON lines, for a class."`
	New    New    `cmd:"" help:"Make the folder of a new lab, for authors."`
	Add    Add    `cmd:"" help:"Add labs that somebody else has written."`
	Remove Remove `cmd:"" help:"Take added labs away again."`
}

// Help is the long help text.
func (Cmd) Help() string {
	return `A lab is an exercise that is judged by tests, and a wrong answer is told the name of its
bug: race, deadlock, leak, hang, ... You work on a copy in work/NAME; go test works
there too.`
}
