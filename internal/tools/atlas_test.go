// Package tools holds the tools of this repository, each in a module of its
// own, and the test that the Atlas CLI and the library understand each other.
package tools_test

import (
	"net/url"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// standalone are the modules whose directories refer to no other module, so
// that the CLI may apply them by themselves.
var standalone = []string{"tenancy"}

// atlas runs the CLI on a module as an owner, as docs/schema-review.md says.
func atlas(t *testing.T, ownerURL, module string, args ...string) (string, error) {
	t.Helper()
	bin := os.Getenv("ATTESTDB_ATLAS")
	if bin == "" {
		t.Skip("ATTESTDB_ATLAS does not name the Atlas CLI: build it with go build -C internal/tools/atlas -o FILE ariga.io/atlas/cmd/atlas")
	}
	u, err := url.Parse(ownerURL)
	require.NoError(t, err)
	q := u.Query()
	q.Set("sslmode", "disable")
	q.Set("role", "attestdb_owner")
	u.RawQuery = q.Encode()
	cmd := exec.CommandContext(t.Context(), bin, append(append([]string{"migrate"}, args...), "--env", module, "--url", u.String())...)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "ATLAS_NO_UPDATE_NOTIFIER=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestAtlasReadsOurRevisions: what the library applied, the CLI knows.
func TestAtlasReadsOurRevisions(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, module := range migrations.Modules {
		out, err := atlas(t, db.URL("owner"), module, "status")
		require.NoError(t, err, out)
		require.Contains(t, out, "Migration Status: OK")
		require.Contains(t, out, "Pending Files:   0")
	}
}

// TestAtlasAppliesAlone: a directory that refers to no other module needs
// nothing but the roles.
func TestAtlasAppliesAlone(t *testing.T) {
	t.Parallel()
	for _, module := range standalone {
		db := testdb.NewEmpty(t)
		out, err := atlas(t, db.URL("owner"), module, "apply")
		require.NoError(t, err, out)
		out, err = atlas(t, db.URL("owner"), module, "status")
		require.NoError(t, err, out)
		require.Contains(t, out, "Migration Status: OK")
	}
}

// TestWeKnowWhatAtlasApplied: the CLI, taken through all files in the order of
// their versions, leaves nothing for the library to do.
func TestWeKnowWhatAtlasApplied(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	cfg := migrator.Config{URL: db.URL("owner"), FS: migrations.FS, Modules: migrations.Modules}
	plan, err := migrator.Plan(t.Context(), cfg)
	require.NoError(t, err)
	require.NotEmpty(t, plan)
	for _, f := range plan {
		out, err := atlas(t, db.URL("owner"), f.Module, "apply", "1", "--allow-dirty")
		require.NoError(t, err, out)
	}
	report, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	require.True(t, report.UpToDate)
}
