package book

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
)

func TestRunTellsEverything(t *testing.T) {
	s := serve(t, nil)
	all := s.watch(t, s.order(t, "order"), 0).all(t)
	var kinds []string
	for i, m := range all {
		require.Equal(t, i+1, m.id)
		kinds = append(kinds, m.event)
	}
	require.Equal(t, "status", kinds[0])
	require.Equal(t, "result", kinds[len(kinds)-1])
	require.Contains(t, kinds, "note")
	find := func(event string) map[string]any { return all[slices.Index(kinds, event)].data }
	require.Equal(t, map[string]any{"stream": "stdout", "text": "printed by the clerk\n"}, find("output"))
	require.Equal(t, map[string]any{"name": "/customers/served:customers", "path": "customers / served", "unit": "customers", "text": "3"}, find("value"))
	event := find("event")
	require.Equal(t, "Runnable", event["state"])
	require.Equal(t, "G0", event["subject"])
	require.Equal(t, "0s observed G0 NotExist->Runnable", event["text"])
	require.Equal(t, "goroutine 0 is runnable", event["words"])
	require.Len(t, slices.DeleteFunc(kinds, func(k string) bool { return k != "event" }), 6)

	result := all[len(all)-1].data
	require.Equal(t, "supported", result["verdict"])
	require.Equal(t, true, result["right"])
	require.Equal(t, map[string]any{"exit": 0.0, "signal": ""}, result["ending"])
	require.Equal(t, map[string]any{"customers": 3.0}, result["settings"])
	require.Len(t, result["choices"], 2)
}

func TestVerdicts(t *testing.T) {
	s := serve(t, nil)
	tests := []struct{ name, verdict, reason string }{
		{"plain", "supported", ""},
		{"refuted", "refuted", "it was the other way round"},
		{"unmet", "unmet", "needs a better machine"},
		{"broken", "failed", "run demo/broken: the bottom fell out"},
	}
	for _, test := range tests {
		result := s.watch(t, s.order(t, test.name), 0).until(t, "result").data
		require.Equal(t, test.verdict, result["verdict"])
		require.Equal(t, test.reason, result["reason"])
		require.Equal(t, test.verdict == "supported", result["right"] != nil, "only a supported claim can tell who was right")
	}
	run := s.orderAs(t, `{"experiment": "demo/order", "predicted": 1, "knobs": {"customers": 2}}`)
	result := s.watch(t, run, 0).until(t, "result").data
	require.Equal(t, "unjudged", result["verdict"])
	require.Contains(t, result["reason"], "knobs")
}

func TestUnusableOrdersAreRefused(t *testing.T) {
	s := serve(t, nil)
	tests := []struct {
		body   string
		status int
		hint   string
	}{
		{`{"experiment": "demo/order", "predicted": 2, "knobs": {"customers": 0}}`, 400, "customers: 1 to 4000 customers, by default 3"},
		{`{"experiment": "demo/order", "predicted": 2, "knobs": {"prices": 1}}`, 400, "its knobs: customers"},
		{`{"experiment": "demo/order", "predicted": 0}`, 400, "choose one of 1 to 2"},
		{`{"experiment": "demo/order", "predicted": 3}`, 400, "choose one of 1 to 2"},
		{`{"experiment": "demo/oder", "predicted": 1}`, 404, "did you mean demo/order"},
		{`{"experiment": "-exec=sh", "predicted": 1}`, 404, ""},
		{`{"experiment": "demo/order", "predicted": 1, "args": []}`, 400, ""},
		{`{"experiment": "demo/order", "predicted": 1, "knobs": {"customers": 1e3}}`, 400, ""},
		{`{`, 400, ""},
		{`[]`, 400, ""},
	}
	for _, test := range tests {
		res, body := s.do(t, s.request(t, http.MethodPost, "/runs", test.body))
		require.Equal(t, test.status, res.StatusCode, test.body)
		var answer struct{ Error, Hint string }
		require.NoError(t, json.Unmarshal([]byte(body), &answer))
		require.NotEmpty(t, answer.Error)
		require.Contains(t, answer.Hint, test.hint)
	}
	form := s.request(t, http.MethodPost, "/runs", `{"experiment": "demo/order", "predicted": 1}`)
	form.Header.Set("Content-Type", "text/plain")
	res, _ := s.do(t, form)
	require.Equal(t, http.StatusUnsupportedMediaType, res.StatusCode)
}

func TestStreamGoesOnWhereItBroke(t *testing.T) {
	s := serve(t, nil)
	run := s.order(t, "order")
	all := s.watch(t, run, 0).all(t)
	for last := 1; last < len(all); last++ {
		require.Equal(t, all[last:], s.watch(t, run, last).all(t))
	}
	require.Equal(t, http.StatusNoContent, s.watch(t, run, len(all)).res.StatusCode, "nothing more will come: a browser must not ask again")
	require.Equal(t, all, s.watch(t, run, 0).all(t))
}

func TestOldRunsAreForgotten(t *testing.T) {
	s := serve(t, nil)
	first := s.order(t, "plain")
	s.watch(t, first, 0).all(t)
	for range maxFinished {
		require.Equal(t, http.StatusOK, s.watch(t, first, 0).res.StatusCode)
		s.watch(t, s.order(t, "plain"), 0).all(t)
	}
	// The journal closes a moment before the run is put on the list.
	require.Eventually(t, func() bool {
		status, _ := s.get(t, "/runs/"+first+"/events")
		return status == http.StatusNotFound
	}, hang, time.Millisecond)
}

func TestQueue(t *testing.T) {
	s := serve(t, func(s *Server) { s.parallel = 1 })
	first := s.order(t, "endless")
	s.watch(t, first, 0).until(t, "value")
	var queued []string
	for i := range maxQueued {
		queued = append(queued, s.order(t, "plain"))
		status := s.watch(t, queued[i], 0).until(t, "status").data
		require.Equal(t, map[string]any{"state": "queued", "ahead": float64(i + 1)}, status)
	}
	res, body := s.do(t, s.request(t, http.MethodPost, "/runs", `{"experiment": "demo/plain", "predicted": 1}`))
	require.Equal(t, http.StatusTooManyRequests, res.StatusCode, body)

	// One that has not started yet can be stopped, and makes room for another.
	res, _ = s.do(t, s.request(t, http.MethodDelete, "/runs/"+queued[3], ""))
	require.Equal(t, http.StatusNoContent, res.StatusCode)
	require.Equal(t, "stopped", s.watch(t, queued[3], 0).until(t, "result").data["verdict"])
	queued[3] = s.order(t, "plain")

	res, _ = s.do(t, s.request(t, http.MethodDelete, "/runs/"+first, ""))
	require.Equal(t, http.StatusNoContent, res.StatusCode)
	for _, run := range queued {
		require.Equal(t, "supported", s.watch(t, run, 0).until(t, "result").data["verdict"])
	}
}

// requireGone asserts that no process of this id is left.
func requireGone(t *testing.T, value told) {
	t.Helper()
	var pid int
	_, err := fmt.Sscan(value.data["text"].(string), &pid)
	require.NoError(t, err)
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH)
}

func TestReaderStopsRun(t *testing.T) {
	s := serve(t, nil)
	run := s.order(t, "endless")
	stream := s.watch(t, run, 0)
	value := stream.until(t, "value")
	for range 2 { // a second time changes nothing
		res, _ := s.do(t, s.request(t, http.MethodDelete, "/runs/"+run, ""))
		require.Equal(t, http.StatusNoContent, res.StatusCode)
	}
	result := stream.until(t, "result").data
	require.Equal(t, "stopped", result["verdict"])
	require.Equal(t, "stopped by the reader", result["reason"])
	require.Nil(t, result["right"])
	requireGone(t, value)
}

func TestLimitsAreToldInWords(t *testing.T) {
	tests := []struct {
		name, word string
		limits     child.Limits
	}{
		{"endless", "wall-clock", child.Limits{Wall: time.Second}},
		{"slow", "after 1.3s of wall-clock", child.Limits{Wall: time.Second}}, // its own, which is longer
		{"flood", "output", child.Limits{Wall: hang, Output: 1 << 20}},
		{"notes", "report", child.Limits{Wall: hang, Report: 1 << 20}},
		{"hog", "memory", child.Limits{Wall: hang, Memory: 256 << 20}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if child.RaceEnabled && test.limits.Memory > 0 {
				t.Skip("the race detector needs more memory than this limit leaves")
			}
			s := serve(t, func(s *Server) { s.limits = test.limits })
			stream := s.watch(t, s.order(t, test.name), 0)
			status, _ := s.get(t, "/demo/order")
			require.Equal(t, http.StatusOK, status, "the server answers meanwhile")
			result := stream.until(t, "result").data
			require.Equal(t, "unmet", result["verdict"], result["reason"])
			require.Contains(t, result["reason"], test.word)
			require.Nil(t, result["right"])
		})
	}
}

func TestTextStaysText(t *testing.T) {
	s := serve(t, nil)
	all := s.watch(t, s.order(t, "hostile"), 0).all(t)
	var output strings.Builder
	results := 0
	for _, m := range all {
		switch m.event {
		case "note":
			require.Equal(t, strings.ReplaceAll(hostileText, "\u2028", ""), strings.TrimSpace(m.data["text"].(string)))
		case "output":
			output.WriteString(m.data["text"].(string))
		case "result":
			results++
		}
	}
	require.Equal(t, 1, results, "what a process prints cannot end its stream")
	require.Contains(t, output.String(), "data: not a message")
	require.Contains(t, output.String(), "\x1b[31mred\x1b[0m \uFFFD", "invalid bytes are replaced, the rest is the page's to show as text")
}
