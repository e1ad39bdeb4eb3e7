package book

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"path"
	"time"

	"golang.org/x/net/netutil"
)

const (
	maxConnections = 4096
	maxStreams     = 64
	goodbye        = time.Second // what answers get to end when the server does
)

//go:embed static
var static embed.FS

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// addStatic takes every file of static/ into the documents.
func (s *Server) addStatic() error {
	defer func() {
		// Browsers ask for it even when a page names another icon.
		s.documents["/favicon.ico"] = s.documents["/static/icon.svg"]
	}()
	return fs.WalkDir(static, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		contentType, ok := contentTypes[path.Ext(name)]
		if !ok {
			return fmt.Errorf("%s: no content type for this extension", name)
		}
		body, err := static.ReadFile(name)
		s.documents["/"+name] = document{contentType, body}
		return err
	})
}

// Address returns what the reader must open: the address of ln with the token.
func (s *Server) Address(ln net.Listener) string {
	return fmt.Sprintf("http://%s/?token=%s", ln.Addr(), s.token)
}

// Serve answers requests on ln, which it closes, until ctx ends. Then it stops every
// run and check, tells the pages that are watching, and returns nil once no process and no
// goroutine is left over. ln must be bound to one loopback address.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	site := s.open(ctx, ln.Addr().String())
	server := &http.Server{
		Handler:           guard(site.routes(), site.gate.layers()),
		ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second, // streams set their own, write by write
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	broke := make(chan error, 1)
	go func() { broke <- server.Serve(netutil.LimitListener(ln, maxConnections)) }()
	var err error
	select {
	case err = <-broke:
		err = fmt.Errorf("serve the notebook on %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	site.runs.close() // the streams end with their runs
	site.checks.close()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	_ = server.Shutdown(patience) // what is still open after that is closed by force
	_ = server.Close()
	for range cap(site.streams) {
		site.streams <- struct{}{} // the last stream has ended when all places can be had
	}
	return err
}

// site is a Server at an address: what lives from the start of Serve to its end.
type site struct {
	*Server
	gate    gate
	runs    *runs
	checks  *checks
	streams chan struct{} // holds an element for every open stream
}

func (s *Server) open(ctx context.Context, authority string) *site {
	return &site{
		Server:  s,
		gate:    gate{authority, s.token},
		runs:    newRuns(ctx, s.parallel, s.limits),
		checks:  newChecks(ctx, s.notebook.Exercises, s.linger),
		streams: make(chan struct{}, maxStreams),
	}
}

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", s.serveDocument)
	mux.HandleFunc("POST /runs", s.postRun)
	mux.HandleFunc("GET /runs/{id}/events", s.streamRun)
	mux.HandleFunc("DELETE /runs/{id}", s.deleteRun)
	s.deskRoutes(mux)
	return mux
}

func (s *site) serveDocument(w http.ResponseWriter, r *http.Request) {
	d, ok := s.documents[r.URL.Path]
	status := http.StatusOK
	if !ok {
		d, status = s.missing, http.StatusNotFound
	}
	w.Header().Set("Content-Type", d.contentType)
	w.WriteHeader(status)
	_, _ = w.Write(d.body)
}
