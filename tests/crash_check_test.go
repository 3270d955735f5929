package tests

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
)

// partsSQL finds envelopes that are there in part, and parts without their
// envelope. Foreign keys refuse the latter; it is asked all the same.
const partsSQL = `
WITH part (fault, tenant_id, id) AS (
  SELECT 'envelope without content', e.tenant_id, e.id FROM attestor.envelopes e
   WHERE NOT EXISTS (SELECT FROM attestor.envelope_contents c WHERE (c.tenant_id, c.id) = (e.tenant_id, e.id))
  UNION ALL
  SELECT 'content that is not what its envelope says', e.tenant_id, e.id
    FROM attestor.envelopes e JOIN attestor.envelope_contents c ON (c.tenant_id, c.id) = (e.tenant_id, e.id)
   WHERE sha256(c.content) <> e.sha256 OR octet_length(c.content) <> e.size
  UNION ALL
  SELECT 'envelope without signature', e.tenant_id, e.id FROM attestor.envelopes e
   WHERE NOT EXISTS (SELECT FROM attestor.envelope_signatures s WHERE (s.tenant_id, s.envelope_id) = (e.tenant_id, e.id))
  UNION ALL
  SELECT 'gap between signatures', s.tenant_id, s.envelope_id FROM attestor.envelope_signatures s
   GROUP BY s.tenant_id, s.envelope_id HAVING count(*) <> max(s.position) + 1
  UNION ALL
  SELECT 'in-toto envelope without statement', e.tenant_id, e.id FROM attestor.envelopes e
   WHERE e.payload_type = 'application/vnd.in-toto+json'
     AND NOT EXISTS (SELECT FROM attestor.statements s WHERE (s.tenant_id, s.id) = (e.tenant_id, e.id))
  UNION ALL
  SELECT 'statement without subject', s.tenant_id, s.id FROM attestor.statements s
   WHERE NOT EXISTS (SELECT FROM attestor.statement_subjects b WHERE (b.tenant_id, b.statement_id) = (s.tenant_id, s.id))
  UNION ALL
  SELECT 'gap between subjects', b.tenant_id, b.statement_id FROM attestor.statement_subjects b
   GROUP BY b.tenant_id, b.statement_id HAVING count(DISTINCT b.position) <> max(b.position) + 1
  UNION ALL
  SELECT 'SBOM without some of its components', b.tenant_id, b.id FROM attestor.sboms b
   WHERE b.component_count <> (SELECT count(*) FROM attestor.sbom_entries e WHERE (e.tenant_id, e.sbom_id) = (b.tenant_id, b.id))
  UNION ALL
  SELECT 'SBOM of no envelope and without content', b.tenant_id, b.id FROM attestor.sboms b
   WHERE NOT EXISTS (SELECT FROM attestor.sbom_contents c WHERE (c.tenant_id, c.id) = (b.tenant_id, b.id))
     AND NOT EXISTS (SELECT FROM attestor.sbom_artifacts a WHERE (a.tenant_id, a.sbom_id) = (b.tenant_id, b.id) AND a.envelope_id IS NOT NULL)
  UNION ALL
  SELECT 'proof chain without some of its segments', c.tenant_id, c.id FROM attestor.proof_chains c
   WHERE c.segment_count <> (SELECT count(*) FROM attestor.proof_segments s WHERE (s.tenant_id, s.chain_id) = (c.tenant_id, c.id))
  UNION ALL
  SELECT 'part of no envelope', p.tenant_id, p.id FROM (
    SELECT tenant_id, id FROM attestor.envelope_contents
    UNION ALL SELECT tenant_id, envelope_id FROM attestor.envelope_signatures
    UNION ALL SELECT tenant_id, envelope_id FROM attestor.envelope_verifications
    UNION ALL SELECT tenant_id, id FROM attestor.statements
    UNION ALL SELECT tenant_id, statement_id FROM attestor.statement_subjects) p
   WHERE NOT EXISTS (SELECT FROM attestor.envelopes e WHERE (e.tenant_id, e.id) = (p.tenant_id, p.id))
)
SELECT fault || ': ' || tenant_id || '/' || id FROM part`

// requireWhole fails if anything in the database is there in part.
func requireWhole(t testing.TB, super *pgxpool.Pool) {
	t.Helper()
	rows, err := super.Query(context.Background(), partsSQL)
	require.NoError(t, err)
	faults, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Empty(t, faults)
}

// census knows what a database must hold.
type census struct {
	super   *pgxpool.Pool
	db      *attestdb.DB
	acked   map[uuid.UUID]digest.SHA256
	checked map[uuid.UUID]bool
	// Of the ledgers: whose there are, what was acknowledged, and how far they are
	// verified.
	tenants  []uuid.UUID
	entries  map[entryKey]int64
	verified map[uuid.UUID]verdict.State
}

// check requires that everything that was ever acknowledged is there, that
// nothing is there in part, and that what is new is, read back, exactly what
// its bytes say.
func (c *census) check(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	requireWhole(t, c.super)
	c.checkLedgers(t)
	rows, err := c.super.Query(ctx, `SELECT e.tenant_id, e.id, e.sha256 FROM attestor.envelopes e`)
	require.NoError(t, err)
	there := map[uuid.UUID]digest.SHA256{}
	var tenant, id uuid.UUID
	var sum []byte
	unchecked := map[uuid.UUID]uuid.UUID{}
	_, err = pgx.ForEachRow(rows, []any{&tenant, &id, &sum}, func() error {
		there[id] = digest.SHA256(sum)
		if !c.checked[id] {
			unchecked[id] = tenant
		}
		return nil
	})
	require.NoError(t, err)
	for id, sum := range c.acked {
		require.Equal(t, sum, there[id], "%s was acknowledged", id)
	}
	for id, tenant := range unchecked {
		c.checkOne(t, c.db.Tenant(attestdb.TenantID(tenant)), id)
		c.checked[id] = true
	}
}

func (c *census) checkOne(t testing.TB, handle *attestdb.TenantDB, id uuid.UUID) {
	t.Helper()
	ctx := context.Background()
	content, err := handle.Attestor().Content(ctx, id)
	require.NoError(t, err)
	ev, err := attestor.Parse(content)
	require.NoError(t, err)
	got, err := handle.Attestor().Get(ctx, id)
	require.NoError(t, err)
	require.Equal(t, ev.SHA256, got.SHA256)
	require.Equal(t, ev.Envelope.PayloadSHA256, got.PayloadSHA256)
	require.Equal(t, ev.Statement.PredicateType, got.PredicateType)
	require.Equal(t, ev.Statement.Subject, got.Subject)
	require.Len(t, got.Signers, len(ev.Envelope.Signatures))
	for n, s := range ev.Envelope.Signatures {
		require.Equal(t, s.KeyID, got.Signers[n].KeyID)
	}
	require.Equal(t, attestor.Verified, got.Verification.Outcome, "it is recorded with the envelope")
	if doc, err := ev.ReadSBOM(); doc != nil {
		require.NoError(t, err)
		sbomID, err := handle.Attestor().SBOMIDBySHA256(ctx, doc.SHA256)
		require.NoError(t, err, "its SBOM is recorded with it")
		stored, err := handle.Attestor().SBOM(ctx, sbomID)
		require.NoError(t, err)
		require.Equal(t, len(doc.Components), stored.Components)
	}
	for _, s := range ev.Statement.Subject {
		for _, d := range s.Digest {
			found, _, err := handle.Attestor().Find(ctx, attestor.Query{Subject: d}, page.Request{})
			require.NoError(t, err)
			want := 1
			if s.Name == pairName {
				want = 2 // both of the transaction, or none
			}
			require.Len(t, found, want)
		}
	}
}
