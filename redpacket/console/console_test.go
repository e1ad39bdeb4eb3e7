package console

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/redpacket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func checked(t *testing.T, claims string) result {
	var v vector
	require.NoError(t, json.Unmarshal([]byte(claims), &v))
	return v.check()
}

// TestClaims holds that every claim of a case is checked: changed, it is wrong.
func TestClaims(t *testing.T) {
	const right = `{"name": "small", "n": 4, "a": 3, "b": 8, "s": 20, "feasible": true, "solutions": "125",
		"first_part_marginal": [{"v": 3, "p": "27/125"}],
		"marginal_sha256": "f56a4d60f9b29ab2039f2cb31d4b77fbd2fbd370dba3053be93822f23b2fbbce",
		"mean_part": "5", "variance_first_part": "306/125", "covariance_two_parts": "-102/125",
		"expected_max": "883/125", "lexicographic_unrank": {"41": [4, 5, 8, 3]}}`
	r := checked(t, right)
	require.Empty(t, r.Wrong)
	require.Equal(t, 10, r.Checks)
	for name, wrong := range map[string]string{
		"feasible":                  `"feasible": false`,
		"solutions":                 `"solutions": "124"`,
		"first part 3":              `"first_part_marginal": [{"v": 3, "p": "27/124"}]`,
		"hash of all probabilities": `"marginal_sha256": "f5"`,
		"mean":                      `"mean_part": "5/2"`,
		"variance":                  `"variance_first_part": "2"`,
		"covariance":                `"covariance_two_parts": "102/125"`,
		"mean of the largest part":  `"expected_max": "7", "variance_first_part": "306/125"`,
		"split 41":                  `"lexicographic_unrank": {"41": [4, 5, 3, 8]}`,
		"split 125":                 `"lexicographic_unrank": {"125": [4, 5, 3, 8]}`,
		"rank":                      `"lexicographic_unrank": {"x": [4, 5, 3, 8]}`,
	} {
		r := checked(t, `{"n": 4, "a": 3, "b": 8, "s": 20, `+wrong+`}`)
		require.NotEmpty(t, r.Wrong, name)
		require.Contains(t, r.Wrong[0], name+": it says ")
	}
	r = checked(t, `{"n": 4, "a": 3, "b": 8, "s": 2, "feasible": true, "solutions": "0"}`)
	require.Len(t, r.Wrong, 1)
}

// TestHelp holds that the help names all methods.
func TestHelp(t *testing.T) {
	for _, name := range redpacket.Methods() {
		require.Contains(t, Split{}.Help(), name)
	}
}
