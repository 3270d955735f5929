package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/entx"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

var labModules = []string{"base", "lab"}

// TestMigrationsAreInStep is the drift gate for attestdb's own migrations.
func TestMigrationsAreInStep(t *testing.T) {
	root, err := entx.ModuleRoot()
	require.NoError(t, err)
	plans := diff(t, filepath.Join(root, "migrations"), filepath.Join(root, "schema"), migrations.Modules)
	require.Empty(t, statements(plans), "run: go run ./internal/cmd/migratediff -name <what_it_does>")
}

// TestLoop goes from declarations to a migration, adds SQL by hand, changes the
// declarations, and wants to see the change alone.
func TestLoop(t *testing.T) {
	dir := t.TempDir()
	plans := diff(t, dir, "testdata/before", labModules)
	files, err := Write(dir, "create_tables", plans, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, []string{
		filepath.Join(dir, "base", "20260102030405_create_tables.sql"),
		filepath.Join(dir, "lab", "20260102030406_create_tables.sql"),
	}, files)
	ddl := strings.Join(statements(plans), "\n")
	for _, want := range []string{
		`CREATE SCHEMA "lab"`,
		`CONSTRAINT "samples_pkey" PRIMARY KEY ("tenant_id", "id")`,
		`CONSTRAINT "samples_site_fk" FOREIGN KEY ("tenant_id", "site_id") REFERENCES "base"."sites" ("tenant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION`,
		`CONSTRAINT "sample_contents_sample_fk" FOREIGN KEY ("tenant_id", "id") REFERENCES "lab"."samples" ("tenant_id", "id")`,
	} {
		require.Contains(t, ddl, want)
	}
	require.Empty(t, statements(diff(t, dir, "testdata/before", labModules)), "a second diff")

	byHand(t, dir, "lab/20260102040000_add_by_hand.sql", "testdata/by_hand_lab.sql")
	byHand(t, dir, "base/20260102050000_add_by_hand.sql", "testdata/by_hand_base.sql")
	require.NoError(t, writeSums(dir, labModules))
	plans = diff(t, dir, "testdata/before", labModules)
	require.Empty(t, statements(plans), "after SQL by hand")
	require.NoError(t, reportDrift(&strings.Builder{}, plans))
	require.Equal(t, []string{
		"check samples_label_trimmed of table samples",
		"column label_folded of table samples",
		"index samples_label_once of table samples",
		"index samples_site_brin of table samples",
		"table sample_history",
		"table shifts",
	}, plans[1].LeftAlone)

	plans = diff(t, dir, "testdata/after", labModules)
	want := []string{
		`ALTER TABLE "lab"."samples" DROP CONSTRAINT "samples_label_length", ADD CONSTRAINT "samples_label_length" CHECK ((octet_length(label) >= 1) AND (octet_length(label) <= 80)), ADD COLUMN "colour" text NULL`,
		`CREATE INDEX "samples_colour_idx" ON "lab"."samples" ("tenant_id", "colour")`,
	}
	require.Equal(t, want, statements(plans))
	var drift strings.Builder
	require.ErrorIs(t, reportDrift(&drift, plans), errNo)
	require.Contains(t, drift.String(), "-- lab\n"+want[0]+";\n")

	// The clock stands before the newest file: the version does not.
	files, err = Write(dir, "add_sample_colour", plans, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "lab", "20260102050001_add_sample_colour.sql")}, files)
	require.Empty(t, statements(diff(t, dir, "testdata/after", labModules)))
}

// TestForeignKeysLeadBack wants a foreign key to a later module refused, and
// with it every graph whose modules stand in the wrong order.
func TestForeignKeysLeadBack(t *testing.T) {
	t.Parallel()
	_, err := Diff(t.Context(), url(t), t.TempDir(), "testdata/before", []string{"lab", "base"})
	require.ErrorContains(t, err, "Sample: foreign key samples_site_fk leads from module lab to the later module base")
	_, err = Diff(t.Context(), url(t), t.TempDir(), "testdata/before", []string{"base"})
	require.ErrorContains(t, err, `schema "lab" is no module`)
}

func TestBrokenSQLIsNamed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "base"), 0o755))
	file := filepath.Join(dir, "base", "20260102030405_break_things.sql")
	require.NoError(t, os.WriteFile(file, []byte("CREATE SCHEMA base;\n\nCREATE TABLE base.t (x nonsense);\n"), 0o644))
	_, err := Diff(t.Context(), url(t), dir, "testdata/before", labModules)
	require.ErrorContains(t, err, "migratediff -hash")
	require.NoError(t, writeSums(dir, []string{"base"}))
	_, err = Diff(t.Context(), url(t), dir, "testdata/before", labModules)
	require.ErrorContains(t, err, `base/20260102030405_break_things.sql:3: ERROR: type "nonsense" does not exist`)

	conn, err := pgx.Connect(t.Context(), url(t))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	var left int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_database WHERE datname LIKE 'migratediff%'").Scan(&left))
	require.Zero(t, left, "scratch databases are left behind")
}

func url(t *testing.T) string { return testdb.Server(t).URL("postgres", "postgres") }

func diff(t *testing.T, dir, schemaPath string, modules []string) []ModulePlan {
	t.Helper()
	plans, err := Diff(t.Context(), url(t), dir, schemaPath, modules)
	require.NoError(t, err)
	require.Len(t, plans, len(modules))
	return plans
}

func statements(plans []ModulePlan) []string {
	var all []string
	for _, p := range plans {
		all = append(all, p.Statements...)
	}
	return all
}

func byHand(t *testing.T, dir, name, from string) {
	t.Helper()
	sql, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), sql, 0o644))
}
