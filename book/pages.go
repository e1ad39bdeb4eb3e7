package book

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"runtime"
	"slices"
	"strings"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/ledger"
)

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"inline":   inline,
	"premise":  premise,
	"question": question,
	"class":    func(k excerpt.TokenKind) string { return strings.ToLower(fmt.Sprint(k)) },
	"add":      func(a, b int) int { return a + b },
}).ParseFS(templateFiles, "templates/*.html"))

const htmlType = "text/html; charset=utf-8"

// frame is what every page has around its own content.
type frame struct {
	Title   string
	Section string // which entry of the navigation is this one
	Machine string // what experiments run on
	Page    any
}

// experimentPage is the content of experiment.html.
type experimentPage struct {
	*experiment.Experiment
	Chapter  experiment.Chapter
	Number   int // in its chapter, from 1
	Title    string
	Story    template.HTML
	Why      template.HTML
	Previous *neighbour
	Next     *neighbour
	Answers  []ledger.Row
}

type neighbour struct{ Route, Title string }

// labPage is the content of lab.html.
type labPage struct {
	Lab
	Story template.HTML
	Hints template.HTML
	Why   template.HTML
	Given []givenFile
	Works bool // there is something to work with
}

// contentsPage is the content of contents.html.
type contentsPage struct {
	Chapters []contentsChapter
	Tracks   []labTrack
	Kills    int  // answers that the labs' judges are known to reject
	Works    bool // the learner's progress can be asked for
	Open     int  // claims that no experiment has answered yet
	Claims   int
}

type labTrack struct {
	Name string
	Labs []Lab
}

type contentsChapter struct {
	experiment.Chapter
	Entries []contentsEntry
}

type contentsEntry struct {
	*experiment.Experiment
	Title string
}

// claimsPage is the content of claims.html.
type claimsPage struct {
	Sections []claimsSection
	Counts   []verdictCount
}

type claimsSection struct {
	ledger.Section
	Rows []ledger.Row
}

type verdictCount struct {
	Verdict ledger.Verdict
	Count   int
}

// addPages renders every page into the documents.
func (s *Server) addPages() error {
	titles := make(map[string]string)
	if err := s.addExperiments(titles); err != nil {
		return err
	}
	for _, lab := range s.notebook.Labs {
		if err := s.addLab(lab); err != nil {
			return err
		}
	}
	err := s.addPage("/", "contents", frame{Title: "Contents", Section: "contents", Page: s.contents(titles)})
	if err != nil {
		return err
	}
	if err := s.addPage("/judges", "judges", frame{Title: "Judges", Section: "judges", Page: s.judges()}); err != nil {
		return err
	}
	if err := s.addPage("/claims", "claims", frame{Title: "Claims", Section: "claims", Page: s.claims()}); err != nil {
		return err
	}
	if err := s.addPage("", "missing", frame{Title: "No such page"}); err != nil {
		return err
	}
	s.missing = s.documents[""]
	delete(s.documents, "")
	return nil
}

func (s *Server) addLab(lab Lab) error {
	p, err := setPage("labs/"+lab.Name, lab.Files, s.resolve)
	if err != nil {
		return err
	}
	given, err := readGiven(lab)
	if err != nil {
		return err
	}
	return s.addPage("/lab/"+lab.Name, "lab", frame{Title: lab.Title, Section: "contents", Page: labPage{
		Lab: lab, Story: p.story, Hints: p.hints, Why: p.why, Given: given, Works: s.notebook.Exercises != nil,
	}})
}

// addExperiments renders the pages of the experiments, and notes their titles by ID.
func (s *Server) addExperiments(titles map[string]string) error {
	type placed struct {
		chapter experiment.Chapter
		number  int
		e       *experiment.Experiment
		set     prose
	}
	var all []placed
	for _, chapter := range s.notebook.Catalogue {
		for i, e := range chapter.Experiments {
			p, err := setPage(e.ID, e.Files, s.resolve)
			if err != nil {
				return err
			}
			titles[e.ID] = p.title
			all = append(all, placed{chapter, i + 1, e, p})
		}
	}
	at := func(i int) *neighbour {
		if i < 0 || i >= len(all) {
			return nil
		}
		return &neighbour{"/" + all[i].e.ID, all[i].set.title}
	}
	for i, p := range all {
		err := s.addPage("/"+p.e.ID, "experiment", frame{Title: p.set.title, Section: "contents", Page: experimentPage{
			Experiment: p.e, Chapter: p.chapter, Number: p.number, Title: p.set.title,
			Story: p.set.story + p.set.hints, Why: p.set.why, Previous: at(i - 1), Next: at(i + 1),
			Answers: s.answers(p.e),
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// answers returns the claims that e answers.
func (s *Server) answers(e *experiment.Experiment) []ledger.Row {
	var rows []ledger.Row
	for _, row := range s.notebook.Ledger {
		if slices.Contains(e.Claims, row.ID) {
			rows = append(rows, row)
		}
	}
	return rows
}

// resolve is the resolver of this book.
func (s *Server) resolve(target string) (route string, err error) {
	routes := map[string]string{"": "/", "claims": "/claims", "judges": "/judges"}
	for e := range s.notebook.Catalogue.All() {
		routes[e.ID] = "/" + e.ID
	}
	for _, lab := range s.notebook.Labs {
		routes["labs/"+lab.Name], routes["lab/"+lab.Name] = "/lab/"+lab.Name, "/lab/"+lab.Name
	}
	route, ok := routes[target]
	if !ok {
		known := slices.Sorted(maps.Keys(routes))
		return "", hint.With(errors.New("leads nowhere in the book"), "%s",
			hint.Meant(target, known, "link to the page.md of an experiment or of a lab"))
	}
	return route, nil
}

func (s *Server) contents(titles map[string]string) contentsPage {
	page := contentsPage{Works: s.notebook.Exercises != nil, Claims: len(s.notebook.Ledger)}
	for _, lab := range s.notebook.Labs {
		if n := len(page.Tracks); n == 0 || page.Tracks[n-1].Name != lab.Track {
			page.Tracks = append(page.Tracks, labTrack{Name: lab.Track})
		}
		last := &page.Tracks[len(page.Tracks)-1]
		last.Labs = append(last.Labs, lab)
		page.Kills += len(lab.Kills)
	}
	for _, chapter := range s.notebook.Catalogue {
		c := contentsChapter{Chapter: chapter}
		for _, e := range chapter.Experiments {
			c.Entries = append(c.Entries, contentsEntry{e, titles[e.ID]})
		}
		page.Chapters = append(page.Chapters, c)
	}
	for _, row := range s.notebook.Ledger {
		if row.Verdict == ledger.Open {
			page.Open++
		}
	}
	return page
}

func (s *Server) claims() claimsPage {
	var page claimsPage
	for _, v := range []ledger.Verdict{ledger.Holds, ledger.Refined, ledger.Wrong, ledger.History, ledger.Open} {
		page.Counts = append(page.Counts, verdictCount{Verdict: v})
	}
	for _, section := range ledger.Sections {
		sorted := claimsSection{Section: section}
		for _, row := range s.notebook.Ledger {
			if row.Section() == section.Letter {
				sorted.Rows = append(sorted.Rows, row)
				i := slices.IndexFunc(page.Counts, func(c verdictCount) bool { return c.Verdict == row.Verdict })
				page.Counts[i].Count++
			}
		}
		if len(sorted.Rows) > 0 {
			page.Sections = append(page.Sections, sorted)
		}
	}
	return page
}

func (s *Server) addPage(route, name string, f frame) error {
	f.Machine = fmt.Sprintf("%s %s/%s, %d CPUs", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	content, err := render(name, f)
	if err == nil {
		f.Page = content
		content, err = render("frame", f)
	}
	if err != nil {
		return fmt.Errorf("set page %s: %w", route, err)
	}
	if _, taken := s.documents[route]; taken {
		return hint.With(fmt.Errorf("two pages are called %s", route), "rename one of them")
	}
	s.documents[route] = document{htmlType, []byte(content)}
	return nil
}

// render executes one template.
func render(name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, name, data)
	return template.HTML(b.String()), err
}
