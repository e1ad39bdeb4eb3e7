package judge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseReason(t *testing.T) {
	r, err := ParseReason([]byte("package p\n\n// verdict: leak: 2 in chan send: here\n\n"))
	require.NoError(t, err)
	require.Equal(t, Reason{Leak, "2 in chan send: here"}, r)
	for _, bad := range []string{
		"", "package p", "// verdict: leak: x\npackage p", "// verdict: leak", "// verdict: leak: ", "// verdict: lost: x",
		"// verdict: pass: x", "// verdict: inconclusive: x",
	} {
		_, err := ParseReason([]byte(bad))
		require.Error(t, err, "%q", bad)
	}
}

func TestReasonMet(t *testing.T) {
	f := Finding{Verdict: Leak, Message: "goroutines still blocked: 2 in chan send"}
	require.NoError(t, Reason{Leak, "2 in chan send"}.Met(f))
	require.ErrorContains(t, Reason{Hang, "2 in chan send"}.Met(f), `verdict is "leak", want "hang"`)
	require.ErrorContains(t, Reason{Leak, "3 in chan send"}.Met(f), `want one with "3 in chan send"`)
	require.Error(t, Reason{Leak, "x"}.Met(Finding{Verdict: Pass}))
}
