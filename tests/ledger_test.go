package tests

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verdict"
)

// decided is a decision about the artifact that text stands for.
func decided(text string) verdict.Decision {
	return verdict.Decision{
		Subject: verdict.Subject{Digest: digest.Sum([]byte(text)).Digest(), Name: "pkg:oci/" + text},
		Result:  verdict.Pass,
		Policy:  verdict.Policy{URI: "https://policies.example/release", Digest: digest.Sum([]byte("policy"))},
		Reason:  "nothing is wrong with " + text,
		Inputs: []verdict.Input{
			{Kind: "sbom", Digest: digest.Sum([]byte("sbom of " + text))},
			{Kind: "envelope", Digest: digest.Sum([]byte("envelope of " + text))},
		},
		Verifier: "https://verifier.example", Payload: json.RawMessage(`{"score": 9.0, "about": "` + text + `"}`),
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ledger := w.acme.As("ci").Verdict()
	const first = 21 // newWorld has filled the ledger
	for i := range 40 {
		got, err := ledger.Append(t.Context(), decided(fmt.Sprint(i)))
		require.NoError(t, err)
		require.False(t, got.Existed)
		require.Equal(t, first+int64(i), got.Seq)
	}
	_, err := w.db.Tenant(w.acme.ID()).Verdict().Append(t.Context(), decided("x"))
	require.ErrorIs(t, err, attestdb.ErrNoActor)
}
