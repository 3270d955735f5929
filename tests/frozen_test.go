package tests

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// newestFrozen is the state that -update writes. Older ones are never written
// again: they are what databases out there look like.
const newestFrozen = "0006_retention"

// A database in every state that a release left behind, with data, migrates to
// what the migrations build from nothing, and its data is still found.
func TestEveryFrozenStateMigrates(t *testing.T) {
	t.Parallel()
	if *update {
		freeze(t)
	}
	states, err := filepath.Glob("testdata/frozen/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, states)
	for _, path := range states {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			d := thaw(t, strings.TrimSuffix(filepath.Base(path), ".sql"))
			conn := d.Conn(t, "superuser")
			_, err := attestdb.Migrate(ctx, attestdb.MigrateConfig{URL: d.URL("owner")})
			require.NoError(t, err)
			status, err := attestdb.Migrations(ctx, attestdb.MigrateConfig{URL: d.URL("owner")})
			require.NoError(t, err)
			require.True(t, status.UpToDate)
			for _, module := range migrations.Modules {
				want, err := os.ReadFile(filepath.Join("..", "migrations", module, migrator.CatalogueFile))
				require.NoError(t, err)
				require.Equal(t, string(want), catalogue(t, conn, module))
			}

			db, err := attestdb.Open(ctx, attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
			id, err := db.TenantByName(ctx, "acme")
			require.NoError(t, err)
			subject, err := digest.New("sha256", digest.Sum([]byte("frozen")).String())
			require.NoError(t, err)
			matches, _, err := db.Tenant(id).Attestor().Find(ctx, attestor.Query{Subject: subject}, page.Request{})
			require.NoError(t, err)
			require.Len(t, matches, 1)
			require.Equal(t, attestor.Verified, matches[0].Verification.Outcome)
			content, err := db.Tenant(id).Attestor().Content(ctx, matches[0].ID)
			require.NoError(t, err)
			require.Equal(t, matches[0].SHA256, digest.Sum(content))
		})
	}
}

// thaw makes a database of a frozen state, with its data.
func thaw(t *testing.T, state string) *testdb.DB {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join("testdata", "frozen", state+".sql"))
	require.NoError(t, err)
	d := testdb.NewEmpty(t)
	conn := d.Conn(t, "superuser")
	_, err = conn.Exec(t.Context(), string(dump))
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	return d
}

// freeze writes today's state, with data, as SQL without psql's own commands.
func freeze(t *testing.T) {
	t.Helper()
	d := domaintest.NewDatabase(t)
	db := d.Open(t)
	signer, log := domaintest.NewSigner(t), domaintest.NewLog(t, 1)
	for _, name := range []string{"acme", "globex"} {
		h := domaintest.Tenant(t, db, name)
		rec, err := h.Record(t.Context(),
			signer.Evidence(t, "frozen.tgz", []byte("frozen")), attestdb.Verify(signer.Verifier(t)))
		require.NoError(t, err)
		_, err = h.Record(t.Context(), loggedBundle(t, log, name))
		require.NoError(t, err)
		_, err = h.Record(t.Context(), attested(t, signer, "melted.tgz", attestor.PredicateTypeCycloneDX, wordySBOM(t, name)))
		require.NoError(t, err)
		_, err = h.AssembleChain(t.Context(), attestor.ChainRequest{
			Subject: digest.Sum([]byte("frozen")).Digest(), PolicyVersion: "1",
			Segments: []attestor.ChainSegment{{Kind: proofchain.Evidence, Digest: rec.SHA256}},
		})
		require.NoError(t, err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(testdb.Server(t).BinDir(), "pg_dump"),
		"--inserts", "--no-comments", "--dbname", d.URL("superuser"))
	dump, err := cmd.Output()
	require.NoError(t, err, "freezing needs the server's pg_dump")
	var out bytes.Buffer
	for line := range bytes.Lines(dump) {
		if !bytes.HasPrefix(line, []byte(`\`)) && !bytes.HasPrefix(line, []byte("--")) {
			out.Write(line)
		}
	}
	require.NoError(t, os.MkdirAll("testdata/frozen", 0o755))
	require.NoError(t, os.WriteFile(filepath.Join("testdata/frozen", newestFrozen+".sql"), out.Bytes(), 0o644))
}

// What an older version took and none takes now stands in nobody's way: a ledger's rows
// cannot be mended, and an erasure without a reason is sound.
func TestLedgerThatHoldsWhatIsRefusedNowMigrates(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := thaw(t, "0004_verdict_ledger")
	conn := d.Conn(t, "superuser")
	var id uuid.UUID
	require.NoError(t, conn.QueryRow(ctx, `SELECT e.tenant_id FROM attestor.envelopes e JOIN attestor.envelope_contents c USING (tenant_id, id)
		CROSS JOIN LATERAL verdict.erase_envelope(e.tenant_id, e.sha256, 'root', NULL) LIMIT 1`).Scan(&id))
	_, err := attestdb.Migrate(ctx, attestdb.MigrateConfig{URL: d.URL("owner")})
	require.NoError(t, err)
	r, err := openOn(t, d).Tenant(attestdb.TenantID(id)).Verdict().Verify(ctx, verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Empty(t, r.Findings)
	_, err = d.Conn(t, "admin").Exec(ctx, `INSERT INTO tenancy.tenants (id, name, created_at, created_by, status_changed_at, status_changed_by)
		VALUES ('00000000-0000-0000-0000-000000000000', 'zero', now(), 'me', now(), 'me')`)
	require.Equal(t, "23514", codeOf(t, err))
}
