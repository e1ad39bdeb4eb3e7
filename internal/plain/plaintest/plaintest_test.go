package plaintest

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNames(t *testing.T) {
	require.Equal(t, []string{"first", `with "quotes"`, "raw"}, Names(t))
}
