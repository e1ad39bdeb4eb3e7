package book

import (
	"fmt"
	"html/template"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/term"
)

// hasBrowser guesses whether there is a browser to open, and somebody to see it.
func hasBrowser(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return false
	}
	return runtime.GOOS == "darwin" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// launcher is the system's program that opens a file in the reader's browser.
func launcher() string {
	if runtime.GOOS == "darwin" {
		return "open"
	}
	return "xdg-open"
}

var redirectPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={{.}}">
<title>gopark</title><p><a href="{{.}}">Open the notebook</a></p></html>
`))

// openBrowser opens address in the reader's browser. Everyone on this machine can
// read the arguments of a program, so the address, which holds the token, goes into
// a file that only its owner can read, and the browser opens that. The file is gone
// after remove, which is never nil.
func openBrowser(address, launcher string) (remove func(), err error) {
	file, err := writeRedirect(address)
	if err != nil {
		return func() {}, err
	}
	remove = func() { _ = os.Remove(file) }
	cmd := exec.Command(launcher, "file://"+file)
	// In a group of its own: Ctrl-C ends the notebook and not the browser.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return remove, fmt.Errorf("open the browser: %w", err)
	}
	return remove, cmd.Process.Release()
}

// writeRedirect writes a page that leads to address and returns its name.
func writeRedirect(address string) (name string, err error) {
	f, err := os.CreateTemp("", "gopark-*.html") // mode 0600
	if err != nil {
		return "", fmt.Errorf("write the page that opens the notebook: %w", err)
	}
	err = redirectPage.Execute(f, address)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("write the page that opens the notebook: %w", err)
	}
	return f.Name(), nil
}
