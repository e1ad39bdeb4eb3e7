//go:build !linux

package redpacket

import "time"

var began = time.Now()

// threadTime returns the time, in ns.
func threadTime() int64 { return int64(time.Since(began)) }
