package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/proofchain"
)

// chainCall is a call of attestor.record_chain with one document.
func chainCall(tenant string) string {
	return fmt.Sprintf(`SELECT * FROM attestor.record_chain('%s', gen_random_uuid(), 'me', 'sha256', sha256('s'), 'p',
		ARRAY[gen_random_uuid()], ARRAY['vex'], ARRAY[NULL::bytea], ARRAY['{}'::bytea])`, tenant)
}

// Not even the chain's own tenant stores a root of its own making with plain SQL,
// or adds a segment to a chain that is there.
func TestNothingButRecordChainMakesAChain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	before := w.fingerprint(t, attestdb.TenantID{})
	for _, sql := range []string{
		`INSERT INTO attestor.proof_chains SELECT tenant_id, gen_random_uuid(), created_at, subject_algorithm, subject_digest, 2, policy_version,
			sha256('forged'), segment_count, id, 'me' FROM attestor.proof_chains`,
		`INSERT INTO attestor.proof_segments SELECT tenant_id, gen_random_uuid(), created_at, chain_id, 1, 'verdict', sha256('{}'), '{}' FROM attestor.proof_segments`,
		`UPDATE attestor.proof_chains SET root_hash = sha256('forged')`,
		`DELETE FROM attestor.proof_segments`,
		`SELECT attestor.check_segments(tenant_id, ARRAY['vex'], ARRAY[sha256], ARRAY[NULL::bytea], 'sha256', sha256('x')) FROM attestor.envelopes`,
		`SELECT attestor.predicate_kinds()`,
	} {
		o := a.try(t, sql, "")
		require.NotNil(t, o.pgError, sql)
		require.Equal(t, "42501", o.pgError.Code, sql)
	}

	// record_chain refuses what no chain may have, whoever calls it.
	acme := chainCall(w.acme.ID().String())
	for _, c := range []struct{ old, new, code string }{
		{"'vex'", "'sbom'", "23514"},                                                                // a document where an envelope belongs
		{"'vex'", "'gossip'", "23514"},                                                              // an unknown kind
		{"ARRAY['vex']", "ARRAY[NULL]", "23502"},                                                    // none
		{"ARRAY[NULL::bytea]", "ARRAY[sha256('x')]", "23514"},                                       // another digest than the content's
		{"ARRAY['{}'::bytea]", "ARRAY[NULL::bytea]", "AD010"},                                       // neither a digest nor a content
		{"'p'", "'a b'", "23514"},                                                                   // a policy version with a space
		{"'p'", "E'a\\n'", "23514"},                                                                 // ... or a second line
		{"'p'", "NULL", "23502"},                                                                    //
		{"'sha256', sha256('s')", "'sha 256', sha256('s')", "23514"},                                // an algorithm with a space
		{"'sha256', sha256('s')", "'sha256', ''", "23514"},                                          // no digest
		{"'sha256', sha256('s')", "'sha256', NULL", "23502"},                                        //
		{"'me'", "''", "23514"},                                                                     // nobody
		{"ARRAY[NULL::bytea], ARRAY['{}'::bytea]", "ARRAY[''::bytea], ARRAY[NULL::bytea]", "AD010"}, // a digest of no length
		{"ARRAY[gen_random_uuid()], ARRAY['vex'], ARRAY[NULL::bytea], ARRAY['{}'::bytea]",
			"ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY['vex', 'vex'], ARRAY[NULL::bytea, NULL], ARRAY['{}'::bytea, '{}']", "22023"},
		{"ARRAY[gen_random_uuid()], ARRAY['vex'], ARRAY[NULL::bytea], ARRAY['{}'::bytea]", `ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 10001)),
			array_fill('vex'::text, ARRAY[10001]), array_fill(NULL::bytea, ARRAY[10001]), ARRAY(SELECT n::text::bytea FROM generate_series(1, 10001) n)`, "23514"},
		{"ARRAY[gen_random_uuid()], ARRAY['vex'], ARRAY[NULL::bytea], ARRAY['{}'::bytea]", "'{}', '{}', '{}', '{}'", "23514"},
	} {
		require.Contains(t, acme, c.old)
		o := a.try(t, strings.Replace(acme, c.old, c.new, 1), "")
		require.NotNil(t, o.pgError, c.new)
		require.Equal(t, c.code, o.pgError.Code, "%s: %s", c.new, o.pgError.Message)
	}
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))

	// What it does take has the root that Go computes.
	require.Nil(t, a.try(t, acme, "").pgError)
	history, _, err := w.acme.Attestor().ChainHistory(t.Context(), artifactDigest(t, "s"), pageOf(1))
	require.NoError(t, err)
	require.Len(t, history, 1)
	v, err := w.acme.Attestor().VerifyChain(t.Context(), history[0].ID, nil)
	require.NoError(t, err)
	require.Empty(t, v.Findings)
}

// A chain enters for the active tenant that the statement names, and no other.
func TestChainsEnterForTheNamedActiveTenantOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acme, globex, unknown := w.acme.ID().String(), w.globex.ID().String(), uuid.NewString()
	_, err := w.super.Exec(t.Context(), "INSERT INTO tenancy.tenants SELECT gen_random_uuid(), 'closed', 'suspended', now(), 'x', now(), 'x'")
	require.NoError(t, err)
	var closed string
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT id::text FROM tenancy.tenants WHERE name = 'closed'").Scan(&closed))
	before := w.fingerprint(t, attestdb.TenantID{})
	switching := func(tenant, to string) string {
		return strings.Replace(chainCall(tenant), "'me'", "left(set_config('attestdb.tenant_id', '"+to+"', false), 4)", 1)
	}
	for _, c := range []struct{ name, setting, sql, code string }{
		{"another tenant", acme, chainCall(globex), "AD002"},
		{"no tenant", "", chainCall(acme), "AD002"},
		{"garbage", "x", chainCall(acme), "22P02"},
		{"unknown tenant", unknown, chainCall(unknown), "AD002"},
		{"suspended tenant", closed, chainCall(closed), "AD003"},
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

	// By name, too; and a suspended tenant still reads and verifies.
	_, err = w.super.Exec(t.Context(), "UPDATE tenancy.tenants SET status = 'suspended', status_changed_at = clock_timestamp() WHERE id = $1", w.acme.ID())
	require.NoError(t, err)
	_, err = w.acme.AssembleChain(t.Context(), attestor.ChainRequest{
		Subject: artifactDigest(t, "s"), PolicyVersion: "p", Segments: []attestor.ChainSegment{{Kind: proofchain.VEX, Content: []byte("{}")}},
	})
	require.ErrorIs(t, err, attestdb.ErrTenantSuspended)
	d, err := w.acme.Attestor().CurrentChain(t.Context(), artifactDigest(t, "one"))
	require.NoError(t, err)
	v, err := w.acme.Attestor().VerifyChain(t.Context(), d.ID, nil)
	require.NoError(t, err)
	require.Empty(t, v.Findings)
}
