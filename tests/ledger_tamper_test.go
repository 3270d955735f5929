package tests

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// vault is a ledger that a superuser, whom nothing in the database stops, does what it
// likes with: without triggers, foreign keys, checks and unique keys.
type vault struct {
	acme     *attestdb.TenantDB
	conn     *pgx.Conn
	verifier note.Verifier
	signer   note.Signer
	outside  []byte
	envelope digest.SHA256
	tables   []string
}

// The vault's ledger: the tenant's creation, ten decisions, two erasures, more decisions.
const (
	vaultDecisions = 40
	vaultErased    = 7 // its payload
	vaultSize      = 1 + vaultDecisions + 2
	vaultChecked   = 30 // a stored checkpoint's size
)

func newVault(t *testing.T) *vault {
	t.Helper()
	tdb := testdb.New(t)
	db := openOn(t, tdb)
	v := &vault{acme: domaintest.Tenant(t, db, "acme").As("ci"), conn: tdb.Conn(t, "superuser")}
	skey, vkey, err := note.GenerateKey(nil, "acme.example/ledger")
	require.NoError(t, err)
	v.signer, err = note.NewSigner(skey)
	require.NoError(t, err)
	v.verifier, err = note.NewVerifier(vkey)
	require.NoError(t, err)
	signer := domaintest.NewSigner(t)
	kept, err := v.acme.Record(t.Context(), signer.Evidence(t, "kept", []byte("kept")))
	require.NoError(t, err)
	require.False(t, kept.Existed)
	gone, err := v.acme.Record(t.Context(), signer.Evidence(t, "gone", []byte("gone")))
	require.NoError(t, err)
	v.envelope = gone.SHA256
	decisions := make([]verdict.Decision, vaultDecisions)
	for i := range decisions {
		decisions[i] = decided(fmt.Sprint(i))
		decisions[i].IdempotencyKey = fmt.Sprint("key ", i)
	}
	_, err = v.acme.Verdict().AppendBatch(t.Context(), decisions[:10])
	require.NoError(t, err)
	v.exec(t, "CREATE TABLE public.kept AS TABLE verdict.ledger_payloads")
	v.exec(t, "SELECT verdict.erase_payload($1, $2, 'dpo', 'the customer asked')", v.acme.ID(), vaultErased)
	v.exec(t, "SELECT verdict.erase_envelope($1, $2, 'dpo', 'the customer asked')", v.acme.ID(), v.envelope[:])
	_, err = v.acme.Verdict().AppendBatch(t.Context(), decisions[10:])
	require.NoError(t, err)
	v.exec(t, "SELECT set_config('attestdb.tenant_id', $1, false)", v.acme.ID().String())
	v.exec(t, "SELECT verdict.record_checkpoint($1, gen_random_uuid(), $2, $3, verdict.tree_root($1, $3), $4, $5)",
		v.acme.ID(), "acme", vaultChecked, v.note(t, vaultChecked), vkey)
	v.outside = v.note(t, vaultSize)

	v.exec(t, `DO $$ DECLARE c record; BEGIN
		FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE connamespace IN ('verdict'::regnamespace, 'attestor'::regnamespace) AND contype IN ('c', 'f') LOOP
			EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname);
		END LOOP;
		FOR c IN SELECT indexrelid::regclass AS i FROM pg_index WHERE indisunique AND NOT indisprimary AND indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'verdict'::regnamespace) LOOP
			EXECUTE format('DROP INDEX %s', c.i);
		END LOOP;
		FOR c IN SELECT a.attrelid::regclass AS t, a.attname FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid
		  WHERE r.relnamespace = 'verdict'::regnamespace AND r.relkind = 'r' AND a.attnum > 0 AND a.attnotnull AND a.attname NOT IN ('id', 'tenant_id') LOOP
			EXECUTE format('ALTER TABLE %s ALTER %I DROP NOT NULL', c.t, c.attname);
		END LOOP;
	END $$`)
	v.exec(t, "SET session_replication_role = replica")
	v.exec(t, "CREATE SCHEMA backup")
	rows, err := v.conn.Query(t.Context(), `SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'
		AND (relnamespace = 'verdict'::regnamespace OR oid = 'attestor.envelope_contents'::regclass) ORDER BY 1`)
	require.NoError(t, err)
	v.tables, err = pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	for _, table := range v.tables {
		v.exec(t, fmt.Sprintf("CREATE TABLE backup.%s AS TABLE %s", strings.Split(table, ".")[1], table))
	}
	return v
}

func (v *vault) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := v.conn.Exec(t.Context(), sql, args...)
	require.NoError(t, err, sql)
}

// note is a signed checkpoint of the ledger as it is.
func (v *vault) note(t *testing.T, size int64) []byte {
	t.Helper()
	var root []byte
	require.NoError(t, v.conn.QueryRow(t.Context(), "SELECT verdict.tree_root($1, $2)", v.acme.ID(), size).Scan(&root))
	return v.sign(t, size, digest.SHA256(root))
}

// sign signs a checkpoint of any ledger.
func (v *vault) sign(t *testing.T, size int64, root digest.SHA256) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("acme\n%d\n%s\n", size, base64.StdEncoding.EncodeToString(root[:]))}, v.signer)
	require.NoError(t, err)
	return signed
}

// restore puts back what was there.
func (v *vault) restore(t *testing.T) {
	t.Helper()
	for _, table := range v.tables {
		v.exec(t, fmt.Sprintf("DELETE FROM %s", table))
		v.exec(t, fmt.Sprintf("INSERT INTO %s TABLE backup.%s", table, strings.Split(table, ".")[1]))
	}
}

func (v *vault) verify(t *testing.T, outside ...[]byte) verdict.Report {
	t.Helper()
	report, err := v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Verifiers: []note.Verifier{v.verifier}, Outside: outside})
	require.NoError(t, err)
	return report
}

// requireFault requires that the first finding is at seq and one of the faults.
func requireFault(t *testing.T, r verdict.Report, seq int64, faults ...verdict.Fault) {
	t.Helper()
	require.False(t, r.OK(), "nothing was found")
	require.Equal(t, seq, r.Findings[0].Seq, "%v", r.Findings)
	require.True(t, slices.ContainsFunc(r.Findings, func(f verdict.Finding) bool {
		return f.Seq == seq && slices.Contains(faults, f.Fault)
	}), "%v", r.Findings)
	require.Zero(t, r.State)
}

func TestUntouchedLedgerVerifies(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	r := v.verify(t, v.outside)
	require.Empty(t, r.Findings)
	require.True(t, r.OK())
	require.EqualValues(t, vaultSize, r.Size)
	require.EqualValues(t, vaultSize, r.Verified)
	require.EqualValues(t, 2, r.Erased)
	require.Equal(t, 2, r.Checkpoints)
	var root []byte
	require.NoError(t, v.conn.QueryRow(t.Context(), "SELECT verdict.tree_root($1, $2)", v.acme.ID(), vaultSize).Scan(&root))
	require.Equal(t, hex.EncodeToString(root), r.RootHash.String())

	// Where it ended, a later one goes on.
	_, err := v.acme.Verdict().Append(t.Context(), decided("later"))
	require.NoError(t, err)
	next, err := v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: r.State})
	require.NoError(t, err)
	require.Empty(t, next.Findings)
	require.EqualValues(t, 1, next.Verified)
	require.Equal(t, v.verify(t).RootHash, next.RootHash)
}

// columnsOf returns the columns of a table with their types, so that a later one joins by
// itself.
func (v *vault) columnsOf(t *testing.T, table string) map[string]string {
	t.Helper()
	rows, err := v.conn.Query(t.Context(), `SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute
		WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped`, table)
	require.NoError(t, err)
	columns := map[string]string{}
	var name, typ string
	_, err = pgx.ForEachRow(rows, []any{&name, &typ}, func() error { columns[name] = typ; return nil })
	require.NoError(t, err)
	return columns
}

// changes are what may be done to a column of a type.
var changes = map[string][]string{
	"uuid":                     {"gen_random_uuid()"},
	"bigint":                   {"%[1]s + 100000", "-1 - %[1]s", "9223372036854775807", "9223372036854775806", "1000000000000000"},
	"integer":                  {"%[1]s + 1"},
	"text":                     {"coalesce(%[1]s, '') || 'x'", "''", "NULL", "upper(%[1]s) || 'é'"},
	"bytea":                    {"set_byte(coalesce(%[1]s, sha256('x')), 0, 255 - get_byte(coalesce(%[1]s, sha256('x')), 0))", "NULL", "''", "coalesce(%[1]s, '') || 'x'"},
	"timestamp with time zone": {"coalesce(%[1]s, now()) + interval '1 microsecond'", "%[1]s - interval '1 day'", "'infinity'", "'-infinity'", "NULL"},
}

// Every column of an entry, changed in every way by somebody whom nothing stops, is found
// at that entry.
func TestEveryChangedColumnOfAnEntryIsFound(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	for column, typ := range v.columnsOf(t, "verdict.ledger_entries") {
		require.Contains(t, changes, typ)
		for _, change := range changes[typ] {
			for _, seq := range []int{0, vaultErased, 15, vaultSize - 1} {
				expr := change
				if strings.Contains(change, "%") {
					expr = fmt.Sprintf(change, column)
				}
				var changed int
				err := v.conn.QueryRow(t.Context(), fmt.Sprintf(`WITH u AS (UPDATE verdict.ledger_entries SET %[1]s = %[2]s
					WHERE seq = $1 AND (%[2]s) IS DISTINCT FROM %[1]s RETURNING 1) SELECT count(*) FROM u`, column, expr), seq).Scan(&changed)
				if err != nil && (column == "id" || column == "tenant_id") {
					continue
				}
				require.NoError(t, err)
				if changed == 0 {
					continue
				}
				r := v.verify(t, v.outside)
				require.False(t, r.OK(), "%s = %s of entry %d", column, expr, seq)
				want := int64(seq)
				if column == "seq" && strings.HasPrefix(expr, "-") && r.Findings[0].Seq > want {
					want = r.Findings[0].Seq
				}
				require.Equal(t, want, r.Findings[0].Seq, "%s = %s: %v", column, expr, r.Findings)
				v.restore(t)
			}
		}
	}
	require.Empty(t, v.verify(t, v.outside).Findings)
}
