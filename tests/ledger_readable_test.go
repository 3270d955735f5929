package tests

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
)

// appendBySQL appends an entry in plain SQL, whose hashes the database computes: %s
// changes the entry e, or its inputs' kinds and sums.
const appendBySQL = `
DO $do$
DECLARE
  t uuid := current_setting('attestdb.tenant_id')::uuid;
  head record;
  e verdict.ledger_entries;
  kinds text[] := '{}';
  sums bytea[] := '{}';
  n int;
BEGIN
  SELECT * INTO head FROM verdict.lock_ledger(t, 1000);
  e.tenant_id := t; e.id := gen_random_uuid(); e.seq := head.next_seq; e.prev_hash := head.prev_hash; e.recorded_at := head.recorded_at;
  e.kind := 'decision'; e.subject_algorithm := 'sha256'; e.subject_digest := sha256('a'); e.result := 'PASS'; e.policy_uri := 'p'; e.actor := 'me';
  %s
  n := cardinality(kinds);
  IF n > 0 THEN
    SELECT string_agg(verdict.input(kinds[i], sums[i]), '' ORDER BY i) INTO e.inputs FROM generate_series(1, n) i;
  END IF;
  e.decision_digest := verdict.decision_digest(e);
  e.leaf_hash := verdict.leaf_hash(e);
  PERFORM verdict.append_entries(t, e.seq, e.prev_hash, e.recorded_at, ARRAY[e.id], ARRAY[e.subject_algorithm], ARRAY[e.subject_digest],
    ARRAY[e.subject_name], ARRAY[e.result], ARRAY[e.policy_uri], ARRAY[e.policy_digest], ARRAY[e.reason], ARRAY[e.inputs], ARRAY[e.verifier],
    ARRAY[e.verified_at], ARRAY[e.payload_hash], ARRAY[e.decision_digest], ARRAY[e.actor], ARRAY[e.idempotency_key], ARRAY[e.leaf_hash],
    '{}'::int[], '{}'::bytea[], '{}'::bytea[],
    ARRAY(SELECT gen_random_uuid() FROM generate_series(1, n)), array_fill(1, ARRAY[n]), ARRAY(SELECT i - 1 FROM generate_series(1, n) i), kinds, sums);
END $do$`

// What plain SQL of the application's role can append, every reader takes: an entry that
// is called changed although nobody changed it would stay so for ever.
func TestWhatTheDatabaseTakesIsAnEntry(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	conn := w.Conn(t, "app")
	manyInputs := func(n int) string {
		return fmt.Sprintf(`kinds := array_fill('x'::text, ARRAY[%[1]d]); sums := ARRAY(SELECT decode(lpad(to_hex(i), 64, '0'), 'hex') FROM generate_series(1, %[1]d) i);`, n)
	}
	const taken = ""
	for name, c := range map[string]struct{ change, code string }{
		"as it should be":                   {"", taken},
		"zeros for the policy's digest":     {`e.policy_digest := decode(repeat('00', 32), 'hex');`, "23514"},
		"a payload's hash of zeros":         {`e.payload_hash := decode(repeat('00', 32), 'hex');`, "23514"},
		"an input of zeros":                 {`kinds := '{sbom}'; sums := ARRAY[decode(repeat('00', 32), 'hex')];`, "23514"},
		"no id":                             {`e.id := '00000000-0000-0000-0000-000000000000';`, "23514"},
		"verified in the year 20000":        {`e.verified_at := '20000-01-01';`, "AD020"},
		"verified in the year 10000":        {`e.verified_at := '10000-01-01 00:00:00+00';`, "AD020"},
		"verified before Christ":            {`e.verified_at := '4000-01-01 BC';`, "AD020"},
		"verified at Go's zero time":        {`e.verified_at := '0001-01-01 00:00:00+00';`, "AD020"},
		"verified as early as can be":       {`e.verified_at := '0001-01-01 00:00:00.000001+00';`, taken},
		"verified as late as can be":        {`e.verified_at := '9999-12-31 23:59:59.999999+00';`, taken},
		"an actor of two lines":             {`e.actor := 'a' || chr(10) || 'b';`, "23514"},
		"an actor that is deleted":          {`e.actor := 'a' || chr(127);`, "23514"},
		"an actor of the C1 controls":       {`e.actor := 'a' || chr(133) || 'é';`, taken},
		"a subject's digest that is short":  {`e.subject_digest := 'abc';`, "23514"},
		"an algorithm that is spelt so":     {`e.subject_algorithm := 'SHA256';`, "23514"},
		"an algorithm of text, and no text": {`e.subject_algorithm := 'dirHash'; e.subject_digest := decode('ff00', 'hex');`, "22021"},
		"an algorithm of text, with a NUL":  {`e.subject_algorithm := 'dirHash'; e.subject_digest := decode('610062', 'hex');`, "22021"},
		"an algorithm of text":              {`e.subject_algorithm := 'dirHash'; e.subject_digest := convert_to('h1:é', 'UTF8');`, taken},
		"an algorithm of any length":        {`e.subject_algorithm := 'shake128'; e.subject_digest := decode('ff00', 'hex');`, taken},
		"a git commit of SHA-1":             {`e.subject_algorithm := 'gitCommit'; e.subject_digest := decode(repeat('ab', 20), 'hex');`, taken},
		"sha512":                            {`e.subject_algorithm := 'sha512'; e.subject_digest := sha512('a');`, taken},
		"sha512 of 32 bytes":                {`e.subject_algorithm := 'sha512';`, "23514"},
		"sha384":                            {`e.subject_algorithm := 'sha384'; e.subject_digest := sha384('a');`, taken},
		"sha224":                            {`e.subject_algorithm := 'sha224'; e.subject_digest := sha224('a');`, taken},
		"sha1 of 32 bytes":                  {`e.subject_algorithm := 'sha1';`, "23514"},
		"md5 of 32 bytes":                   {`e.subject_algorithm := 'md5';`, "23514"},
		"sha3_384 of 32 bytes":              {`e.subject_algorithm := 'sha3_384';`, "23514"},
		"sha3_224 of 32 bytes":              {`e.subject_algorithm := 'sha3_224';`, "23514"},
		"1001 inputs":                       {manyInputs(1001), "23514"},
		"1000 inputs":                       {manyInputs(1000), taken},
		"a key of a line feed":              {`e.idempotency_key := chr(10);`, taken},
		"a time that is to come":            {`e.recorded_at := clock_timestamp() + interval '1 second';`, "AD022"},
	} {
		h := domaintest.Tenant(t, w.db, fmt.Sprintf("t-%.8x", sha256.Sum256([]byte(name)))).As("ci")
		_, err := conn.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", h.ID().String())
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), fmt.Sprintf(appendBySQL, c.change))
		if c.code != taken {
			require.Equal(t, c.code, codeOf(t, err), "%s: %v", name, err)
			requireSound(t, h, 1)
			continue
		}
		require.NoError(t, err, name)
		requireSound(t, h, 2)
		entries, _, err := h.Verdict().Find(t.Context(), verdict.Query{}, page.Request{})
		require.NoError(t, err, name)
		require.Len(t, entries, 2)
		_, err = h.Verdict().Get(t.Context(), 1)
		require.NoError(t, err, name)
	}
}

// Nobody says an earlier time by having kept a transaction open.
func TestRecordedAtIsTheTimeOfTheAppend(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	_, err := w.acme.Verdict().Append(t.Context(), decided("first"))
	require.NoError(t, err)
	_, err = w.super.Exec(t.Context(), `SET session_replication_role = replica;
		UPDATE verdict.ledger_entries SET recorded_at = recorded_at - interval '1 hour';
		SET session_replication_role = DEFAULT`)
	require.NoError(t, err)
	conn := w.Conn(t, "app")
	_, err = conn.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", w.acme.ID().String())
	require.NoError(t, err)
	for _, at := range []string{"head.recorded_at - interval '61 seconds'", "(SELECT max(l.recorded_at) FROM verdict.ledger_entries l)"} {
		_, err = conn.Exec(t.Context(), fmt.Sprintf(appendBySQL, "e.recorded_at := "+at+";"))
		require.Equal(t, "AD022", codeOf(t, err), "%s: %v", at, err)
	}
}
