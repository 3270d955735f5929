package tests

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// nextRelease are migrations of each kind that docs/migrations.md lets a release bring
// without raising the floor, on the tables that every call writes.
var nextRelease = map[string]string{
	"tenancy/29990101000000_add_column.sql": `ALTER TABLE tenancy.tenants ADD COLUMN later text NOT NULL DEFAULT 'none';
ALTER TABLE tenancy.tenants ADD CONSTRAINT tenants_later_length CHECK (octet_length(later) <= 64) NOT VALID;
GRANT SELECT (later) ON tenancy.tenants TO attestdb_app;
`,
	"tenancy/29990101000001_validate.sql": `ALTER TABLE tenancy.tenants VALIDATE CONSTRAINT tenants_later_length;
`,
	"attestor/29990101000002_add_columns.sql": `ALTER TABLE attestor.envelopes ADD COLUMN later text NULL;
ALTER TABLE attestor.statements ADD COLUMN later text NULL;
ALTER TABLE attestor.statements ADD CONSTRAINT statements_later_length CHECK (octet_length(later) <= 64) NOT VALID;
`,
	"attestor/29990101000003_validate.sql": `ALTER TABLE attestor.statements VALIDATE CONSTRAINT statements_later_length;
`,
	"attestor/29990101000004_index.sql": `-- atlas:txmode none

CREATE INDEX CONCURRENTLY envelopes_later_idx ON attestor.envelopes (tenant_id, later);

CREATE INDEX CONCURRENTLY statements_later_idx ON attestor.statements (tenant_id, later);
`,
	"attestor/29990101000005_replace_policies.sql": `DROP POLICY envelopes_app ON attestor.envelopes;
CREATE POLICY envelopes_app ON attestor.envelopes TO attestdb_app
  USING (tenant_id = nullif(current_setting('attestdb.tenant_id', true), '')::uuid);
`,
	// The ledger's tables get no column: an older library does not verify what it does not know.
	"verdict/29990101000006_add_trigger.sql": `ALTER TABLE verdict.ledger_entries ADD CONSTRAINT ledger_entries_later CHECK (seq < 9000000000000000) NOT VALID;
CREATE FUNCTION verdict.look_later() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$BEGIN RETURN NULL; END$$;
CREATE TRIGGER ledger_entries_later AFTER INSERT ON verdict.ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION verdict.look_later();
`,
	"verdict/29990101000007_replace_functions.sql": `DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_catalog.pg_proc
    WHERE pronamespace::regnamespace::text IN ('attestor', 'verdict', 'tenancy', 'rekor') LOOP
    EXECUTE pg_catalog.pg_get_functiondef(f);
  END LOOP;
END $$;
`,
	"verdict/29990101000008_index.sql": `-- atlas:txmode none

CREATE INDEX CONCURRENTLY ledger_entries_later_idx ON verdict.ledger_entries (tenant_id, verifier);
`,
	"verdict/29990101000009_new_table.sql": `CREATE TABLE verdict.later (tenant_id uuid NOT NULL, ledger_entry uuid NOT NULL, CONSTRAINT later_pkey PRIMARY KEY (tenant_id, ledger_entry));
ALTER TABLE verdict.later ADD CONSTRAINT later_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenancy.tenants (id);
`,
}

// withFiles returns the migrations with more files, and every atlas.sum in step.
func withFiles(t *testing.T, more map[string]string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	dirs := map[string]*migrate.MemDir{}
	for _, module := range migrations.Modules {
		dirs[module] = &migrate.MemDir{}
		names, err := fs.Glob(migrations.FS, module+"/*.sql")
		require.NoError(t, err)
		for _, name := range names {
			b, err := fs.ReadFile(migrations.FS, name)
			require.NoError(t, err)
			out[name] = &fstest.MapFile{Data: b}
			require.NoError(t, dirs[module].WriteFile(path.Base(name), b))
		}
	}
	for name, sql := range more {
		out[name] = &fstest.MapFile{Data: []byte(sql)}
		require.NoError(t, dirs[path.Dir(name)].WriteFile(path.Base(name), []byte(sql)))
	}
	for module, dir := range dirs {
		sums, err := dir.Checksum()
		require.NoError(t, err)
		b, err := sums.MarshalText()
		require.NoError(t, err)
		out[module+"/atlas.sum"] = &fstest.MapFile{Data: b}
	}
	return out
}

// Under load, with the services of this release writing, the next release's migrations
// apply: no call fails for it, and nothing that was acknowledged is missing.
func TestServicesGoOnWhileTheNextReleaseMigrates(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := testdb.New(t)
	db := openOn(t, d)
	conn := d.Conn(t, "superuser")
	signer := domaintest.NewSigner(t)
	tenants := []*attestdb.TenantDB{domaintest.Tenant(t, db, "acme"), domaintest.Tenant(t, db, "globex")}

	var (
		writers  sync.WaitGroup
		done     = make(chan struct{})
		mu       sync.Mutex
		failed   []error
		recorded = map[*attestdb.TenantDB][]digest.SHA256{}
		appended = map[*attestdb.TenantDB]int{}
		calls    atomic.Int64
	)
	for n := range 8 {
		tenant := tenants[n%2]
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				artifact := fmt.Appendf(nil, "artifact %d of writer %d", i, n)
				subject := digest.Sum(artifact).Digest()
				rec, err := tenant.Record(ctx, signer.Evidence(t, "next.tgz", artifact))
				if err == nil {
					_, err = tenant.Verdict().Append(ctx, verdict.Decision{
						Subject: verdict.Subject{Digest: subject}, Result: verdict.Pass, Policy: verdict.Policy{URI: "https://example.com/next"},
					})
				}
				mu.Lock()
				if err != nil {
					failed = append(failed, err)
				} else {
					recorded[tenant] = append(recorded[tenant], rec.SHA256)
					appended[tenant]++
				}
				mu.Unlock()
				calls.Add(1)
			}
		})
	}
	more := func(n int64) {
		until := calls.Load() + n
		require.Eventually(t, func() bool { return calls.Load() >= until }, time.Minute, time.Millisecond)
	}
	more(20)
	report, err := migrator.Apply(ctx, migrator.Config{
		URL: d.URL("owner"), FS: withFiles(t, nextRelease), Modules: migrations.Modules, LockTimeout: 300 * time.Millisecond,
		// The writers get between the files, so that each one meets statements of all ages.
		OnFile: func(string, string, int, int) { more(8) },
	})
	more(20)
	close(done)
	writers.Wait()
	require.NoError(t, err)
	require.Len(t, report.Applied, len(nextRelease))
	require.Empty(t, failed)

	for _, tenant := range tenants {
		require.Greater(t, len(recorded[tenant]), 10)
		var there int
		require.NoError(t, conn.QueryRow(ctx, `SELECT count(*) FROM attestor.envelopes e JOIN attestor.envelope_contents c USING (tenant_id, id)
			WHERE e.tenant_id = $1`, tenant.ID().String()).Scan(&there))
		require.Equal(t, len(recorded[tenant]), there)
		verified, err := tenant.Verdict().Verify(ctx, verdict.VerifyRequest{})
		require.NoError(t, err)
		require.Empty(t, verified.Findings)
		var decisions int
		require.NoError(t, conn.QueryRow(ctx, `SELECT count(*) FROM verdict.ledger_entries
			WHERE tenant_id = $1 AND subject_algorithm = 'sha256'`, tenant.ID().String()).Scan(&decisions))
		require.Equal(t, appended[tenant], decisions)
	}
	// A service that starts now is welcome: nothing raised the floor.
	later, err := attestdb.Open(ctx, attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}})
	require.NoError(t, err)
	require.NoError(t, later.Close(context.Background()))
}
