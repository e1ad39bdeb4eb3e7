package labs

import (
	"fmt"
	"path/filepath"
	"strings"

	"lab.example/gopark/labs/judge"
)

// frame is what the screen shows: a head, a part of the text of the view, and the keys.
func (s *session) frame(width, height int) []line {
	head := s.head(width)
	foot := s.foot(width)
	room := max(1, height-len(head)-len(foot))
	text := s.text(width)
	s.top = min(s.top, max(0, len(text)-room))
	below := len(text) - s.top - room
	text = text[s.top:min(len(text), s.top+room)]
	frame := append(head, text...)
	for len(frame) < height-len(foot) {
		frame = append(frame, line{})
	}
	if below > 0 {
		frame[len(frame)-1] = line{fmt.Sprintf("(%d more lines: space, b, arrows)", below+1), faint}
	}
	return append(frame, foot...)
}

func (s *session) head(width int) []line {
	passed := 0
	for _, l := range s.all {
		if l.State == "passed" {
			passed++
		}
	}
	now := s.all[s.at]
	lines := []line{
		{fmt.Sprintf("%s: %s", now.Name, now.Title), bold},
		{fmt.Sprintf("%s, %s; lab %d of %d, %d passed", answerName(s.lab()), now.State, s.at+1, len(s.all), passed), faint},
		{},
	}
	if s.progress != "" {
		lines = append(lines, line{cut(printable(s.progress)+" ...", width), faint})
	}
	if s.notice != "" {
		for _, text := range wrapped(s.notice, "", width) {
			lines = append(lines, line{text, plain})
		}
	}
	return lines
}

func (s *session) foot(width int) []line {
	keys := "n next  p previous  h hint  l list  a answer  r reset  u undo  Enter check  c check all  q quit"
	lines := []line{{}}
	for _, text := range wrapped(keys, "", width) {
		lines = append(lines, line{text, faint})
	}
	return lines
}

func (s *session) text(width int) []line {
	switch s.view {
	case viewList:
		return s.listText()
	case viewHints:
		return s.hintsText(width)
	case viewAnswer:
		return s.answerText(width)
	}
	return s.verdictText(width)
}

func (s *session) verdictText(width int) (lines []line) {
	e, ok := s.last[s.lab().Name]
	folder := filepath.Dir(answerName(s.lab()))
	switch {
	case !ok && s.all[s.at].State == "new":
		return []line{{"not begun: Enter begins it", plain}}
	case !ok && s.progress == "" && s.all[s.at].Verdict != "":
		return []line{{fmt.Sprintf("%s, when it was checked last: Enter checks it again", s.all[s.at].Verdict), plain}}
	case !ok && s.progress == "":
		return []line{{"not checked: save it, or press Enter", plain}}
	case !ok:
		return nil
	case e.err != nil:
		for _, text := range wrapped("cannot be judged: "+e.err.Error(), "", width) {
			lines = append(lines, line{text, red})
		}
		return lines
	}
	colour := red
	if e.result.Verdict == judge.Pass {
		colour = green
	}
	lines = append(lines, line{strings.ToUpper(string(e.result.Verdict)), colour})
	for _, text := range wrapped(e.result.Message, "  ", width) {
		lines = append(lines, line{text, plain})
	}
	if e.result.Place != "" {
		lines = append(lines, line{"  at    " + printable(below(folder, e.result.Place)), plain})
	}
	if e.result.Test != "" {
		lines = append(lines, line{"  test  " + printable(e.result.Test), plain})
	}
	if e.result.Verdict == judge.Pass {
		lines = append(lines, line{}, line{"a shows the answer and why it works; n goes on to the next lab", plain})
	}
	return append(lines, stacksText(e.result.Evidence)...)
}

// stacksText shows what the goroutines were doing.
func stacksText(e *judge.Evidence) (lines []line) {
	if e == nil {
		return nil
	}
	for _, g := range e.Groups {
		lines = append(lines, line{}, line{printable(fmt.Sprintf("  %d x %s", g.Count, g.Doing)), bold})
		for _, f := range g.Stack {
			lines = append(lines, line{"      " + printable(f), plain})
		}
		if g.From != "" {
			lines = append(lines, line{"      started at " + printable(g.From), faint})
		}
	}
	return lines
}

func (s *session) listText() (lines []line) {
	track := ""
	for i, l := range s.all {
		if l.Track != track {
			track = l.Track
			lines = append(lines, line{track, bold})
		}
		mark, state, colour := "  ", l.State, plain
		if i == s.at {
			mark = "> "
		}
		if l.State == "started" && l.Verdict != "" {
			state, colour = string(l.Verdict), red
		}
		if l.State == "passed" {
			colour = green
		}
		lines = append(lines, line{fmt.Sprintf("%s%-12s %-12s %s", mark, l.Name, state, l.Title), colour})
	}
	return append(lines, line{}, line{"n and p choose, Enter goes there", faint})
}

func (s *session) hintsText(width int) (lines []line) {
	all := s.lab().Page().Hints
	for _, text := range all[:min(s.hints, len(all))] {
		title, text, _ := strings.Cut(text, "\n")
		lines = append(lines, line{strings.TrimLeft(title, "# "), bold})
		lines = append(lines, paragraphs(text, width)...)
		lines = append(lines, line{})
	}
	if left := len(all) - s.hints; left > 0 {
		lines = append(lines, line{fmt.Sprintf("h shows one more, of %d", left), faint})
	}
	return lines
}

func (s *session) answerText(width int) (lines []line) {
	for text := range strings.Lines(s.answer.Answer) {
		lines = append(lines, line{printable(strings.TrimRight(text, "\n")), plain})
	}
	return append(append(lines, line{}), paragraphs(s.answer.Why, width)...)
}

// paragraphs wraps the text of a page.
func paragraphs(text string, width int) (lines []line) {
	for p := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		for item := range strings.SplitSeq(p, "\n* ") {
			for _, text := range wrapped(item, "", width) {
				lines = append(lines, line{text, plain})
			}
		}
		lines = append(lines, line{})
	}
	return lines
}
