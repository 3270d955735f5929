package tests

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/verdict"
)

// Rules and holds decide what is erased for ever: whoever stops the triggers and changes
// them, or takes them away, is found, also by a verification that goes on behind them.
func TestTamperingWithRetentionIsFound(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	rec := w.envelope(t, w.acme, "a", "https://example.com/p")
	entry := w.decide(t, w.acme, "a")
	for _, rule := range []verdict.Rule{
		{Kind: verdict.EnvelopeContents, Keep: 30 * day}, {Kind: verdict.EnvelopeContents, PredicateType: "https://example.com/p"},
		{Kind: verdict.EntryPayloads, Keep: 365 * day},
	} {
		_, err := w.keep.Set(t.Context(), w.acme.ID(), rule)
		require.NoError(t, err)
	}
	_, err := w.keep.Unset(t.Context(), w.acme.ID(), "https://example.com/p")
	require.NoError(t, err)
	for _, scope := range []verdict.Scope{
		verdict.WholeTenant(), verdict.AboutSubject(artifactDigest(t, "a")), verdict.OneEnvelope(rec.SHA256), verdict.OneEntry(entry.Seq),
	} {
		hold, err := w.keep.Hold(t.Context(), w.acme.ID(), scope, "a court asked")
		require.NoError(t, err)
		if scope.Kind != verdict.ScopeTenant {
			continue
		}
		_, err = w.keep.Release(t.Context(), w.acme.ID(), hold.ID, "it is over")
		require.NoError(t, err)
	}
	_, err = w.keep.Hold(t.Context(), w.globex.ID(), verdict.WholeTenant(), "of another tenant")
	require.NoError(t, err)
	state := soundly(t, w.acme).State
	soundly(t, w.globex)

	conn := w.Conn(t, "superuser")
	execOn(t, conn, `SET session_replication_role = replica;
		ALTER TABLE verdict.legal_holds DROP CONSTRAINT legal_holds_subject_of, DROP CONSTRAINT legal_holds_digest_of,
			DROP CONSTRAINT legal_holds_scope_known;
		ALTER TABLE verdict.retention_rules DROP CONSTRAINT retention_rules_keep_seconds_of, DROP CONSTRAINT retention_rules_keep_known,
			DROP CONSTRAINT retention_rules_kind_known, DROP CONSTRAINT retention_rules_predicate_type_of, DROP CONSTRAINT retention_rules_keep_default_of`)
	tables := []string{"retention_rules", "legal_holds", "legal_hold_releases"}
	for _, table := range tables {
		execOn(t, conn, "CREATE TEMP TABLE kept_"+table+" AS TABLE verdict."+table)
	}
	own := " AND tenant_id = '" + w.acme.ID().String() + "'"
	for _, sql := range []string{
		"DELETE FROM verdict.legal_holds WHERE scope = 'tenant'" + own,
		"DELETE FROM verdict.legal_holds WHERE scope = 'subject'" + own,
		"DELETE FROM verdict.legal_holds WHERE scope = 'entry'" + own,
		"UPDATE verdict.legal_holds SET scope = 'tenant' WHERE scope = 'subject'" + own,
		"UPDATE verdict.legal_holds SET scope = 'entry' WHERE scope = 'envelope'" + own,
		"UPDATE verdict.legal_holds SET scope = 'tenant', digest = NULL WHERE scope = 'envelope'" + own,
		"UPDATE verdict.legal_holds SET scope = 'x' WHERE scope = 'tenant'" + own,
		"UPDATE verdict.retention_rules SET keep_seconds = 1 WHERE keep = 'forever'" + own,
		"UPDATE verdict.retention_rules SET keep = keep_seconds || 's', keep_seconds = 1 WHERE keep_seconds = 2592000" + own,
		"UPDATE verdict.retention_rules SET kind = kind || ' ' || predicate_type, predicate_type = NULL WHERE keep = 'forever'" + own,
		"UPDATE verdict.legal_holds SET subject_digest = sha256('x') WHERE scope = 'subject'" + own,
		"UPDATE verdict.legal_holds SET digest = sha256('x') WHERE scope = 'envelope'" + own,
		"UPDATE verdict.legal_holds SET reason = 'x' WHERE scope = 'envelope'" + own,
		"UPDATE verdict.legal_holds SET actor = 'x' WHERE scope = 'envelope'" + own,
		"UPDATE verdict.legal_holds SET created_at = created_at - interval '1 day' WHERE scope = 'envelope'" + own,
		"UPDATE verdict.legal_holds SET id = gen_random_uuid() WHERE scope = 'envelope'" + own,
		"UPDATE verdict.legal_holds SET seq = 4000 WHERE scope = 'envelope'" + own,
		"INSERT INTO verdict.legal_holds SELECT tenant_id, gen_random_uuid(), now(), 4000, 'tenant', NULL, NULL, NULL, 'x', 'x' FROM verdict.legal_holds WHERE scope = 'entry'" + own,
		"DELETE FROM verdict.legal_hold_releases WHERE true" + own,
		"UPDATE verdict.legal_hold_releases SET reason = 'x' WHERE true" + own,
		"UPDATE verdict.legal_hold_releases SET id = (SELECT id FROM verdict.legal_holds WHERE scope = 'entry'" + own + ") WHERE true" + own,
		"INSERT INTO verdict.legal_hold_releases SELECT tenant_id, id, now(), 4000, 'x', 'x' FROM verdict.legal_holds WHERE scope = 'entry'" + own,
		"DELETE FROM verdict.retention_rules WHERE keep = 'forever'" + own,
		"DELETE FROM verdict.retention_rules WHERE keep = 'default'" + own,
		"UPDATE verdict.retention_rules SET keep_seconds = 1 WHERE keep_seconds = 2592000" + own,
		"UPDATE verdict.retention_rules SET predicate_type = 'x' WHERE keep = 'forever'" + own,
		"UPDATE verdict.retention_rules SET kind = 'envelope' WHERE kind = 'payload'" + own,
		"UPDATE verdict.retention_rules SET actor = 'x' WHERE kind = 'payload'" + own,
		"UPDATE verdict.retention_rules SET created_at = created_at - interval '1 day' WHERE kind = 'payload'" + own,
		"INSERT INTO verdict.retention_rules SELECT tenant_id, gen_random_uuid(), now(), 4000, 'payload', NULL, 'for', 1, 'x' FROM verdict.retention_rules WHERE kind = 'payload'" + own,
	} {
		tag, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
		require.EqualValues(t, 1, tag.RowsAffected(), sql)
		for _, from := range []verdict.State{{}, state} {
			r, err := w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: from})
			require.NoError(t, err)
			require.NotEmpty(t, r.Findings, sql)
			require.Equal(t, verdict.FaultRetention, r.Findings[0].Fault, sql)
		}
		soundly(t, w.globex)
		for _, table := range tables {
			execOn(t, conn, "DELETE FROM verdict."+table+"; INSERT INTO verdict."+table+" TABLE kept_"+table)
		}
	}
	soundly(t, w.acme)

	// An act that lost its place is a finding as well, and a column that nobody knows is none.
	execOn(t, conn, "ALTER TABLE verdict.ledger_entries ALTER seq DROP NOT NULL; UPDATE verdict.ledger_entries SET seq = NULL WHERE action = 'hold.release'"+own)
	r, err := w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.NotEmpty(t, r.Findings)
	for _, table := range tables {
		execOn(t, conn, "ALTER TABLE verdict."+table+" ADD COLUMN new text")
		_, err = w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
		require.ErrorIs(t, err, attestdb.ErrSchema, table)
		execOn(t, conn, "ALTER TABLE verdict."+table+" DROP COLUMN new")
	}
}

// An erasure of what was held says so of itself, whoever stopped the trigger that forbids it.
func TestErasureOfWhatIsHeldIsFound(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	rec := w.envelope(t, w.acme, "a", "https://example.com/p")
	held, free := w.decide(t, w.acme, "a"), w.decide(t, w.acme, "b")
	for _, scope := range []verdict.Scope{verdict.OneEntry(free.Seq), verdict.OneEnvelope(rec.SHA256), verdict.OneEntry(held.Seq)} {
		hold, err := w.keep.Hold(t.Context(), w.acme.ID(), scope, "a court asked")
		require.NoError(t, err)
		if scope == verdict.OneEntry(held.Seq) {
			continue
		}
		_, err = w.keep.Release(t.Context(), w.acme.ID(), hold.ID, "it is over")
		require.NoError(t, err)
	}
	eraser := w.db.Eraser().As("dpo")
	_, err := eraser.Payload(t.Context(), w.acme.ID(), free.Seq, "asked to")
	require.NoError(t, err)
	_, err = eraser.Envelope(t.Context(), w.acme.ID(), rec.SHA256, "asked to")
	require.NoError(t, err)
	state := soundly(t, w.acme).State

	execOn(t, w.Conn(t, "superuser"), "ALTER TABLE verdict.ledger_payloads DISABLE TRIGGER ledger_payloads_held")
	erased, err := eraser.Payload(t.Context(), w.acme.ID(), held.Seq, "asked to")
	require.NoError(t, err)
	for _, from := range []verdict.State{{}, state} {
		r, err := w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: from})
		require.NoError(t, err)
		requireFault(t, r, erased.Seq, verdict.FaultRetention)
	}
}

// What is read again after an error that passes is read from where it began.
func TestErrorWhileActsAreReadIsNoFault(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	for i := range 10 {
		_, err := w.keep.Set(t.Context(), w.acme.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, Keep: time.Duration(30+i) * day})
		require.NoError(t, err)
	}
	state := soundly(t, w.acme).State
	conn := w.Conn(t, "superuser")
	execOn(t, conn, `CREATE SEQUENCE public.reads; GRANT ALL ON SEQUENCE public.reads TO PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
		CREATE FUNCTION public.fails() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN
			IF current_query() LIKE '%e.action = $2%LIMIT 1000%' AND nextval('public.reads') = 6 THEN
				RAISE EXCEPTION 'conflict with recovery' USING ERRCODE = '40001';
			END IF;
			RETURN true;
		END $$;
		CREATE POLICY fails ON verdict.ledger_entries AS RESTRICTIVE FOR SELECT USING (public.fails())`)
	r, err := w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: state})
	require.NoError(t, err)
	require.Empty(t, r.Findings)
	var reads int64
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT last_value FROM public.reads").Scan(&reads))
	require.Greater(t, reads, int64(11), "it failed once")
}
