package tests

import (
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/testdb"
)

// What domain sends names the tenant itself in every part, so that it stays
// apart even where row-level security and triggers are off.
func TestDomainKeepsTenantsApartWithoutTheDatabasesHelp(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	_, err := database.Conn(t, "superuser").Exec(t.Context(), `DO $$ DECLARE r regclass; BEGIN
		FOR r IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace IN ('tenancy'::regnamespace, 'attestor'::regnamespace) LOOP
			EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER', r);
		END LOOP; END $$`)
	require.NoError(t, err)
	db := openWith(t, attestdb.Config{App: attestdb.Conn{URL: database.URL("app")}, Admin: attestdb.Conn{URL: database.URL("admin")}})
	acme, globex := domaintest.Tenant(t, db, "acme"), domaintest.Tenant(t, db, "globex")
	signer := domaintest.NewSigner(t)
	ev := signer.Evidence(t, "a", []byte("a"))
	theirs, err := globex.Record(t.Context(), ev, attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err)

	_, err = acme.Attestor().Get(t.Context(), theirs.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = acme.Attestor().Content(t.Context(), theirs.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = acme.Attestor().IDBySHA256(t.Context(), ev.SHA256)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	find := func() []attestor.Match {
		matches, _, err := acme.Attestor().Find(t.Context(), attestor.Query{Subject: artifactDigest(t, "a")}, page.Request{})
		require.NoError(t, err)
		return matches
	}
	require.Empty(t, find())
	doc := cycloneDX(t, "app", npm("lodash", "4.17.20"))
	bom, err := globex.ImportSBOM(t.Context(), doc)
	require.NoError(t, err)
	_, err = acme.Attestor().SBOM(t.Context(), bom.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = acme.Attestor().SBOMIDBySHA256(t.Context(), bom.SHA256)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = acme.Attestor().SBOMContent(t.Context(), bom.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	components, _, err := acme.Attestor().Components(t.Context(), bom.ID, page.Request{})
	require.NoError(t, err)
	require.Empty(t, components)
	for _, q := range []attestor.ComponentQuery{{PURL: "pkg:npm/lodash"}, {PURL: "pkg:npm/lodash@4.17.20"}, {Licence: "MIT"}} {
		require.Len(t, containing(t, globex, q, 10), 1)
		require.Empty(t, containing(t, acme, q, 10))
		held, err := acme.Attestor().FindComponents(t.Context(), q, page.Request{})
		require.NoError(t, err)
		require.Empty(t, held.Components)
	}
	own, err := acme.ImportSBOM(t.Context(), doc)
	require.NoError(t, err)
	require.False(t, own.Existed)
	require.NotEqual(t, bom.ID, own.ID)
	require.Len(t, containing(t, acme, attestor.ComponentQuery{PURL: "pkg:npm/lodash"}, 10), 1)

	ours, err := acme.Record(t.Context(), ev)
	require.NoError(t, err)
	require.False(t, ours.Existed)
	again, err := acme.Record(t.Context(), ev)
	require.NoError(t, err)
	require.Equal(t, ours.ID, again.ID)
	require.Equal(t, attestor.Unverified, again.Verification.Outcome, "the other tenant's verification is not ours")
	require.Len(t, find(), 1)

	// Chains: the same request, a history of its own, and only what is ours.
	req := attestor.ChainRequest{Subject: artifactDigest(t, "a"), PolicyVersion: "1", Segments: []attestor.ChainSegment{{Kind: proofchain.Evidence, Digest: ev.SHA256}}}
	theirChain, err := globex.AssembleChain(t.Context(), req)
	require.NoError(t, err)
	_, err = acme.Attestor().Chain(t.Context(), theirChain.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = acme.Attestor().ChainByRoot(t.Context(), theirChain.Root)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	ourChain, err := acme.AssembleChain(t.Context(), req)
	require.NoError(t, err)
	require.False(t, ourChain.Existed)
	require.Equal(t, 1, ourChain.Revision)
	history, _, err := acme.Attestor().ChainHistory(t.Context(), req.Subject, page.Request{})
	require.NoError(t, err)
	require.Len(t, history, 1)
	with, _, err := acme.Attestor().ChainsWith(t.Context(), ev.SHA256, page.Request{})
	require.NoError(t, err)
	require.Len(t, with, 1)
	stillTheirs, err := globex.Attestor().Get(t.Context(), theirs.ID)
	require.NoError(t, err)
	require.Equal(t, attestor.Verified, stillTheirs.Verification.Outcome)
}
