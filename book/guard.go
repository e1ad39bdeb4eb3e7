package book

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
)

// The notebook runs code, so the only one who may talk to it is the page that it
// served itself, in the browser of the person who started it. The enemies are other
// pages in that browser, other programs' servers on this machine (which the browser
// counts as the same site), names that are made to resolve to 127.0.0.1, and other
// users. Not an enemy: whoever can read this process's memory or terminal.
//
// The guard is a list of layers around everything that the server can answer, the
// outermost first. No layer knows a route, so none can forget one.

// layer is one wall.
type layer struct {
	name string
	wrap func(http.Handler) http.Handler
}

// gate holds what the layers compare requests with.
type gate struct {
	authority string // "127.0.0.1:8787", exactly as in the Host header
	token     string
}

// layers lists the walls, the outermost first.
func (g gate) layers() []layer {
	return []layer{
		{"headers", withHeaders},
		{"host", check(http.StatusForbidden, g.isOurHost)},
		{"fetch-site", check(http.StatusForbidden, g.isOurSite)},
		{"origin", check(http.StatusForbidden, g.isOurOrigin)},
		{"cross-origin", new(http.CrossOriginProtection).Handler},
		{"token", g.requireToken},
		{"body", limitBody},
	}
}

// guard puts the layers around h.
func guard(h http.Handler, layers []layer) http.Handler {
	for _, l := range slices.Backward(layers) {
		h = l.wrap(h)
	}
	return h
}

// newToken returns 32 random bytes, in hexadecimal.
func newToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b)
}

func (g gate) isToken(s string) bool {
	return subtle.ConstantTimeCompare([]byte(s), []byte(g.token)) == 1
}

// check makes a layer that lets through the requests for which ok is true.
func check(status int, ok func(*http.Request) bool) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if ok(r) {
				h.ServeHTTP(w, r)
				return
			}
			http.Error(w, "gopark: this request did not come from the notebook", status)
		})
	}
}
