package schedtrace

// Field explains one name in the lines of a snapshot.
type Field struct {
	Line string // that it is in: "SCHED", "P", "M" or "G"
	Name string // as printed, without the equals sign
	Doc  string
}

// Fields lists all fields in the order in which they are printed.
var Fields = []Field{
	{"SCHED", "gomaxprocs", "number of Ps"},
	{"SCHED", "idleprocs", "Ps that nobody has: there is nothing for them to do, or they think so"},
	{"SCHED", "threads", "threads, sysmon included, whether they do anything or not"},
	{"SCHED", "spinningthreads", "threads that have a P and nothing to run, and look for something to steal"},
	{"SCHED", "needspinning", "1 if whoever gets a P next should look for work too"},
	{"SCHED", "idlethreads", "threads asleep because there was nothing for them to do"},
	{"SCHED", "runqueue", "goroutines in the global queue; after it, in brackets, those in the ring of each P, without runnext"},
	{"SCHED", "schedticks", "how many time slices each P has begun; in brackets, since Go 1.26"},
	{"SCHED", "gcwaiting", "somebody stops the world and waits for the Ps"},
	{"SCHED", "nmidlelocked", "threads that wait for the goroutine that is locked to them"},
	{"SCHED", "stopwait", "Ps that the one who stops the world still waits for"},
	{"SCHED", "sysmonwait", "sysmon sleeps deeply: all Ps are idle"},
	{"P", "status", "0 idle, 1 running, 3 stopped for GC, 4 dead; 2 is not used any more"},
	{"P", "schedtick", "how many time slices it has begun"},
	{"P", "syscalltick", "how many system calls have ended on it"},
	{"P", "m", "the thread that has it"},
	{"P", "runqsize", "goroutines in its ring, without runnext"},
	{"P", "gfreecnt", "ended goroutines kept for reuse"},
	{"P", "timerslen", "timers in its heap"},
	{"M", "p", "the P that it has"},
	{"M", "curg", "the goroutine that it runs"},
	{"M", "mallocing", "1 while it allocates memory"},
	{"M", "throwing", "not 0 while it ends the program for a fatal error"},
	{"M", "preemptoff", "why its goroutine must not be preempted now"},
	{"M", "locks", "locks of the runtime that it holds, and other reasons not to preempt it"},
	{"M", "dying", "not 0 while it prints a panic"},
	{"M", "spinning", "it looks for work to steal"},
	{"M", "blocked", "it sleeps until another thread wakes it"},
	{"M", "lockedg", "the goroutine that is locked to it"},
	{"G", "status", "1 runnable, 2 running, 3 in a system call, 4 waiting, 6 dead, 8 copying its stack, 9 preempted; 4096 more while its stack is scanned; in parentheses, why it waits or last waited"},
	{"G", "m", "the thread that runs it"},
	{"G", "lockedm", "the thread that it is locked to"},
}
