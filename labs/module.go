package labs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

// modulePath is that of the module that this package was compiled in, also after it
// has been renamed.
var modulePath = path.Dir(reflect.TypeFor[Lab]().PkgPath())

// root returns the module's folder: the first one, from dir upward, whose go.mod has
// the module's path.
func root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		text, err := os.ReadFile(filepath.Join(at, "go.mod"))
		switch {
		case err == nil && moduleOf(string(text)) == modulePath:
			return at, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("find the module: %w", err)
		case at == filepath.Dir(at):
			return "", cli.Usage(hint.With(fmt.Errorf("%s is not in the module %s", dir, modulePath),
				"labs are compiled from their sources: change to the folder that you cloned, or below it"))
		}
	}
}

// moduleOf returns the path in the module line of a go.mod, or "".
func moduleOf(goMod string) string {
	for line := range strings.Lines(goMod) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "module" {
			return strings.Trim(fields[1], "\"`")
		}
	}
	return ""
}
