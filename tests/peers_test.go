package tests

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/rekor"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// What other stores of attestations were seen to get wrong.

func TestUnsignedEnvelopeIsRefused(t *testing.T) {
	t.Parallel()
	signed := string(domaintest.NewSigner(t).Envelope(attestor.PayloadTypeInToto, domaintest.Statement("a", []byte("a"))))
	before, _, _ := strings.Cut(signed, `"signatures":`)
	for name, tail := range map[string]string{
		"empty list":      `"signatures":[]}`,
		"no list":         `"sig":null}`,
		"null":            `"signatures":null}`,
		"empty signature": `"signatures":[{"keyid":"k","sig":""}]}`,
	} {
		_, err := attestor.Parse([]byte(before + tail))
		require.ErrorIs(t, err, attestdb.ErrInvalid, name)
	}
}

func TestGarbageIsRefusedAndNothingIsStored(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	_, acme := openTapped(t, database, nil)
	for _, raw := range []string{"not json at all", "", "{}", "[]", "null", "\x00\xff", `{"payload":"!","payloadType":"x","signatures":[{"sig":"AA=="}]}`} {
		ev, err := attestor.Parse([]byte(raw))
		require.ErrorIs(t, err, attestdb.ErrInvalid, "%q", raw)
		require.Nil(t, ev)
		_, err = acme.Record(t.Context(), ev)
		require.ErrorIs(t, err, attestdb.ErrInvalid)
	}
	// Evidence that was not parsed, which the types allow, is refused by the
	// database: no part of it is stored.
	_, err := acme.Record(t.Context(), &attestor.Evidence{MediaType: attestor.MediaTypeDSSE, Content: []byte("not json at all")})
	require.Error(t, err)
	for _, table := range []string{"envelopes", "envelope_contents"} {
		require.Zero(t, countRows(t, database, table))
	}
}

func TestRepeatedUploadHasOneAnswerHoweverManyAtOnce(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	_, acme := openTapped(t, database, nil)
	signer := domaintest.NewSigner(t)
	verify := attestdb.Verify(signer.Verifier(t))
	for n, opts := range [][]attestdb.RecordOption{nil, {verify}} {
		ev := signer.Evidence(t, "a", []byte(fmt.Sprint("artifact", n)))
		const uploads = 50
		recs, errs := make([]attestor.Recorded, uploads), make([]error, uploads)
		begin := make(chan struct{})
		var wg sync.WaitGroup
		for i := range uploads {
			wg.Go(func() {
				<-begin
				recs[i], errs[i] = acme.Record(t.Context(), ev, opts...)
			})
		}
		close(begin)
		wg.Wait()
		fresh := 0
		for i, rec := range recs {
			require.NoError(t, errs[i])
			require.Equal(t, recs[0].ID, rec.ID)
			require.Equal(t, recs[0].CreatedAt, rec.CreatedAt)
			require.Equal(t, ev.SHA256, rec.SHA256)
			if !rec.Existed {
				fresh++
			}
		}
		require.Equal(t, 1, fresh, "one of them was the first")
		for _, table := range []string{"envelopes", "envelope_contents", "envelope_signatures", "statements", "statement_subjects"} {
			require.Equal(t, n+1, countRows(t, database, table), table)
		}
	}
	requireWhole(t, database.Pool(t, "superuser"))
}

// unindexedSQL lists foreign keys whose columns no index begins with, in any
// order of theirs.
const unindexedSQL = `
SELECT c.conrelid::regclass || '.' || c.conname
  FROM pg_constraint c
 WHERE c.contype = 'f' AND c.connamespace = ANY ($1::text[]::regnamespace[])
   AND NOT EXISTS (SELECT FROM pg_index i
                    WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indpred IS NULL
                      AND (i.indkey::int2[])[0:cardinality(c.conkey)-1] @> c.conkey)
 ORDER BY 1`

func unindexedForeignKeys(t *testing.T, db *testdb.DB) []string {
	t.Helper()
	rows, err := db.Conn(t, "superuser").Query(t.Context(), unindexedSQL, migrations.Modules)
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return names
}

func TestEveryForeignKeyHasAnIndex(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	require.Empty(t, unindexedForeignKeys(t, db))
	// The rule can fail.
	_, err := db.Conn(t, "superuser").Exec(t.Context(), "DROP INDEX attestor.envelope_signatures_position_key")
	require.NoError(t, err)
	require.Equal(t, []string{"attestor.envelope_signatures.envelope_signatures_envelope_fk"}, unindexedForeignKeys(t, db))
}

func TestHotStatementsUseIndexes(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	var tap wiretap
	db, acme := openTapped(t, database, &tap)
	signer := domaintest.NewSigner(t)
	ev := signer.Evidence(t, "a", []byte("a"))
	verify := attestdb.Verify(signer.Verifier(t))
	tap.take()
	ctx := t.Context()

	rec, err := acme.Record(ctx, ev, verify)
	require.NoError(t, err)
	_, err = acme.Record(ctx, ev)
	require.NoError(t, err)
	fillTables(t, database, acme.ID(), 40_000)
	fillTables(t, database, domaintest.Tenant(t, db, "globex").ID(), 10_000)
	fillTenants(t, database)
	_, err = acme.Attestor().Get(ctx, rec.ID)
	require.NoError(t, err)
	_, err = acme.Attestor().Content(ctx, rec.ID)
	require.NoError(t, err)
	_, err = acme.Attestor().IDBySHA256(ctx, rec.SHA256)
	require.NoError(t, err)
	find := func() {
		_, next, err := acme.Attestor().Find(ctx, attestor.Query{Subject: artifactDigest(t, "a")}, page.Request{})
		require.NoError(t, err)
		require.Empty(t, next)
	}
	find()
	_, err = db.TenantByName(ctx, "acme")
	require.NoError(t, err)
	log := domaintest.NewLog(t, 1)
	bundle := loggedBundle(t, log, "b")
	for range 2 {
		rec, err = acme.Record(ctx, bundle)
		require.NoError(t, err)
	}
	entry := bundle.LogEntries[0]
	findLogged := func() {
		for _, q := range []rekor.Query{
			{}, {LogIndex: &entry.LogIndex}, {LogIndex: &entry.LogIndex, LogID: entry.LogID}, {UUID: entry.UUID()},
			{BodySHA256: entry.BodySHA256()}, {Envelope: rec.ID}, {IntegratedFrom: entry.IntegratedTime}, {Since: rec.CreatedAt},
		} {
			_, _, err := acme.Rekor().Find(ctx, q, page.Request{Limit: 50})
			require.NoError(t, err)
		}
	}
	findLogged()
	_, err = acme.Rekor().Get(ctx, uuid.New())
	require.ErrorIs(t, err, attestdb.ErrNotFound)

	sent := tap.take()
	require.GreaterOrEqual(t, len(sent), 21, "each call above sends at least one statement")
	for _, s := range sent {
		explainApp(t, database, acme.ID(), s.sql, s.args...)
	}
	// What every insert's trigger asks.
	explainApp(t, database, acme.ID(), `SELECT t.status FROM tenancy.tenants t
		WHERE t.id = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid`)

	// The rule can fail: without its index, a search reads what it throws away.
	_, err = database.Conn(t, "superuser").Exec(ctx, "DROP INDEX attestor.statement_subjects_digest_idx")
	require.NoError(t, err)
	find()
	for _, s := range tap.take() {
		require.NotEmpty(t, planFaults(t, database, acme.ID(), s.sql, s.args))
	}
	for _, index := range []string{"log_index", "leaf_hash", "body_sha256", "integrated_time", "created_at"} {
		_, err = database.Conn(t, "superuser").Exec(ctx, "DROP INDEX rekor.log_entries_"+index+"_idx")
		require.NoError(t, err)
	}
	findLogged()
	for _, s := range tap.take() {
		if !strings.Contains(s.sql, "e.envelope_id =") {
			require.NotEmpty(t, planFaults(t, database, acme.ID(), s.sql, s.args), s.sql)
		}
	}
}

func artifactDigest(t testing.TB, artifact string) digest.Digest {
	t.Helper()
	d, err := digest.New("sha256", digest.Sum([]byte(artifact)).String())
	require.NoError(t, err)
	return d
}

// openTapped opens attestdb with a tenant acme; tap, unless it is nil, hears what
// the application sends.
func openTapped(t testing.TB, database *testdb.DB, tap *wiretap) (*attestdb.DB, *attestdb.TenantDB) {
	t.Helper()
	app := attestdb.Conn{URL: database.URL("app")}
	if tap != nil {
		app.Tracer = tap
	}
	db, err := attestdb.Open(context.Background(), attestdb.Config{App: app, Admin: attestdb.Conn{URL: database.URL("admin")}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	return db, domaintest.Tenant(t, db, "acme")
}

func countRows(t testing.TB, database *testdb.DB, table string) int {
	t.Helper()
	var n int
	require.NoError(t, database.Pool(t, "superuser").QueryRow(context.Background(),
		"SELECT count(*) FROM "+pgx.Identifier{"attestor", table}.Sanitize()).Scan(&n))
	return n
}

// fillTables gives a tenant n envelopes with two subjects, one signature and one
// verification each, past keys and triggers, and has the planner know.
func fillTables(t testing.TB, database *testdb.DB, tenant attestdb.TenantID, n int) {
	t.Helper()
	ctx := context.Background()
	conn := database.Conn(t, "superuser")
	_, err := conn.Exec(ctx, "SET session_replication_role = replica")
	require.NoError(t, err)
	// As they come in life: in the order of their times, with ids in that order too.
	_, err = conn.Exec(ctx, `CREATE TEMPORARY TABLE fresh AS
		SELECT overlay(overlay(md5(random()::text) PLACING lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') FROM 1) PLACING '7' FROM 13)::uuid AS id, at, n
		  FROM (SELECT now() - ($1 - n) * interval '1 second' AS at, n FROM generate_series(1, $1::int) n) s`, n)
	require.NoError(t, err)
	for _, sql := range []string{
		`INSERT INTO attestor.envelopes
		 SELECT $1, id, at, 'm', 'p', sha256(uuid_send(id)), sha256(uuid_send(id)), 9, NULL FROM fresh`,
		`INSERT INTO attestor.envelope_contents SELECT $1, id, at, '\x00' FROM fresh`,
		`INSERT INTO attestor.envelope_signatures
		 SELECT $1, gen_random_uuid(), at, id, 0, 'k' || n % 99, '\x00', '\x00', sha256((n % 99)::text::bytea), 'https://issuer/' || n % 99,
		        'https://host-' || n % 99 || '.example.com/' || n % 99 FROM fresh`,
		`INSERT INTO attestor.statements SELECT $1, id, at, 'https://in-toto.io/Statement/v1', 'p' || n % 99 FROM fresh`,
		`INSERT INTO attestor.statement_subjects
		 SELECT $1, gen_random_uuid(), at, id, p, 'n', 'sha256', sha256((n / 3 || '-' || p)::bytea) FROM fresh, generate_series(0, 1) p`,
		`INSERT INTO attestor.envelope_verifications
		 SELECT $1, gen_random_uuid(), at, id, 'verified', 'v', 'p', NULL, '[0]', at, NULL FROM fresh`,
		`INSERT INTO rekor.log_checkpoints
		 SELECT $1, id, at, 'o', n, sha256(uuid_send(id)), note, sha256(note)
		   FROM fresh, convert_to(E'o\n' || n || E'\n' || encode(sha256(uuid_send(id)), 'base64') || E'\n', 'UTF8') note`,
		`INSERT INTO rekor.log_entries
		 SELECT $1, gen_random_uuid(), at, id, 0, '\x00', n / 3, 'k', 'v', at, body, sha256(body), sha256('\x00' || body),
		        '\x00', 0, n, sha256(uuid_send(id)), '', id, NULL FROM fresh, convert_to((n / 3)::text, 'UTF8') body`,
	} {
		_, err = conn.Exec(ctx, sql, uuid.UUID(tenant))
		require.NoError(t, err)
	}
	_, err = conn.Exec(ctx, "DROP TABLE fresh")
	require.NoError(t, err)
	_, err = conn.Exec(ctx, "VACUUM ANALYZE")
	require.NoError(t, err)
}

// fillTenants makes so many tenants that their table is worth an index.
func fillTenants(t testing.TB, database *testdb.DB) {
	t.Helper()
	conn := database.Conn(t, "superuser")
	_, err := conn.Exec(context.Background(), `INSERT INTO tenancy.tenants
		SELECT gen_random_uuid(), 'tenant-' || n, 'active', now(), 'x', now(), 'x' FROM generate_series(1, 1000) n`)
	require.NoError(t, err)
	_, err = conn.Exec(context.Background(), "ANALYZE tenancy.tenants")
	require.NoError(t, err)
}
