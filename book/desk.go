package book

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"

	"lab.example/gopark/internal/exercise"
	"lab.example/gopark/internal/hint"
)

// The desk is where the learner works: the requests of the page of a lab.

// draft is the answer as the page has it, with what it was made from.
type draft struct {
	Text string `json:"text"`
	Base string `json:"base"` // the hash of the text that the page had loaded
	Keep bool   `json:"keep"` // what is in the file may be another text: keep it and go on
}

// surrender asks for the lab's own answer.
type surrender struct {
	GiveUp bool `json:"giveUp"`
}

// deskRoutes adds what is there only if there is something to work with.
func (s *site) deskRoutes(mux *http.ServeMux) {
	if s.notebook.Exercises == nil {
		return
	}
	mux.HandleFunc("GET /labs", s.getProgress)
	mux.HandleFunc("GET /labs/{name}/sheet", s.getSheet)
	mux.HandleFunc("PUT /labs/{name}/sheet", s.withLab(s.putSheet))
	mux.HandleFunc("POST /labs/{name}/checks", s.withLab(s.postCheck))
	mux.HandleFunc("POST /labs/{name}/reset", s.withLab(s.postReset))
	mux.HandleFunc("POST /labs/{name}/undo", s.withLab(s.postUndo))
	mux.HandleFunc("POST /labs/{name}/hint", s.withLab(s.postHint))
	mux.HandleFunc("POST /labs/{name}/answer", s.withLab(s.postAnswer))
	mux.HandleFunc("GET /checks/{id}/events", s.streamCheck)
	mux.HandleFunc("DELETE /checks/{id}", s.deleteCheck)
}

// getProgress says how far the learner is. That there is no place to work in is an answer
// too: nothing has failed, and the page can be read.
func (s *site) getProgress(w http.ResponseWriter, r *http.Request) {
	if err := s.notebook.Exercises.Ready(); err != nil {
		answer(w, http.StatusOK, map[string]any{"ready": false})
		return
	}
	labs, err := s.notebook.Exercises.Progress(r.Context())
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err)
		return
	}
	answer(w, http.StatusOK, map[string]any{"ready": true, "labs": labs})
}

// getSheet is what a page asks when it is opened.
func (s *site) getSheet(w http.ResponseWriter, r *http.Request) {
	if err := s.notebook.Exercises.Ready(); err != nil {
		answer(w, http.StatusOK, map[string]any{"ready": false, "error": err.Error(), "hint": hint.Of(err)})
		return
	}
	s.withLab(func(w http.ResponseWriter, r *http.Request, name string) {
		sheet, err := s.notebook.Exercises.Load(r.Context(), name)
		if err != nil {
			refuse(w, http.StatusUnprocessableEntity, err)
			return
		}
		answer(w, http.StatusOK, map[string]any{"ready": true, "sheet": sheet})
	})(w, r)
}

// withLab calls h for a lab that is in the book, if there is a place to work in.
func (s *site) withLab(h func(w http.ResponseWriter, r *http.Request, name string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		if !slices.ContainsFunc(s.notebook.Labs, func(l Lab) bool { return l.Name == name }) {
			refuse(w, http.StatusNotFound, hint.With(errors.New("no such lab"), "the contents list them all"))
			return
		}
		if err := s.notebook.Exercises.Ready(); err != nil {
			refuse(w, http.StatusServiceUnavailable, err)
			return
		}
		h(w, r, name)
	}
}

// take saves the draft that r brings. If it reports false, w has the answer already.
// Whatever begins with what the page has, begins with this: so nothing that was typed is
// lost, and nothing is judged or replaced but what the learner sees.
func (s *site) take(w http.ResponseWriter, r *http.Request, name string) (exercise.Sheet, bool) {
	var d draft
	if !readJSON(w, r, &d) {
		return exercise.Sheet{}, false
	}
	sheet, saved, err := s.notebook.Exercises.Save(r.Context(), name, d.Text, d.Base, d.Keep)
	switch {
	case err != nil:
		refuse(w, http.StatusUnprocessableEntity, err)
	case !saved:
		answer(w, http.StatusConflict, map[string]any{
			"error": sheet.File + " has been changed elsewhere", "hint": "choose which text is to stay", "sheet": sheet,
		})
	}
	return sheet, err == nil && saved
}

func (s *site) putSheet(w http.ResponseWriter, r *http.Request, name string) {
	if sheet, ok := s.take(w, r, name); ok {
		answer(w, http.StatusOK, sheet)
	}
}

func (s *site) postCheck(w http.ResponseWriter, r *http.Request, name string) {
	sheet, ok := s.take(w, r, name)
	if !ok {
		return
	}
	c, err := s.checks.begin(name)
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	answer(w, http.StatusAccepted, map[string]any{"check": c.id, "sheet": sheet})
}

func (s *site) postReset(w http.ResponseWriter, r *http.Request, name string) {
	if _, ok := s.take(w, r, name); ok {
		reply(w)(s.notebook.Exercises.Reset(r.Context(), name))
	}
}

func (s *site) postUndo(w http.ResponseWriter, r *http.Request, name string) {
	if _, ok := s.take(w, r, name); ok {
		reply(w)(s.notebook.Exercises.Undo(r.Context(), name))
	}
}

func (s *site) postHint(w http.ResponseWriter, r *http.Request, name string) {
	if readJSON(w, r, new(struct{})) {
		reply(w)(s.notebook.Exercises.Hint(r.Context(), name))
	}
}

func (s *site) postAnswer(w http.ResponseWriter, r *http.Request, name string) {
	var how surrender
	if !readJSON(w, r, &how) {
		return
	}
	switch source, shown, err := s.notebook.Exercises.Answer(r.Context(), name, how.GiveUp); {
	case err != nil:
		refuse(w, http.StatusUnprocessableEntity, err)
	case !shown:
		refuse(w, http.StatusConflict, hint.With(errors.New("the lab has not been passed"), "pass it, or give up"))
	default:
		answer(w, http.StatusOK, map[string]string{"source": source})
	}
}

// reply answers with a sheet, or with what went wrong.
func reply(w http.ResponseWriter) func(exercise.Sheet, error) {
	return func(sheet exercise.Sheet, err error) {
		if err != nil {
			refuse(w, http.StatusUnprocessableEntity, err)
			return
		}
		answer(w, http.StatusOK, sheet)
	}
}

// streamCheck is streamRun for a check, which ends when nobody watches it any more.
func (s *site) streamCheck(w http.ResponseWriter, r *http.Request) {
	c, ok := s.checks.find(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusNotFound, errNoCheck)
		return
	}
	defer s.checks.attend(c)()
	s.stream(w, r, c.journal)
}

func (s *site) deleteCheck(w http.ResponseWriter, r *http.Request) {
	c, ok := s.checks.find(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusNotFound, errNoCheck)
		return
	}
	c.cancel(errByReader)
	w.WriteHeader(http.StatusNoContent)
}

var errNoCheck = hint.With(errors.New("no such check"), "only the last %d are kept: check again", maxFinished)

// readJSON reads the body of r into v. If it reports false, w has the answer already.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, errors.New("the notebook is asked in JSON"))
		return false
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		status := http.StatusBadRequest
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			status = http.StatusRequestEntityTooLarge
			err = hint.With(err, "the notebook takes %d kB at once; what is longer is for an editor", maxBody>>10)
		}
		refuse(w, status, err)
		return false
	}
	return true
}
