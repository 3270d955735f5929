package tests

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

// recordCall is a call of attestor.record_evidence, the way in for evidence,
// with one envelope of these bytes, a signature, a Statement and a subject.
func recordCall(tenant, content string) string {
	none := strings.Repeat(", '{}'", 10) // verifications
	return "SELECT * FROM attestor.record_evidence(" + recordArguments(tenant, content) + none + ")"
}

func recordArguments(tenant, content string) string {
	return fmt.Sprintf(`'%s',
		ARRAY[gen_random_uuid()], ARRAY[now()], ARRAY['me'], ARRAY['m'], ARRAY['p'], ARRAY[sha256('x')], ARRAY['%s'::bytea],
		ARRAY['https://in-toto.io/Statement/v1'], ARRAY['forged'],
		ARRAY[gen_random_uuid()], ARRAY[1], ARRAY[63], ARRAY['forged'], ARRAY['forged'::bytea],
		ARRAY[NULL::bytea], ARRAY[NULL::bytea], ARRAY[NULL], ARRAY[NULL],
		ARRAY[gen_random_uuid()], ARRAY[1], ARRAY[0], ARRAY['forged'], ARRAY['sha256'], ARRAY[sha256('forged')]`, tenant, content)
}

// parts are the tables that hold what is in an envelope.
var parts = []string{"envelopes", "envelope_contents", "envelope_signatures", "statements", "statement_subjects"}

// Nobody adds a signature or a subject to evidence that is there, not even its
// own tenant with plain SQL: an envelope enters with all its parts or not at all.
func TestNothingIsAddedToEvidenceThatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	before := w.fingerprint(t, attestdb.TenantID{})
	tried := 0
	for _, r := range w.relations {
		if !slices.Contains(parts, strings.TrimPrefix(r.Name, "attestor.")) {
			continue
		}
		tried++
		o := a.try(t, r.again(), "")
		require.NotNil(t, o.pgError, r.Name)
		require.Equal(t, "42501", o.pgError.Code, r.Name)
	}
	require.Equal(t, len(parts), tried)
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))
	// What asks for the tenant's requirements cannot be gone around.
	o := a.try(t, "SELECT * FROM attestor.record_envelopes("+recordArguments(w.acme.ID().String(), "new")+")", "")
	require.NotNil(t, o.pgError)
	require.Equal(t, "42501", o.pgError.Code)

	// The same bytes with other parts: the first record is the answer.
	content, err := w.acme.Attestor().Content(t.Context(), w.acmeIDs[0])
	require.NoError(t, err)
	rows, err := a.conn.Query(t.Context(), recordCall(w.acme.ID().String(), fmt.Sprintf(`\x%x`, content)))
	require.NoError(t, err)
	answer, err := pgx.CollectExactlyOneRow(rows, pgx.RowToMap)
	require.NoError(t, err)
	require.Equal(t, true, answer["existed"])
	require.Equal(t, w.acmeIDs[0], uuid.UUID(answer["envelope_id"].([16]byte)))
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))

	// An id that is taken is an error and not a way to add.
	taken := strings.Replace(recordCall(w.acme.ID().String(), "other"), "gen_random_uuid()", "'"+w.acmeIDs[0].String()+"'::uuid", 1)
	o = a.try(t, taken, "")
	require.NotNil(t, o.pgError)
	require.Equal(t, "23505", o.pgError.Code)
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))
}

// The way in is open for the tenant that the statement names, while it is
// active, and for no other, whatever happens to the setting meanwhile.
func TestEvidenceEntersForTheNamedActiveTenantOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acme, globex := w.acme.ID().String(), w.globex.ID().String()
	unknown := uuid.NewString()
	_, err := w.super.Exec(t.Context(), "INSERT INTO tenancy.tenants SELECT gen_random_uuid(), 'closed', 'suspended', now(), 'x', now(), 'x'")
	require.NoError(t, err)
	var closed string
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT id::text FROM tenancy.tenants WHERE name = 'closed'").Scan(&closed))
	before := w.fingerprint(t, attestdb.TenantID{})
	switching := func(tenant, to string) string {
		return strings.Replace(recordCall(tenant, "new"), "ARRAY['me']", "ARRAY[left(set_config('attestdb.tenant_id', '"+to+"', false), 4)]", 1)
	}
	for _, c := range []struct{ name, setting, sql, code string }{
		{"another tenant", acme, recordCall(globex, "new"), "AD002"},
		{"no tenant", "", recordCall(acme, "new"), "AD002"},
		{"garbage", "x", recordCall(acme, "new"), "22P02"},
		{"unknown tenant", unknown, recordCall(unknown, "new"), "AD002"},
		{"suspended tenant", closed, recordCall(closed, "new"), "AD003"},
		{"switched to a suspended tenant", acme, switching(closed, closed), "AD003"},
		{"switched away", acme, switching(acme, closed), "AD002"},
	} {
		a := w.attacker(t)
		a.become(t, c.setting)
		o := a.try(t, c.sql, "")
		require.NotNil(t, o.pgError, c.name)
		require.Equal(t, c.code, o.pgError.Code, c.name)
		require.False(t, leaks(o.text), c.name)
	}
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))

	a := w.attacker(t)
	a.become(t, acme)
	require.Nil(t, a.try(t, recordCall(acme, "new"), "").pgError)
	var size int
	var genuine bool
	err = w.super.QueryRow(t.Context(), `SELECT e.size, e.sha256 = sha256('new') FROM attestor.envelopes e
		WHERE e.tenant_id = $1 AND e.recorded_by = 'me'`, w.acme.ID()).Scan(&size, &genuine)
	require.NoError(t, err)
	require.Equal(t, 3, size)
	require.True(t, genuine, "digest and size are the database's, not the caller's")
}

// What record_evidence does inside reads by indexes alone, however much is
// there: for evidence that is new, and for what is there already.
func TestRecordReadsNoTableFromEndToEnd(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db, acme := openTapped(t, database, nil)
	fillTables(t, database, acme.ID(), 40_000)
	fillTables(t, database, domaintest.Tenant(t, db, "globex").ID(), 10_000)
	fillTenants(t, database)
	signer := domaintest.NewSigner(t)
	bare := signer.Evidence(t, "a", []byte("a"))
	bundle := loggedBundle(t, domaintest.NewLog(t, 1), "b")
	for i, ev := range []*attestdb.Evidence{bare, bare, bundle, bundle} {
		existed := i%2 == 1
		tx := begin(t, database.Conn(t, "app")) // whose counts begin at none
		h, err := db.TenantTx(t.Context(), tx, acme.ID())
		require.NoError(t, err)
		rec, err := h.Record(t.Context(), ev, attestdb.Verify(signer.Verifier(t)), attestdb.KeepFailed())
		require.NoError(t, err)
		require.Equal(t, existed, rec.Existed)
		rows, err := tx.Query(t.Context(), `SELECT relname::text || ': ' || seq_scan || ' scans, ' || coalesce(idx_tup_fetch, 0) || ' rows by index'
			FROM pg_stat_xact_user_tables WHERE schemaname = ANY ('{tenancy,attestor,rekor}')
			  AND (seq_scan > 0 OR idx_tup_fetch > 10)`)
		require.NoError(t, err)
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		require.Empty(t, found)
		require.NoError(t, tx.Commit(t.Context()))
	}
}
