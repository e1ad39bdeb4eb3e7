package book

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/exercise"
	"lab.example/gopark/internal/hint"
)

// fakeExercises is a learner's work on one lab, which passes if it says "right".
type fakeExercises struct {
	ready error
	check func(ctx context.Context, text string, told func(stage string, runs, of int)) (exercise.Judgement, error) // nil means at once

	mu    sync.Mutex
	sheet exercise.Sheet
	kept  string
}

const fakeStart = "package gate\n\nfunc Shut() {\n\twrong\n}\n"

func newFakeExercises() *fakeExercises {
	return &fakeExercises{sheet: exercise.Sheet{File: "work/gate/answer.go", Text: fakeStart, Stages: []string{"build", "tests"}}}
}

func fakeHash(text string) string { return fmt.Sprintf("%x", text) }

// edit saves as an editor would.
func (f *fakeExercises) edit(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.putLocked(text)
}

func (f *fakeExercises) putLocked(text string) { f.sheet.Text, f.sheet.Hash = text, fakeHash(text) }

func (f *fakeExercises) now() exercise.Sheet {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sheet
}

// do changes the work and returns how it is then.
func (f *fakeExercises) do(change func()) (exercise.Sheet, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	return f.sheet, nil
}

func (f *fakeExercises) Ready() error { return f.ready }

func (f *fakeExercises) Load(context.Context, string) (exercise.Sheet, error) { return f.now(), nil }

func (f *fakeExercises) Save(_ context.Context, _, text, base string, keep bool) (s exercise.Sheet, saved bool, err error) {
	s, err = f.do(func() {
		there := f.sheet.Hash != "" && text == f.sheet.Text
		if saved = there || base == f.sheet.Hash; !saved || there {
			return
		}
		if keep {
			f.kept, f.sheet.Kept = f.sheet.Text, true
		}
		f.putLocked(text)
	})
	return s, saved, err
}

func (f *fakeExercises) Check(ctx context.Context, _ string, told func(stage string, runs, of int)) (exercise.Judgement, error) {
	check := f.check
	if check == nil {
		check = fakeJudge
	}
	j, err := check(ctx, f.now().Text, told)
	_, _ = f.do(func() { f.sheet.Passed = f.sheet.Passed || j.Passed })
	return j, err
}

func (f *fakeExercises) Hint(context.Context, string) (exercise.Sheet, error) {
	return f.do(func() { f.sheet.Hints = min(f.sheet.Hints+1, 2) })
}

func (f *fakeExercises) Reset(context.Context, string) (exercise.Sheet, error) {
	return f.do(func() {
		f.kept, f.sheet.Kept = f.sheet.Text, true
		f.putLocked(fakeStart)
	})
}

func (f *fakeExercises) Undo(context.Context, string) (exercise.Sheet, error) {
	if !f.now().Kept {
		return exercise.Sheet{}, hint.With(errors.New("no answer is kept"), "reset keeps one")
	}
	return f.do(func() { f.putLocked(f.kept) })
}

func (f *fakeExercises) Answer(_ context.Context, _ string, giveUp bool) (source string, shown bool, err error) {
	if !giveUp && !f.now().Passed {
		return "", false, nil
	}
	return "package gate // the lab's own\n", true, nil
}

func (f *fakeExercises) Progress(context.Context) ([]exercise.Standing, error) {
	s := exercise.Standing{Name: "gate", State: "new"}
	if now := f.now(); now.Passed {
		s.State = "passed"
	} else if now.Hash != "" {
		s.State, s.Verdict = "started", "race"
	}
	return []exercise.Standing{s}, nil
}

// fakeJudge finds the line with "wrong" in it.
func fakeJudge(_ context.Context, text string, told func(stage string, runs, of int)) (exercise.Judgement, error) {
	told("build", 0, 0)
	told("tests", 0, 2)
	told("tests", 2, 2)
	j := exercise.Judgement{
		Verdict: "pass", Passed: true, Meaning: "It does what it should.", Message: "2/2 clean", Next: "Read on.", Runs: 2, Took: "1s", Hash: fakeHash(text),
		Stages: []exercise.Stage{{Name: "build", Verdict: "pass"}, {Name: "tests", Verdict: "pass", Runs: 2}}, Groups: []exercise.Group{},
	}
	if before, _, ok := strings.Cut(text, "wrong"); ok {
		line := strings.Count(before, "\n") + 1
		j.Verdict, j.Passed, j.Meaning, j.Message = "race", false, "Nothing orders them.", hostileText
		j.Place, j.Test, j.Output = fmt.Sprintf("answer.go:%d", line), "TestGate", "WARNING: DATA RACE\n"+hostileText
		j.Stages[1].Verdict = "race"
		j.Groups = []exercise.Group{{Count: 2, Doing: "chan send", Stack: []string{"Shut.func1 answer.go:3"}, From: "gate.go:2"}}
	}
	return j, nil
}

// withWork serves the test notebook with work on its lab.
func withWork(t *testing.T, f *fakeExercises) *served {
	return serve(t, func(s *Server) {
		n := notebook()
		n.Exercises = f
		with, err := New(n)
		require.NoError(t, err)
		s.notebook, s.documents = with.notebook, with.documents
	})
}

// ask asks for something in JSON and returns the status and the answer.
func (s *served) ask(t *testing.T, method, path, body string) (status int, answer map[string]any) {
	t.Helper()
	res, text := s.do(t, s.request(t, method, path, body))
	if text != "" {
		require.NoError(t, json.Unmarshal([]byte(text), &answer), text)
	}
	return res.StatusCode, answer
}

func asDraft(text, base string) string {
	body, err := json.Marshal(draft{Text: text, Base: base})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// begin begins a check and returns its id.
func (s *served) begin(t *testing.T, text, base string) string {
	t.Helper()
	status, answer := s.ask(t, http.MethodPost, "/labs/gate/checks", asDraft(text, base))
	require.Equal(t, http.StatusAccepted, status, answer)
	require.Equal(t, text, answer["sheet"].(map[string]any)["text"])
	return answer["check"].(string)
}

// follow opens the stream of a check.
func (s *served) follow(t *testing.T, check string) *stream {
	t.Helper()
	return s.listenTo(t, "/checks/"+check+"/events", 0)
}

func TestLearnerSavesAndChecks(t *testing.T) {
	f := newFakeExercises()
	s := withWork(t, f)
	_, answer := s.ask(t, http.MethodGet, "/labs/gate/sheet", "")
	require.Equal(t, true, answer["ready"])
	require.Equal(t, fakeStart, answer["sheet"].(map[string]any)["text"])

	status, answer := s.ask(t, http.MethodPut, "/labs/gate/sheet", asDraft("mine", ""))
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, fakeHash("mine"), answer["hash"])
	require.Equal(t, "mine", f.now().Text)

	check := s.begin(t, "wrong", fakeHash("mine"))
	all := s.follow(t, check).all(t)
	require.Equal(t, map[string]any{"stage": "build", "runs": 0.0, "of": 0.0}, all[0].data)
	require.Equal(t, map[string]any{"stage": "tests", "runs": 2.0, "of": 2.0}, all[2].data)
	require.Equal(t, "verdict", all[3].event)
	require.Equal(t, "judged", all[3].data["state"])
	require.Equal(t, "race", all[3].data["found"].(map[string]any)["verdict"])
	require.Len(t, all, 4)

	// Who comes back gets it again, and who has had it is told that this was all.
	require.Len(t, s.follow(t, check).all(t), 4)
	require.Equal(t, http.StatusNoContent, s.listenTo(t, "/checks/"+check+"/events", 4).res.StatusCode)
}

// Every request that begins with a text refuses one that was made from another.
func TestNothingIsWrittenOverAnEditor(t *testing.T) {
	f := newFakeExercises()
	s := withWork(t, f)
	s.ask(t, http.MethodPut, "/labs/gate/sheet", asDraft("mine", ""))
	f.edit("by an editor")
	for _, request := range []string{"PUT /labs/gate/sheet", "POST /labs/gate/checks", "POST /labs/gate/reset", "POST /labs/gate/undo"} {
		method, path, _ := strings.Cut(request, " ")
		status, answer := s.ask(t, method, path, asDraft("by the page", fakeHash("mine")))
		require.Equal(t, http.StatusConflict, status, request)
		require.Equal(t, "by an editor", answer["sheet"].(map[string]any)["text"], request)
		require.Equal(t, "by an editor", f.now().Text, request)
	}
	// The control: one that was made from this.
	status, _ := s.ask(t, http.MethodPut, "/labs/gate/sheet", asDraft("by the page", fakeHash("by an editor")))
	require.Equal(t, http.StatusOK, status)
}

func TestLearnerResetsAndUndoes(t *testing.T) {
	f := newFakeExercises()
	s := withWork(t, f)
	status, answer := s.ask(t, http.MethodPost, "/labs/gate/undo", asDraft("mine", ""))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Equal(t, map[string]any{"error": "no answer is kept", "hint": "reset keeps one"}, answer)
	_, answer = s.ask(t, http.MethodPost, "/labs/gate/reset", asDraft("typed and not saved", fakeHash("mine")))
	require.Equal(t, fakeStart, answer["text"])
	_, answer = s.ask(t, http.MethodPost, "/labs/gate/undo", asDraft(fakeStart, fakeHash(fakeStart)))
	require.Equal(t, "typed and not saved", answer["text"])
}

func TestHintsAndAnswers(t *testing.T) {
	f := newFakeExercises()
	s := withWork(t, f)
	_, answer := s.ask(t, http.MethodPost, "/labs/gate/hint", "{}")
	require.Equal(t, 1.0, answer["hints"])
	status, answer := s.ask(t, http.MethodPost, "/labs/gate/answer", `{"giveUp": false}`)
	require.Equal(t, http.StatusConflict, status)
	require.NotContains(t, answer, "source")
	_, answer = s.ask(t, http.MethodPost, "/labs/gate/answer", `{"giveUp": true}`)
	require.Contains(t, answer["source"], "the lab's own")
	_, answer = s.ask(t, http.MethodGet, "/labs", "")
	require.Equal(t, []any{map[string]any{"name": "gate", "state": "new", "verdict": ""}}, answer["labs"])
}

func TestDeskRefuses(t *testing.T) {
	s := withWork(t, newFakeExercises())
	for request, want := range map[string]int{
		"PUT /labs/nowhere/sheet " + asDraft("x", ""):                             http.StatusNotFound,
		"GET /labs/nowhere/sheet ":                                                http.StatusNotFound,
		"POST /labs/nowhere/checks " + asDraft("x", ""):                           http.StatusNotFound,
		"PUT /labs/gate/sheet {":                                                  http.StatusBadRequest,
		`PUT /labs/gate/sheet {"unknown": 1}`:                                     http.StatusBadRequest,
		"PUT /labs/gate/sheet " + asDraft(strings.Repeat("x", maxBody), ""):       http.StatusRequestEntityTooLarge,
		"POST /labs/gate/checks " + asDraft(strings.Repeat("x", maxBody), ""):     http.StatusRequestEntityTooLarge,
		"PUT /labs/gate/sheet " + asDraft(strings.Repeat("x", maxBody-1<<10), ""): http.StatusOK, // the control
		"GET /checks/nowhere/events ":                                             http.StatusNotFound,
		"DELETE /checks/nowhere ":                                                 http.StatusNotFound,
	} {
		method, rest, _ := strings.Cut(request, " ")
		path, body, _ := strings.Cut(rest, " ")
		status, answer := s.ask(t, method, path, body)
		require.Equal(t, want, status, "%s %s", method, path)
		if want != http.StatusOK {
			require.NotEmpty(t, answer["error"], "%s %s", method, path)
		}
	}
	r := s.request(t, http.MethodPost, "/labs/gate/hint", "{}")
	r.Header.Set("Content-Type", "text/plain")
	res, _ := s.do(t, r)
	require.Equal(t, http.StatusUnsupportedMediaType, res.StatusCode)
}

func TestWithoutACheckoutThePageIsToBeRead(t *testing.T) {
	f := newFakeExercises()
	f.ready = hint.With(errors.New("this is not the module"), "change to it")
	s := withWork(t, f)
	status, page := s.get(t, "/lab/gate")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Look there.")
	status, answer := s.ask(t, http.MethodGet, "/labs/gate/sheet", "")
	require.Equal(t, http.StatusOK, status, "nothing has failed")
	require.Equal(t, map[string]any{"ready": false, "error": "this is not the module", "hint": "change to it"}, answer)
	_, answer = s.ask(t, http.MethodGet, "/labs", "")
	require.Equal(t, false, answer["ready"])
	status, _ = s.ask(t, http.MethodPut, "/labs/gate/sheet", asDraft("x", ""))
	require.Equal(t, http.StatusServiceUnavailable, status)
}

func TestNotebookWithoutExercisesHasNoDesk(t *testing.T) {
	s := serve(t, nil)
	status, page := s.get(t, "/lab/gate")
	require.Equal(t, http.StatusOK, status)
	require.NotContains(t, page, "data-works")
	require.Contains(t, page, "gopark lab start gate")
	status, _ = s.get(t, "/labs/gate/sheet")
	require.Equal(t, http.StatusNotFound, status)
}

// slow is a judge that goes on until it is called off, and says when it has begun and
// ended.
type slow struct {
	begun chan string
	ended chan error
}

func newSlow() *slow { return &slow{make(chan string, 4), make(chan error, 4)} }

func (s *slow) judge(ctx context.Context, text string, told func(stage string, runs, of int)) (exercise.Judgement, error) {
	told("tests", 0, 2)
	s.begun <- text
	<-ctx.Done()
	err := fmt.Errorf("judge: %w", context.Cause(ctx))
	s.ended <- err
	return exercise.Judgement{}, err
}

func TestLearnerCallsACheckOff(t *testing.T) {
	f, judge := newFakeExercises(), newSlow()
	f.check = judge.judge
	s := withWork(t, f)
	check := s.begin(t, "x", "")
	stream := s.follow(t, check)
	require.Equal(t, "x", <-judge.begun)
	status, _ := s.ask(t, http.MethodDelete, "/checks/"+check, "")
	require.Equal(t, http.StatusNoContent, status)
	require.ErrorIs(t, <-judge.ended, errByReader)
	verdict := stream.until(t, "verdict")
	require.Equal(t, map[string]any{"state": "stopped", "reason": "stopped by the reader", "found": nil}, verdict.data)
}

func TestNewerCheckSupersedes(t *testing.T) {
	f, judge := newFakeExercises(), newSlow()
	f.check = judge.judge
	s := withWork(t, f)
	first := s.follow(t, s.begin(t, "one", ""))
	require.Equal(t, "one", <-judge.begun)
	second := s.begin(t, "two", fakeHash("one"))
	stream := s.follow(t, second)
	require.ErrorIs(t, <-judge.ended, errSuperseded)
	require.Equal(t, "two", <-judge.begun, "begun after the end of the first")
	require.Equal(t, "superseded by a newer check", first.until(t, "verdict").data["reason"])
	s.ask(t, http.MethodDelete, "/checks/"+second, "")
	stream.until(t, "verdict")
}

// When the page goes, its check goes: not at once, since browsers come back.
func TestCheckEndsWithItsPage(t *testing.T) {
	f, judge := newFakeExercises(), newSlow()
	f.check = judge.judge
	s := withWork(t, f)
	cs := newChecks(t.Context(), f, s.linger)
	defer cs.close()
	c, err := cs.begin("gate")
	require.NoError(t, err)
	<-judge.begun
	one, two := cs.attend(c), cs.attend(c)
	cs.mu.Lock()
	require.False(t, c.forsaken.Stop(), "it does not run while somebody watches")
	cs.mu.Unlock()
	one()
	cs.mu.Lock()
	require.False(t, c.forsaken.Stop(), "one is still there")
	cs.mu.Unlock()
	cs.linger = 1
	two()
	require.ErrorIs(t, <-judge.ended, errForsaken)
	<-c.done
}

func TestCheckThatNobodyEverWatchesEnds(t *testing.T) {
	f, judge := newFakeExercises(), newSlow()
	f.check = judge.judge
	cs := newChecks(t.Context(), f, 1)
	defer cs.close()
	c, err := cs.begin("gate")
	require.NoError(t, err)
	<-c.done
	more, last, _ := c.journal.since(0)
	require.True(t, last)
	require.Contains(t, string(more[len(more)-1].data), errForsaken.Error())
}

func TestChecksEndWithTheServer(t *testing.T) {
	f, judge := newFakeExercises(), newSlow()
	f.check = judge.judge
	s := withWork(t, f)
	stream := s.follow(t, s.begin(t, "x", ""))
	<-judge.begun
	s.stop()
	require.ErrorIs(t, <-judge.ended, errClosing)
	require.Equal(t, "the notebook is closing", stream.until(t, "verdict").data["reason"])
}

func TestCheckThatCannotBeJudged(t *testing.T) {
	f := newFakeExercises()
	f.check = func(context.Context, string, func(string, int, int)) (exercise.Judgement, error) {
		return exercise.Judgement{}, hint.With(errors.New("no go command"), "install Go")
	}
	s := withWork(t, f)
	verdict := s.follow(t, s.begin(t, "x", "")).until(t, "verdict")
	require.Equal(t, map[string]any{"state": "failed", "reason": "no go command", "hint": "install Go", "found": nil}, verdict.data)
}

// The last ones are kept, and no more.
func TestChecksAreForgotten(t *testing.T) {
	cs := newChecks(t.Context(), newFakeExercises(), linger)
	defer cs.close()
	var all []*trial
	for range maxFinished + 2 {
		c, err := cs.begin("gate")
		require.NoError(t, err)
		all = append(all, c)
	}
	cs.wg.Wait()
	_, ok := cs.find(all[0].id)
	require.False(t, ok)
	_, ok = cs.find(all[len(all)-1].id)
	require.True(t, ok)
	require.Empty(t, cs.newest)
	require.Len(t, cs.byID, maxFinished)
}
