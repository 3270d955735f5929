package tests

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
)

// appendArgs are the arguments of append_entries by their names.
type appendArgs map[string]any

// forged returns the arguments of a call that appends two right entries behind the head,
// each with two inputs and a payload.
func forged(t *testing.T, tx pgx.Tx, id tenant.ID) appendArgs {
	t.Helper()
	var next int64
	var prev digest.SHA256
	var at time.Time
	require.NoError(t, tx.QueryRow(t.Context(), "SELECT * FROM verdict.lock_ledger($1, 1000)", id).Scan(&next, &prev, &at))
	a := appendArgs{"tenant": id, "first_seq": next, "first_prev_hash": slices.Clone(prev[:]), "at": at}
	// All that can differ does.
	long, err := digest.New("sha512", strings.Repeat("ab", 64))
	require.NoError(t, err)
	subjects := []digest.Digest{digest.Sum([]byte("forged")).Digest(), long}
	entries := make([]ledger.Entry, len(subjects))
	for i := range entries {
		nonce, content := digest.Sum([]byte{byte(i)}), fmt.Appendf(nil, "%d", i)
		e := ledger.Entry{
			Tenant: id, Seq: next + int64(i), ID: uuid.New(), PrevHash: prev, RecordedAt: at.UTC(), Kind: ledger.Decision,
			Subject: ledger.Subject{Digest: subjects[i], Name: fmt.Sprint("n", i)}, Result: []ledger.Result{ledger.Pass, ledger.Fail}[i],
			Policy: ledger.Policy{URI: fmt.Sprint("p", i), Digest: digest.Sum([]byte{byte(i)})}, Reason: fmt.Sprint("r", i), Verifier: fmt.Sprint("v", i),
			Inputs:       []ledger.Input{{Kind: "envelope", Digest: digest.Sum([]byte{1, byte(i)})}, {Kind: "sbom", Digest: digest.Sum([]byte{2, byte(i)})}},
			TimeVerified: at.UTC().Add(time.Duration(i) * time.Second), PayloadHash: ledger.PayloadHash(nonce[:], content),
			Actor: tenant.Actor(fmt.Sprint("me", i)), IdempotencyKey: uuid.NewString(),
		}
		e.DecisionDigest = e.ComputeDecisionDigest()
		e.LeafHash = e.ComputeLeafHash()
		prev, entries[i] = e.LeafHash, e
		a.push("payload_of", int32(i+1)).push("nonces", nonce[:]).push("contents", content)
		for j, in := range e.Inputs {
			a.push("input_ids", uuid.New()).push("input_of", int32(i+1)).push("input_positions", int32(j)).
				push("input_kinds", in.Kind).push("input_digests", slices.Clone(in.Digest[:]))
		}
	}
	for i := range entries {
		e := &entries[i]
		a.push("ids", e.ID).push("subject_algorithms", e.Subject.Digest.Algorithm()).push("subject_digests", e.Subject.Digest.Bytes()).
			push("subject_names", e.Subject.Name).push("results", string(e.Result)).push("policy_uris", e.Policy.URI).
			push("policy_digests", slices.Clone(e.Policy.Digest[:])).push("reasons", e.Reason).
			push("all_inputs", ledger.EncodeInputs(e.Inputs)).push("verifiers", e.Verifier).push("verified_ats", e.TimeVerified).
			push("payload_hashes", slices.Clone(e.PayloadHash[:])).push("decision_digests", slices.Clone(e.DecisionDigest[:])).
			push("actors", string(e.Actor)).push("idempotency_keys", e.IdempotencyKey).push("leaf_hashes", slices.Clone(e.LeafHash[:]))
	}
	return a
}

func (a appendArgs) push(name string, v any) appendArgs {
	list, _ := a[name].([]any)
	a[name] = append(list, v)
	return a
}

// call calls append_entries, with casts of the types that it takes.
func (a appendArgs) call(ctx context.Context, tx pgx.Tx, rewrite func(name, expr string) string) error {
	var names, types []string
	err := tx.QueryRow(ctx, `SELECT proargnames, ARRAY(SELECT format_type(o, NULL) FROM unnest(proargtypes) WITH ORDINALITY AS u (o, n) ORDER BY n)
		FROM pg_proc WHERE oid = 'verdict.append_entries'::regproc`).Scan(&names, &types)
	if err != nil {
		return err
	}
	var given, exprs []string
	var args []any
	for i, name := range names {
		value, known := a[name]
		if !known {
			return fmt.Errorf("append_entries takes %s, and the test does not give it", name)
		}
		list, isList := value.([]any)
		if !isList {
			args = append(args, value)
			given = append(given, fmt.Sprintf("$%d::%s", len(args), types[i]))
			continue
		}
		element := strings.TrimSuffix(types[i], "[]")
		var elements []string
		for _, v := range list {
			args = append(args, v)
			elements = append(elements, fmt.Sprintf("$%d::%s", len(args), element))
		}
		given = append(given, fmt.Sprintf("ARRAY[%s]::%s", strings.Join(elements, ", "), types[i]))
	}
	for i, name := range names {
		exprs = append(exprs, rewrite(name, given[i]))
	}
	// Every parameter is used, whatever is called with.
	_, err = tx.Exec(ctx, "SELECT verdict.append_entries("+strings.Join(exprs, ", ")+") FROM (SELECT "+strings.Join(given, ", ")+") AS given", args...)
	return err
}

func asIs(_, expr string) string { return expr }

// appTx is a transaction of the application's own login for the tenant, without any of
// our code.
func (w *world) appTx(t *testing.T, conn *pgx.Conn, id tenant.ID) pgx.Tx {
	t.Helper()
	tx := begin(t, conn)
	_, err := tx.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, true)", id.String())
	require.NoError(t, err)
	return tx
}

func codeOf(t *testing.T, err error) string {
	t.Helper()
	var pg *pgconn.PgError
	require.ErrorAs(t, err, &pg)
	return pg.Code
}

// The database takes a right call of whoever makes it, and no other: each argument in its
// turn is another, an array of another shape, or not there.
func TestTheDatabaseTakesRightEntriesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	conn := w.Conn(t, "app")
	tx := w.appTx(t, conn, w.acme.ID())
	right := forged(t, tx, w.acme.ID())
	require.NoError(t, right.call(t.Context(), tx, asIs))
	require.NoError(t, tx.Rollback(t.Context()))
	before := w.fingerprint(t, tenant.ID{})

	wrong := map[string][]string{
		"tenant":          {"'" + w.globex.ID().String() + "'::uuid", "gen_random_uuid()", "NULL"},
		"first_seq":       {"%s + 1", "%s - 1", "0::bigint", "-1::bigint", "NULL"},
		"first_prev_hash": {"sha256('x')", "''::bytea", "NULL", "decode(repeat('00', 32), 'hex')"},
		"at":              {"%s - interval '1 second'", "%s + interval '1 hour'", "'infinity'::timestamptz", "'-infinity'::timestamptz", "NULL"},
	}
	tried := 0
	for name, value := range right {
		cases := wrong[name]
		if list, isList := value.([]any); isList {
			cases = []string{
				"NULL", "'{}'", "(%s)[1:1]", "(%s)[2:2]", "%s || %s", "ARRAY[%s]", "array_append(%s, NULL)",
				"(SELECT array_agg(NULL::text) FROM generate_series(1, " + fmt.Sprint(len(list)) + "))::text[]",
				"(SELECT ('[0:" + fmt.Sprint(len(list)-1) + "]=' || (%s)::text)::text[])",
				"(SELECT array_agg(v ORDER BY n DESC) FROM unnest(%s) WITH ORDINALITY AS u (v, n))",
			}
		}
		for _, c := range cases {
			tx := w.appTx(t, conn, w.acme.ID())
			a := forged(t, tx, w.acme.ID())
			err := a.call(t.Context(), tx, func(arg, expr string) string {
				if arg != name {
					return expr
				}
				changed := strings.ReplaceAll(c, "%s", expr)
				if i := strings.LastIndex(expr, "::"); strings.HasSuffix(expr, "[]") {
					changed = fmt.Sprintf("(%s)::text::%s", changed, expr[i+2:])
				}
				return changed
			})
			require.NoError(t, tx.Rollback(t.Context()))
			var pg *pgconn.PgError
			if err != nil && errors.As(err, &pg) && strings.HasPrefix(pg.Code, "42") {
				continue // PostgreSQL has no such expression of this type
			}
			if name == "input_ids" && strings.Contains(c, "DESC") {
				require.NoError(t, err, "an id is as good as another")
				continue
			}
			require.Error(t, err, "%s = %s", name, c)
			require.Contains(t, []string{"AD020", "AD022", "AD002", "23514", "23502", "23505", "22023", "22P02", "22003", "22008"}, codeOf(t, err), "%s = %s: %v", name, c, err)
			tried++
		}
	}
	require.Greater(t, tried, 150)
	require.Equal(t, before, w.fingerprint(t, tenant.ID{}))
}
