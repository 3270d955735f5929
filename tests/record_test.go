package tests

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
)

// open returns attestdb on a fresh database with two active tenants.
func open(t testing.TB) (db *attestdb.DB, acme, globex *attestdb.TenantDB) {
	t.Helper()
	db = domaintest.New(t)
	return db, domaintest.Tenant(t, db, "acme"), domaintest.Tenant(t, db, "globex")
}

func TestRecordedEvidenceIsFoundByItsArtifact(t *testing.T) {
	t.Parallel()
	_, acme, globex := open(t)
	signer := domaintest.NewSigner(t)
	artifact := []byte("artifact")
	ev := signer.Evidence(t, "pkg.tgz", artifact)

	rec, err := acme.Record(t.Context(), ev, attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err)
	require.False(t, rec.Existed)
	require.Equal(t, attestor.Verified, rec.Verification.Outcome)

	subject, err := digest.New("sha256", digest.Sum(artifact).String())
	require.NoError(t, err)
	matches, next, err := acme.Attestor().Find(t.Context(), attestor.Query{Subject: subject}, page.Request{})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, matches, 1)
	m := matches[0]
	require.Equal(t, rec.ID, m.ID)
	require.Equal(t, []string{"pkg.tgz"}, m.SubjectNames)
	require.Equal(t, ev.Statement.PredicateType, m.PredicateType)
	require.Equal(t, attestor.Verified, m.Verification.Outcome)
	require.Equal(t, []int{0}, m.Verification.Signatures)
	require.Equal(t, domaintest.Actor, m.RecordedBy)

	content, err := acme.Attestor().Content(t.Context(), rec.ID)
	require.NoError(t, err)
	require.Equal(t, ev.Content, content)
	detail, err := acme.Attestor().Get(t.Context(), rec.ID)
	require.NoError(t, err)
	require.Equal(t, ev.Statement.Subject, detail.Subject)
	require.Equal(t, m.Stored, detail.Stored)

	// Another tenant sees nothing by any key.
	matches, _, err = globex.Attestor().Find(t.Context(), attestor.Query{Subject: subject}, page.Request{})
	require.NoError(t, err)
	require.Empty(t, matches)
	_, err = globex.Attestor().Get(t.Context(), rec.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = globex.Attestor().Content(t.Context(), rec.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = globex.Attestor().IDBySHA256(t.Context(), rec.SHA256)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
}

func TestTheSameBytesReturnTheFirstRecord(t *testing.T) {
	t.Parallel()
	_, acme, globex := open(t)
	signer := domaintest.NewSigner(t)
	ev := signer.Evidence(t, "a", []byte("a"))
	first, err := acme.Record(t.Context(), ev)
	require.NoError(t, err)
	require.Equal(t, attestor.Unverified, first.Verification.Outcome)
	again, err := acme.Record(t.Context(), ev)
	require.NoError(t, err)
	require.True(t, again.Existed)
	require.Equal(t, first.ID, again.ID)
	require.Equal(t, first.CreatedAt, again.CreatedAt)

	// A verifier's word about bytes that are there already is added to them.
	verified, err := acme.Record(t.Context(), ev, attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err)
	require.Equal(t, first.ID, verified.ID)
	detail, err := acme.Attestor().Get(t.Context(), first.ID)
	require.NoError(t, err)
	require.Equal(t, attestor.Verified, detail.Verification.Outcome)

	// Two tenants may hold the same public evidence, each as its own.
	other, err := globex.Record(t.Context(), ev)
	require.NoError(t, err)
	require.False(t, other.Existed)
	require.NotEqual(t, first.ID, other.ID)
}

func TestUnknownAndSuspendedTenantsCannotWrite(t *testing.T) {
	t.Parallel()
	db, acme, _ := open(t)
	signer := domaintest.NewSigner(t)
	ev := signer.Evidence(t, "a", []byte("a"))
	_, err := db.Tenant(attestdb.TenantID(uuid.New())).Record(t.Context(), ev)
	require.ErrorIs(t, err, attestdb.ErrUnknownTenant)

	rec, err := acme.Record(t.Context(), ev)
	require.NoError(t, err)
	_, err = db.Tenancy().As("ops").Suspend(t.Context(), acme.ID())
	require.NoError(t, err)
	_, err = acme.Record(t.Context(), signer.Evidence(t, "b", []byte("b")))
	require.ErrorIs(t, err, attestdb.ErrTenantSuspended)
	_, err = acme.Attestor().Get(t.Context(), rec.ID)
	require.NoError(t, err, "a suspended tenant may read")
	_, err = db.Tenancy().As("ops").Resume(t.Context(), acme.ID())
	require.NoError(t, err)
	_, err = acme.Record(t.Context(), ev)
	require.NoError(t, err)
}

func TestFailedVerificationIsRefusedUnlessKept(t *testing.T) {
	t.Parallel()
	_, acme, _ := open(t)
	ev := domaintest.NewSigner(t).Evidence(t, "a", []byte("a"))
	stranger := attestdb.Verify(domaintest.NewSigner(t).Verifier(t))
	_, err := acme.Record(t.Context(), ev, stranger)
	require.ErrorIs(t, err, attestdb.ErrVerification)
	_, err = acme.Attestor().IDBySHA256(t.Context(), ev.SHA256)
	require.ErrorIs(t, err, attestdb.ErrNotFound, "nothing is stored")

	rec, err := acme.Record(t.Context(), ev, stranger, attestdb.KeepFailed())
	require.NoError(t, err)
	require.Equal(t, attestor.Failed, rec.Verification.Outcome)
	require.NotEmpty(t, rec.Verification.Reason)
}
