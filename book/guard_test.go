package book

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// routes is one request line for every route, and for what is no route.
var routes = []string{
	"GET /", "GET /demo/order", "GET /lab/gate", "GET /claims", "GET /static/book.css", "GET /static/page.js",
	"POST /runs", "GET /runs/x/events", "DELETE /runs/x",
	"GET /labs", "GET /labs/gate/sheet", "PUT /labs/gate/sheet", "POST /labs/gate/checks", "POST /labs/gate/reset", "POST /labs/gate/undo",
	"POST /labs/gate/hint", "POST /labs/gate/answer", "GET /checks/x/events", "DELETE /checks/x", "GET /nowhere", "GET /favicon.ico", "POST /demo/order",
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"}

// fenced serves the test notebook behind the layers that are not dropped.
func fenced(t *testing.T, dropped ...string) *served {
	t.Helper()
	n := notebook()
	n.Exercises = newFakeExercises()
	s, err := New(n)
	require.NoError(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	site := s.open(ctx, ln.Addr().String())
	layers := slices.DeleteFunc(site.gate.layers(), func(l layer) bool { return slices.Contains(dropped, l.name) })
	require.Len(t, layers, len(site.gate.layers())-len(dropped), "a layer to drop does not exist")
	fenced := &served{Server: s, ln: ln}
	inside := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fenced.mu.Lock()
		fenced.inside = append(fenced.inside, r.Method+" "+r.URL.Path)
		fenced.mu.Unlock()
		site.routes().ServeHTTP(w, r)
	})
	server := &http.Server{Handler: guard(inside, layers)}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	t.Cleanup(func() {
		cancel()
		site.runs.close()
		site.checks.close()
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	return fenced
}

// hostile is one request that must not get in. In its text, HOST is the address of
// the notebook, PORT its port, and COOKIE the header with the victim's valid cookie.
type hostile struct{ class, text string }

func (h hostile) fill(s *served) string {
	_, port, _ := net.SplitHostPort(s.authority())
	return strings.NewReplacer("HOST", s.authority(), "PORT", port,
		"COOKIE", "Cookie: "+s.cookie().Name+"="+s.token).Replace(h.text)
}

func request(line string, headers ...string) string {
	return line + " HTTP/1.1\r\n" + strings.Join(append(headers, "Connection: close", "Content-Length: 0"), "\r\n") + "\r\n\r\n"
}

// isIn reports whether an answer shows that the request went past the guard.
func isIn(status int) bool {
	return status != http.StatusForbidden && status != http.StatusUnauthorized && status != http.StatusBadRequest && status != 0
}

var hosts = []string{
	"localhost:PORT", "LOCALHOST:PORT", "localhost", "evil.example", "evil.example:PORT", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:PORT.", "127.0.0.1.:PORT",
	"[::1]:PORT", "[::1]", "0.0.0.0:PORT", "127.1:PORT", "127.0.0.2:PORT", "2130706433:PORT", "0x7f000001:PORT", "127.0.0.1.evil.example:PORT",
	"evil@127.0.0.1:PORT", "127.0.0.1:PORT@evil.example", "127.0.0.1:0PORT", "127.0.0.1:PORT,evil.example", "127.0.0.1:PORT/", "[::ffff:127.0.0.1]:PORT", "",
}

var origins = []string{
	"null", "http://evil.example", "https://HOST", "http://127.0.0.1", "http://127.0.0.1:1", "http://localhost:PORT", "http://evil@HOST", "http://evil:x@HOST",
	"http://HOST.evil.example", "http://evil.example/http://HOST", "http://HOST/", "HTTP://HOST", "http://HOST ,http://evil.example", "ws://HOST", "file://", "http://[::1]:PORT", "",
}

func hostiles() []hostile {
	var all []hostile
	add := func(class, text string) { all = append(all, hostile{class, text}) }
	for _, route := range routes {
		for _, host := range hosts {
			add("rebinding", request(route, "Host: "+host, "COOKIE"))
		}
		method, path, _ := strings.Cut(route, " ")
		for _, line := range []string{" http://evil.example" + path, " http://HOST" + path, " //HOST" + path, " http://evil@HOST" + path} {
			if line != " //HOST"+path { // that is a path, and an unknown one
				add("smuggling", request(method+line, "Host: HOST", "COOKIE"))
				add("smuggling", request(method+line, "Host: evil.example", "COOKIE"))
			}
		}
		add("smuggling", request(route, "Host: HOST", "Host: evil.example", "COOKIE"))
		add("smuggling", request(route, "Host: evil.example", "Host: HOST", "COOKIE"))
		add("smuggling", route+" HTTP/1.0\r\nCOOKIE\r\n\r\n")
		add("smuggling", route+" HTTP/1.0\r\nHost: evil.example\r\nCOOKIE\r\n\r\n")
		for _, origin := range origins {
			for _, site := range []string{"", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"} {
				if headers := []string{"Host: HOST", "COOKIE", "Origin: " + origin}; site == "" {
					add("origin", request(route, headers...))
				} else {
					add("origin", request(route, append(headers, site)...))
				}
			}
		}
		add("origin", request(route, "Host: HOST", "COOKIE", "Origin: http://HOST", "Origin: http://evil.example"))
		for _, site := range []string{"same-site", "cross-site", "", "SAME-ORIGIN", "none, cross-site", "evil"} {
			for _, m := range methods {
				add("fetch-site", request(m+" "+path, "Host: HOST", "COOKIE", "Sec-Fetch-Site: "+site))
			}
		}
		add("fetch-site", request(route, "Host: HOST", "COOKIE", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"))
	}
	return all
}

func TestHostileRequestsStayOut(t *testing.T) {
	s := serve(t, nil)
	tried := make(map[string]int)
	for _, h := range hostiles() {
		status, _ := raw(t, s.authority(), h.fill(s))
		require.False(t, isIn(status), "let in with status %d:\n%s", status, h.fill(s))
		tried[h.class]++
	}
	t.Log("hostile requests, none let in:", tried)
}

// The control: the same requests at a server without a guard.
func TestHostileRequestsGetInWithoutGuard(t *testing.T) {
	s := fenced(t, "headers", "host", "fetch-site", "origin", "cross-origin", "token", "body")
	tried, in := make(map[string]int), make(map[string]int)
	for _, h := range hostiles() {
		tried[h.class]++
		if status, _ := raw(t, s.authority(), h.fill(s)); isIn(status) {
			in[h.class]++
		}
	}
	t.Log("tried:", tried, "let in without a guard:", in)
	for class, n := range tried {
		require.Greater(t, in[class], n/2, class)
	}
}

func TestEveryRouteNeedsTheToken(t *testing.T) {
	s := serve(t, nil)
	bad := []string{"X-Nothing: 1", "Cookie: NAME=", "Cookie: NAME=wrong", "Cookie: gopark_1=TOKEN", "Cookie: NAME=TOKENx", "Cookie: name=TOKEN", "Authorization: Bearer TOKEN"}
	tried := 0
	for _, route := range routes {
		_, path, _ := strings.Cut(route, " ")
		for _, method := range methods {
			for _, credentials := range bad {
				credentials = strings.NewReplacer("NAME", s.cookie().Name, "TOKEN", s.token).Replace(credentials)
				status, _ := raw(t, s.authority(), request(method+" "+path, "Host: "+s.authority(), credentials))
				require.Equal(t, http.StatusUnauthorized, status, "%s %s with %s", method, path, credentials)
				tried++
			}
		}
	}
	t.Log(tried, "requests without the token, none let in")
}

// Every layer is needed: without it something gets in that was kept out before.
func TestEachLayerHolds(t *testing.T) {
	tests := []struct {
		name    string
		dropped []string // the layer in question is the last one
		text    string
	}{
		{"a name that was made to resolve to us", []string{"host"}, request("GET /", "Host: evil.example", "COOKIE")},
		{"a proxy's request line", []string{"host"}, request("GET http://HOST/", "Host: HOST", "COOKIE")},
		{"a script tag on another page", []string{"fetch-site"}, request("GET /static/page.js", "Host: HOST", "COOKIE", "Sec-Fetch-Site: cross-site")},
		{"an image on another port's page", []string{"fetch-site"}, request("GET /runs/x/events", "Host: HOST", "COOKIE", "Sec-Fetch-Site: same-site")},
		{"a stream for another page", []string{"origin"}, request("GET /runs/x/events", "Host: HOST", "COOKIE", "Origin: http://evil.example")},
		{"an origin with a user name", []string{"origin"}, request("POST /runs", "Host: HOST", "COOKIE", "Origin: http://evil@HOST")},
		// The layers before it keep out all that this one would: it is the second lock.
		{"a form on another page", []string{"fetch-site", "origin", "cross-origin"}, request("POST /runs", "Host: HOST", "COOKIE", "Origin: http://evil.example", "Sec-Fetch-Site: cross-site")},
		{"another user of this machine", []string{"token"}, request("GET /", "Host: HOST")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			last := len(test.dropped) - 1
			h := hostile{text: test.text}
			with := fenced(t, test.dropped[:last]...)
			status, _ := raw(t, with.authority(), h.fill(with))
			require.False(t, isIn(status), "let in with status %d", status)
			without := fenced(t, test.dropped...)
			status, _ = raw(t, without.authority(), h.fill(without))
			require.True(t, isIn(status), "kept out even without %s: status %d", test.dropped[last], status)
		})
	}
}

func TestFriendlyRequestsGetIn(t *testing.T) {
	s := serve(t, nil)
	tests := map[string]int{
		request("GET /", "Host: HOST", "COOKIE"):                                                               200,
		request("GET /", "Host: HOST", "COOKIE", "Sec-Fetch-Site: none"):                                       200,
		request("GET /demo/order", "Host: HOST", "COOKIE", "Sec-Fetch-Site: same-origin"):                      200,
		request("HEAD /claims", "Host: HOST", "COOKIE"):                                                        200,
		request("GET /nowhere", "Host: HOST", "COOKIE"):                                                        404,
		request("POST /claims", "Host: HOST", "COOKIE"):                                                        405,
		request("GET /runs/x/events", "Host: HOST", "COOKIE"):                                                  404,
		request("DELETE /runs/x", "Host: HOST", "COOKIE", "Origin: http://HOST"):                               404,
		request("POST /runs", "Host: HOST", "COOKIE", "Origin: http://HOST", "Sec-Fetch-Site: same-origin"):    415,
		request("GET /static/book.css", "Host: HOST", "COOKIE", "Cookie: other=1", "Origin: http://HOST"):      200,
		request("GET /static/../static/book.css", "Host: HOST", "COOKIE"):                                      307,
		request("GET /static/..%2f..%2fbook.go", "Host: HOST", "COOKIE"):                                       404,
		request("GET /static/", "Host: HOST", "COOKIE"):                                                        404,
		request("GET /static/book.css%00.js", "Host: HOST", "COOKIE"):                                          404,
		request("GET /?token="+s.token, "Host: HOST"):                                                          303,
		request("GET /?token=wrong", "Host: HOST", "COOKIE"):                                                   401,
		request("GET /?token=", "Host: HOST", "COOKIE"):                                                        401,
		request("POST /runs?token="+s.token, "Host: HOST"):                                                     401,
		request("GET /demo/order?token="+s.token, "Host: HOST", "Sec-Fetch-Site: none"):                        303,
		request("GET /?token="+s.token, "Host: evil.example"):                                                  403,
		request("GET /?token="+s.token, "Host: HOST", "Origin: null"):                                          403,
		request("GET /?token="+s.token, "Host: HOST", "Sec-Fetch-Site: cross-site"):                            403,
		request("GET /demo/order?token="+s.token, "Host: HOST", "Sec-Fetch-Site: cross-site", navigate):        403,
		request("POST /?token="+s.token, "Host: HOST", "Sec-Fetch-Site: cross-site", navigate):                 403,
		request("GET /?token=wrong", "Host: HOST", "Sec-Fetch-Site: cross-site", navigate):                     403,
		request("GET /?token="+s.token, "Host: HOST", "Sec-Fetch-Site: cross-site", navigate):                  200,
		request("GET /?token="+s.token, "Host: HOST", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"): 403,
	}
	for text, want := range tests {
		h := hostile{text: text}
		status, _ := raw(t, s.authority(), h.fill(s))
		require.Equal(t, want, status, h.fill(s))
	}
}

const navigate = "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document"

func TestLogin(t *testing.T) {
	s := serve(t, nil)
	login := func(path string, headers ...string) (int, http.Header) {
		return raw(t, s.authority(), request("GET "+path+"?token="+s.token, append(headers, "Host: "+s.authority())...))
	}
	_, port, _ := net.SplitHostPort(s.authority())
	cookie := fmt.Sprintf("gopark_%s=%s; Path=/; HttpOnly; SameSite=Strict", port, s.token)
	for path, want := range map[string]string{"/": "/", "/demo/order": "/demo/order", "//evil.example/x": "/evil.example/x", "/%2f%2fevil": "/%2f%2fevil"} {
		status, head := login(path)
		require.Equal(t, http.StatusSeeOther, status)
		require.Equal(t, want, head.Get("Location"))
		require.Equal(t, []string{cookie}, head.Values("Set-Cookie"))
	}
	status, head := login("/", "Sec-Fetch-Site: cross-site", navigate)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, []string{cookie}, head.Values("Set-Cookie"))
	require.Empty(t, head.Get("Location"))
}

func TestTokensDiffer(t *testing.T) {
	a, err := New(notebook())
	require.NoError(t, err)
	b, err := New(notebook())
	require.NoError(t, err)
	require.Len(t, a.token, 64)
	require.NotEqual(t, a.token, b.token)
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	s := serve(t, nil)
	want := map[string]string{
		"Content-Security-Policy":      policy,
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
	}
	for _, route := range routes {
		for _, headers := range [][]string{{"Host: HOST", "COOKIE"}, {"Host: HOST"}, {"Host: evil.example"}} {
			h := hostile{text: request(route, headers...)}
			_, head := raw(t, s.authority(), h.fill(s))
			for name, value := range want {
				require.Equal(t, value, head.Get(name), "%s of %s with %s", name, route, headers)
			}
		}
	}
	without := fenced(t, "headers")
	_, head := raw(t, without.authority(), hostile{text: request("GET /", "Host: HOST", "COOKIE")}.fill(without))
	require.Empty(t, head.Get("Content-Security-Policy"), "the control: the layer makes the difference")
}

func TestBodiesAreBounded(t *testing.T) {
	post := func(s *served) int {
		body := `{"experiment": "` + strings.Repeat("x", maxBody) + `"}`
		text := fmt.Sprintf("POST /runs HTTP/1.1\r\nHost: HOST\r\nCOOKIE\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		status, _ := raw(t, s.authority(), hostile{text: text}.fill(s))
		return status
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, post(serve(t, nil)))
	require.Equal(t, http.StatusNotFound, post(fenced(t, "body")), "the control: read whole, and there is no such experiment")

	s := serve(t, nil)
	status, _ := raw(t, s.authority(), request("GET /", "Host: "+s.authority(), "X-Large: "+strings.Repeat("x", 64<<10)))
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, status)
}
