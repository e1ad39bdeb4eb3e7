package chapter

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

func TestChapter(t *testing.T) {
	require.NoError(t, experiment.Catalogue{Chapter}.Validate())
}
