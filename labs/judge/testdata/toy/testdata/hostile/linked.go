package toy

import (
	"sync"
	_ "unsafe"
)

// It reaches into package testing.
//
//go:linkname panicOnExit0 testing.panicOnExit0
var panicOnExit0 *bool

var once sync.Once

func Total(parts ...int) int { return 0 }

// verdict: build: an answer takes no directives: //go:linkname
