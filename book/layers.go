package book

import (
	"fmt"
	"net"
	"net/http"
	"strings"
)

// policy forbids the pages everything that they do not need. Nothing is inline,
// nothing comes from elsewhere, and text cannot become markup in a script.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'"

const maxBody = 64 << 10 // bytes of a request

// program is how a second notebook recognises this one behind a port.
const program = "gopark"

func withHeaders(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		header.Set("Server", program)
		h.ServeHTTP(w, r)
	})
}

func limitBody(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		h.ServeHTTP(w, r)
	})
}

// isOurHost holds off DNS rebinding: a name that an attacker points at 127.0.0.1 is
// still in the Host header. A request line that names a host itself is meant for a
// proxy, which this is not.
func (g gate) isOurHost(r *http.Request) bool {
	return r.Host == g.authority && r.URL.Host == ""
}

// isOurSite asks the browser's own word on who made the request, for every method:
// a GET can read a page and open a stream. Absent is allowed, because programs send
// nothing and must show the token anyway.
func (g gate) isOurSite(r *http.Request) bool {
	if g.isLanding(r) {
		return true
	}
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site != "same-origin" && site != "none" {
			return false
		}
	}
	return true
}

// isOurOrigin compares whole strings: anything that takes an origin apart can be
// fooled about its parts, as by http://evil@127.0.0.1:8787.
func (g gate) isOurOrigin(r *http.Request) bool {
	for _, origin := range r.Header.Values("Origin") {
		if origin != "http://"+g.authority {
			return false
		}
	}
	return true
}

// isLanding recognises the one request from elsewhere that is welcome: the browser
// opens the address that it found in the file which the program wrote for it, and
// calls that cross-site.
func (g gate) isLanding(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == "/" &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" &&
		r.Header.Get("Sec-Fetch-Dest") == "document" &&
		g.isToken(r.URL.Query().Get("token"))
}

// cookieName differs by port, because browsers share cookies between ports and the
// reader may have two notebooks open.
func (g gate) cookieName() string {
	_, port, _ := net.SplitHostPort(g.authority)
	return "gopark_" + port
}

// requireToken lets in who shows the token in the cookie, and turns a token in the
// address into that cookie.
func (g gate) requireToken(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		switch cookie, err := r.Cookie(g.cookieName()); {
		case r.Method == http.MethodGet && query.Has("token"):
			if g.isToken(query.Get("token")) {
				g.login(w, r)
				return
			}
		case err == nil && g.isToken(cookie.Value):
			h.ServeHTTP(w, r)
			return
		}
		http.Error(w, "gopark: open the address that gopark printed in the terminal, with its ?token=", http.StatusUnauthorized)
	})
}

// landingPage takes the reader to the book by a navigation of its own: a browser
// that came from elsewhere would not send a SameSite=Strict cookie along a redirect.
const landingPage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=/">
<title>gopark</title><p><a href="/">Open the notebook</a></p></html>
`

func (g gate) login(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{
		Name: g.cookieName(), Value: g.token, Path: "/",
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "none" && site != "same-origin" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, landingPage)
		return
	}
	// One slash: //evil.example is another host.
	http.Redirect(w, r, "/"+strings.TrimLeft(r.URL.EscapedPath(), "/"), http.StatusSeeOther)
}
