package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/migrations"
)

// attack is something that the application's login tries on one relation.
type attack struct {
	name string
	sql  string
	// copyFrom is what COPY FROM is fed with.
	copyFrom string
	// write attacks must fail; others may find nothing instead.
	write bool
	// twin is the same attack on keys that nobody has: it must end alike, else
	// the answer tells what another tenant stores.
	twin string
}

// refusals are the SQLSTATEs that may end an attack: any other, such as a
// syntax error, means that the attack was none.
var refusals = []string{
	"42501", // privilege, or row-level security
	"0A000", // COPY FROM under row-level security
	"22P02", // a tenant that is no UUID; a row that is no number
	"23503", // foreign key
	"AD001", // append-only
	"AD002", // unknown tenant
}

// attacker is a plain connection of the application's login.
type attacker struct {
	conn    *pgx.Conn
	notices strings.Builder
}

func (w *world) attacker(t *testing.T) *attacker {
	t.Helper()
	a := &attacker{}
	cfg, err := pgx.ParseConfig(w.URL("app"))
	require.NoError(t, err)
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		fmt.Fprintln(&a.notices, n.Message, n.Detail, n.Hint, n.Where)
	}
	a.conn, err = pgx.ConnectConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = a.conn.Close(context.Background()) })
	return a
}

// outcome is all that an attacker learns: rows, notices and the error.
type outcome struct {
	rows    int
	text    string
	pgError *pgconn.PgError
}

func (a *attacker) try(t *testing.T, sql, copyFrom string) outcome {
	t.Helper()
	a.notices.Reset()
	var text bytes.Buffer
	var rows int
	var err error
	switch {
	case strings.HasPrefix(sql, "COPY") && strings.HasSuffix(sql, "STDOUT"):
		_, err = a.conn.PgConn().CopyTo(t.Context(), &text, sql)
		rows = bytes.Count(text.Bytes(), []byte("\n"))
	case strings.HasPrefix(sql, "COPY"):
		_, err = a.conn.PgConn().CopyFrom(t.Context(), strings.NewReader(copyFrom), sql)
	default:
		var results []*pgconn.Result
		results, err = a.conn.PgConn().Exec(t.Context(), sql).ReadAll()
		for _, r := range results {
			rows += len(r.Rows)
			for _, row := range r.Rows {
				text.Write(bytes.Join(row, []byte("\t")))
			}
		}
	}
	o := outcome{rows: rows, text: text.String() + a.notices.String()}
	if err != nil {
		require.ErrorAs(t, err, &o.pgError, sql)
		e := o.pgError
		o.text += strings.Join([]string{e.Message, e.Detail, e.Hint, e.Where, e.InternalQuery}, "\n")
	}
	return o
}

// Every table and view × every verb × every tenant that a session may name.
func TestPlainSQLSeesAndChangesNothingOfAnotherTenant(t *testing.T) {
	t.Parallel()
	newWorld(t).repelAttacks(t)
}

// Where evidence enters by a function alone, privileges stop what row-level
// security would stop too: it is seen to without their help.
func TestRowLevelSecurityAloneRepelsPlainSQL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, schema := range migrations.Modules {
		_, err := w.super.Exec(t.Context(), "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA "+schema+" TO attestdb_app")
		require.NoError(t, err)
	}
	_, err := w.super.Exec(t.Context(), "REVOKE INSERT ON tenancy.library_floors, tenancy.tenants FROM attestdb_app")
	require.NoError(t, err)
	w.repelAttacks(t)
}

func (w *world) repelAttacks(t *testing.T) {
	t.Helper()
	own := w.acme.ID().String()
	for name, setting := range map[string]*string{
		"no tenant":      nil,
		"empty":          new(string),
		"another tenant": &own,
		"unknown tenant": new(uuid.NewString()),
		"garbage":        new("' OR true --"),
		"padded":         new(" " + w.globex.ID().String() + " OR true"),
	} {
		t.Run(name, func(t *testing.T) {
			a := w.attacker(t)
			if setting != nil {
				_, err := a.conn.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", *setting)
				require.NoError(t, err)
			}
			before := w.fingerprint(t, w.acme.ID())
			for _, r := range w.relations {
				for _, at := range w.attacks(t, r) {
					w.requireRepelled(t, a, r, at, setting == &own)
					if at.write {
						require.Equal(t, before, w.fingerprint(t, w.acme.ID()), "%s on %s changed something", at.name, r.Name)
					}
				}
			}
		})
	}
}

func (w *world) requireRepelled(t *testing.T, a *attacker, r relation, at attack, isTenant bool) {
	t.Helper()
	o := a.try(t, at.sql, at.copyFrom)
	require.False(t, leaks(o.text), "%s on %s told: %s", at.name, r.Name, o.text)
	switch {
	case o.pgError != nil:
		require.Contains(t, refusals, o.pgError.Code, "%s on %s: %v\n%s", at.name, r.Name, o.pgError, at.sql)
	case at.write:
		require.Fail(t, "a write went through", "%s on %s\n%s", at.name, r.Name, at.sql)
	case r.TenantColumn != "" && !isTenant:
		require.Zero(t, o.rows, "%s on %s\n%s", at.name, r.Name, at.sql)
	case r.TenantColumn != "":
		require.NotContains(t, o.text, w.globex.ID().String(), "%s on %s", at.name, r.Name)
	}
	if at.twin == "" {
		return
	}
	twin := a.try(t, at.twin, at.copyFrom)
	require.Equal(t, o.pgError == nil, twin.pgError == nil)
	if o.pgError != nil {
		require.Equal(t, o.pgError.Code+o.pgError.Message, twin.pgError.Code+twin.pgError.Message,
			"%s on %s tells whether another tenant has the key", at.name, r.Name)
	}
}

// attacks are made from the catalogue alone.
func (w *world) attacks(t *testing.T, r relation) []attack {
	t.Helper()
	n, where := r.Name, ""
	if r.TenantColumn != "" {
		where = fmt.Sprintf(" WHERE %s = '%s'", r.TenantColumn, w.globex.ID())
	}
	row := "to_jsonb(t)::text"
	list := []attack{
		{name: "SELECT", sql: "SELECT " + row + " FROM " + n + " t"},
		{name: "SELECT the victim's", sql: "SELECT " + row + " FROM " + n + " t" + where},
		{name: "SELECT into an error", sql: "SELECT count(*) FROM " + n + " t GROUP BY t.* HAVING (" + row + ")::int = 0"},
		{name: "SELECT past row security", sql: "SET LOCAL row_security = off; SELECT " + row + " FROM " + n + " t"},
		{name: "SELECT FOR SHARE", sql: "SELECT " + row + " FROM " + n + " t FOR SHARE"},
		{name: "COPY TO", sql: "COPY " + n + " TO STDOUT"},
		{name: "COPY a query TO", sql: "COPY (SELECT " + row + " FROM " + n + " t" + where + ") TO STDOUT"},
		{name: "cursor", sql: "SELECT 1 WHERE false; DECLARE c CURSOR FOR SELECT " + row + " FROM " + n + " t" + where + "; FETCH ALL FROM c"},
	}
	if r.View {
		list = slices.DeleteFunc(list, func(a attack) bool { return a.name == "COPY TO" }) // views cannot
	}
	for _, sql := range []string{
		"DELETE FROM " + n + where + " RETURNING *",
		"DELETE FROM " + n,
		"TRUNCATE " + n,
		"TRUNCATE " + n + " CASCADE",
		"SELECT 1; LOCK TABLE " + n + " IN ACCESS EXCLUSIVE MODE",
		"SELECT 1; LOCK TABLE " + n + " IN SHARE MODE",
	} {
		if !r.View || strings.HasPrefix(sql, "DELETE") {
			list = append(list, attack{name: strings.TrimPrefix(sql, "SELECT 1; "), sql: sql, write: true})
		}
	}
	if r.View {
		return list
	}
	for _, sql := range []string{
		"ALTER TABLE " + n + " DISABLE ROW LEVEL SECURITY",
		"ALTER TABLE " + n + " DISABLE TRIGGER USER",
		"ALTER TABLE " + n + " OWNER TO CURRENT_USER",
		"CREATE POLICY mine ON " + n + " USING (true)",
		"CREATE INDEX ON " + n + " ((1))",
		"DROP TABLE " + n,
	} {
		list = append(list, attack{name: sql, sql: sql, write: true})
	}
	return append(list, w.forgeries(t, r)...)
}

// forgeries write rows that claim to be the victim's, or hang on the victim's.
func (w *world) forgeries(t *testing.T, r relation) []attack {
	t.Helper()
	n, columns, key := r.Name, strings.Join(r.Columns, ", "), r.Keys[0]
	if r.TenantColumn == "" {
		return []attack{
			{name: "INSERT", sql: r.again(), write: true},
			{name: "UPDATE", sql: "UPDATE " + n + " SET " + key[0] + " = " + key[0], write: true},
		}
	}
	all := map[string]bool{}
	for _, c := range r.Columns {
		all[strings.Trim(c, `"`)] = true
	}
	own := w.fields(t, r, w.acme.ID(), all)
	there, free, hanging := maps.Clone(own), maps.Clone(own), maps.Clone(own)
	maps.Copy(there, w.fields(t, r, w.globex.ID(), r.keyColumns()))
	maps.Copy(free, there)
	free["id"] = json.RawMessage(`"` + uuid.NewString() + `"`)
	if sum, ok := free["sha256"]; ok {
		free["sha256"] = bytes.Replace(sum, []byte(`\\x0`), []byte(`\\x1`), 1)
	}
	from := func(row map[string]json.RawMessage) string {
		b, err := json.Marshal(row)
		require.NoError(t, err)
		return " SELECT " + columns + " FROM jsonb_populate_record(NULL::" + n + ", '" + strings.ReplaceAll(string(b), "'", "''") + "')"
	}
	insert := func(row map[string]json.RawMessage) string {
		return "INSERT INTO " + n + " (" + columns + ")" + from(row)
	}
	on := func(source string) string {
		var conds []string
		for _, c := range key {
			conds = append(conds, "t."+c+" = s."+c)
		}
		return "MERGE INTO " + n + " t USING (" + source + ") s ON " + strings.Join(conds, " AND ")
	}
	first := key[len(key)-1]
	victims := fmt.Sprintf(" WHERE %s = '%s'", r.TenantColumn, w.globex.ID())
	list := []attack{
		{name: "INSERT", sql: insert(there), twin: insert(free)},
		{name: "INSERT RETURNING", sql: insert(there) + " RETURNING *", twin: insert(free) + " RETURNING *"},
		{name: "MERGE insert", sql: on(from(free)) + " WHEN NOT MATCHED THEN INSERT (" + columns + ") VALUES (s." + strings.Join(r.Columns, ", s.") + ")"},
		{name: "MERGE update", sql: on(from(there)) + " WHEN MATCHED THEN UPDATE SET " + first + " = s." + first},
		{name: "MERGE delete", sql: on(from(there)) + " WHEN MATCHED THEN DELETE"},
		{name: "UPDATE", sql: "UPDATE " + n + " SET " + first + " = " + first + victims + " RETURNING *"},
		{name: "UPDATE to own", sql: fmt.Sprintf("UPDATE %s SET %s = '%s'%s", n, r.TenantColumn, w.acme.ID(), victims)},
		{name: "COPY FROM", sql: "COPY " + n + " FROM STDIN", copyFrom: w.copyRow(t, r)},
	}
	for _, k := range r.Keys {
		conflict := " ON CONFLICT (" + strings.Join(k, ", ") + ") DO "
		list = append(list,
			attack{name: "INSERT ON CONFLICT DO NOTHING", sql: insert(there) + conflict + "NOTHING RETURNING *", twin: insert(free) + conflict + "NOTHING RETURNING *"},
			attack{name: "INSERT ON CONFLICT DO UPDATE", sql: insert(there) + conflict + "UPDATE SET " + first + " = excluded." + first + " RETURNING *"})
	}
	if len(r.References) > 0 {
		// An own row on the victim's row, and on a row that nobody has.
		nobodys := maps.Clone(own)
		theirs := map[string]bool{"id": true}
		for _, c := range append([]string{"id"}, r.References...) {
			theirs[c] = true
			nobodys[c] = json.RawMessage(`"` + uuid.NewString() + `"`)
		}
		maps.Copy(hanging, w.fields(t, r, w.globex.ID(), theirs))
		list = append(list, attack{name: "INSERT on the victim's row", sql: insert(hanging), twin: insert(nobodys)})
	}
	for i := range list {
		list[i].write = true
	}
	return list
}

// copyRow is the victim's row as COPY writes it.
func (w *world) copyRow(t *testing.T, r relation) string {
	t.Helper()
	var b bytes.Buffer
	_, err := w.super.PgConn().CopyTo(t.Context(), &b, fmt.Sprintf(
		"COPY (SELECT * FROM %s WHERE %s = '%s') TO STDOUT", r.Name, r.TenantColumn, w.globex.ID()))
	require.NoError(t, err)
	return b.String()
}

// A tenant's id that is not one cannot be expressed, so that nothing has to be
// escaped anywhere.
func TestTenantIDCannotCarrySQL(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "'", "x'; SET ROLE attestdb_admin; --", "0190f5d2-6a8e-7c3b-9d1f-2a4b6c8d0e1'",
		"{0190f5d2-6a8e-7c3b-9d1f-2a4b6c8d0e1f}", "00000000-0000-0000-0000-000000000000",
	} {
		var id attestdb.TenantID
		require.ErrorIs(t, id.UnmarshalText([]byte(s)), attestdb.ErrInvalid, s)
		require.True(t, id.IsZero())
	}
}
