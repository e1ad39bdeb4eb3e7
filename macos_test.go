package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	loader "golang.org/x/tools/go/packages"
)

// TestMacOS holds that everything, tests included, has the right types on macOS too. It reads
// the sources of all that is imported; to compile them for another system takes ten times as
// long where nothing is compiled yet.
func TestMacOS(t *testing.T) {
	all, err := loader.Load(&loader.Config{
		Mode: loader.NeedName | loader.NeedFiles | loader.NeedCompiledGoFiles | loader.NeedImports |
			loader.NeedDeps | loader.NeedTypes | loader.NeedSyntax | loader.NeedTypesSizes,
		Env:     append(os.Environ(), "GOOS=darwin", "GOARCH=arm64", "CGO_ENABLED=0"),
		Context: t.Context(),
		Tests:   true,
	}, ".", "./internal/...", "./book/...")
	require.NoError(t, err)
	require.Greater(t, len(all), 50)
	loader.Visit(all, nil, func(p *loader.Package) {
		for _, err := range p.Errors {
			t.Errorf("%s: %v", p.PkgPath, err)
		}
	})
}
