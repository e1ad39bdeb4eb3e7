package labs

// Cmd is "gopark lab": its subcommands.
type Cmd struct {
	List  List  `cmd:"" help:"Show the labs, and how far you are."`
	Start Start `cmd:"" help:"Get a copy of a lab to work on."`
	Check Check `cmd:"" help:"Judge your answer."`
}

// Help is the long help text.
func (Cmd) Help() string {
	return `A lab is an exercise that is judged by tests, and a wrong answer is told the name of its
bug: race, deadlock, leak, hang, ... You work on a copy in work/NAME; go test works
there too.`
}
