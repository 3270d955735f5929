package migratelint_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/migratelint"
	"stella-ops.org/attestdb/internal/testdb"
)

var update = flag.Bool("update", false, "write the want files of testdata")

// TestDirectories lints each directory of testdata: one for each rule, which
// must be caught on the right line, and one with nothing to find.
func TestDirectories(t *testing.T) {
	t.Parallel()
	dirs, err := filepath.Glob("testdata/*")
	require.NoError(t, err)
	server := testdb.Server(t)
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			findings, err := migratelint.Lint(t.Context(), server.URL("postgres", "postgres"), os.DirFS(dir), []string{"tenancy", "attestor"})
			require.NoError(t, err)
			var got strings.Builder
			for _, f := range findings {
				got.WriteString(f.String() + "\n")
			}
			file := filepath.Join(dir, "want")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got.String()), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), got.String())
		})
	}
}

// TestEveryRuleIsCaught holds each code to a directory of its own name.
func TestEveryRuleIsCaught(t *testing.T) {
	t.Parallel()
	codes := []string{"DS102", "DS103", "MF101", "MF103", "MF104", "CD101"}
	for _, r := range migratelint.Rules() {
		codes = append(codes, r.Code)
	}
	for _, code := range codes {
		want, err := os.ReadFile(filepath.Join("testdata", code, "want"))
		require.NoError(t, err)
		require.Contains(t, string(want), " "+code+" ")
	}
}

// TestUnjudgeable wants an error that says where, since a file that does not
// apply hides what comes after it.
func TestUnjudgeable(t *testing.T) {
	t.Parallel()
	server := testdb.Server(t)
	for _, tt := range []struct{ name, sql, want string }{
		{"does not apply", "CREATE SCHEMA attestor;\n\nDO $$\nBEGIN\n  NULL;\nEND $$;\nSELECT 1 / 0;\n", "attestor/1_a.sql: line 7: .*division by zero"},
		{"does not parse", "SELECT 'open;\n", "attestor/1_a.sql: .*unclosed quote"},
		{"own delimiter", "-- atlas:delimiter \\n\\n\n\nSELECT 1;\n", "attestor/1_a.sql: atlas:delimiter is not supported"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := fstest.MapFS{"attestor/1_a.sql": {Data: []byte(tt.sql)}}
			_, err := migratelint.Lint(t.Context(), server.URL("postgres", "postgres"), dir, []string{"attestor"})
			require.Error(t, err)
			require.Regexp(t, tt.want, err.Error())
		})
	}
}
