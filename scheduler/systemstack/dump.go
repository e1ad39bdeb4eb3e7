package systemstack

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// dump is what the runtime says about the thread that a fatal signal has hit.
type dump struct {
	m         int
	goroutine int
	stack     []string // functions, innermost first
}

var (
	threadLine    = regexp.MustCompile(`(?m)^PC=0x[0-9a-f]+ m=(\d+) `)
	goroutineLine = regexp.MustCompile(`(?m)^goroutine (\d+) .*:\n`)
)

// parseDump reads the beginning of what a program prints that dies of SIGQUIT, with
// GOTRACEBACK=system: the thread, then the goroutine that was on it.
func parseDump(text string) (d dump, err error) {
	thread := threadLine.FindStringSubmatch(text)
	header := goroutineLine.FindStringSubmatchIndex(text)
	if thread == nil || header == nil {
		return d, fmt.Errorf("read traceback: neither thread nor goroutine in %q", text[:min(len(text), 200)])
	}
	d.m, _ = strconv.Atoi(thread[1])
	d.goroutine, _ = strconv.Atoi(text[header[2]:header[3]])
	for line := range strings.Lines(text[header[1]:]) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			break // the next goroutine
		}
		if end := strings.LastIndexByte(line, '('); end > 0 && !strings.HasPrefix(line, "\t") {
			d.stack = append(d.stack, line[:end])
		}
	}
	return d, nil
}
