package pghealth

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// TenantRows is how many rows of a table a tenant has.
type TenantRows struct {
	Tenant uuid.UUID
	Table  string
	Rows   int64
}

// CountRows counts the rows of each tenant in each table that has tenants. It reads every
// table once; the pool's login must see all tenants.
func (s Server) CountRows(ctx context.Context, progress func(done, total int)) ([]TenantRows, error) {
	tables, err := s.columns(ctx, `SELECT n.nspname::text, c.relname::text
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p')
		  AND EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
		ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	var all []TenantRows
	for i, t := range tables {
		name := pgx.Identifier{t[0], t[1]}
		rows, err := s.Pool.Query(ctx, "SELECT tenant_id, count(*) FROM "+name.Sanitize()+" GROUP BY 1 ORDER BY 1")
		if err != nil {
			return nil, err
		}
		r := TenantRows{Table: strings.Join(name, ".")}
		var id pgtype.UUID
		if _, err := pgx.ForEachRow(rows, []any{&id, &r.Rows}, func() error {
			r.Tenant = id.Bytes
			all = append(all, r)
			return nil
		}); err != nil {
			return nil, err
		}
		progress(i+1, len(tables))
	}
	return all, nil
}

// LostReference is a foreign key whose rows refer to what is not there.
type LostReference struct {
	Tenant                    uuid.UUID
	Constraint, Table, Parent string
	Rows                      int64
}

// LostReferences looks up every row of every foreign key, however valid the constraint is
// said to be: rows that are loaded while triggers are off are checked by nobody. The
// pool's login must see all tenants.
func (s Server) LostReferences(ctx context.Context, progress func(done, total int)) ([]LostReference, error) {
	keys, err := s.columns(ctx, `SELECT k.conname::text, n.nspname::text || '.' || c.relname, fn.nspname::text || '.' || f.relname,
		  pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.format('%I.%I', fn.nspname, f.relname),
		  (SELECT pg_catalog.string_agg(pg_catalog.format('p.%I = c.%I', pa.attname, ca.attname), ' AND ' ORDER BY x.place)
		     FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) WITH ORDINALITY AS x (child, parent, place)
		     JOIN pg_catalog.pg_attribute ca ON ca.attrelid = k.conrelid AND ca.attnum = x.child
		     JOIN pg_catalog.pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = x.parent),
		  (SELECT pg_catalog.string_agg(pg_catalog.format('c.%I IS NOT NULL', ca.attname), ' AND ' ORDER BY x.place)
		     FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS x (child, place)
		     JOIN pg_catalog.pg_attribute ca ON ca.attrelid = k.conrelid AND ca.attnum = x.child)
		FROM pg_catalog.pg_constraint k
		JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_catalog.pg_class f ON f.oid = k.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
		WHERE n.nspname = ANY ($1) AND k.contype = 'f'
		  AND EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
		ORDER BY 2, 1`)
	if err != nil {
		return nil, err
	}
	var lost []LostReference
	for i, k := range keys {
		rows, err := s.Pool.Query(ctx, fmt.Sprintf(`SELECT c.tenant_id, count(*) FROM %s c
			WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s) GROUP BY 1 ORDER BY 1`, k[3], k[6], k[4], k[5]))
		if err != nil {
			return nil, err
		}
		l := LostReference{Constraint: k[0], Table: k[1], Parent: k[2]}
		var id pgtype.UUID
		if _, err := pgx.ForEachRow(rows, []any{&id, &l.Rows}, func() error {
			l.Tenant = id.Bytes
			lost = append(lost, l)
			return nil
		}); err != nil {
			return nil, err
		}
		progress(i+1, len(keys))
	}
	return lost, nil
}

// columns reads rows of texts about the schemas.
func (s Server) columns(ctx context.Context, sql string) ([][]string, error) {
	rows, err := s.Pool.Query(ctx, sql, s.Schemas)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]string, error) {
		list := make([]string, len(row.FieldDescriptions()))
		targets := make([]any, len(list))
		for i := range list {
			targets[i] = &list[i]
		}
		return list, row.Scan(targets...)
	})
}
