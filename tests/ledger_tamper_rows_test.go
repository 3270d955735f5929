package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
)

// What belongs to entries, and what is kept of the tree, is compared with the entries
// column by column as well.
func TestEveryChangedColumnBesideTheEntriesIsFound(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	// Nothing hashes these: an id that leads nowhere, and a time that nothing follows from.
	// A payload's time is its entry's.
	free := map[string]bool{
		"ledger_inputs.id": true, "ledger_nodes.id": true, "ledger_checkpoints.id": true,
		"ledger_inputs.created_at": true, "ledger_nodes.created_at": true, "ledger_checkpoints.created_at": true,
	}
	for table, where := range map[string]string{
		"ledger_inputs":      "seq = 17 AND position = 1",
		"ledger_payloads":    "id = (SELECT id FROM verdict.ledger_entries WHERE seq = 17)",
		"ledger_nodes":       "level = 1 AND index = 1",
		"ledger_checkpoints": "true",
	} {
		for column, typ := range v.columnsOf(t, "verdict."+table) {
			require.Contains(t, changes, typ)
			for _, change := range changes[typ] {
				if free[table+"."+column] {
					continue
				}
				expr := change
				if strings.Contains(change, "%") {
					expr = fmt.Sprintf(change, column)
				}
				tag, err := v.conn.Exec(t.Context(), fmt.Sprintf("UPDATE verdict.%s SET %s = %s WHERE %s AND (%[3]s) IS DISTINCT FROM %[2]s", table, column, expr, where))
				if err != nil && (column == "id" || column == "tenant_id") {
					continue // the primary key is there
				}
				require.NoError(t, err)
				require.LessOrEqual(t, tag.RowsAffected(), int64(1))
				if tag.RowsAffected() == 0 {
					continue
				}
				// One that is taken away, to another tenant's, is shown by those that were
				// kept outside.
				if table+"."+column == "ledger_checkpoints.tenant_id" {
					v.restore(t)
					continue
				}
				require.False(t, v.verify(t, v.outside).OK(), "%s.%s = %s", table, column, expr)
				v.restore(t)
			}
		}
	}
	require.Empty(t, v.verify(t, v.outside).Findings)
}

// Rows that are taken away, put in, swapped or written anew.
func TestEveryTamperingWithRowsIsFound(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	acme := v.acme.ID().String()
	const all = "tenant_id, id, seq, recorded_at, prev_hash, kind, action, subject_algorithm, subject_digest, subject_name, result, policy_uri, policy_digest, reason, inputs, verifier, verified_at, payload_hash, decision_digest, actor, idempotency_key, leaf_hash"
	copyOf := func(seq, as string) string {
		return fmt.Sprintf("INSERT INTO verdict.ledger_entries (%s) SELECT %s FROM verdict.ledger_entries WHERE seq = %s",
			all, strings.Replace(strings.Replace(all, " id,", " gen_random_uuid(),", 1), "seq,", as+",", 1), seq)
	}
	for _, c := range []struct {
		name, sql string
		seq       int64
		faults    []verdict.Fault
	}{
		{"an entry is gone", "DELETE FROM verdict.ledger_entries WHERE seq = 17", 17, []verdict.Fault{verdict.FaultGap}},
		{"the first is gone", "DELETE FROM verdict.ledger_entries WHERE seq = 0", 0, []verdict.Fault{verdict.FaultGap}},
		{"several are gone", "DELETE FROM verdict.ledger_entries WHERE seq BETWEEN 17 AND 19", 17, []verdict.Fault{verdict.FaultGap}},
		{"one is there twice", copyOf("17", "17"), 17, []verdict.Fault{verdict.FaultExtra}},
		{"one is put before the first", copyOf("17", "-1"), -1, []verdict.Fault{verdict.FaultExtra}},
		{"one is put behind the last", copyOf("17", fmt.Sprint(vaultSize)), vaultSize, []verdict.Fault{verdict.FaultHash}},
		{"one is put in between", "UPDATE verdict.ledger_entries SET seq = seq + 1 WHERE seq > 17; " + copyOf("17", "18"), 18, []verdict.Fault{verdict.FaultHash}},
		{"two are swapped", "UPDATE verdict.ledger_entries SET seq = CASE seq WHEN 17 THEN 20 ELSE 17 END WHERE seq IN (17, 20)", 17, []verdict.Fault{verdict.FaultHash}},
		{"one is written anew with its hash", "UPDATE verdict.ledger_entries e SET reason = 'x'; UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE seq = 17", 0, []verdict.Fault{verdict.FaultHash}},
		{"one with its hashes", `UPDATE verdict.ledger_entries SET reason = 'x' WHERE seq = 17;
			UPDATE verdict.ledger_entries e SET decision_digest = verdict.decision_digest(e) WHERE seq = 17;
			UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE seq = 17`, 18, []verdict.Fault{verdict.FaultLink}},
		{"one with a decision digest of another", `UPDATE verdict.ledger_entries SET decision_digest = sha256('x') WHERE seq = 42;
			UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE seq = 42`, 42, []verdict.Fault{verdict.FaultHash}},
		{"the last with its hashes", `UPDATE verdict.ledger_entries SET reason = 'x' WHERE seq = 42;
			UPDATE verdict.ledger_entries e SET decision_digest = verdict.decision_digest(e) WHERE seq = 42;
			UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE seq = 42`, 42, []verdict.Fault{verdict.FaultCheckpoint}},
		{"a time before the one before", `UPDATE verdict.ledger_entries SET recorded_at = recorded_at - interval '1 day' WHERE seq = 42;
			UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE seq = 42`, 42, []verdict.Fault{verdict.FaultTime}},
		{"a payload is deleted by hand", "DELETE FROM verdict.ledger_payloads WHERE id = (SELECT id FROM verdict.ledger_entries WHERE seq = 17)", 17, []verdict.Fault{verdict.FaultPayload}},
		{"bytes of a payload become its nonce's", "UPDATE verdict.ledger_payloads SET nonce = nonce || substr(content, 1, 12), content = substr(content, 13) WHERE id = (SELECT id FROM verdict.ledger_entries WHERE seq = 17)", 17, []verdict.Fault{verdict.FaultPayload}},
		{"bytes of a nonce become its payload's", "UPDATE verdict.ledger_payloads SET nonce = substr(nonce, 1, 31), content = substr(nonce, 32) || content WHERE id = (SELECT id FROM verdict.ledger_entries WHERE seq = 17)", 17, []verdict.Fault{verdict.FaultPayload}},
		{"an erased payload is back", fmt.Sprintf("INSERT INTO verdict.ledger_payloads SELECT tenant_id, id, recorded_at, sha256('n'), 'x' FROM verdict.ledger_entries WHERE seq = %d", vaultErased), vaultErased, []verdict.Fault{verdict.FaultPayload}},
		{"an erased payload is back as it was", fmt.Sprintf("INSERT INTO verdict.ledger_payloads SELECT * FROM public.kept WHERE id = (SELECT id FROM verdict.ledger_entries WHERE seq = %d)", vaultErased), vaultErased, []verdict.Fault{verdict.FaultPayload}},
		{"a node is there twice", "INSERT INTO verdict.ledger_nodes SELECT tenant_id, gen_random_uuid(), created_at, level, index, hash FROM verdict.ledger_nodes WHERE index = 1", 31, []verdict.Fault{verdict.FaultNode}},
		{"a payload of an act", "INSERT INTO verdict.ledger_payloads SELECT tenant_id, id, recorded_at, sha256('n'), 'x' FROM verdict.ledger_entries WHERE seq = 0", -1, []verdict.Fault{verdict.FaultPayload}},
		{"a payload of nothing", "INSERT INTO verdict.ledger_payloads VALUES ('" + acme + "', gen_random_uuid(), now(), sha256('n'), 'x')", -1, []verdict.Fault{verdict.FaultPayload}},
		{"an input is gone", "DELETE FROM verdict.ledger_inputs WHERE seq = 17 AND position = 1", 17, []verdict.Fault{verdict.FaultInputs}},
		{"an input is added", "INSERT INTO verdict.ledger_inputs VALUES ('" + acme + "', gen_random_uuid(), now(), 17, 2, 'vex', sha256('x'))", 17, []verdict.Fault{verdict.FaultInputs}},
		{"inputs beyond the last", "INSERT INTO verdict.ledger_inputs VALUES ('" + acme + "', gen_random_uuid(), now(), 4000, 0, 'vex', sha256('x'))", -1, []verdict.Fault{verdict.FaultInputs}},
		{"a node is gone", "DELETE FROM verdict.ledger_nodes WHERE index = 1", 31, []verdict.Fault{verdict.FaultNode}},
		{"a node too many", "INSERT INTO verdict.ledger_nodes VALUES ('" + acme + "', gen_random_uuid(), now(), 1, 2, sha256('x'))", -1, []verdict.Fault{verdict.FaultNode}},
		{"a node of a level that is none", "INSERT INTO verdict.ledger_nodes VALUES ('" + acme + "', gen_random_uuid(), now(), 16, 0, sha256('x'))", -1, []verdict.Fault{verdict.FaultNode}},
		{"an entry without a place", "ALTER TABLE verdict.ledger_entries ALTER seq DROP NOT NULL; " + copyOf("17", "NULL"), -1, []verdict.Fault{verdict.FaultExtra}},
		{"an input without a place", "ALTER TABLE verdict.ledger_inputs ALTER seq DROP NOT NULL; INSERT INTO verdict.ledger_inputs VALUES ('" + acme + "', gen_random_uuid(), now(), NULL, 0, 'vex', sha256('x'))", -1, []verdict.Fault{verdict.FaultInputs}},
		{"a node without a place", "ALTER TABLE verdict.ledger_nodes ALTER index DROP NOT NULL; INSERT INTO verdict.ledger_nodes VALUES ('" + acme + "', gen_random_uuid(), now(), 1, NULL, sha256('x'))", -1, []verdict.Fault{verdict.FaultNode}},
		{"a node without a level", "ALTER TABLE verdict.ledger_nodes ALTER level DROP NOT NULL; INSERT INTO verdict.ledger_nodes VALUES ('" + acme + "', gen_random_uuid(), now(), NULL, 1, sha256('x'))", -1, []verdict.Fault{verdict.FaultNode}},
		{"a node of level 0", "INSERT INTO verdict.ledger_nodes VALUES ('" + acme + "', gen_random_uuid(), now(), 0, 1, sha256('x'))", -1, []verdict.Fault{verdict.FaultNode}},
		{"a node before the first", "INSERT INTO verdict.ledger_nodes VALUES ('" + acme + "', gen_random_uuid(), now(), 1, -1, sha256('x'))", -1, []verdict.Fault{verdict.FaultNode}},
		{"an input before the first", "INSERT INTO verdict.ledger_inputs VALUES ('" + acme + "', gen_random_uuid(), now(), -1, 0, 'vex', sha256('x'))", -1, []verdict.Fault{verdict.FaultInputs}},
		{"an erasure of something else", "UPDATE verdict.ledger_inputs SET kind = 'sbom' WHERE kind = 'entry'", vaultErased, []verdict.Fault{verdict.FaultPayload}},
		{"the erasure is no more", "UPDATE verdict.ledger_entries SET action = 'payload.keep' WHERE action = 'payload.erase'", vaultErased, []verdict.Fault{verdict.FaultPayload}},
		{"an envelope's bytes are deleted by hand", "DELETE FROM attestor.envelope_contents", -1, []verdict.Fault{verdict.FaultPayload}},
		{"an erased envelope is back", "INSERT INTO attestor.envelope_contents SELECT tenant_id, id, created_at, 'x' FROM attestor.envelopes ON CONFLICT DO NOTHING", -1, []verdict.Fault{verdict.FaultPayload}},
		{"the tail is gone, and a stored checkpoint says so", rollbackTo(20), 20, []verdict.Fault{verdict.FaultRollback}},
		{"the tail is gone, and so are the checkpoints", "DELETE FROM verdict.ledger_checkpoints; " + rollbackTo(20), 20, []verdict.Fault{verdict.FaultRollback}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v.exec(t, c.sql)
			requireFault(t, v.verify(t, v.outside), c.seq, c.faults...)
			v.restore(t)
		})
	}
	require.Empty(t, v.verify(t, v.outside).Findings)
}

// rollbackTo is what an older backup would bring.
func rollbackTo(size int) string {
	return fmt.Sprintf(`DELETE FROM verdict.ledger_payloads p USING verdict.ledger_entries e WHERE e.id = p.id AND e.seq >= %[1]d;
		DELETE FROM verdict.ledger_entries WHERE seq >= %[1]d; DELETE FROM verdict.ledger_inputs WHERE seq >= %[1]d;
		DELETE FROM verdict.ledger_nodes WHERE (index + 1) * 16 ^ level > %[1]d;
		INSERT INTO attestor.envelope_contents SELECT tenant_id, id, created_at, 'x' FROM attestor.envelopes
		  WHERE NOT EXISTS (SELECT FROM verdict.ledger_entries WHERE action = 'envelope.erase') ON CONFLICT DO NOTHING`, size)
}

// What only some of the means show.
func TestTamperingThatLeavesNoCheckpointBehindIsFound(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	state := v.verify(t).State
	require.NotZero(t, state)
	skey, vkey, err := note.GenerateKey(nil, "acme.example/ledger")
	require.NoError(t, err)
	stranger, err := note.NewSigner(skey)
	require.NoError(t, err)

	// The last entry is what no entry may be, and hashed.
	v.exec(t, `UPDATE verdict.ledger_entries SET result = 'MAYBE' WHERE seq = 42;
		UPDATE verdict.ledger_entries e SET decision_digest = verdict.decision_digest(e) WHERE seq = 42;
		UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE seq = 42`)
	requireFault(t, v.verify(t), 42, verdict.FaultHash)
	v.restore(t)

	// A checkpoint of the very ledger, by a stranger's key.
	v.signer = stranger
	v.exec(t, "INSERT INTO verdict.ledger_checkpoints SELECT $1, gen_random_uuid(), now(), 'acme', $2, verdict.tree_root($1, $2), $3, sha256($3), $4",
		v.acme.ID(), vaultSize, v.note(t, vaultSize), vkey)
	requireFault(t, v.verify(t), -1, verdict.FaultCheckpoint)
	trusting, err := v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Empty(t, trusting.Findings, "whose key it is nobody said")
	_, err = v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Verifiers: []note.Verifier{v.verifier}, Outside: [][]byte{v.note(t, vaultSize)}})
	require.ErrorIs(t, err, attestdb.ErrInvalid, "it would show nothing")
	v.restore(t)

	// The tail is gone, and so is every checkpoint: who verified it before knows.
	v.exec(t, "DELETE FROM verdict.ledger_checkpoints; "+rollbackTo(20))
	require.Empty(t, v.verify(t).Findings)
	resumed, err := v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: state})
	require.NoError(t, err)
	requireFault(t, resumed, 20, verdict.FaultRollback)
}

// Whoever writes the whole ledger anew, checkpoints included, has a ledger in which all
// is well: only a checkpoint that was kept outside, and the state of an earlier
// verification, show it.
func TestOnlyOutsideCheckpointsShowARewrittenLedger(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	before := v.verify(t)
	require.True(t, before.OK())
	for _, rewritten := range []string{rollbackTo(0), rollbackTo(20)} {
		v.exec(t, "DELETE FROM verdict.ledger_checkpoints; "+rewritten)
		v.exec(t, "SET session_replication_role = DEFAULT")
		var size int
		require.NoError(t, v.conn.QueryRow(t.Context(), "SELECT count(*) FROM verdict.ledger_entries").Scan(&size))
		decisions := make([]verdict.Decision, vaultSize-size)
		for i := range decisions {
			decisions[i] = decided(fmt.Sprint("other ", i))
		}
		_, err := v.acme.Verdict().AppendBatch(t.Context(), decisions)
		require.NoError(t, err)

		require.Empty(t, v.verify(t).Findings)
		requireFault(t, v.verify(t, v.outside), vaultSize-1, verdict.FaultCheckpoint)
		resumed, err := v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: before.State})
		require.NoError(t, err)
		requireFault(t, resumed, vaultSize-1, verdict.FaultHash)
		v.exec(t, "SET session_replication_role = replica")
		v.restore(t)
	}
}

// Another tenant's checkpoint, given by mistake, says nothing of this ledger.
func TestCheckpointOfAnotherTenantIsRefused(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	key := signingKey(t, "k")
	verifier, err := note.NewVerifier(key.VerifierKey())
	require.NoError(t, err)
	foreign, err := ledger.Sign(key, ledger.Origin(attestdb.TenantID(uuid.New())), 3, digest.Sum(nil))
	require.NoError(t, err)
	_, err = v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Verifiers: []note.Verifier{verifier}, Outside: [][]byte{foreign.Note}})
	var invalid *attestdb.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "outside[0]", invalid.Field)
	require.Contains(t, invalid.Problem, "another tenant")
}

// A payload that is read is the one that was appended, to the byte.
func TestPayloadThatWasCutIsNotHandedOut(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	_, err := v.acme.Verdict().Payload(t.Context(), 17)
	require.NoError(t, err)
	v.exec(t, "UPDATE verdict.ledger_payloads SET nonce = nonce || substr(content, 1, 12), content = substr(content, 13)")
	_, err = v.acme.Verdict().Payload(t.Context(), 17)
	require.ErrorContains(t, err, "is not the one that was appended")
}

func TestPayloadThatIsThereTwiceIsFound(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	v.exec(t, "ALTER TABLE verdict.ledger_payloads DROP CONSTRAINT ledger_payloads_pkey")
	v.exec(t, "INSERT INTO verdict.ledger_payloads SELECT p.* FROM verdict.ledger_payloads p JOIN verdict.ledger_entries e ON e.id = p.id AND e.seq = 17")
	requireFault(t, v.verify(t, v.outside), 17, verdict.FaultPayload)
	// Two that no statement has time for together.
	v.exec(t, "UPDATE verdict.ledger_payloads p SET content = convert_to(repeat('x', 20000000), 'UTF8') FROM verdict.ledger_entries e WHERE e.id = p.id AND e.seq = 17")
	requireFault(t, v.verify(t, v.outside), 17, verdict.FaultPayload)
}

// What was done before the first entry that a verification reads is what it was, and no
// input that somebody hangs on it counts: neither for a payload nor for an envelope.
func TestOlderActIsNoErasure(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	before := v.verify(t)
	require.True(t, before.OK())
	resume := func() verdict.Report {
		r, err := v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: before.State})
		require.NoError(t, err)
		return r
	}
	hang := func(kind, action string, sum digest.SHA256) {
		_, err := v.conn.Exec(t.Context(), `INSERT INTO verdict.ledger_inputs (tenant_id, id, created_at, seq, position, kind, digest)
			SELECT e.tenant_id, gen_random_uuid(), now(), e.seq, 1, $2, $1 FROM verdict.ledger_entries e WHERE e.action = $3 LIMIT 1`, sum[:], kind, action)
		require.NoError(t, err)
	}
	d := decided("with a payload")
	d.Payload = []byte(`{"secret":true}`)
	appended, err := v.acme.Verdict().Append(t.Context(), d)
	require.NoError(t, err)
	rec, err := v.acme.Record(t.Context(), domaintest.NewSigner(t).Evidence(t, "secret", []byte("secret")))
	require.NoError(t, err)
	require.True(t, resume().OK())

	hang("envelope", "envelope.erase", rec.SHA256)
	v.exec(t, "DELETE FROM attestor.envelope_contents WHERE id = '"+rec.ID.String()+"'")
	requireFault(t, resume(), -1, verdict.FaultPayload)
	// Not even if the act itself says so, since it is another one then.
	v.exec(t, `UPDATE verdict.ledger_entries e SET inputs = $1 WHERE action = 'envelope.erase'`, ledger.EncodeInputs([]verdict.Input{{Kind: "envelope", Digest: rec.SHA256}}))
	v.exec(t, `UPDATE verdict.ledger_entries e SET decision_digest = verdict.decision_digest(e) WHERE action = 'envelope.erase'`)
	v.exec(t, `UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE action = 'envelope.erase'`)
	requireFault(t, resume(), -1, verdict.FaultHash)
	v.exec(t, "UPDATE verdict.ledger_entries SET action = 'envelope.keep' WHERE action = 'envelope.erase'")
	requireFault(t, resume(), -1, verdict.FaultHash)

	hang("entry", "payload.erase", appended.LeafHash)
	v.exec(t, "DELETE FROM verdict.ledger_payloads WHERE id = '"+appended.ID.String()+"'")
	requireFault(t, resume(), appended.Seq, verdict.FaultPayload)

	// A state that does not know of acts is none to go on from.
	before.State.Acts = nil
	_, err = v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: before.State})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
}
