package tests

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// backedUp is a database with tenants that have something of everything, and what was
// kept outside of it.
type backedUp struct {
	db        *attestdb.DB
	tenants   map[string]*attestdb.TenantDB
	keys      map[string]ledger.SigningKey
	signer    *domaintest.Signer
	log       *domaintest.Log
	verifiers []note.Verifier
	outside   []attestdb.OutsideCheckpoint
}

func newBackedUp(t *testing.T, db *attestdb.DB, names ...string) *backedUp {
	t.Helper()
	b := &backedUp{
		db: db, tenants: map[string]*attestdb.TenantDB{}, keys: map[string]ledger.SigningKey{},
		signer: domaintest.NewSigner(t), log: domaintest.NewLog(t, 1),
	}
	for _, name := range names {
		b.tenant(t, name)
		b.fill(t, name)
	}
	return b
}

func (b *backedUp) tenant(t *testing.T, name string) {
	t.Helper()
	h := domaintest.Tenant(t, b.db, name)
	b.tenants[name], b.keys[name] = h, signingKey(t, ledger.Origin(h.ID()))
	b.verifiers = append(b.verifiers, verifierOf(t, b.keys[name]))
}

// fill gives a tenant something of every table, and erases some of it.
func (b *backedUp) fill(t *testing.T, name string) {
	t.Helper()
	ctx, h := t.Context(), b.tenants[name]
	about := artifactDigest(t, "a")
	sbomOf, err := h.Record(ctx, attested(t, b.signer, "a", attestor.PredicateTypeCycloneDX, wordySBOM(t, name)), attestdb.Verify(b.signer.Verifier(t)))
	require.NoError(t, err)
	rec, err := h.Record(ctx, b.signer.Evidence(t, "a", []byte("a")), attestdb.Verify(b.signer.Verifier(t)))
	require.NoError(t, err)
	_, err = h.Record(ctx, loggedBundle(t, b.log, name))
	require.NoError(t, err)
	gone, err := h.Record(ctx, b.signer.Evidence(t, "gone", []byte("a")))
	require.NoError(t, err)
	_, err = h.ImportSBOM(ctx, cycloneDX(t, "alone", npm("left", "1.0.0"), npm("right", "2.0.0")))
	require.NoError(t, err)
	for policy := range 2 {
		_, err = h.AssembleChain(ctx, attestor.ChainRequest{Subject: about, PolicyVersion: fmt.Sprint(policy), Segments: []attestor.ChainSegment{
			{Kind: proofchain.SBOM, Digest: sbomOf.SHA256},
			{Kind: proofchain.Evidence, Digest: rec.SHA256},
			{Kind: proofchain.Evidence, Digest: gone.SHA256},
			{Kind: proofchain.Reasoning, Content: []byte(`{"because":"of this"}`)},
		}})
		require.NoError(t, err)
	}
	entries := b.decide(t, name, 20)
	_, err = b.db.Eraser().As("dpo").Envelope(ctx, h.ID(), gone.SHA256, "asked to")
	require.NoError(t, err)
	_, err = b.db.Eraser().As("dpo").Payload(ctx, h.ID(), entries[3].Seq, "asked to")
	require.NoError(t, err)
	keep := b.db.Retention().As("dpo")
	_, err = keep.Set(ctx, h.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, Keep: 365 * day})
	require.NoError(t, err)
	_, err = keep.Hold(ctx, h.ID(), verdict.OneEnvelope(rec.SHA256), "a court asked")
	require.NoError(t, err)
	over, err := keep.Hold(ctx, h.ID(), verdict.AboutSubject(about), "another court asked")
	require.NoError(t, err)
	_, err = keep.Release(ctx, h.ID(), over.ID, "it is over")
	require.NoError(t, err)
}

func (b *backedUp) decide(t *testing.T, name string, n int) (entries []verdict.Entry) {
	t.Helper()
	for i := range n {
		e, err := b.tenants[name].As("ci").Verdict().Append(t.Context(), decided(fmt.Sprintf("%s %d", name, i)))
		require.NoError(t, err)
		entries = append(entries, e.Entry)
	}
	return entries
}

// keep signs a checkpoint and keeps it outside.
func (b *backedUp) keep(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		c, err := b.tenants[name].Verdict().Checkpoint(t.Context(), b.keys[name], "")
		require.NoError(t, err)
		b.outside = append(b.outside, attestdb.OutsideCheckpoint{Name: fmt.Sprintf("%s-%d", name, c.TreeSize), Note: c.Note})
	}
}

func (b *backedUp) request() attestdb.RestoredRequest {
	return attestdb.RestoredRequest{Checkpoints: b.outside, Verifiers: b.verifiers}
}

// checkRestored looks at a copy with the logins that a service has, and the auditor's.
func checkRestored(t *testing.T, url func(role string) string, req attestdb.RestoredRequest) attestdb.RestoredReport {
	t.Helper()
	report, err := attestdb.CheckRestored(t.Context(), attestdb.DiagnoseConfig{Config: attestdb.Config{
		App: attestdb.Conn{URL: url("app"), MaxConns: 2}, Auditor: attestdb.Conn{URL: url("auditor"), MaxConns: 4},
	}}, req)
	require.NoError(t, err)
	return report
}

// requireComplete requires a copy in which nothing is wrong and nothing is missing.
func requireComplete(t *testing.T, r attestdb.RestoredReport, tenants ...string) {
	t.Helper()
	require.NoError(t, r.Err)
	for _, c := range r.Database.Checks {
		require.False(t, c.Status.Bad(), "%+v", c)
	}
	var names []string
	for i := range r.Tenants {
		names = append(names, r.Tenants[i].Name)
		require.Equal(t, health.OK, r.Tenants[i].Status(), "%+v", r.Tenants[i])
	}
	require.Equal(t, tenants, names)
	require.Equal(t, health.OK, r.Status)
}

// named returns the findings of the tenants that have any, by their names, or their ids.
func findingsByName(r attestdb.RestoredReport) map[string][]attestdb.RestoredFinding {
	all := map[string][]attestdb.RestoredFinding{}
	for _, t := range r.Tenants {
		if name := t.Name; len(t.Findings) > 0 {
			if name == "" {
				name = t.ID.String()
			}
			all[name] = t.Findings
		}
	}
	return all
}

func tenantOf(t *testing.T, r attestdb.RestoredReport, id attestdb.TenantID) attestdb.RestoredTenant {
	t.Helper()
	for _, found := range r.Tenants {
		if found.ID == id {
			return found
		}
	}
	require.FailNow(t, "the report does not name the tenant", "%s", id)
	return attestdb.RestoredTenant{}
}

// pgTool is a program of the server's own version. The builds that npm has are without
// most of them.
func pgTool(t testing.TB, binDir, name string) string {
	t.Helper()
	path := filepath.Join(binDir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the server has no %s of its own version", name)
	}
	return path
}

// tool runs a program of the test server's, which must succeed.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := toolErr(t, name, args...)
	require.NoError(t, err, "%s", out)
	return out
}

func toolErr(t testing.TB, name string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(context.Background(), pgTool(t, testdb.Server(t).BinDir(), name), args...).CombinedOutput()
	return string(out), err
}

// dumpOf writes a dump in pg_dump's own format, as whoever the URL is.
func dumpOf(t testing.TB, url string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "attestdb.dump")
	tool(t, "pg_dump", append([]string{"--format=custom", "--file", file, "--dbname", url}, args...)...)
	return file
}

// restore restores a dump into a database where the roles are.
func restore(t testing.TB, dump string, args ...string) *testdb.DB {
	t.Helper()
	d := testdb.NewEmpty(t)
	tool(t, "pg_restore", append([]string{"--exit-on-error", "--single-transaction", "--dbname", d.URL("superuser")}, append(args, dump)...)...)
	return d
}
