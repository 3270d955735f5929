package migrator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/migrator"
)

// What each kind of statement does to tables that are there: what the manual says, seen.
func TestObserveSeesLocksRewritesAndScans(t *testing.T) {
	t.Parallel()
	const (
		ae  = "ACCESS EXCLUSIVE"
		sre = "SHARE ROW EXCLUSIVE"
		sue = "SHARE UPDATE EXCLUSIVE"
		row = "ROW EXCLUSIVE"
	)
	type impact = migrator.TableImpact
	on := func(i impact) []impact { i.Table = "tenancy.t"; return []impact{i} }
	cases := []struct {
		sql  string
		want []impact
	}{
		{"ALTER TABLE tenancy.t ADD COLUMN x int", on(impact{Lock: ae})},
		{"ALTER TABLE tenancy.t ADD COLUMN x int NOT NULL DEFAULT 1", on(impact{Lock: ae})},
		{"ALTER TABLE tenancy.t ADD COLUMN x uuid DEFAULT gen_random_uuid()", on(impact{Lock: ae, Rewrites: true, ReadsAll: true})},
		{"ALTER TABLE tenancy.t ADD COLUMN x int GENERATED ALWAYS AS (id + 1) STORED", on(impact{Lock: ae, Rewrites: true, ReadsAll: true})},
		{"ALTER TABLE tenancy.t DROP COLUMN name", on(impact{Lock: ae})},
		{"ALTER TABLE tenancy.t ALTER COLUMN name TYPE varchar(20)", on(impact{Lock: ae, Rewrites: true, ReadsAll: true})},
		{"ALTER TABLE tenancy.t ALTER COLUMN id TYPE bigint", on(impact{Lock: ae, Rewrites: true, ReadsAll: true})},
		{"ALTER TABLE tenancy.t ALTER COLUMN name SET NOT NULL", on(impact{Lock: ae, ReadsAll: true})},
		{"ALTER TABLE tenancy.t ALTER COLUMN name SET DEFAULT 'x'", on(impact{Lock: ae})},
		{"ALTER TABLE tenancy.t ADD CONSTRAINT c CHECK (id > 0)", on(impact{Lock: ae, ReadsAll: true})},
		{"ALTER TABLE tenancy.t ADD CONSTRAINT c CHECK (id > 0) NOT VALID", on(impact{Lock: ae})},
		{"ALTER TABLE tenancy.t VALIDATE CONSTRAINT later", on(impact{Lock: sue, ReadsAll: true})},
		{"ALTER TABLE tenancy.t ADD CONSTRAINT c UNIQUE (id)", on(impact{Lock: ae, ReadsAll: true})},
		{"ALTER TABLE tenancy.t ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES tenancy.u NOT VALID",
			[]impact{{Table: "tenancy.t", Lock: sre}, {Table: "tenancy.u", Lock: sre}}},
		{"CREATE INDEX i ON tenancy.t (id)", on(impact{Lock: "SHARE", ReadsAll: true})},
		{"CREATE TRIGGER x BEFORE INSERT ON tenancy.t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()", on(impact{Lock: sre})},
		{"CREATE POLICY p ON tenancy.t USING (true)", on(impact{Lock: ae})},
		{"GRANT SELECT ON tenancy.t TO attestdb_app", nil},
		{"DROP INDEX tenancy.t_name_key", on(impact{Lock: ae})},
		{"INSERT INTO tenancy.u VALUES (1)", []impact{{Table: "tenancy.u", Lock: row}}},
		{"UPDATE tenancy.t SET name = 'x'", on(impact{Lock: row, ReadsAll: true})},
		{"DO $$BEGIN EXECUTE 'LOCK TABLE tenancy.t IN EXCLUSIVE MODE'; END$$", on(impact{Lock: "EXCLUSIVE"})},
		{"DROP TABLE tenancy.t", on(impact{Lock: ae})},
		{"REINDEX INDEX tenancy.t_pkey", []impact{
			{Table: "tenancy.t", Lock: "SHARE", ReadsAll: true, Rebuilds: []string{"tenancy.t_pkey"}}, {Table: "tenancy.t_pkey", Lock: ae}}},
		{"CREATE FUNCTION tenancy.f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM tenancy.t'", nil},
		{"SELECT count(*) FROM tenancy.t", on(impact{ReadsAll: true})},
		{"CREATE TABLE tenancy.n (id int); ALTER TABLE tenancy.n ADD COLUMN x uuid DEFAULT gen_random_uuid()", nil},
		{"-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY i ON tenancy.t (id)", on(impact{Lock: sue, ReadsAll: true})},
		{"-- atlas:txmode none\n\nDROP INDEX CONCURRENTLY tenancy.t_name_key",
			on(impact{Lock: sue})},
		{"-- atlas:txmode none\n\nALTER TABLE tenancy.t VALIDATE CONSTRAINT later", on(impact{Lock: sue, ReadsAll: true})},
	}
	for _, c := range cases {
		t.Run(c.sql, func(t *testing.T) {
			t.Parallel()
			cfg := newDB(t).config(files{
				"tenancy/20260101000000_first.sql": `CREATE SCHEMA tenancy;
CREATE TABLE tenancy.t (id int CONSTRAINT t_pkey PRIMARY KEY, name text);
CREATE INDEX t_name_key ON tenancy.t (name);
CREATE TABLE tenancy.u (id int CONSTRAINT u_pkey PRIMARY KEY);
ALTER TABLE tenancy.t ADD CONSTRAINT later CHECK (id <> 7) NOT VALID;
`,
				"tenancy/20260102000000_second.sql": c.sql + ";\n",
			}.fs())
			seen, err := migrator.Observe(t.Context(), cfg)
			require.NoError(t, err)
			var got []impact
			for _, s := range seen["tenancy"]["20260102000000_second.sql"].Statements {
				got = append(got, s.Tables...)
			}
			require.Equal(t, c.want, got)
		})
	}
}

// A lock is named at the statement that takes it, and not again in the same file.
func TestObserveNamesALockOnce(t *testing.T) {
	t.Parallel()
	cfg := newDB(t).config(files{
		"tenancy/20260101000000_first.sql": "CREATE SCHEMA tenancy;\nCREATE TABLE tenancy.t (id int);\n",
		"tenancy/20260102000000_second.sql": `ALTER TABLE tenancy.t ADD COLUMN x int;
ALTER TABLE tenancy.t ADD COLUMN y int;
ALTER TABLE tenancy.t ALTER COLUMN y SET NOT NULL;
`}.fs())
	seen, err := migrator.Observe(t.Context(), cfg)
	require.NoError(t, err)
	require.Equal(t, []migrator.StatementImpact{
		{Line: 1, Tables: []migrator.TableImpact{{Table: "tenancy.t", Lock: "ACCESS EXCLUSIVE"}}},
		{Line: 2, Tables: nil},
		{Line: 3, Tables: []migrator.TableImpact{{Table: "tenancy.t", ReadsAll: true}}},
	}, seen["tenancy"]["20260102000000_second.sql"].Statements)
}
