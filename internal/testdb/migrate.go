package testdb

import (
	"context"

	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/migrations"
)

// bootstrap makes the groups, and grants them their rights on the database
// that url leads to.
func bootstrap(ctx context.Context, url string) error {
	return migrator.Bootstrap(ctx, url)
}

// migrate applies all migrations.
func migrate(ctx context.Context, url string) error {
	_, err := migrator.Apply(ctx, migrator.Config{URL: url, FS: migrations.FS, Modules: migrations.Modules})
	return err
}
