// Package chromium answers: is there a Chromium on this machine that can be driven?
package chromium

import (
	"errors"
	"os/exec"

	"lab.example/gopark/internal/hint"
)

// ErrNone is what Find returns where no Chromium is installed.
var ErrNone = errors.New("no Chromium is installed")

// places are the names on PATH, and the one place of macOS, where one is looked for.
var places = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
}

// Find returns the path of a Chromium or Chrome.
func Find() (string, error) {
	for _, place := range places {
		if path, err := exec.LookPath(place); err == nil {
			return path, nil
		}
	}
	return "", hint.With(ErrNone, "on Debian: apt-get install chromium fonts-dejavu-core")
}
