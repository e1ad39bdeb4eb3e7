package plain

// nanosleep is no system call here.
const nanosleep = -1
