package tests

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
)

// argument is one of a function that evidence enters by.
type argument struct {
	Name, Type string
	value      string // as PostgreSQL writes it
}

func (a argument) sql() string { return "'" + strings.ReplaceAll(a.value, "'", "''") + "'::" + a.Type }

// entrance is a function that evidence enters by, with the arguments of a good call:
// of each kind of array there is one that is not empty.
type entrance struct {
	name      string
	arguments []argument
}

// callWith is the call with other expressions for some arguments.
func (e entrance) callWith(t *testing.T, others map[string]string) string {
	t.Helper()
	expressions := make([]string, len(e.arguments))
	replaced := 0
	for i, a := range e.arguments {
		expressions[i] = a.sql()
		if other, ok := others[a.Name]; ok {
			expressions[i] = other
			replaced++
		}
	}
	require.Len(t, others, replaced)
	return "SELECT * FROM " + e.name + "(" + strings.Join(expressions, ", ") + ")"
}

// entrance reads the function's parameters from the catalogue, so that one which is
// added needs a value here and is attacked as all others are.
func (w *world) entrance(t *testing.T, name string, values map[string]string) entrance {
	t.Helper()
	rows, err := w.super.Query(t.Context(), `SELECT p.proargnames[a.n], format_type(a.type, NULL)
		FROM pg_proc p, unnest(p.proargtypes) WITH ORDINALITY AS a (type, n) WHERE p.oid = $1::regproc ORDER BY a.n`, name)
	require.NoError(t, err)
	arguments, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a argument, err error) {
		return a, row.Scan(&a.Name, &a.Type)
	})
	require.NoError(t, err)
	for i := range arguments {
		a := &arguments[i]
		require.Contains(t, values, a.Name, "a good call of %s needs it", name)
		require.NoError(t, w.super.QueryRow(t.Context(), "SELECT ("+values[a.Name]+")::"+a.Type+"::text").Scan(&a.value), a.Name)
	}
	return entrance{name, arguments}
}

// id is a UUID of version 7 that ends with n.
func id(n int) string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", n) }

func ids(from, count int) string {
	all := make([]string, count)
	for i := range all {
		all[i] = id(from + i)
	}
	return "'{" + strings.Join(all, ",") + "}'"
}

// entrances are all functions that evidence enters by, with good calls for acme.
func (w *world) entrances(t *testing.T) []entrance {
	t.Helper()
	tenant := "'" + w.acme.ID().String() + "'"
	evidence := map[string]string{
		"tenant": tenant,
		"ids":    ids(100, 2), "times": "ARRAY[now(), now()]", "actors": "ARRAY['me', 'me']", "media_types": "ARRAY['m', 'm']",
		"payload_types": "ARRAY['p', 'p']", "payload_sha256s": "ARRAY[sha256('a'), sha256('b')]", "contents": "ARRAY['a'::bytea, 'b']",
		"statement_types": "ARRAY['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v1']", "predicate_types": "ARRAY['p', 'p']",
		"signature_ids": ids(110, 2), "signature_of": "ARRAY[1, 2]", "signature_positions": "ARRAY[0, 0]", "key_ids": "ARRAY['', '']",
		"sigs": "ARRAY['s'::bytea, 's']", "certificates": "ARRAY['c'::bytea, 'c']", "certificate_sha256s": "ARRAY[sha256('c'), sha256('c')]",
		"issuers": "ARRAY['i', 'i']", "sans": "ARRAY['n', 'n']",
		"subject_ids": ids(120, 2), "subject_of": "ARRAY[1, 2]", "subject_positions": "ARRAY[0, 0]", "subject_names": "ARRAY['n', 'n']",
		"algorithms": "ARRAY['sha256', 'sha256']", "digests": "ARRAY[sha256('a'), sha256('b')]",
		"verification_ids": ids(130, 2), "verification_of": "ARRAY[1, 2]", "verification_times": "ARRAY[now(), now()]",
		"outcomes": "ARRAY['verified', 'verified']", "verifiers": "ARRAY['v', 'v']", "policies": "ARRAY['p', 'p']", "reasons": "ARRAY[NULL, NULL]",
		"verified_signatures": "ARRAY['[0]', '[0]']", "times_verified": "ARRAY[now(), now()]", "times_signed": "ARRAY[now(), now()]",
	}
	// The first came alone, the second is the predicate of an envelope: one that nobody
	// could read, so that no SBOM is of it yet.
	unread, err := w.acme.Record(t.Context(), attested(t, domaintest.NewSigner(t), "u", attestor.PredicateTypeCycloneDX, []byte(`{}`)))
	require.NoError(t, err)
	sboms := map[string]string{
		"tenant": tenant,
		"ids":    ids(200, 2), "times": "ARRAY[now(), now()]", "actors": "ARRAY['me', 'me']", "sha256s": "ARRAY[sha256('a'), sha256('b')]",
		"sizes": "ARRAY[1, 1]", "formats": "ARRAY['spdx', 'spdx']", "spec_versions": "ARRAY['2.3', '2.3']", "serial_numbers": "ARRAY['s', 's']",
		"names": "ARRAY['n', 'n']", "stated_ats": "ARRAY[now(), now()]", "contents": "ARRAY['a'::bytea, NULL]",
		"link_of": "ARRAY[2]", "link_envelopes": fmt.Sprintf(`ARRAY['\x%x'::bytea]`, unread.SHA256[:]),
		"artifact_ids": ids(210, 2), "artifact_of": "ARRAY[1, 1]", "artifact_names": "ARRAY['n', 'n']",
		"artifact_algorithms": "ARRAY['sha256', 'sha256']", "artifact_digests": "ARRAY[sha256('a'), sha256('b')]",
		"entry_ids": ids(220, 2), "entry_of": "ARRAY[1, 2]", "entry_positions": "ARRAY[0, 0]", "refs": "ARRAY['r', 'r']", "types": "ARRAY['t', 't']",
		"entry_names": "ARRAY['n', 'n']", "versions": "ARRAY['1', '1']", "purls": "ARRAY['pkg:npm/a@1', 'pkg:npm/a@1']",
		"package_keys": "ARRAY['pkg:npm/a', 'pkg:npm/a']", "package_versions": "ARRAY['1', '1']",
		"digest_ids": ids(230, 2), "digest_of": "ARRAY[1, 2]", "digest_entries": ids(220, 2), "digest_positions": "ARRAY[0, 0]",
		"algorithms": "ARRAY['sha256', 'sha256']", "digests": "ARRAY[sha256('a'), sha256('b')]",
		"licence_ids": ids(240, 2), "licence_of": "ARRAY[1, 2]", "licence_entries": ids(220, 2), "licence_positions": "ARRAY[0, 0]",
		"licences_stated": "ARRAY[true, true]", "licences": "ARRAY['MIT', 'MIT']",
	}
	content, err := w.acme.Attestor().Content(t.Context(), w.acmeIDs[0])
	require.NoError(t, err)
	e := wordyEntry("acme")
	twice := func(value []byte) string { return fmt.Sprintf(`ARRAY['\x%x'::bytea, '\x%[1]x'::bytea]`, value) }
	entries := map[string]string{
		"tenant": tenant,
		"ids":    ids(300, 2), "envelope_sha256s": fmt.Sprintf(`ARRAY[sha256('\x%x'), sha256('\x%[1]x')]`, content), "positions": "ARRAY[5, 6]",
		"log_ids": twice(e.LogID), "log_indexes": "ARRAY[0, 0]", "kinds": "ARRAY['k', 'k']", "versions": "ARRAY['v', 'v']",
		"integrated_times": "ARRAY[now(), now()]", "bodies": twice(e.CanonicalizedBody), "promises": twice(e.InclusionPromise),
		"proof_log_indexes": "ARRAY[0, 0]", "proof_tree_sizes": "ARRAY[1, 1]", "proof_root_hashes": twice(e.InclusionProof.RootHash),
		"proof_hashes": "ARRAY[''::bytea, '']", "checkpoint_ids": ids(310, 2), "origins": "ARRAY['acme', 'acme']",
		"notes": twice([]byte(e.InclusionProof.Checkpoint.Note)), "verified": "ARRAY[now(), now()]",
	}
	chain := map[string]string{
		"tenant": tenant,
		"new_id": "'" + id(400) + "'", "actor": "'me'", "algorithm": "'sha256'", "subject": "sha256('s')", "policy": "'p'",
		"segment_ids": ids(410, 2), "kinds": "ARRAY['vex', 'verdict']", "digests": "ARRAY[NULL::bytea, NULL]", "contents": "ARRAY['{}'::bytea, '{}']",
	}
	return []entrance{
		w.entrance(t, "attestor.record_evidence", evidence), w.entrance(t, "attestor.record_sboms", sboms),
		w.entrance(t, "rekor.record_entries", entries), w.entrance(t, "attestor.record_chain", chain),
	}
}

// misfits are expressions for an array that does not fit the others of its call.
func (a argument) misfits() map[string]string {
	count := strings.Count(a.value, ",") + 1
	bounds := func(from int) string {
		shifted := a
		shifted.value = fmt.Sprintf("[%d:%d]=%s", from, from+count-1, a.value)
		return shifted.sql()
	}
	return map[string]string{
		"from 0": bounds(0), "from 2": bounds(2), "from -1": bounds(-1),
		"one of arrays":    fmt.Sprintf("ARRAY[%s]", a.sql()),
		"arrays of one":    fmt.Sprintf("(SELECT array_agg(ARRAY[x]) FROM unnest(%s) x)", a.sql()),
		"shorter":          fmt.Sprintf("(%s)[2:]", a.sql()),
		"longer":           fmt.Sprintf("%s || (%[1]s)[1]", a.sql()),
		"much longer":      fmt.Sprintf("%s || %[1]s || %[1]s", a.sql()),
		"longer by a NULL": fmt.Sprintf("array_append(%s, NULL)", a.sql()),
		"empty":            "'{}'::" + a.Type,
		"NULL":             "NULL::" + a.Type,
	}
}

// A call whose arrays do not fit each other is refused whole, whichever array it is:
// else elements would be left out, or be taken for parts of what is there already.
func TestArraysThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, e := range w.entrances(t) {
		t.Run(e.name, func(t *testing.T) {
			a := w.attacker(t)
			a.become(t, w.acme.ID().String())
			before := w.fingerprint(t, attestdb.TenantID{})
			refuse := func(of argument, name, sql, problem string) {
				t.Helper()
				o := a.try(t, e.callWith(t, map[string]string{of.Name: sql}), "")
				require.NotNil(t, o.pgError, "%s %s", of.Name, name)
				require.Equal(t, "23514", o.pgError.Code, "%s %s: %s", of.Name, name, o.pgError.Message)
				require.Contains(t, o.pgError.Message, problem, "%s %s", of.Name, name)
			}
			attacked := 0
			for _, argument := range e.arguments {
				if !strings.HasSuffix(argument.Type, "[]") {
					continue
				}
				attacked++
				for name, sql := range argument.misfits() {
					refuse(argument, name, sql, "are not of one dimension")
				}
				if !strings.HasSuffix(argument.Name, "_of") {
					continue
				}
				problem := "of the call"
				if argument.Name == "digest_of" || argument.Name == "licence_of" {
					problem = "of no component of its SBOM"
				}
				for _, place := range []string{"0", "-1", "3", "2147483647", "NULL"} {
					refuse(argument, "of "+place, fmt.Sprintf("array_append(trim_array(%s, 1), %s)", argument.sql(), place), problem)
				}
			}
			require.Greater(t, attacked, 3)
			require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))

			// It was that array alone which was refused.
			o := a.try(t, e.callWith(t, nil), "")
			require.Nil(t, o.pgError, o.text)
			require.NotEqual(t, before, w.fingerprint(t, attestdb.TenantID{}))
		})
	}
	var components int
	require.NoError(t, w.super.QueryRow(context.Background(), "SELECT count(*) FROM attestor.sbom_entries WHERE name = 'n'").Scan(&components))
	require.Equal(t, 2, components)
}
