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
	return forgery{}.args(t, tx, id)
}

// forgery is a call whose entries have the hashes of their own bytes, whatever they say.
type forgery struct {
	skip int64
	prev func(digest.SHA256) digest.SHA256
	at   func(time.Time) time.Time
	// change is called before an entry is hashed, hashed when its decision is.
	change, hashed func(i int, e *ledger.Entry)
}

func (f forgery) args(t *testing.T, tx pgx.Tx, id tenant.ID) appendArgs {
	t.Helper()
	var next int64
	var prev digest.SHA256
	var at time.Time
	require.NoError(t, tx.QueryRow(t.Context(), "SELECT * FROM verdict.lock_ledger($1, 1000)", id).Scan(&next, &prev, &at))
	next += f.skip
	if f.prev != nil {
		prev = f.prev(prev)
	}
	if f.at != nil {
		at = f.at(at)
	}
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
		if f.change != nil {
			f.change(i, &e)
		}
		e.DecisionDigest = e.ComputeDecisionDigest()
		if f.hashed != nil {
			f.hashed(i, &e)
		}
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
			require.Contains(t, []string{"AD020", "AD022", "AD002", "23514", "23502", "23505", "22023", "22P02", "22003", "22008", "22021"}, codeOf(t, err), "%s = %s: %v", name, c, err)
			tried++
		}
	}
	require.Greater(t, tried, 150)
	require.Equal(t, before, w.fingerprint(t, tenant.ID{}))
}

// Whoever hashes its own bytes rightly cannot leave a gap, follow another entry, choose a
// time, or give its decision another digest.
func TestConsistentForgeriesAreRefused(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	_, err := w.acme.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	var last time.Time
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT max(recorded_at) FROM verdict.ledger_entries WHERE tenant_id = $1", w.acme.ID()).Scan(&last))
	conn := w.Conn(t, "app")
	refuse := func(name, code string, f forgery, edit func(appendArgs)) {
		t.Helper()
		tx := w.appTx(t, conn, w.acme.ID())
		a := f.args(t, tx, w.acme.ID())
		if edit != nil {
			edit(a)
		}
		err := a.call(t.Context(), tx, asIs)
		require.Error(t, err, name)
		require.Equal(t, code, codeOf(t, err), "%s: %v", name, err)
		require.NoError(t, tx.Rollback(t.Context()))
	}
	swap := func(list any) { l := list.([]any); l[0], l[1] = l[1], l[0] }
	refuse("a gap", "AD020", forgery{skip: 1}, nil)
	refuse("another entry before", "AD020", forgery{prev: func(digest.SHA256) digest.SHA256 { return digest.Sum(nil) }}, nil)
	refuse("a time to come", "AD022", forgery{at: func(at time.Time) time.Time { return at.Add(time.Hour) }}, nil)
	refuse("another decision's digest", "AD020", forgery{hashed: func(_ int, e *ledger.Entry) { e.DecisionDigest = digest.Sum(nil) }}, nil)
	refuse("inputs in another order", "AD020", forgery{change: func(_ int, e *ledger.Entry) { slices.Reverse(e.Inputs) }}, nil)
	refuse("an input twice", "AD020", forgery{change: func(_ int, e *ledger.Entry) { e.Inputs[1] = e.Inputs[0] }}, nil)
	refuse("inputs of other places", "AD020", forgery{}, func(a appendArgs) {
		for i, p := range a["input_positions"].([]any) {
			a["input_positions"].([]any)[i] = p.(int32) + 1
		}
	})
	refuse("no inputs of an entry that says some", "AD020", forgery{}, func(a appendArgs) {
		for _, name := range []string{"input_ids", "input_of", "input_positions", "input_kinds", "input_digests"} {
			a[name] = a[name].([]any)[:2]
		}
	})
	refuse("no payload of an entry that says one", "AD020", forgery{}, func(a appendArgs) {
		for _, name := range []string{"payload_of", "nonces", "contents"} {
			a[name] = a[name].([]any)[:1]
		}
	})
	refuse("another entry's payload", "AD020", forgery{}, func(a appendArgs) { swap(a["payload_of"]) })

	// The clock was set back: the last entry is of a time to come, and the next one is not
	// before it.
	_, err = w.super.Exec(t.Context(), "SET session_replication_role = replica; UPDATE verdict.ledger_entries SET recorded_at = recorded_at + interval '1 hour' WHERE seq = 1")
	require.NoError(t, err)
	_, err = w.super.Exec(t.Context(), "UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE seq = 1; SET session_replication_role = DEFAULT")
	require.NoError(t, err)
	refuse("a time before the last entry", "AD020", forgery{at: func(time.Time) time.Time { return time.Now().Truncate(time.Microsecond) }}, nil)

	// A superuser is told the same, and writes into one ledger at a time.
	for _, sql := range []string{
		"INSERT INTO verdict.ledger_entries SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'seq', e.seq + 1, 'idempotency_key', NULL))).* FROM verdict.ledger_entries e WHERE seq = 1",
		"INSERT INTO verdict.ledger_entries SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'seq', e.seq + 5, 'prev_hash', e.leaf_hash))).* FROM verdict.ledger_entries e WHERE seq = 0",
	} {
		_, err = w.super.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", w.acme.ID().String())
		require.NoError(t, err)
		_, err = w.super.Exec(t.Context(), sql)
		require.Equal(t, "AD020", codeOf(t, err), "%v", err)
	}
}
