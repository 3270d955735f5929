package tests

import (
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

// Bytes that are evidence, and not the evidence that was recorded, are not handed out as
// it, nor called verified.
func TestSwappedContentsAreFoundOut(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	signer := domaintest.NewSigner(t)
	verify := attestdb.Verify(signer.Verifier(t))
	one, err := acme.Record(t.Context(), signer.Evidence(t, "one", []byte("one")), verify)
	require.NoError(t, err)
	two, err := acme.Record(t.Context(), signer.Evidence(t, "two", []byte("two")), verify)
	require.NoError(t, err)
	bom := []byte(`{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}`)
	alone, err := acme.ImportSBOM(t.Context(), bom)
	require.NoError(t, err)

	super := database.Conn(t, "superuser")
	for _, q := range []string{
		"SET session_replication_role = replica",
		`UPDATE attestor.envelope_contents c SET content = o.content FROM attestor.envelope_contents o
			WHERE o.tenant_id = c.tenant_id AND o.id <> c.id`,
		`UPDATE attestor.sbom_contents SET content = '{"a":1}'`,
	} {
		_, err := super.Exec(t.Context(), q)
		require.NoError(t, err)
	}
	for _, rec := range []attestor.Recorded{one, two} {
		content, err := acme.Attestor().Content(t.Context(), rec.ID)
		require.ErrorIs(t, err, attestdb.ErrVerification)
		require.Empty(t, content)
	}
	n := 0
	for r, err := range acme.Reverify(t.Context(), attestdb.ReverifyConfig{Verifier: signer.Verifier(t)}) {
		require.NoError(t, err)
		require.NoError(t, r.Err)
		require.Equal(t, attestor.Failed, r.Today.Outcome)
		require.Contains(t, r.Today.Reason, "was recorded")
		n++
	}
	require.Equal(t, 2, n)
	content, err := acme.Attestor().SBOMContent(t.Context(), alone.ID)
	require.ErrorIs(t, err, attestdb.ErrVerification)
	require.Empty(t, content)
}
