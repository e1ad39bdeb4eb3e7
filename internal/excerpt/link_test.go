package excerpt

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseLinkAcceptsNamesOfDeclarations(t *testing.T) {
	for dest, want := range map[string]Link{
		"runnext.go#run":             {File: "runnext.go", Name: "run"},
		"model/p.go#Machine.Step":    {File: "model/p.go", Name: "Machine.Step"},
		"runnext_test.go#TestÄndern": {File: "runnext_test.go", Name: "TestÄndern"},
		"../model/p.go#Machine.Step": {File: "../model/p.go", Name: "Machine.Step"},
		"a.go#L":                     {File: "a.go", Name: "L"},
		"a.go#L1x":                   {File: "a.go", Name: "L1x"},
		"https://go.dev/src/runtime/proc.go#runqput": {
			Goroot: true, File: "runtime/proc.go", Name: "runqput",
		},
		"https://go.dev/src/sync/mutex.go#Mutex.Lock": {
			Goroot: true, File: "sync/mutex.go", Name: "Mutex.Lock",
		},
	} {
		link, ok := ParseLink(dest)
		require.True(t, ok, dest)
		require.Equal(t, want, link, dest)
	}
}

func TestParseLinkLeavesOtherLinksAlone(t *testing.T) {
	for _, dest := range []string{
		"",
		"#",
		"#run",
		"runnext.go",
		"runnext.go#",
		"runnext.go#_",
		"runnext.go#func",
		"runnext.go#a.b.c",
		"runnext.go#two words",
		"runnext.go#run#run",
		"runnext.go#L10",
		"runnext.go#L10-L20",
		"page.md#run",
		".go#run",
		"model/.go#run",
		"./runnext.go#run",
		"../../model/p.go#run",
		"../model/../p.go#run",
		"../#run",
		"/runnext.go#run",
		`model\p.go#run`,
		"a%2fb.go#run",
		"a.go?x.go#run",
		"file:a.go#run",
		"https://go.dev/src/runtime/proc.go",
		"https://go.dev/src/runtime/proc.go#L7015",
		"https://go.dev/src/../proc.go#runqput",
		"https://go.dev/src//proc.go#runqput",
		"https://go.dev/doc/a.go#run",
		"http://go.dev/src/runtime/proc.go#runqput",
		"https://example.org/src/runtime/proc.go#runqput",
	} {
		link, ok := ParseLink(dest)
		require.False(t, ok, "%q was read as %+v", dest, link)
		require.Zero(t, link)
	}
}
