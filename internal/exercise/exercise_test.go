package exercise

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

// The page's script reads these names.
func TestNamesInJSON(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{Sheet{Stages: []string{"build"}}, `{"file":"","text":"","hash":"","kept":false,"hints":0,"passed":false,"gaveUp":false,"verdict":"","stages":["build"]}`},
		{
			Judgement{Stages: []Stage{{}}, Groups: []Group{{Stack: []string{"Run answer.go:7"}}}},
			`{"verdict":"","passed":false,"doubt":false,"meaning":"","message":"","place":"","test":"","next":"",` +
				`"stages":[{"name":"","verdict":"","runs":0,"note":""}],` +
				`"groups":[{"count":0,"doing":"","stack":["Run answer.go:7"],"from":""}],"output":"","runs":0,"took":"","hash":""}`,
		},
		{Standing{}, `{"name":"","state":"","verdict":""}`},
	} {
		got, err := json.Marshal(tt.value)
		require.NoError(t, err)
		require.JSONEq(t, tt.want, string(got))
	}
}
