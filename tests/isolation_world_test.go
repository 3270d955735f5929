package tests

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// marker stands in every row of the victim's and in no key, so that a row or an
// error text that has it was leaked, while one that has a key may only repeat
// what the attacker said.
const marker = "Victims-Own-Words"

// referenceTables belong to no tenant: everybody may read them.
var referenceTables = map[string]bool{"tenancy.library_floors": true}

// erasable tables have rows that go if the ledger says so.
var erasable = map[string]bool{"attestor.envelope_contents": true, "verdict.ledger_payloads": true}

// wordless tables have nothing but keys and hashes.
var wordless = map[string]bool{"verdict.ledgers": true, "verdict.ledger_nodes": true}

// administered tables say what administrators did, and are theirs to read.
var administered = map[string]bool{
	"tenancy.tenants": true, "verdict.retention_rules": true, "verdict.legal_holds": true, "verdict.legal_hold_releases": true,
}

// changeable tables may be updated by some role; all others are append-only.
var changeable = map[string]bool{"tenancy.tenants": true}

// world is a database with the evidence of two tenants in every table.
type world struct {
	*testdb.DB
	db                 *attestdb.DB
	acme, globex       *attestdb.TenantDB
	globexIDs, acmeIDs []uuid.UUID
	super              *pgx.Conn
	relations          []relation
}

// relation is a table or view of a module, as the catalogue has it.
type relation struct {
	Name string // schema.name
	View bool
	// TenantColumn tells whose a row is; "" if it is nobody's.
	TenantColumn string
	// Columns are those that an INSERT may name.
	Columns []string
	// Keys are the columns of each unique index, the primary key's first.
	Keys [][]string
	// References are the columns of foreign keys to other tables, but for the
	// tenant.
	References []string
}

// readable selects what the application may read of the relation's rows.
func (r relation) readable() string {
	if r.TenantColumn == "id" {
		return "SELECT id, name, status FROM " + r.Name
	}
	return "SELECT * FROM " + r.Name
}

// again is a statement that inserts the rows which are there already.
func (r relation) again() string {
	columns := strings.Join(r.Columns, ", ")
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", r.Name, columns, columns, r.Name)
}

func (r relation) keyColumns() map[string]bool {
	columns := map[string]bool{}
	for _, key := range append([][]string{r.References}, r.Keys...) {
		for _, c := range key {
			columns[c] = true
		}
	}
	return columns
}

const relationsSQL = `
SELECT n.nspname || '.' || c.relname, c.relkind IN ('v', 'm'),
       coalesce((SELECT a.attname::text FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped),
                CASE WHEN c.oid = 'tenancy.tenants'::regclass THEN 'id' ELSE '' END),
       ARRAY (SELECT quote_ident(a.attname) FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 AND a.attgenerated = '' AND a.attidentity <> 'a' ORDER BY a.attnum),
       coalesce((SELECT jsonb_agg(k.columns ORDER BY k.indisprimary DESC) FROM (
         SELECT i.indisprimary, (SELECT jsonb_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey)) AS columns
           FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL) k), '[]'),
       ARRAY (SELECT DISTINCT a.attname::text FROM pg_constraint f
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (f.conkey)
               WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid AND a.attname <> 'tenant_id')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
 ORDER BY 1`

// openOn returns attestdb on db, with a pool of its own for each role.
func openOn(t testing.TB, db *testdb.DB) *attestdb.DB {
	t.Helper()
	return openWith(t, attestdb.Config{
		App:     attestdb.Conn{URL: db.URL("app")},
		Admin:   attestdb.Conn{URL: db.URL("admin")},
		Auditor: attestdb.Conn{URL: db.URL("auditor")},
	})
}

func openWith(t testing.TB, cfg attestdb.Config) *attestdb.DB {
	t.Helper()
	if os.Getenv(settingEnv) == "literal" {
		cfg.TenantSetting = attestdb.SettingLiteral
	}
	db, err := attestdb.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	return db
}

// openOnPool returns attestdb whose application pool is the caller's.
func openOnPool(t testing.TB, db *testdb.DB, change func(*pgxpool.Config)) (*attestdb.DB, *pgxpool.Pool) {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(db.URL("app"))
	require.NoError(t, err)
	if change != nil {
		change(cfg)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return openWith(t, attestdb.Config{App: attestdb.Conn{Pool: pool}, Admin: attestdb.Conn{URL: db.URL("admin")}}), pool
}

// begin starts a transaction that is rolled back, at the latest, when the test
// ends: a pool waits for its connections when it is closed.
func begin(t *testing.T, on interface {
	Begin(ctx context.Context) (pgx.Tx, error)
},
) pgx.Tx {
	t.Helper()
	tx, err := on.Begin(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return tx
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{DB: testdb.New(t)}
	w.db = openOn(t, w.DB)
	w.super = w.Conn(t, "superuser")
	w.acme, w.acmeIDs = w.tenant(t, "acme", "acme")
	w.globex, w.globexIDs = w.tenant(t, "globex", marker)

	rows, err := w.super.Query(t.Context(), relationsSQL, migrations.Modules)
	require.NoError(t, err)
	w.relations, err = pgx.CollectRows(rows, pgx.RowToStructByPos[relation])
	require.NoError(t, err)
	for _, r := range w.relations {
		if r.View {
			continue
		}
		if r.TenantColumn == "" {
			require.True(t, referenceTables[r.Name], "%s has no tenant_id: give it one, or name it a reference table", r.Name)
			continue
		}
		row := w.row(t, r, w.globex.ID())
		require.True(t, wordless[r.Name] || strings.Contains(row, marker), "the victim has a row in %s: %s", r.Name, row)
		require.NotContains(t, w.row(t, r, w.acme.ID()), marker)
		for _, value := range w.fields(t, r, w.globex.ID(), r.keyColumns()) {
			require.NotContains(t, string(value), marker)
		}
	}
	return w
}

// tenant makes a tenant whose evidence, and a proof chain, say word wherever they say
// anything: twice with a failed verification, once with an SBOM, which it imports alone
// as well.
func (w *world) tenant(t *testing.T, name, word string) (*attestdb.TenantDB, []uuid.UUID) {
	t.Helper()
	actor := attestdb.Actor(word)
	tn, _, err := w.db.Tenancy().As(actor).Create(t.Context(), name)
	require.NoError(t, err)
	h := w.db.Tenant(tn.ID).As(actor)
	var ids []uuid.UUID
	for _, artifact := range []string{"one", "two"} {
		rec, err := h.Record(t.Context(), wordyEvidence(t, word, artifact),
			attestdb.Verify(wordyVerifier(word)), attestdb.KeepFailed())
		require.NoError(t, err)
		ids = append(ids, rec.ID)
	}
	_, err = h.AssembleChain(t.Context(), attestor.ChainRequest{
		Subject: artifactDigest(t, "one"), PolicyVersion: word,
		Segments: []attestor.ChainSegment{{Kind: proofchain.VEX, Content: []byte(`{"said":"` + word + `"}`)}},
	})
	require.NoError(t, err)
	rec, err := h.Record(t.Context(), attested(t, domaintest.NewSigner(t), word, attestor.PredicateTypeCycloneDX, wordySBOM(t, word)))
	require.NoError(t, err)
	ids = append(ids, rec.ID)
	_, err = h.ImportSBOM(t.Context(), wordySBOM(t, word))
	require.NoError(t, err)
	w.decide(t, h, word)
	w.retain(t, h.ID(), word)
	return h, ids
}

// retain gives the tenant a rule, a hold and one that is released, which say word.
func (w *world) retain(t *testing.T, id attestdb.TenantID, word string) {
	t.Helper()
	r := w.db.Retention().As(attestdb.Actor(word))
	_, err := r.Set(t.Context(), id, verdict.Rule{Kind: verdict.EnvelopeContents, PredicateType: word, Keep: time.Hour})
	require.NoError(t, err)
	hold, err := r.Hold(t.Context(), id, verdict.AboutSubject(digest.Sum([]byte("nothing of "+word)).Digest()), word)
	require.NoError(t, err)
	_, err = r.Release(t.Context(), id, hold.ID, word)
	require.NoError(t, err)
}

// decide fills the tenant's ledger with decisions that say word, as many as make a node,
// and a checkpoint.
func (w *world) decide(t *testing.T, h *attestdb.TenantDB, word string) {
	t.Helper()
	var sum digest.SHA256
	copy(sum[:], word)
	decisions := make([]verdict.Decision, 20)
	for i := range decisions {
		decisions[i] = verdict.Decision{
			Subject: verdict.Subject{Digest: digest.Sum([]byte(word)).Digest(), Name: word}, Result: verdict.Pass,
			Policy: verdict.Policy{URI: word, Digest: sum}, Reason: word, Verifier: word,
			Inputs: []verdict.Input{{Kind: "envelope", Digest: sum}}, Payload: json.RawMessage(`"` + word + `"`),
		}
	}
	_, err := h.Verdict().AppendBatch(t.Context(), decisions)
	require.NoError(t, err)
	_, err = h.Verdict().Checkpoint(t.Context(), signingKey(t, word), word)
	require.NoError(t, err)
}

// wordySBOM is an SBOM with one component that says word in every text and in a
// digest.
func wordySBOM(t testing.TB, word string) []byte {
	t.Helper()
	sum := make([]byte, 64)
	copy(sum, word)
	raw, err := json.Marshal(map[string]any{
		"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": word,
		"metadata": map[string]any{"component": map[string]any{"type": "application", "name": word}},
		"components": []any{map[string]any{
			"bom-ref": word, "type": "library", "name": word, "version": word, "purl": "pkg:npm/" + word + "@" + word,
			"hashes":   []any{map[string]string{"alg": "SHA-512", "content": hex.EncodeToString(sum)}},
			"licenses": []any{map[string]any{"license": map[string]string{"name": word}}},
		}},
	})
	require.NoError(t, err)
	return raw
}

// wordyEvidence is evidence about an artifact that says word in every text and
// in the bytes of its signature.
func wordyEvidence(t testing.TB, word, artifact string) *attestor.Evidence {
	t.Helper()
	var statement map[string]any
	require.NoError(t, json.Unmarshal(domaintest.Statement(word, []byte(artifact)), &statement))
	statement["predicateType"] = "https://example.com/" + word
	payload, err := json.Marshal(statement)
	require.NoError(t, err)
	raw, err := json.Marshal(map[string]any{
		"payloadType": attestor.PayloadTypeInToto,
		"payload":     base64.StdEncoding.EncodeToString(payload),
		"signatures":  []any{map[string]string{"keyid": word, "sig": base64.StdEncoding.EncodeToString([]byte(word))}},
	})
	require.NoError(t, err)
	ev, err := attestor.Parse(raw)
	require.NoError(t, err)
	ev.LogEntries = []logentry.Entry{wordyEntry(word)}
	return ev
}

// wordyEntry is a log entry that says word in every text and in its bytes.
func wordyEntry(word string) logentry.Entry {
	e := logentry.Entry{LogID: []byte(word), Kind: word, Version: word, CanonicalizedBody: []byte(word), InclusionPromise: []byte(word)}
	root := e.LeafHash()
	e.InclusionProof = &logentry.InclusionProof{TreeSize: 1, RootHash: root[:], Checkpoint: &logentry.Checkpoint{
		Origin: word, TreeSize: 1, RootHash: root[:],
		Note: word + "\n1\n" + base64.StdEncoding.EncodeToString(root[:]) + "\n\n— " + word + " AAAAAAAA\n",
	}}
	return e
}

// wordyVerifier finds all evidence wanting, and says so with its word.
type wordyVerifier string

func (v wordyVerifier) Verify(context.Context, *attestor.Evidence) (attestor.Verification, error) {
	return attestor.Verification{
		Outcome: attestor.Failed, Verifier: "wordy v1", Policy: string(v), Reason: string(v), TimeVerified: time.Now(),
	}, nil
}

// row returns the oldest row of a tenant as JSON, bytes in hexadecimal and, so
// that the marker is found in them, as text too.
func (w *world) row(t *testing.T, r relation, tenant attestdb.TenantID) string {
	t.Helper()
	var row string
	err := w.super.QueryRow(t.Context(), "SELECT to_jsonb(t)::text FROM "+r.Name+" t WHERE "+r.TenantColumn+" = $1 ORDER BY t LIMIT 1", tenant).Scan(&row)
	require.NoError(t, err, "%s has a row of each tenant", r.Name)
	return strings.ReplaceAll(row, hex.EncodeToString([]byte(marker)), marker)
}

func (w *world) fields(t *testing.T, r relation, tenant attestdb.TenantID, columns map[string]bool) map[string]json.RawMessage {
	t.Helper()
	var row []byte
	err := w.super.QueryRow(t.Context(), "SELECT to_jsonb(t) FROM "+r.Name+" t WHERE "+r.TenantColumn+" = $1 ORDER BY t LIMIT 1", tenant).Scan(&row)
	require.NoError(t, err)
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(row, &fields))
	for name := range fields {
		if !columns[name] {
			delete(fields, name)
		}
	}
	return fields
}

// fingerprint is over all rows but those of one tenant.
func (w *world) fingerprint(t *testing.T, except attestdb.TenantID) string {
	t.Helper()
	var parts []string
	for _, r := range w.relations {
		if r.View {
			continue
		}
		q := "SELECT '" + r.Name + "' || to_jsonb(t)::text AS x FROM " + r.Name + " t"
		if r.TenantColumn != "" {
			q += " WHERE " + r.TenantColumn + " <> $1"
		}
		parts = append(parts, q)
	}
	var sum string
	err := w.super.QueryRow(t.Context(), "SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(x, ',' ORDER BY x)), '') FROM ("+
		strings.Join(parts, " UNION ALL ")+") rows", except).Scan(&sum)
	require.NoError(t, err)
	return sum
}

// leaks reports whether text has the victim's words, plain or in hexadecimal.
func leaks(text string) bool {
	return strings.Contains(text, marker) || strings.Contains(strings.ToLower(text), hex.EncodeToString([]byte(marker)))
}
