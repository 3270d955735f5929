package attestor

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/proofchain"
)

// Only what one knows is another kind's, and whatever is stated may be evidence or a reason.
func TestKindIsRefusedIfThePredicateTypeIsKnownToBeOfAnother(t *testing.T) {
	t.Parallel()
	for _, p := range predicateKinds {
		for _, kind := range proofchain.Kinds {
			other := otherKind(kind, p.predicateType+"/v1")
			if kind == p.kind || kind == proofchain.Evidence || kind == proofchain.Reasoning {
				require.Empty(t, other)
			} else {
				require.Equal(t, p.kind, other)
			}
			require.Empty(t, otherKind(kind, p.predicateType+"x"))
		}
	}
}

// What Go knows of predicate types the newest migration that says it knows too.
func TestGoAndSQLKnowTheSameKinds(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../migrations/attestor/*.sql")
	require.NoError(t, err)
	var said [][]string
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		if _, body, ok := strings.Cut(string(raw), `FUNCTION "attestor"."predicate_kinds"()`); ok {
			body, _, _ = strings.Cut(body, "\n$$;")
			said = regexp.MustCompile(`\('([^']*)', '([a-z]+)'\)`).FindAllStringSubmatch(body, -1)
		}
	}
	require.Len(t, said, len(predicateKinds))
	for i, p := range predicateKinds {
		require.Equal(t, []string{p.predicateType, string(p.kind)}, said[i][1:])
	}
}
