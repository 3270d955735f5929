package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// decided is a decision about the artifact that text stands for.
func decided(text string) verdict.Decision {
	return verdict.Decision{
		Subject: verdict.Subject{Digest: digest.Sum([]byte(text)).Digest(), Name: "pkg:oci/" + text},
		Result:  verdict.Pass,
		Policy:  verdict.Policy{URI: "https://policies.example/release", Digest: digest.Sum([]byte("policy"))},
		Reason:  "nothing is wrong with " + text,
		Inputs: []verdict.Input{
			{Kind: "sbom", Digest: digest.Sum([]byte("sbom of " + text))},
			{Kind: "envelope", Digest: digest.Sum([]byte("envelope of " + text))},
		},
		Verifier: "https://verifier.example", TimeVerified: time.Date(2026, 11, 25, 1, 2, 3, 4567, time.UTC),
		Payload: json.RawMessage(`{"score": 9.0, "about": "` + text + `"}`),
	}
}

// newLedger is a database with two tenants that have nothing but their creation.
func newLedger(t *testing.T) *world {
	t.Helper()
	w := &world{DB: testdb.New(t)}
	w.db, w.super = openOn(t, w.DB), w.Conn(t, "superuser")
	w.acme, w.globex = domaintest.Tenant(t, w.db, "acme").As("ci"), domaintest.Tenant(t, w.db, "globex").As("ci")
	return w
}

func requireSound(t *testing.T, h *attestdb.TenantDB, size int) {
	t.Helper()
	r, err := h.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Empty(t, r.Findings)
	require.EqualValues(t, size, r.Size)
}

func TestAppend(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	var prev digest.SHA256
	for i := range 40 {
		d := decided(fmt.Sprint(i))
		before := time.Now()
		got, err := w.acme.Verdict().Append(t.Context(), d)
		require.NoError(t, err)
		require.False(t, got.Existed)
		require.EqualValues(t, i+1, got.Seq, "the tenant's creation is the first")
		require.Equal(t, w.acme.ID(), got.Tenant)
		require.Equal(t, ledger.Decision, got.Kind)
		require.Equal(t, d.Subject, got.Subject)
		require.Equal(t, d.Policy, got.Policy)
		require.Equal(t, []verdict.Input{d.Inputs[1], d.Inputs[0]}, got.Inputs, "sorted")
		require.Equal(t, d.TimeVerified.Truncate(time.Microsecond), got.TimeVerified)
		require.Equal(t, attestdb.Actor("ci"), got.Actor)
		require.WithinRange(t, got.RecordedAt, before.Add(-time.Second), time.Now().Add(time.Second))
		if i > 0 {
			require.Equal(t, prev, got.PrevHash)
		}
		require.Equal(t, got.ComputeLeafHash(), got.LeafHash)
		prev = got.LeafHash
	}
	requireSound(t, w.acme, 41)
	requireSound(t, w.globex, 1)

	_, err := w.db.Tenant(w.acme.ID()).Verdict().Append(t.Context(), decided("x"))
	require.ErrorIs(t, err, attestdb.ErrNoActor)
	_, err = w.db.Tenant(attestdb.TenantID(uuid.New())).As("ci").Verdict().Append(t.Context(), decided("x"))
	require.ErrorIs(t, err, attestdb.ErrUnknownTenant)
	_, err = w.db.Tenancy().As("admin").Suspend(t.Context(), w.globex.ID())
	require.NoError(t, err)
	_, err = w.globex.Verdict().Append(t.Context(), decided("x"))
	require.ErrorIs(t, err, attestdb.ErrTenantSuspended)
}

// Equal decisions on equal evidence have equal digests, whoever makes them and when.
func TestDecisionDigest(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	d := decided("a")
	first, err := w.acme.Verdict().Append(t.Context(), d)
	require.NoError(t, err)
	same := d
	same.Inputs = []verdict.Input{d.Inputs[1], d.Inputs[0], d.Inputs[1]}
	same.Verifier, same.TimeVerified, same.Payload = "https://other.example", time.Time{}, nil
	second, err := w.globex.As("other").Verdict().Append(t.Context(), same)
	require.NoError(t, err)
	require.Equal(t, first.DecisionDigest, second.DecisionDigest)
	for name, change := range map[string]func(*verdict.Decision){
		"subject": func(d *verdict.Decision) { d.Subject.Digest = digest.Sum([]byte("b")).Digest() },
		"name":    func(d *verdict.Decision) { d.Subject.Name = "b" }, "result": func(d *verdict.Decision) { d.Result = verdict.Fail },
		"policy":        func(d *verdict.Decision) { d.Policy.URI += "/2" },
		"policy digest": func(d *verdict.Decision) { d.Policy.Digest = digest.Sum([]byte("2")) },
		"reason":        func(d *verdict.Decision) { d.Reason += "." }, "input": func(d *verdict.Decision) { d.Inputs = d.Inputs[1:] },
	} {
		other := decided("a")
		change(&other)
		got, err := w.acme.Verdict().Append(t.Context(), other)
		require.NoError(t, err)
		require.NotEqual(t, first.DecisionDigest, got.DecisionDigest, name)
	}
}

func TestAppendRefusesWhatNoEntryMayHave(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	long := string(make([]byte, 70_000))
	for field, change := range map[string]func(*verdict.Decision){
		"subject digest":  func(d *verdict.Decision) { d.Subject.Digest = digest.Digest{} },
		"subject name":    func(d *verdict.Decision) { d.Subject.Name = "a\x00" },
		"result":          func(d *verdict.Decision) { d.Result = "MAYBE" },
		"policy uri":      func(d *verdict.Decision) { d.Policy.URI = "" },
		"reason":          func(d *verdict.Decision) { d.Reason = long },
		"verifier":        func(d *verdict.Decision) { d.Verifier = "\xff" },
		"input kind":      func(d *verdict.Decision) { d.Inputs[0].Kind = "SBOM" },
		"input digest":    func(d *verdict.Decision) { d.Inputs[0].Digest = digest.SHA256{} },
		"inputs":          func(d *verdict.Decision) { d.Inputs = manyInputs(1001) },
		"idempotency key": func(d *verdict.Decision) { d.IdempotencyKey = long[:257] },
		"time verified":   func(d *verdict.Decision) { d.TimeVerified = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"payload":         func(d *verdict.Decision) { d.Payload = json.RawMessage(`{"a":1,"a":2}`) },
	} {
		d := decided("a")
		change(&d)
		_, err := w.acme.Verdict().Append(t.Context(), d)
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid, field)
		require.Contains(t, invalid.Field, field)
		require.NotEmpty(t, invalid.Allowed)
		_, err = w.acme.Verdict().AppendBatch(t.Context(), []verdict.Decision{decided("b"), d})
		var batch *attestdb.BatchError
		require.ErrorAs(t, err, &batch, field)
		require.Equal(t, 1, batch.Index)
	}
	// More than a statement takes is told before it is sent.
	large := make([]verdict.Decision, verdict.MaxBatchBytes/(1<<20)+1)
	payload := json.RawMessage(`"` + strings.Repeat("x", 1<<20-2) + `"`)
	for i := range large {
		large[i] = decided("a")
		large[i].Payload = payload
	}
	_, err := w.acme.Verdict().AppendBatch(t.Context(), large)
	require.ErrorContains(t, err, "64 MiB")
	requireSound(t, w.acme, 1)
	// All that is allowed goes in.
	d := decided("a")
	d.Inputs, d.Subject.Name = manyInputs(1000), fmt.Sprintf("%04096d", 0)
	d.Reason = fmt.Sprintf("%0*d", ledger.MaxReasonLength-len(ledger.EncodeInputs(d.Inputs)), 0)
	d.IdempotencyKey, d.Policy.URI, d.Verifier = fmt.Sprintf("%0256d", 0), fmt.Sprintf("%01024d", 0), fmt.Sprintf("%01024d", 0)
	d.Payload = json.RawMessage(fmt.Sprintf(`"%01048574d"`, 0))
	_, err = w.acme.Verdict().Append(t.Context(), d)
	require.NoError(t, err)
	requireSound(t, w.acme, 2)
}

func manyInputs(n int) []verdict.Input {
	inputs := make([]verdict.Input, n)
	for i := range inputs {
		inputs[i] = verdict.Input{Kind: "evaluation", Digest: digest.Sum(fmt.Append(nil, i))}
	}
	return inputs
}

// The same request is recorded once, whoever repeats it and however; another one under its
// key is refused, and leaves nothing.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	d := decided("a")
	d.IdempotencyKey = "build 7"
	var wg sync.WaitGroup
	got := make([]verdict.Appended, 30)
	for i := range got {
		wg.Go(func() {
			var err error
			switch i % 3 {
			case 0:
				got[i], err = w.acme.Verdict().Append(t.Context(), d)
			case 1:
				var all []verdict.Appended
				if all, err = w.acme.Verdict().AppendBatch(t.Context(), []verdict.Decision{decided(fmt.Sprint(i)), d, d}); err == nil {
					got[i] = all[1]
				}
			default:
				err = w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) (err error) {
					got[i], err = tx.Verdict().Append(ctx, d)
					return err
				})
			}
			if err != nil {
				panic(err)
			}
		})
	}
	wg.Wait()
	first := slices.IndexFunc(got, func(a verdict.Appended) bool { return !a.Existed })
	require.NotEqual(t, -1, first)
	for i, a := range got {
		require.Equal(t, got[first].Entry, a.Entry)
		require.Equal(t, i != first, a.Existed, "one of them was recorded")
	}
	requireSound(t, w.acme, 1+1+10)

	for name, change := range map[string]func(*verdict.Decision){
		"result": func(d *verdict.Decision) { d.Result = verdict.Fail }, "verifier": func(d *verdict.Decision) { d.Verifier = "v" },
		"time": func(d *verdict.Decision) { d.TimeVerified = d.TimeVerified.Add(time.Microsecond) }, "payload": func(d *verdict.Decision) { d.Payload = json.RawMessage(`1`) },
		"no payload": func(d *verdict.Decision) { d.Payload = nil },
	} {
		other := d
		change(&other)
		_, err := w.acme.Verdict().Append(t.Context(), other)
		require.ErrorIs(t, err, attestdb.ErrIdempotencyConflict, name)
		_, err = w.acme.Verdict().AppendBatch(t.Context(), []verdict.Decision{decided("never"), other})
		require.ErrorIs(t, err, attestdb.ErrIdempotencyConflict, name)
	}
	elsewhere, err := w.acme.As("other").Verdict().Append(t.Context(), d)
	require.NoError(t, err, "repeated from elsewhere")
	require.True(t, elsewhere.Existed)
	require.EqualValues(t, "ci", elsewhere.Actor)
	again := d
	again.Payload = json.RawMessage("{\"about\" :\"a\",\n\"score\":9}")
	same, err := w.acme.Verdict().Append(t.Context(), again)
	require.NoError(t, err, "the same JSON, written otherwise")
	require.True(t, same.Existed)
	_, err = w.globex.Verdict().Append(t.Context(), d)
	require.NoError(t, err, "another tenant's keys are its own")
	requireSound(t, w.acme, 1+1+10)
}

// The clock is set back: what is recorded then is not before what was recorded already.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	_, err := w.acme.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	_, err = w.super.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	for _, sql := range []string{
		"UPDATE verdict.ledger_entries SET recorded_at = recorded_at + interval '1 hour' WHERE tenant_id = $1 AND seq = 1",
		"UPDATE verdict.ledger_entries e SET leaf_hash = verdict.leaf_hash(e) WHERE tenant_id = $1 AND seq = 1",
		"UPDATE verdict.ledger_payloads SET created_at = created_at + interval '1 hour' WHERE tenant_id = $1",
	} {
		_, err = w.super.Exec(t.Context(), sql, w.acme.ID())
		require.NoError(t, err)
	}
	var future time.Time
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT max(recorded_at) FROM verdict.ledger_entries").Scan(&future))
	for _, next := range []string{"b", "c"} {
		got, err := w.acme.Verdict().Append(t.Context(), decided(next))
		require.NoError(t, err)
		require.Equal(t, future.UTC(), got.RecordedAt)
	}
	_, err = w.db.Tenancy().As("admin").Suspend(t.Context(), w.acme.ID())
	require.NoError(t, err, "an act as well")
	requireSound(t, w.acme, 5)
}

// Whoever appends in a transaction of another isolation does not see the last entry.
func TestAppendNeedsReadCommitted(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	conn := w.Conn(t, "app")
	for _, level := range []pgx.TxIsoLevel{pgx.RepeatableRead, pgx.Serializable} {
		tx, err := conn.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: level})
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, true)", w.acme.ID().String())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "SELECT verdict.lock_ledger($1, 1000)", w.acme.ID())
		require.Equal(t, "AD021", codeOf(t, err))
		require.NoError(t, tx.Rollback(t.Context()))
	}
}
