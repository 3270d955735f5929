package tests

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// A dump of whoever may see every row, restored, has everything; and what was kept outside
// is what says so.
func TestRestoredDumpIsComplete(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme", "globex")
	b.keep(t, "acme", "globex")
	dump := dumpOf(t, d.URL("superuser"))
	copied := restore(t, dump)

	report := checkRestored(t, copied.URL, b.request())
	requireComplete(t, report, "acme", "globex")
	for _, found := range report.Tenants {
		require.EqualValues(t, 27, found.Ledger.Size) // made, 20 decisions, 2 erasures, a rule, 2 holds, a release
		require.EqualValues(t, 27, found.Covered)
		require.Equal(t, 1, found.Outside)
		require.EqualValues(t, 2, found.Chains)
		require.EqualValues(t, 3, found.Envelopes, "and one that was erased")
		require.EqualValues(t, 4, found.Rows["attestor.envelopes"])
	}
	objects := requireCheck(t, report.Database, "restored.objects", health.OK)
	require.Regexp(t, `all [0-9]{3,4} are there`, objects.Value)
	requireCheck(t, report.Database, "restored.roles", health.OK)
	requireCheck(t, report.Database, "restored.floors", health.OK)
	require.Contains(t, requireCheck(t, report.Database, "restored.amcheck", health.Skipped).Fix, "CREATE EXTENSION amcheck")

	// Without a word from outside nobody can tell.
	report = checkRestored(t, copied.URL, attestdb.RestoredRequest{})
	require.Equal(t, health.Unknown, report.Status)
	require.Empty(t, findingsByName(report))
	// Of some tenants, but not of all.
	report = checkRestored(t, copied.URL, attestdb.RestoredRequest{Checkpoints: b.outside[:1], Verifiers: b.verifiers})
	require.Equal(t, health.Unknown, report.Status)
	acme := tenantOf(t, report, b.tenants["acme"].ID())
	require.Equal(t, health.OK, acme.Status())

	// The rows that indexes lack are found where the extension is.
	onCopy := copied.Conn(t, "superuser")
	execOn(t, onCopy, "CREATE EXTENSION amcheck")
	report = checkRestored(t, copied.URL, b.request())
	require.Contains(t, requireCheck(t, report.Database, "restored.amcheck", health.Skipped).Fix, "GRANT EXECUTE")
	execOn(t, onCopy, "GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean) TO attestdb_auditor")
	report = checkRestored(t, copied.URL, b.request())
	requireComplete(t, report, "acme", "globex")
	require.Regexp(t, "^[0-9]{2,} indexes have every row", requireCheck(t, report.Database, "restored.amcheck", health.OK).Value)
	const ready = "UPDATE pg_index SET indisready = %t WHERE indexrelid = 'verdict.ledger_inputs_digest_idx'::regclass"
	execOn(t, onCopy, fmt.Sprintf(ready, false))
	_, err := openOn(t, copied).Tenant(b.tenants["acme"].ID()).As("ci").Verdict().Append(t.Context(), decided("unindexed"))
	require.NoError(t, err)
	execOn(t, onCopy, fmt.Sprintf(ready, true))
	report = checkRestored(t, copied.URL, b.request())
	require.Equal(t, health.Fail, report.Status)
	require.Contains(t, requireCheck(t, report.Database, "restored.amcheck", health.Fail).Value, "ledger_inputs_digest_idx")
}

// Who may see every row dumps every row; others fail, unless they ask not to.
func TestDumpsOfThoseWhoDoNotSeeAllRows(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme")
	b.keep(t, "acme")
	out := filepath.Join(t.TempDir(), "x")
	for role, problem := range map[string]string{
		"owner": "query would be affected by row-level security policy", "auditor": "query would be affected by row-level security policy",
	} {
		said, err := toolErr(t, "pg_dump", "--format=custom", "--schema=tenancy", "--schema=attestor", "--schema=rekor", "--schema=verdict",
			"--data-only", "--file", out, "--dbname", d.URL(role))
		require.Error(t, err, role)
		require.Contains(t, said, problem, role)
	}
	// The owner sees no tenant's rows, and this dump says nothing of it.
	dump := dumpOf(t, d.URL("owner"), "--enable-row-security")
	report := checkRestored(t, restore(t, dump).URL, attestdb.RestoredRequest{})
	require.Empty(t, report.Tenants)
	require.Equal(t, health.Unknown, report.Status, "a database without tenants may be right")
	report = checkRestored(t, restore(t, dump).URL, b.request())
	require.Equal(t, health.Fail, report.Status)
	acme := tenantOf(t, report, b.tenants["acme"].ID())
	require.EqualValues(t, 27, acme.Lost)

	// The login for backups.
	execOn(t, d.Conn(t, "superuser"), "CREATE ROLE dumper_of_a_test BYPASSRLS; GRANT pg_read_all_data TO dumper_of_a_test")
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), testdb.Server(t).URL("postgres", "postgres"))
		require.NoError(t, err)
		_, err = conn.Exec(context.Background(), "DROP ROLE dumper_of_a_test")
		require.NoError(t, errors.Join(err, conn.Close(context.Background())))
	})
	dump = dumpOf(t, d.URL("superuser"), "--role=dumper_of_a_test")
	requireComplete(t, checkRestored(t, restore(t, dump).URL, b.request()), "acme")
}

// A copy of a dump from before the last acknowledged entries is sound by itself; the
// checkpoints that were kept outside name exactly the tenants that lost something.
func TestRestoredDumpThatLostAcknowledgedEntries(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme", "globex", "initech")
	b.keep(t, "acme", "globex", "initech")
	counted := checkRestored(t, d.URL, b.request())
	requireComplete(t, counted, "acme", "globex", "initech")
	dump := dumpOf(t, d.URL("superuser"))

	b.decide(t, "acme", 3)
	b.tenant(t, "late")
	b.decide(t, "late", 1)
	b.decide(t, "globex", 2) // acknowledged, and nobody kept a checkpoint
	_, err := b.tenants["globex"].Record(t.Context(), b.signer.Evidence(t, "b", []byte("b")))
	require.NoError(t, err)
	b.keep(t, "acme", "late")

	copied := restore(t, dump)
	for _, h := range []string{"acme", "globex"} {
		db := openWith(t, attestdb.Config{App: attestdb.Conn{URL: copied.URL("app")}})
		r, err := db.Tenant(b.tenants[h].ID()).Verdict().Verify(t.Context(), verdict.VerifyRequest{})
		require.NoError(t, err)
		require.True(t, r.OK(), "the copy itself tells nothing")
	}
	report := checkRestored(t, copied.URL, b.request())
	require.Equal(t, health.Fail, report.Status)
	late := b.tenants["late"].ID()
	found := findingsByName(report)
	require.Len(t, found, 2, "%+v", found)
	require.Equal(t, []attestdb.RestoredFinding{{
		Part: "lost", Detail: "at least 3 entries of the ledger are lost: a checkpoint that was kept outside is of 30, and there are 27",
	}}, found["acme"])
	require.Contains(t, found[late.String()][0].Detail, "at least 2 entries of the ledger are lost")
	require.EqualValues(t, 3, tenantOf(t, report, b.tenants["acme"].ID()).Lost)
	require.EqualValues(t, 2, tenantOf(t, report, late).Lost)

	// A state that was kept outside is as good.
	whole, err := b.tenants["acme"].Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	cfg := attestdb.DiagnoseConfig{
		Config: attestdb.Config{Auditor: attestdb.Conn{URL: copied.URL("auditor")}}, States: []attestdb.LedgerState{{State: whole.State}},
	}
	report, err = attestdb.CheckRestored(t.Context(), cfg, attestdb.RestoredRequest{})
	require.NoError(t, err)
	require.EqualValues(t, 3, tenantOf(t, report, b.tenants["acme"].ID()).Lost)

	// What is in no ledger is missed by the counts of an earlier look.
	later := checkRestored(t, d.URL, b.request())
	var rows []attestdb.RestoredRows
	for _, n := range later.Tenants {
		rows = append(rows, attestdb.RestoredRows{Tenant: n.ID, Rows: n.Rows})
	}
	req := b.request()
	req.Earlier = rows
	found = findingsByName(checkRestored(t, copied.URL, req))
	require.Contains(t, found, "globex")
	require.Contains(t, found["globex"], attestdb.RestoredFinding{Part: "lost", Detail: "at least 1 rows of attestor.envelopes are lost: there were 5, and there are 4"})
	require.NotContains(t, found, "initech")
}

// A ledger may have another name in its checkpoints: those that are stored say whose it is.
func TestCheckpointsOfOtherOrigins(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme")
	key := signingKey(t, "example.com/acme-2")
	c, err := b.tenants["acme"].Verdict().Checkpoint(t.Context(), key, "example.com/acme-2")
	require.NoError(t, err)
	req := attestdb.RestoredRequest{
		Checkpoints: []attestdb.OutsideCheckpoint{{Name: "kept", Note: c.Note}}, Verifiers: []note.Verifier{verifierOf(t, key)},
	}
	requireComplete(t, checkRestored(t, d.URL, req), "acme")

	other := signingKey(t, "example.com/elsewhere")
	foreign, err := ledger.Sign(other, "example.com/elsewhere", 7, c.RootHash)
	require.NoError(t, err)
	req.Checkpoints = append(req.Checkpoints, attestdb.OutsideCheckpoint{Name: "foreign", Note: foreign.Note})
	req.Verifiers = append(req.Verifiers, verifierOf(t, other))
	report := checkRestored(t, d.URL, req)
	require.Equal(t, health.Unknown, report.Status)
	require.Equal(t, []string{`foreign: 0 ledgers have the origin "example.com/elsewhere"`}, report.Unassigned)
	require.Empty(t, findingsByName(report))

	// A checkpoint that was acknowledged, and is not stored, was lost.
	execOn(t, d.Conn(t, "superuser"), "SET session_replication_role = replica; DELETE FROM verdict.ledger_checkpoints")
	b.keep(t, "acme")
	execOn(t, d.Conn(t, "superuser"), "SET session_replication_role = replica; DELETE FROM verdict.ledger_checkpoints")
	report = checkRestored(t, d.URL, b.request())
	require.Equal(t, "checkpoint", findingsByName(report)["acme"][0].Part)
	require.Contains(t, findingsByName(report)["acme"][0].Detail, "is not stored, though its entries are")
}

func TestCheckRestoredRefusesWhatNothingCanBeAskedWith(t *testing.T) {
	t.Parallel()
	auditor := attestdb.Config{Auditor: attestdb.Conn{URL: "postgres://auditor@host/db"}}
	unsigned := []attestdb.OutsideCheckpoint{{Name: "x", Note: []byte("x")}}
	keys := []note.Verifier{verifierOf(t, signingKey(t, "k"))}
	for field, c := range map[string]struct {
		cfg attestdb.DiagnoseConfig
		req attestdb.RestoredRequest
	}{
		"Config":                         {},
		"DiagnoseConfig.Auditor":         {cfg: attestdb.DiagnoseConfig{Owner: attestdb.Conn{URL: "postgres://owner@host/db"}}},
		"RestoredRequest.Verifiers":      {attestdb.DiagnoseConfig{Config: auditor}, attestdb.RestoredRequest{Checkpoints: unsigned}},
		"RestoredRequest.Checkpoints[0]": {attestdb.DiagnoseConfig{Config: auditor}, attestdb.RestoredRequest{Checkpoints: unsigned, Verifiers: keys}},
		"RestoredRequest.Parallel":       {attestdb.DiagnoseConfig{Config: auditor}, attestdb.RestoredRequest{Parallel: -1}},
	} {
		_, err := attestdb.CheckRestored(t.Context(), c.cfg, c.req)
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid, field)
		require.Equal(t, field, invalid.Field)
	}
	// A server that does not answer is in the report, and could not be told.
	report, err := attestdb.CheckRestored(t.Context(), attestdb.DiagnoseConfig{Config: attestdb.Config{
		Auditor: attestdb.Conn{URL: "postgres://auditor@127.0.0.1:1/db"},
	}}, attestdb.RestoredRequest{})
	require.NoError(t, err)
	require.Equal(t, health.Unknown, report.Status)
	require.Error(t, report.Err)
	// An answer that nobody waits for any more is none.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = attestdb.CheckRestored(ctx, attestdb.DiagnoseConfig{Config: auditor}, attestdb.RestoredRequest{})
	require.ErrorIs(t, err, context.Canceled)
}

// A copy that was written to before anybody looked has another history: it goes on from
// the old state, signs checkpoints of its own, and is found out by those from outside.
func TestRestoredCopyThatWentOnIsAFork(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme")
	b.keep(t, "acme")
	dump := dumpOf(t, d.URL("superuser"))
	b.decide(t, "acme", 2)
	b.keep(t, "acme")

	copied := restore(t, dump)
	db := openOn(t, copied)
	h := db.Tenant(b.tenants["acme"].ID()).As("ci")
	for _, text := range []string{"x", "y", "z"} {
		_, err := h.Verdict().Append(t.Context(), decided(text))
		require.NoError(t, err)
	}
	_, err := h.Verdict().Checkpoint(t.Context(), b.keys["acme"], "")
	require.NoError(t, err, "the database knows nothing of what it lost: whoever signs does so twice for one size")
	report := checkRestored(t, copied.URL, b.request())
	require.Equal(t, health.Fail, report.Status)
	acme := tenantOf(t, report, h.ID())
	require.Zero(t, acme.Lost, "it is larger than what was signed")
	require.Equal(t, "checkpoint", acme.Findings[0].Part)
	require.Contains(t, acme.Findings[0].Detail, "the checkpoint of size 29 that was kept outside has another root")
}

// A dump that is restored where the roles are not, by a command that goes on after
// errors, is not what the migrations made.
func TestRestoreWithoutRolesIsFound(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme")
	b.keep(t, "acme")
	dump := dumpOf(t, d.URL("superuser"))

	dir, err := os.MkdirTemp("", "attestdb-own-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	s := startServerIn(t, filepath.Join(dir, "server"), map[string]string{"fsync": "off"})
	s.exec(t, "postgres", "CREATE DATABASE "+ownDatabase)
	said, err := toolErr(t, "pg_restore", "--dbname", s.superuser(), dump)
	require.Error(t, err)
	require.Contains(t, said, `role "attestdb_owner" does not exist`)
	require.NoError(t, attestdb.Bootstrap(t.Context(), s.superuser()))
	for _, role := range ownRoles {
		s.exec(t, ownDatabase, "CREATE ROLE "+role+" LOGIN IN ROLE attestdb_"+role)
	}
	report := checkRestored(t, s.url, b.request())
	require.Equal(t, health.Fail, report.Status)
	objects := requireCheck(t, report.Database, "restored.objects", health.Fail)
	require.Contains(t, objects.Value, "grant ")
	require.Contains(t, objects.Fix, "migrate bootstrap")
}

// A dump that is restored with --create brings the rights on the database and the settings
// of logins in it; without, they are missing, which is told.
func TestRestoreWithCreateBringsSettings(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme")
	b.keep(t, "acme")
	_, err := attestdb.ConfigureLogin(t.Context(), d.URL("superuser"), "attestdb_test_app")
	require.NoError(t, err)
	dump := dumpOf(t, d.URL("superuser"))
	without := requireCheck(t, checkRestored(t, restore(t, dump).URL, b.request()).Database, "restored.roles", health.OK)
	require.Contains(t, without.Value, "settings of this database: 0 ")

	dir, err := os.MkdirTemp("", "attestdb-own-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	s := startServerIn(t, filepath.Join(dir, "server"), map[string]string{"fsync": "off"})
	for _, role := range []string{"owner", "app", "worker", "refresher", "auditor", "admin", "reader"} {
		s.exec(t, "postgres", "CREATE ROLE attestdb_"+role)
	}
	for _, login := range []string{"app", "auditor"} {
		s.exec(t, "postgres", "CREATE ROLE "+login+" LOGIN IN ROLE attestdb_"+login)
	}
	s.exec(t, "postgres", "CREATE ROLE attestdb_test_app")
	tool(t, "pg_restore", "--create", "--exit-on-error", "--dbname", s.URL("postgres", "postgres"), dump)
	var name string
	require.NoError(t, d.Conn(t, "app").QueryRow(t.Context(), "SELECT current_database()").Scan(&name))
	report := checkRestored(t, func(role string) string { return s.URL(role, name) }, b.request())
	requireComplete(t, report, "acme")
	require.Contains(t, requireCheck(t, report.Database, "restored.roles", health.OK).Value, "settings of this database: 1 ")
}
