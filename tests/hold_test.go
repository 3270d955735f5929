package tests

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verdict"
)

func (w *retentionWorld) hold(t *testing.T, scope verdict.Scope) verdict.Hold {
	t.Helper()
	h, err := w.keep.Hold(t.Context(), w.acme.ID(), scope, "case 4711")
	require.NoError(t, err)
	return h
}

func (w *retentionWorld) holds(t *testing.T, id attestdb.TenantID, released bool) (list []verdict.Hold) {
	t.Helper()
	for h, err := range w.keep.Holds(t.Context(), id, released) {
		require.NoError(t, err)
		list = append(list, h)
	}
	return list
}

// Whatever a hold covers is not erased, by whichever way; what it does not cover is, and
// so is what it covered when it is released.
func TestHeldBytesAreNotErased(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	id := w.acme.ID()
	mine := digest.Sum([]byte("held")).Digest()
	for name, scope := range map[string]func(attestor.Recorded, verdict.Entry) (envelope, entry *verdict.Scope){
		"tenant": func(attestor.Recorded, verdict.Entry) (a, b *verdict.Scope) {
			return new(verdict.WholeTenant()), new(verdict.WholeTenant())
		},
		"subject": func(attestor.Recorded, verdict.Entry) (a, b *verdict.Scope) {
			return new(verdict.AboutSubject(mine)), new(verdict.AboutSubject(mine))
		},
		"envelope": func(r attestor.Recorded, _ verdict.Entry) (a, b *verdict.Scope) {
			return new(verdict.OneEnvelope(r.SHA256)), nil
		},
		"entry": func(_ attestor.Recorded, e verdict.Entry) (a, b *verdict.Scope) {
			return nil, new(verdict.OneEntry(e.Seq))
		},
	} {
		t.Run(name, func(t *testing.T) {
			rec := w.envelope(t, w.acme, "held", "https://example.com/"+name)
			entry := w.decide(t, w.acme, "held")
			onEnvelope, onEntry := scope(rec, entry)
			if onEnvelope != nil {
				h := w.hold(t, *onEnvelope)
				require.Equal(t, name, string(h.Scope.Kind))
				w.requireKept(t, "attestor.envelope_contents", rec.ID, func() error {
					_, err := w.db.Eraser().As("dpo").Envelope(t.Context(), id, rec.SHA256, "r")
					return err
				})
				require.True(t, w.there(t, w.acme, rec))
				_, err := w.keep.Release(t.Context(), id, h.ID, "case closed")
				require.NoError(t, err)
			}
			if onEntry != nil {
				h := w.hold(t, *onEntry)
				w.requireKept(t, "verdict.ledger_payloads", entry.ID, func() error {
					_, err := w.db.Eraser().As("dpo").Payload(t.Context(), id, entry.Seq, "r")
					return err
				})
				require.Contains(t, w.payloads(t, id), entry.Seq)
				_, err := w.keep.Release(t.Context(), id, h.ID, "case closed")
				require.NoError(t, err)
			}
			_, err := w.db.Eraser().As("dpo").Envelope(t.Context(), id, rec.SHA256, "r")
			require.NoError(t, err)
			_, err = w.db.Eraser().As("dpo").Payload(t.Context(), id, entry.Seq, "r")
			require.NoError(t, err)
		})
	}
	soundly(t, w.acme)
}

// requireKept wants an erasure, and a DELETE of the owner's and of a superuser's who have
// an act, refused, with nothing left in the ledger.
func (w *retentionWorld) requireKept(t *testing.T, table string, row uuid.UUID, erase func() error) {
	t.Helper()
	size := soundly(t, w.acme).Size
	err := erase()
	require.ErrorIs(t, err, attestdb.ErrHeld)
	require.Equal(t, "AD030", codeOf(t, err))
	for _, role := range []string{"owner", "superuser"} {
		tx := begin(t, w.Conn(t, role))
		_, err = tx.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, true)", w.acme.ID().String())
		require.NoError(t, err)
		act := "'envelope.erase', 'me', 'r', NULL, 'envelope', (SELECT sha256 FROM attestor.envelopes WHERE id = $2)"
		if table == "verdict.ledger_payloads" {
			act = "'payload.erase', 'me', 'r', NULL, 'entry', (SELECT leaf_hash FROM verdict.ledger_entries WHERE id = $2)"
		}
		_, err = tx.Exec(t.Context(), "SELECT verdict.append_act($1, "+act+")", w.acme.ID(), row)
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "DELETE FROM "+table+" WHERE id = $1", row)
		require.Equal(t, "AD030", codeOf(t, err), role)
		require.NoError(t, tx.Rollback(t.Context()))
	}
	require.Equal(t, size, soundly(t, w.acme).Size, "what did not happen is not in the ledger")
}

// A hold on an artifact covers what comes later, is counted by a run, and covers neither
// another artifact, nor another algorithm's digest, nor another tenant.
func TestHoldCoversWhatItSays(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	id := w.acme.ID()
	for _, h := range []attestdb.TenantID{id, w.globex.ID()} {
		w.set(t, h, verdict.Rule{Kind: verdict.EnvelopeContents, Keep: day})
		w.set(t, h, verdict.Rule{Kind: verdict.EntryPayloads, Keep: day})
	}
	sha512, err := digest.FromBytes("sha3_256", digest.Sum([]byte("other")).Digest().Bytes())
	require.NoError(t, err)
	hold := w.hold(t, verdict.AboutSubject(digest.Sum([]byte("held")).Digest()))
	w.hold(t, verdict.AboutSubject(sha512))
	held, other := w.envelope(t, w.acme, "held", "p"), w.envelope(t, w.acme, "other", "p")
	theirs := w.envelope(t, w.globex, "held", "p")
	entry := w.decide(t, w.acme, "held")
	w.decide(t, w.acme, "other")
	w.age(t, 2*day)
	want := verdict.Expired{Looked: 4, Envelopes: 1, Payloads: 1, HeldEnvelopes: 1, HeldPayloads: 1}
	require.Equal(t, want, w.run(t, id, verdict.RunRequest{DryRun: true}))
	require.Equal(t, want, w.run(t, id, verdict.RunRequest{}))
	require.Equal(t, verdict.Expired{Looked: 2, HeldEnvelopes: 1, HeldPayloads: 1}, w.run(t, id, verdict.RunRequest{}))
	require.True(t, w.there(t, w.acme, held))
	require.False(t, w.there(t, w.acme, other))
	require.Equal(t, []int64{entry.Seq}, w.payloads(t, id))
	require.EqualValues(t, 1, w.run(t, w.globex.ID(), verdict.RunRequest{}).Envelopes)
	require.False(t, w.there(t, w.globex, theirs))

	// A second hold of the same goes on when the first is released.
	second := w.hold(t, verdict.OneEnvelope(held.SHA256))
	said, err := w.keep.Release(t.Context(), id, hold.ID, "case closed")
	require.NoError(t, err)
	require.False(t, said.Existed)
	again, err := w.keep.Release(t.Context(), id, hold.ID, "twice")
	require.NoError(t, err)
	require.Equal(t, verdict.Said{Seq: said.Seq, Existed: true}, again)
	require.Equal(t, verdict.Expired{Looked: 2, HeldEnvelopes: 1, Payloads: 1}, w.run(t, id, verdict.RunRequest{}))

	list := w.holds(t, id, true)
	require.Len(t, list, 3)
	require.Equal(t, "case closed", list[0].Released.Reason)
	require.Equal(t, attestdb.Actor("dpo"), list[0].Released.By)
	require.Equal(t, said.Seq, list[0].Released.Seq)
	require.Equal(t, hold.Scope, list[0].Scope)
	standing := w.holds(t, id, false)
	require.Equal(t, list[1:], standing)
	require.Equal(t, second, standing[1])
	require.Empty(t, w.holds(t, w.globex.ID(), true))
	require.Len(t, w.acts(t, id, "hold.place"), 3)
	require.Equal(t, "dpo|"+hold.ID.String()+"|sha256|case 4711", w.acts(t, id, "hold.place")[0])
	require.Equal(t, []string{"dpo|" + hold.ID.String() + "|case closed"}, w.acts(t, id, "hold.release"))
	soundly(t, w.acme)
	soundly(t, w.globex)
}

func TestHoldRefusals(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	id := w.acme.ID()
	rec := w.envelope(t, w.acme, "a", "p")
	entry := w.decide(t, w.acme, "a")
	bare := decided("b")
	bare.Payload = nil
	without, err := w.acme.Verdict().Append(t.Context(), bare)
	require.NoError(t, err)
	_, err = w.db.Eraser().As("dpo").Envelope(t.Context(), id, rec.SHA256, "r")
	require.NoError(t, err)
	_, err = w.db.Eraser().As("dpo").Payload(t.Context(), id, entry.Seq, "r")
	require.NoError(t, err)
	size := soundly(t, w.acme).Size
	for name, x := range map[string]struct {
		scope verdict.Scope
		want  error
	}{
		"erased envelope":      {verdict.OneEnvelope(rec.SHA256), attestdb.ErrErased},
		"erased payload":       {verdict.OneEntry(entry.Seq), attestdb.ErrErased},
		"no envelope":          {verdict.OneEnvelope(digest.Sum(nil)), attestdb.ErrNotFound},
		"entry without":        {verdict.OneEntry(without.Seq), attestdb.ErrNotFound},
		"no entry":             {verdict.OneEntry(-1), attestdb.ErrNotFound},
		"nothing":              {verdict.Scope{}, attestdb.ErrInvalid},
		"a subject of nothing": {verdict.AboutSubject(digest.Digest{}), attestdb.ErrInvalid},
	} {
		_, err := w.keep.Hold(t.Context(), id, x.scope, "r")
		require.ErrorIs(t, err, x.want, name)
	}
	for _, reason := range []string{"", "a\x00"} {
		_, err := w.keep.Hold(t.Context(), id, verdict.WholeTenant(), reason)
		require.ErrorIs(t, err, attestdb.ErrInvalid)
		_, err = w.keep.Release(t.Context(), id, uuid.New(), reason)
		require.ErrorIs(t, err, attestdb.ErrInvalid)
	}
	_, err = w.keep.Release(t.Context(), id, uuid.New(), "r")
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	theirs, err := w.keep.Hold(t.Context(), w.globex.ID(), verdict.WholeTenant(), "r")
	require.NoError(t, err)
	_, err = w.keep.Release(t.Context(), id, theirs.ID, "r")
	require.ErrorIs(t, err, attestdb.ErrNotFound, "another tenant's")
	require.Equal(t, size, soundly(t, w.acme).Size)
}

// Neither the application nor, without an act, the owner says anything of retention, and
// nobody changes what was said.
func TestNobodySetsRetentionInSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.acme.ID()
	calls := []string{
		"SELECT verdict.set_retention($1, 'envelope', NULL, 'for', 1, 'me')", "SELECT verdict.place_hold($1, gen_random_uuid(), 'tenant', NULL, NULL, NULL, NULL, 'me', 'r')",
		"SELECT verdict.release_hold($1, gen_random_uuid(), 'me', 'r')", "SELECT verdict.expire($1, 'envelope', 'me', false, 10, NULL, NULL)",
	}
	inserts := []string{
		"INSERT INTO verdict.retention_rules SELECT tenant_id, gen_random_uuid(), created_at, seq + %d, kind, 'x', 'for', 1, actor FROM verdict.retention_rules WHERE tenant_id = $1",
		"INSERT INTO verdict.legal_holds SELECT tenant_id, gen_random_uuid(), created_at, seq + %d, scope, subject_algorithm, subject_digest, digest, reason, actor FROM verdict.legal_holds WHERE tenant_id = $1",
		"INSERT INTO verdict.legal_hold_releases SELECT tenant_id, gen_random_uuid(), created_at, seq + %d, reason, actor FROM verdict.legal_hold_releases WHERE tenant_id = $1",
	}
	for role, conn := range w.actingRoles(t) {
		if role != "superuser" {
			_, err := conn.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", id.String())
			require.NoError(t, err)
		}
		privileged := role == "owner" || role == "superuser"
		for _, call := range calls {
			if !privileged && role != "admin" {
				_, err := conn.Exec(t.Context(), call, id)
				require.Equal(t, "42501", codeOf(t, err), "%s: %s", role, call)
			}
		}
		for _, insert := range inserts {
			for seq := range 3 { // the act of another row is no better than none
				_, err := conn.Exec(t.Context(), fmt.Sprintf(insert, seq-1), id)
				want := "42501"
				if privileged {
					want = "AD001"
				}
				require.Equal(t, want, codeOf(t, err), "%s: %s", role, insert)
			}
		}
		for _, table := range []string{"retention_rules", "legal_holds", "legal_hold_releases"} {
			for _, sql := range []string{"DELETE FROM verdict." + table, "UPDATE verdict." + table + " SET actor = 'me'"} {
				_, err := conn.Exec(t.Context(), sql)
				require.Error(t, err, "%s: %s", role, sql)
			}
		}
	}
	soundly(t, w.acme)
}
