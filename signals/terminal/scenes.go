package terminal

// scene is one row of the table.
type scene struct {
	event string // what happens, and the name of the row
	jobs  [3]job // what the processes do, in the order of parts
	mode  mode   // of the terminal
	do    []deed // what is done once all are ready
	until []string
	want  outcome

	key, signal string // for the picture; "" means that there is none
}

// outcome is what each of the parts got.
type outcome [3]string

// job is what a process does, in words: any of those below.
type job string

const (
	reports  job = ""         // catches every signal that a terminal sends, and tells
	ordinary job = "ordinary" // leaves the signals at their default
	reads    job = "reads"    // like ordinary, and reads from the terminal
	writes   job = "writes"   // like ordinary, and writes to it
	types    job = "types"    // like reports, and reads from the terminal
	suspends job = "suspends" // catches SIGINT, and leaves SIGTSTP at its default
	absent   job = "absent"   // is not there: with no other group, the leader's is in front
)

// mode is how the terminal treats what comes and goes.
type mode int

const (
	cooked mode = iota
	raw         // keys are data
	tostop      // a background job must not write
)

// deed is something that is done to the terminal or to a process.
type deed func(*session) error

// scenes are all rows. The reports in until are what is expected before every process is
// asked for more.
var scenes = []scene{
	{
		event: "Ctrl-C", key: "Ctrl-C", signal: "SIGINT",
		do:    []deed{press(0x03)},
		until: []string{"foreground got SIGINT"},
		want:  outcome{nothing, "got SIGINT", nothing},
	},
	{
		event: `Ctrl-\`, key: "Ctrl-backslash", signal: "SIGQUIT",
		do:    []deed{press(0x1c)},
		until: []string{"foreground got SIGQUIT"},
		want:  outcome{nothing, "got SIGQUIT", nothing},
	},
	{
		event: "Ctrl-Z", key: "Ctrl-Z", signal: "SIGTSTP",
		do:    []deed{press(0x1a)},
		until: []string{"foreground got SIGTSTP"},
		want:  outcome{nothing, "got SIGTSTP", nothing},
	},
	{
		event: "the window changes its size", key: "resize", signal: "SIGWINCH",
		do:    []deed{resize(30, 100)},
		until: []string{"foreground got SIGWINCH"},
		want:  outcome{nothing, "got SIGWINCH", nothing},
	},
	{
		event: "the window gets the size that it has",
		do:    []deed{resize(firstRows, firstColumns)},
		want:  outcome{nothing, nothing, nothing},
	},
	{
		event: "Ctrl-C in raw mode",
		mode:  raw,
		jobs:  [3]job{reports, types, reports},
		do:    []deed{press(0x03)},
		until: []string{"foreground read 0x03"},
		want:  outcome{nothing, "read 0x03", nothing},
	},
	{
		event: "Ctrl-C, signals at their default",
		jobs:  [3]job{reports, ordinary, ordinary},
		do:    []deed{press(0x03)},
		until: []string{"foreground ended by SIGINT"},
		want:  outcome{nothing, "ended by SIGINT", nothing},
	},
	{
		event: `Ctrl-\, signals at their default`,
		jobs:  [3]job{reports, ordinary, ordinary},
		do:    []deed{press(0x1c)},
		until: []string{"foreground exit 2"},
		want:  outcome{nothing, "exit 2", nothing},
	},
	{
		event: "Ctrl-Z, then SIGCONT, signals at their default",
		jobs:  [3]job{reports, ordinary, ordinary},
		do:    []deed{press(0x1a), expect("foreground stopped by SIGTSTP"), resume("foreground")},
		until: []string{"foreground continued"},
		want:  outcome{nothing, "stopped by SIGTSTP, continued", nothing},
	},
	{
		event: "Ctrl-Z, then Ctrl-C, to a leader alone",
		jobs:  [3]job{suspends, absent, absent},
		do:    []deed{press(0x1a), press(0x03)},
		until: []string{"leader got SIGINT"},
		want:  outcome{"got SIGINT", nothing, nothing},
	},
	{
		event: "the background job reads",
		jobs:  [3]job{reports, reports, reads},
		until: []string{"background stopped by SIGTTIN"},
		want:  outcome{nothing, nothing, "stopped by SIGTTIN"},
	},
	{
		event: "the background job writes",
		jobs:  [3]job{reports, reports, writes},
		until: []string{"background wrote"},
		want:  outcome{nothing, nothing, "wrote"},
	},
	{
		event: "the background job writes, after stty tostop",
		mode:  tostop,
		jobs:  [3]job{reports, reports, writes},
		until: []string{"background stopped by SIGTTOU"},
		want:  outcome{nothing, nothing, "stopped by SIGTTOU"},
	},
	{
		event: "hang-up, the leader catches SIGHUP", key: "hang-up", signal: "SIGHUP",
		do:    []deed{hangUp},
		until: []string{"leader got SIGHUP", "leader got SIGCONT"},
		want:  outcome{"got SIGCONT and SIGHUP", nothing, nothing},
	},
	{
		event: "hang-up, the leader dies of SIGHUP",
		jobs:  [3]job{ordinary, reports, reports},
		do:    []deed{hangUp, bury},
		until: []string{"foreground got SIGHUP", "foreground got SIGCONT"},
		want:  outcome{"ended by SIGHUP", "got SIGCONT and SIGHUP", nothing},
	},
	{
		event: "hang-up, the leader dies, the background job is stopped",
		jobs:  [3]job{ordinary, reports, reports},
		do:    []deed{suspend("background"), expect("background stopped by SIGSTOP"), hangUp, bury},
		until: []string{"foreground got SIGHUP", "foreground got SIGCONT", "background got SIGHUP", "background got SIGCONT"},
		want:  outcome{"ended by SIGHUP", "got SIGCONT and SIGHUP", "stopped by SIGSTOP, got SIGCONT and SIGHUP"},
	},
}

// nothing is the outcome of a process that nothing has happened to.
const nothing = "nothing"
