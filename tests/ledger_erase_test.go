package tests

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
)

// What is erased is gone, and everything that proved it stands.
func TestErase(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	signer := domaintest.NewSigner(t)
	kept, err := w.acme.Record(t.Context(), signer.Evidence(t, "kept", []byte("kept")))
	require.NoError(t, err)
	gone, err := w.acme.Record(t.Context(), signer.Evidence(t, "gone", []byte("gone")))
	require.NoError(t, err)
	entry, err := w.acme.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	other, err := w.acme.Verdict().Append(t.Context(), decided("b"))
	require.NoError(t, err)
	eraser := w.db.Eraser().As("dpo")

	erasure, err := eraser.Payload(t.Context(), w.acme.ID(), entry.Seq, "the customer asked")
	require.NoError(t, err)
	require.Equal(t, verdict.Erasure{Seq: 3}, erasure)
	again, err := eraser.Payload(t.Context(), w.acme.ID(), entry.Seq, "twice")
	require.NoError(t, err)
	require.Equal(t, verdict.Erasure{Seq: 3, Existed: true}, again)
	erasure, err = eraser.Envelope(t.Context(), w.acme.ID(), gone.SHA256, "the customer asked")
	require.NoError(t, err)
	require.Equal(t, verdict.Erasure{Seq: 4}, erasure)

	var payloads int
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT count(*) FROM verdict.ledger_payloads").Scan(&payloads))
	require.Equal(t, 1, payloads)
	_, err = w.acme.Attestor().Content(t.Context(), gone.ID)
	require.ErrorIs(t, err, attestdb.ErrErased)
	_, err = w.acme.Attestor().Content(t.Context(), kept.ID)
	require.NoError(t, err)
	still, err := w.acme.Attestor().Get(t.Context(), gone.ID)
	require.NoError(t, err)
	require.NotEmpty(t, still.Subject)
	require.EqualValues(t, 2, soundly(t, w.acme).Erased)

	// The same request as before is known still, and nothing brings the bytes back.
	back, err := w.acme.Record(t.Context(), signer.Evidence(t, "gone", []byte("gone")))
	require.NoError(t, err)
	require.Equal(t, gone.ID, back.ID)
	require.True(t, back.Existed)
	_, err = w.acme.Attestor().Content(t.Context(), gone.ID)
	require.ErrorIs(t, err, attestdb.ErrErased)
	content, err := w.acme.Attestor().Content(t.Context(), kept.ID)
	require.NoError(t, err)
	require.NotEmpty(t, content)
	soundly(t, w.acme)

	for name, call := range map[string]func() error{
		"another tenant's entry": func() error {
			_, err := eraser.Payload(t.Context(), w.globex.ID(), entry.Seq, "r")
			return err
		},
		"an act": func() error { _, err := eraser.Payload(t.Context(), w.acme.ID(), 0, "r"); return err },
		"another tenant's envelope": func() error {
			_, err := eraser.Envelope(t.Context(), w.globex.ID(), gone.SHA256, "r")
			return err
		},
		"no envelope": func() error {
			_, err := eraser.Envelope(t.Context(), w.acme.ID(), digest.Sum(nil), "r")
			return err
		},
	} {
		require.ErrorIs(t, call(), attestdb.ErrNotFound, name)
	}
	_, err = w.db.Eraser().Payload(t.Context(), w.acme.ID(), other.Seq, "r")
	require.ErrorIs(t, err, attestdb.ErrNoActor)
	for _, reason := range []string{"", "a\x00", strings.Repeat("a", ledger.MaxReasonLength-63)} {
		_, err = eraser.Payload(t.Context(), w.acme.ID(), other.Seq, reason)
		require.ErrorIs(t, err, attestdb.ErrInvalid)
	}
	require.EqualValues(t, 2, soundly(t, w.acme).Erased)
	_, err = eraser.Payload(t.Context(), w.acme.ID(), other.Seq, strings.Repeat("a", ledger.MaxReasonLength-64))
	require.NoError(t, err)
}

func soundly(t *testing.T, h *attestdb.TenantDB) verdict.Report {
	t.Helper()
	r, err := h.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Empty(t, r.Findings)
	return r
}

// The application cannot erase, and nobody without leaving an act, not even the owner.
func TestNobodyErasesInSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for role, conn := range w.actingRoles(t) {
		for _, sql := range []string{"DELETE FROM verdict.ledger_payloads", "DELETE FROM attestor.envelope_contents"} {
			_, err := conn.Exec(t.Context(), sql)
			require.Error(t, err, "%s: %s", role, sql)
		}
		if role == "admin" || role == "superuser" || role == "owner" {
			continue // who may erase, and leave an act
		}
		_, err := conn.Exec(t.Context(), "SELECT verdict.erase_payload($1, 1, 'me', 'r')", w.acme.ID())
		require.Error(t, err, role)
		_, err = conn.Exec(t.Context(), "SELECT verdict.append_act($1, 'payload.erase', 'me', 'r', NULL, NULL, NULL)", w.acme.ID())
		require.Error(t, err, role)
	}
	// An act of another entry's, or of another action, lets nothing go.
	conn := w.Conn(t, "owner")
	_, err := conn.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", w.acme.ID().String())
	require.NoError(t, err)
	for _, act := range []string{"'payload.keep', 'me', 'r', NULL, 'entry', l", "'payload.erase', 'me', 'r', NULL, 'envelope', l", "'payload.erase', 'me', 'r', NULL, 'entry', sha256(l)"} {
		_, err = conn.Exec(t.Context(), "SELECT verdict.append_act($1, "+act+") FROM (SELECT leaf_hash AS l FROM verdict.ledger_entries WHERE seq = 5) e", w.acme.ID())
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), "DELETE FROM verdict.ledger_payloads WHERE id = (SELECT id FROM verdict.ledger_entries WHERE seq = 5)")
		var pg *pgconn.PgError
		require.ErrorAs(t, err, &pg)
		require.Equal(t, "AD001", pg.Code)
	}
}

// What administrators do to a tenant is in its ledger, whichever program does it.
func TestAdministratorsActsAreInTheLedger(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	admin := w.db.Tenancy().As("root")
	_, err := admin.Suspend(t.Context(), w.acme.ID())
	require.NoError(t, err)
	_, err = admin.Suspend(t.Context(), w.acme.ID())
	require.NoError(t, err)
	_, err = admin.Resume(t.Context(), w.acme.ID())
	require.NoError(t, err)
	conn := w.Conn(t, "admin")
	_, err = conn.Exec(t.Context(), `UPDATE tenancy.tenants SET require_verified = true, requirements_changed_at = now(),
		requirements_changed_by = 'psql' WHERE id = $1`, w.acme.ID())
	require.NoError(t, err)
	rows, err := w.super.Query(t.Context(), `SELECT kind || ' ' || action || ' ' || actor || ' ' || subject_name || ' ' || coalesce(reason, '')
		FROM verdict.ledger_entries WHERE tenant_id = $1 ORDER BY seq`, w.acme.ID())
	require.NoError(t, err)
	var got []string
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		got = append(got, line)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []string{
		"act tenant.create " + string(domaintest.Actor) + " acme ", "act tenant.suspend root acme ", "act tenant.resume root acme ",
		"act tenant.require psql acme verified=t in_toto=f",
	}, got)
	soundly(t, w.acme)
	requireSound(t, w.globex, 1)

	// What is rolled back has not happened.
	tx := begin(t, conn)
	_, err = tx.Exec(t.Context(), "UPDATE tenancy.tenants SET status = 'suspended', status_changed_by = 'x', status_changed_at = clock_timestamp() WHERE id = $1", w.acme.ID())
	require.NoError(t, err)
	require.NoError(t, tx.Rollback(context.Background()))
	requireSound(t, w.acme, 4)
}

// Plain SQL of an administrator's leaves no act that is somebody else's, and none out.
func TestActsInPlainSQLAreWhoseTheyAre(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	d := decided("a")
	d.Payload = []byte("{}")
	_, err := w.acme.Verdict().Append(t.Context(), d)
	require.NoError(t, err)
	conn := w.Conn(t, "admin")
	for _, sql := range []string{
		"SELECT verdict.erase_payload($1, 1, 'dpo', NULL)",
		"SELECT verdict.erase_payload($1, 1, 'dpo', '')",
		"SELECT verdict.erase_payload($1, 1, 'dpo' || chr(10), 'r')",
		"UPDATE tenancy.tenants SET status = 'suspended' WHERE id = $1",
		"UPDATE tenancy.tenants SET status = 'suspended', status_changed_by = 'me' WHERE id = $1",
		"UPDATE tenancy.tenants SET status = 'suspended', status_changed_by = 'a' || chr(10) || 'b', status_changed_at = now() WHERE id = $1",
		"UPDATE tenancy.tenants SET status_changed_by = 'somebody else' WHERE id = $1",
		"UPDATE tenancy.tenants SET status_changed_at = now() WHERE id = $1",
		"UPDATE tenancy.tenants SET require_verified = true WHERE id = $1",
		"UPDATE tenancy.tenants SET require_in_toto = true, requirements_changed_by = 'me' WHERE id = $1",
		"UPDATE tenancy.tenants SET requirements_changed_by = 'me', requirements_changed_at = now() WHERE id = $1",
		`INSERT INTO tenancy.tenants (id, name, require_verified, created_at, created_by, status_changed_at, status_changed_by)
		 VALUES (overlay($1::uuid::text placing 'ffff' from 1)::uuid, 'odd', true, now(), 'me', now(), 'me')`,
		`INSERT INTO tenancy.tenants (id, name, created_at, created_by, status_changed_at, status_changed_by)
		 VALUES (overlay($1::uuid::text placing 'ffff' from 1)::uuid, 'odd', now(), 'me' || chr(27), now(), 'me')`,
	} {
		_, err := conn.Exec(t.Context(), sql, w.acme.ID().String())
		require.Equal(t, "23514", codeOf(t, err), "%s: %v", sql, err)
	}
	requireSound(t, w.acme, 2)

	var id uuid.UUID
	require.NoError(t, conn.QueryRow(t.Context(), `INSERT INTO tenancy.tenants (id, name, status, require_in_toto, created_at, created_by, status_changed_at,
		status_changed_by, requirements_changed_at, requirements_changed_by)
		VALUES (gen_random_uuid(), 'born', 'suspended', true, now(), 'maker', now(), 'stopper', now(), 'asker') RETURNING id`).Scan(&id))
	for _, sql := range []string{
		"UPDATE tenancy.tenants SET status = 'active', status_changed_by = 'starter', status_changed_at = clock_timestamp() WHERE id = $1",
		"UPDATE tenancy.tenants SET require_in_toto = false, requirements_changed_by = 'other', requirements_changed_at = clock_timestamp() WHERE id = $1",
	} {
		_, err := conn.Exec(t.Context(), sql, id)
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), strings.Replace(sql, "WHERE", ", created_by = created_by WHERE", 1), id)
		require.Error(t, err, "nobody changes that")
	}
	rows, err := w.super.Query(t.Context(), "SELECT concat_ws(' ', action, actor, reason) FROM verdict.ledger_entries WHERE tenant_id = $1 ORDER BY seq", id)
	require.NoError(t, err)
	acts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{
		"tenant.create maker", "tenant.suspend stopper", "tenant.require asker verified=f in_toto=t",
		"tenant.resume starter", "tenant.require other verified=f in_toto=f",
	}, acts)
	requireSound(t, w.db.Tenant(attestdb.TenantID(id)), len(acts))
}
