package tests

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/verdict"
)

// Every name is qualified: the whole main path works for logins whose search
// path is empty, so that nobody can put an object of theirs in front of ours.
func TestNothingDependsOnTheSearchPath(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := domaintest.NewDatabase(t)
	pool := func(role string) attestdb.Conn {
		cfg, err := pgxpool.ParseConfig(d.URL(role))
		require.NoError(t, err)
		cfg.ConnConfig.RuntimeParams["search_path"] = ""
		p, err := pgxpool.NewWithConfig(ctx, cfg)
		require.NoError(t, err)
		t.Cleanup(p.Close)
		return attestdb.Conn{Pool: p}
	}
	db, err := attestdb.Open(ctx, attestdb.Config{App: pool("app"), Admin: pool("admin"), Auditor: pool("auditor")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(ctx)) })

	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	ev := attested(t, signer, "a", attestor.PredicateTypeCycloneDX, wordySBOM(t, "a"))
	rec, err := acme.Record(ctx, ev, attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err)
	d1, err := digest.New("sha256", digest.Sum([]byte("a")).String())
	require.NoError(t, err)
	matches, _, err := acme.Attestor().Find(ctx, attestor.Query{Subject: d1}, page.Request{})
	require.NoError(t, err)
	require.Len(t, matches, 1)
	_, err = acme.Attestor().Get(ctx, rec.ID)
	require.NoError(t, err)
	_, err = acme.Attestor().Content(ctx, rec.ID)
	require.NoError(t, err)
	chain, err := acme.AssembleChain(ctx, attestor.ChainRequest{Subject: d1, PolicyVersion: "1", Segments: []attestor.ChainSegment{
		{Kind: proofchain.SBOM, Digest: rec.SHA256}, {Kind: proofchain.Evidence, Digest: rec.SHA256},
	}})
	require.NoError(t, err)
	v, err := acme.Attestor().VerifyChain(ctx, chain.ID, nil)
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	entry, err := acme.Verdict().Append(ctx, decided("a"))
	require.NoError(t, err)
	entries, _, err := acme.Verdict().Find(ctx, verdict.ByInput("", entry.Inputs[0].Digest), page.Request{})
	require.NoError(t, err)
	require.Equal(t, []verdict.Entry{entry.Entry}, entries)
	_, err = acme.Verdict().Payload(ctx, entry.Seq)
	require.NoError(t, err)
	id, err := db.TenantByName(ctx, "acme")
	require.NoError(t, err)
	require.Equal(t, acme.ID(), id)
	_, err = db.Tenancy().As("ops").Suspend(ctx, id)
	require.NoError(t, err)
}
