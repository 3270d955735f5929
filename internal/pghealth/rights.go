package pghealth

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Right is one thing that a login has to be let do, as the migrations
// let its role do it.
type Right struct{ Kind, Schema, Name, Column, Privilege string }

func (r Right) on() string {
	switch r.Kind {
	case "schema":
		return "SCHEMA " + pgx.Identifier{r.Schema}.Sanitize()
	case "function":
		return "FUNCTION " + pgx.Identifier{r.Schema, r.Name}.Sanitize()
	}
	return pgx.Identifier{r.Schema, r.Name}.Sanitize()
}

func (r Right) privilege() string {
	if r.Kind == "column" {
		return fmt.Sprintf("%s (%s)", r.Privilege, pgx.Identifier{r.Column}.Sanitize())
	}
	return r.Privilege
}

func (r Right) String() string {
	name := r.Schema + "." + r.Name
	switch r.Kind {
	case "schema":
		return r.Privilege + " on schema " + r.Schema
	case "function":
		return r.Privilege + " on function " + name
	case "column":
		return r.Privilege + " (" + r.Column + ") on " + name
	}
	return r.Privilege + " on " + name
}

// Grant is the statement that gives it to a role.
func (r Right) Grant(role string) string {
	return fmt.Sprintf("GRANT %s ON %s TO %s;", r.privilege(), r.on(), pgx.Identifier{role}.Sanitize())
}

// Of functions with one name any that may be called will do: how PostgreSQL writes their
// arguments depends on the session.
const lacksSQL = `SELECT r.n::int
  FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[]),
                  pg_catalog.unnest($5::text[])) WITH ORDINALITY AS r (kind, schema, name, col, privilege, n)
  LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = r.schema
  LEFT JOIN pg_catalog.pg_class c ON r.kind IN ('table', 'column') AND c.relnamespace = s.oid AND c.relname = r.name
 WHERE (CASE r.kind
     WHEN 'schema' THEN pg_catalog.has_schema_privilege(s.oid, r.privilege)
     WHEN 'table' THEN pg_catalog.has_table_privilege(c.oid, r.privilege)
     WHEN 'column' THEN (SELECT pg_catalog.has_column_privilege(c.oid, a.attnum, r.privilege) FROM pg_catalog.pg_attribute a
                          WHERE a.attrelid = c.oid AND a.attname = r.col AND NOT a.attisdropped)
     ELSE (SELECT pg_catalog.bool_or(pg_catalog.has_function_privilege(p.oid, r.privilege)) FROM pg_catalog.pg_proc p
            WHERE p.pronamespace = s.oid AND p.proname = r.name) END) IS NOT TRUE
 ORDER BY r.n`

// Access is what a session of a pool may do.
type Access struct {
	// Login is who it is.
	Login string
	// RowSecurity is the setting row_security: when it is "off", PostgreSQL refuses every
	// statement that a policy would bind.
	RowSecurity string
	// Lacks are the rights that it should have and has not, in their order.
	Lacks []Right
}

// Access finds out which of some rights a session of the pool has. It reads the catalogue
// alone.
func (p Pool) Access(ctx context.Context, rights []Right) (Access, error) {
	ctx, cancel := context.WithTimeout(ctx, acquireTimeout+acquireTimeout/2)
	defer cancel()
	conn, err := p.Acquire(ctx)
	if err != nil {
		return Access{}, err
	}
	defer conn.Release()
	var a Access
	if err := conn.QueryRow(ctx, "SELECT session_user::text, pg_catalog.current_setting('row_security')").Scan(&a.Login, &a.RowSecurity); err != nil {
		return a, err
	}
	n := len(rights)
	kinds, schemas, names, columns, privileges := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, r := range rights {
		kinds[i], schemas[i], names[i], columns[i], privileges[i] = r.Kind, r.Schema, r.Name, r.Column, r.Privilege
	}
	rows, err := conn.Query(ctx, lacksSQL, kinds, schemas, names, columns, privileges)
	if err != nil {
		return a, err
	}
	var place int
	_, err = pgx.ForEachRow(rows, []any{&place}, func() error {
		a.Lacks = append(a.Lacks, rights[place-1])
		return nil
	})
	return a, err
}
