package plain

import "golang.org/x/sys/unix"

const nanosleep = unix.SYS_NANOSLEEP
