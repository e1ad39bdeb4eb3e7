package child

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEnvDropsSecrets(t *testing.T) {
	t.Setenv("PARK_TOKEN", "secret")
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOCACHE", "/cache")
	t.Setenv(envRole, "")

	_, r := run(t, Spec{Body: "environ"})
	got := r.rest()
	for _, e := range got {
		require.NotContains(t, e, "secret")
		name, _, _ := strings.Cut(e, "=")
		require.NotContains(t, []string{envRole, envBody, envArg}, name)
	}
	require.Contains(t, got, "GOCACHE=/cache")
	require.Contains(t, got, "GOFLAGS=-buildvcs=false")
	require.True(t, slices.ContainsFunc(got, func(e string) bool { return strings.HasPrefix(e, envRun+"=") }))
}

func TestEnvExtraWins(t *testing.T) {
	env := Env("GOFLAGS=-race", "NEW=1", "NEW=2")
	require.Contains(t, env, "GOFLAGS=-race")
	require.NotContains(t, env, "GOFLAGS=-buildvcs=false")
	require.Contains(t, env, "NEW=2")
	require.NotContains(t, env, "NEW=1")
}

func TestGivenEnvironmentIsComplete(t *testing.T) {
	_, r := run(t, Spec{Body: "environ", Env: []string{"ONLY=this", envRun + "=forged", envArg + "=forged"}})
	got := r.rest()
	require.Len(t, got, 2)
	require.Contains(t, got, "ONLY=this")
	require.NotContains(t, got, envRun+"=forged")
}

func TestGoCommandWorksOffline(t *testing.T) {
	s, r := run(t, Spec{Path: "go", Args: []string{"list", "-test", "-deps", "."}, Limits: Limits{Wall: hang, Memory: 4 << 30}})
	require.Equal(t, 0, s.Exit, r.err.String())
	require.Contains(t, r.out.String(), "github.com/stretchr/testify/require")
}
