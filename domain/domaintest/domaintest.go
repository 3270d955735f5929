// Package domaintest lets programs that embed attestdb test against a real
// PostgreSQL, which it finds or fetches, starts, migrates and throws away, and
// with evidence that is genuinely signed.
package domaintest

import (
	"context"
	"testing"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/testdb"
)

// Actor is who makes the tenants of tests.
const Actor attestdb.Actor = "domaintest"

// Database is a migrated database of one test's own.
type Database struct{ db *testdb.DB }

// NewDatabase makes a database with every migration applied and drops it when
// the test ends. The first one of a test process starts a private server, which
// ends with the process; the environment variable PG_MAJOR chooses its major
// version, 15 to 18.
func NewDatabase(t testing.TB) *Database {
	t.Helper()
	return &Database{testdb.New(t)}
}

// URL returns the connection string of a login for role: "app", "admin",
// "auditor", "owner" or "superuser".
func (d *Database) URL(role string) string { return d.db.URL(role) }

// New opens attestdb on a database of the test's own, with everything that a
// Config can name. Both end with the test.
func New(t testing.TB) *attestdb.DB {
	t.Helper()
	return NewDatabase(t).Open(t)
}

// Open opens attestdb on the database; it is closed when the test ends.
func (d *Database) Open(t testing.TB) *attestdb.DB {
	t.Helper()
	ctx := context.Background()
	db, err := attestdb.Open(ctx, attestdb.Config{
		App:     attestdb.Conn{URL: d.URL("app")},
		Admin:   attestdb.Conn{URL: d.URL("admin")},
		Auditor: attestdb.Conn{URL: d.URL("auditor")},
	})
	if err != nil {
		t.Fatalf("open attestdb: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(ctx); err != nil {
			t.Errorf("close attestdb: %v", err)
		}
	})
	return db
}

// Tenant makes a tenant and returns its handle, with [Actor] acting.
func Tenant(t testing.TB, db *attestdb.DB, name string) *attestdb.TenantDB {
	t.Helper()
	tn, _, err := db.Tenancy().As(Actor).Create(context.Background(), name)
	if err != nil {
		t.Fatalf("make tenant %q: %v", name, err)
	}
	return db.Tenant(tn.ID).As(Actor)
}
