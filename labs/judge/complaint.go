package judge

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ErrLab is wrapped by errors that say that a lab cannot be compiled for reasons that
// lie outside of the answer.
var ErrLab = errors.New("the lab cannot be compiled")

var (
	// "vet: labs/x/answer.go:9:2: undefined: y": type errors come from vet too, with a prefix.
	complaintForm = regexp.MustCompile(`(?m)^(vet: )?(?:\S*/)?([^/\s:]+\.go):(\d+)(?::\d+)?: (.*)$`)
	packagesForm  = regexp.MustCompile(`(?m)^found packages .*\banswer\.go\b.*\)`)
	// The compiler complains about the later of two declarations: that of the lab.
	sameName = regexp.MustCompile(`(?m)^\t(?:\S*/)?answer\.go:(\d+)(?::\d+)?: other declaration of (\S+)$`)
	// The go command heads what the compiler says with "# path [path.test]", and what
	// vet says with a second line.
	vetForm = regexp.MustCompile(`(?m)^# \[\S+\]$`)
)

// ReadBuild reads what go test -c printed when it failed. What is said about the
// answer goes before what is said about the files around it. If nothing in it is
// about Go source, or if a file of the lab imports what is not to be had, it returns
// ErrLab with the output.
func ReadBuild(output string) (Finding, error) {
	broken := fmt.Errorf("%w: %s", ErrLab, strings.TrimSpace(output))
	if m := packagesForm.FindString(output); m != "" {
		return Finding{Verdict: Build, Message: m + ": the package clause of answer.go must be that of the lab"}, nil
	}
	complaints := complaintForm.FindAllStringSubmatch(output, -1)
	if len(complaints) == 0 {
		return Finding{}, broken
	}
	chosen := complaints[max(0, slices.IndexFunc(complaints, func(c []string) bool { return c[2] == answerFile }))]
	if chosen[2] != answerFile && strings.Contains(output, "[setup failed]") {
		return Finding{}, broken
	}
	if other := sameName.FindStringSubmatch(output); other != nil && strings.Contains(chosen[4], "redeclared") {
		return Finding{
			Verdict: Build,
			Message: fmt.Sprintf("%s is declared in %s, too: call yours something else", other[2], chosen[2]),
			Place:   answerFile + ":" + other[1],
		}, nil
	}
	f := Finding{Verdict: Build, Message: strings.TrimSuffix(chosen[4], "; to add it:"), Place: chosen[2] + ":" + chosen[3]}
	if vetForm.MatchString(output) && chosen[1] == "" {
		f.Verdict = Vet
	}
	return f, nil
}
