// Package ctxdemo answers: where do the pages about contexts and interrupts get the
// libraries that they quote, and the records that these are held to?
//
// It carries their source. An experiment's page quotes its own folder, and with Quoting
// those of the libraries beside it.
package ctxdemo

import (
	"embed"
	"io/fs"

	"lab.example/gopark/internal/excerpt"
)

//go:embed interrupt/*.go interrupt/testdata/go.jsonl interrupt/testdata/java.jsonl tree/*.go
var libraries embed.FS

// Quoting returns the files of an experiment's folder in such a form that its page may
// quote the libraries too: [a sleep](../interrupt/wait.go#Handle.Sleep).
func Quoting(own fs.FS) fs.FS { return excerpt.Beside(own, libraries) }

// Java returns what a JVM did in each case that the interrupt library was built to, as JSON, a
// case a line: each was run twelve times on OpenJDK 17, and came out the same.
func Java() ([]byte, error) { return libraries.ReadFile("interrupt/testdata/java.jsonl") }

// Conformance returns what the interrupt library does in each case of Java's record, as JSON, a
// case a line. A test of the library holds it up to date.
func Conformance() ([]byte, error) { return libraries.ReadFile("interrupt/testdata/go.jsonl") }
