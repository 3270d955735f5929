// Package attestdb keeps the evidence of software supply chains in PostgreSQL:
// what was attested, by whom, and what was found when it was verified. It keeps
// each tenant's evidence apart and never changes what it recorded.
//
// # Use
//
// [Migrate] prepares a database, [Open] connects to it, and [DB.Tenant] gives
// the handle through which everything of one tenant is reached:
//
//	db, err := attestdb.Open(ctx, attestdb.Config{App: attestdb.Conn{URL: appURL}})
//	acme := db.Tenant(tenantID)
//	ev, err := attestor.Parse(raw)
//	rec, err := acme.Record(ctx, ev, attestdb.Verify(verifier))
//	for m, err := range acme.Attestor().All(ctx, attestor.Query{Subject: artifact}) {
//		…
//	}
//
// # Tenants
//
// A handle is of one tenant, and every statement that it sends names that
// tenant in the same round trip. Row-level security does the rest: a forgotten
// or wrong filter finds nothing of anybody else's. It does not protect from
// whoever has the application's credentials, since they can name any tenant.
//
// # Roles
//
// Each kind of work has a database role of its own, made by [Bootstrap], and a
// login is a member of exactly one of them. [Open] refuses all others.
//
// # Errors
//
// Calls return errors that wrap one of a few sentinels ([ErrNotFound],
// [ErrUnknownTenant], …); some carry evidence ([InvalidError], [RoleError],
// [SchemaError], [VerificationError]).
//
// # Compatibility
//
// The packages under domain follow semantic versioning. Package ent, the
// generated client, and everything under internal do not. The database accepts
// older libraries until a migration says otherwise.
package attestdb
