package tests

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/testdb"
)

func pageOf(limit int) page.Request { return page.Request{Limit: limit} }

// fillChains gives a tenant n chains of three subjects with one segment each, of
// few digests, past keys and triggers.
func fillChains(t *testing.T, database *testdb.DB, tenant attestdb.TenantID, n int) {
	t.Helper()
	conn := database.Conn(t, "superuser")
	_, err := conn.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `CREATE TEMPORARY TABLE fresh AS
		SELECT gen_random_uuid() AS id, now() - n * interval '1 second' AS at, n FROM generate_series(1, $1::int) n`, n)
	require.NoError(t, err)
	for _, sql := range []string{
		`INSERT INTO attestor.proof_chains SELECT $1, id, at, 'sha256', sha256((n % 3)::text::bytea), n, 'p', sha256(uuid_send(id)), 1,
		   CASE WHEN n > 1 THEN gen_random_uuid() END, NULL FROM fresh`,
		`INSERT INTO attestor.proof_segments SELECT $1, gen_random_uuid(), at, id, 0, 'evidence', sha256((n % 7)::text::bytea), NULL FROM fresh`,
	} {
		_, err = conn.Exec(t.Context(), sql, uuid.UUID(tenant))
		require.NoError(t, err)
	}
	for _, sql := range []string{"DROP TABLE fresh", "VACUUM ANALYZE"} {
		_, err = conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
}

func TestChainStatementsUseIndexes(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	var tap wiretap
	db, acme := openTapped(t, database, &tap)
	signer := domaintest.NewSigner(t)
	rec, err := acme.Record(t.Context(), attested(t, signer, "a", attestor.PredicateTypeCycloneDX, wordySBOM(t, "a")))
	require.NoError(t, err)
	globex := domaintest.Tenant(t, db, "globex")
	fillTables(t, database, acme.ID(), 40_000)
	fillTables(t, database, globex.ID(), 10_000)
	fillChains(t, database, acme.ID(), 40_000)
	fillChains(t, database, globex.ID(), 10_000)
	fillSBOMs(t, database, acme.ID(), 30_000)
	fillTenants(t, database)
	tap.take()

	about := artifactDigest(t, "a")
	store := acme.Attestor()
	read := map[string]func(id uuid.UUID) error{
		"Chain":        func(id uuid.UUID) error { return second(store.Chain(t.Context(), id)) },
		"CurrentChain": func(uuid.UUID) error { return second(store.CurrentChain(t.Context(), about)) },
		"ChainByRoot": func(id uuid.UUID) error {
			d, err := store.Chain(t.Context(), id)
			require.NoError(t, err)
			return second(store.ChainByRoot(t.Context(), d.Root))
		},
		"VerifyChain": func(id uuid.UUID) error { return second(store.VerifyChain(t.Context(), id, nil)) },
		"ExportChain": func(id uuid.UUID) error { return store.ExportChain(t.Context(), id, &bytes.Buffer{}) },
		"ChainHistory": func(uuid.UUID) error {
			_, next, err := store.ChainHistory(t.Context(), about, pageOf(1))
			require.NoError(t, err)
			_, _, err = store.ChainHistory(t.Context(), about, page.Request{Limit: 1, Cursor: next})
			return err
		},
		"ChainsWith": func(uuid.UUID) error {
			_, next, err := store.ChainsWith(t.Context(), rec.SHA256, pageOf(1))
			require.NoError(t, err)
			_, _, err = store.ChainsWith(t.Context(), rec.SHA256, page.Request{Limit: 1, Cursor: next})
			return err
		},
	}
	var a attestor.AssembledChain
	for n := range 2 {
		a, err = acme.AssembleChain(t.Context(), attestor.ChainRequest{Subject: about, PolicyVersion: fmt.Sprint(n), Segments: []attestor.ChainSegment{
			{Kind: proofchain.Evidence, Digest: rec.SHA256}, {Kind: proofchain.SBOM, Digest: rec.SHA256}, {Kind: proofchain.VEX, Content: []byte("{}")},
		}})
		require.NoError(t, err)
	}
	for name, call := range read {
		require.NoError(t, call(a.ID), name)
		sent := tap.take()
		require.NotEmpty(t, sent)
		for _, s := range sent {
			explainApp(t, database, acme.ID(), s.sql, s.args...)
		}
	}

	// The rule can fail.
	_, err = database.Conn(t, "superuser").Exec(t.Context(), `DROP INDEX attestor.proof_segments_digest_idx, attestor.proof_chains_revision_key`)
	require.NoError(t, err)
	for _, name := range []string{"ChainHistory", "ChainsWith", "CurrentChain"} {
		require.NoError(t, read[name](a.ID))
		for _, s := range tap.take() {
			require.NotEmpty(t, planFaults(t, database, acme.ID(), s.sql, s.args), name)
		}
	}
}

// What record_chain does inside reads by indexes alone, however much is there.
func TestAssemblingReadsNoTableFromEndToEnd(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db, acme := openTapped(t, database, nil)
	globex := domaintest.Tenant(t, db, "globex")
	fillTables(t, database, acme.ID(), 40_000)
	fillTables(t, database, globex.ID(), 10_000)
	fillChains(t, database, acme.ID(), 40_000)
	fillChains(t, database, globex.ID(), 10_000)
	fillSBOMs(t, database, acme.ID(), 30_000)
	fillTenants(t, database)
	signer := domaintest.NewSigner(t)
	rec, err := acme.Record(t.Context(), attested(t, signer, "a", attestor.PredicateTypeCycloneDX, wordySBOM(t, "a")))
	require.NoError(t, err)
	pool := database.Pool(t, "app")
	for n, existed := range []bool{false, true, false} {
		tx := begin(t, pool)
		h, err := db.TenantTx(t.Context(), tx, acme.ID())
		require.NoError(t, err)
		a, err := h.AssembleChain(t.Context(), attestor.ChainRequest{Subject: artifactDigest(t, "a"), PolicyVersion: fmt.Sprint(n / 2), Segments: []attestor.ChainSegment{
			{Kind: proofchain.Evidence, Digest: rec.SHA256}, {Kind: proofchain.SBOM, Digest: rec.SHA256}, {Kind: proofchain.VEX, Content: []byte("{}")},
		}})
		require.NoError(t, err)
		require.Equal(t, existed, a.Existed)
		rows, err := tx.Query(t.Context(), `SELECT relname::text || ': ' || seq_scan || ' scans, ' || coalesce(idx_tup_fetch, 0) || ' rows by index'
			FROM pg_stat_xact_user_tables WHERE schemaname = ANY ('{tenancy,attestor}')
			  AND (seq_scan > 0 OR idx_tup_fetch > 20)`)
		require.NoError(t, err)
		var found []string
		for rows.Next() {
			var s string
			require.NoError(t, rows.Scan(&s))
			found = append(found, s)
		}
		require.NoError(t, rows.Err())
		require.Empty(t, strings.Join(found, "\n"))
		require.NoError(t, tx.Commit(t.Context()))
	}
}
