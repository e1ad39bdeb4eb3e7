// Package contract asks: can the judges of the labs be trusted?
//
// Hold lays every start and every wrong answer of a track's labs over its lab, and demands
// that it is rejected for the reason that it states; Pass demands that the answers pass.
// There is a folder for each track below this one with nothing but these two tests: they
// take a minute or more, and go test gives a package ten.
//
// Read contract.go (the folders), hold.go and pass.go (the tests) and matrix.go, which writes down, if
// asked, what each detector finds on its own. What a lab promises is in
// labs/contract.go: gopark lab add holds others to it, too.
package contract

// Tracks says which folder holds the contracts of which track.
var Tracks = map[string]string{
	"channels": "goroutines and channels",
	"locks":    "sync",
	"contexts": "context and interrupt",
	"ends":     "panics and signals",
	"delivery": "delivery",
	"koans":    "scheduler koans",
	"tests":    "reverse labs",
}
