package migrator

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
)

// floorTable is where a migration says which libraries it leaves behind.
const floorTable = "tenancy.library_floors"

// Querier is what a pgx pool, connection and transaction have in common here.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Heads returns the newest version of every module that is applied in full. A
// module that has none is not in the map. Every attestdb role may call it. In a
// transaction a missing table would fail the transaction.
func Heads(ctx context.Context, q Querier, modules []string) (map[string]string, error) {
	c, err := readHeads(ctx, q, modules)
	if err != nil {
		return nil, err
	}
	return c.heads, nil
}

// CheckCompatible returns nil if a library whose newest versions are heads (see
// [FilesHeads]) and whose level is level can work on the database, else a
// *[fault.Schema]. An older database never fits. A newer one does, unless one
// of its migrations raised the floor above level. It takes one round trip on a
// migrated database, and every attestdb role may call it; a login that is none
// gets a *[fault.Role].
func CheckCompatible(ctx context.Context, q Querier, modules []string, heads map[string]string, level int) error {
	c, err := readHeads(ctx, q, modules)
	if err != nil {
		return err
	}
	have, floor := c.heads, c.floor
	for _, m := range modules {
		switch {
		case heads[m] == "" || have[m] >= heads[m]:
		case have[m] == "":
			return &fault.Schema{Module: m, Need: heads[m], Problem: "it is not migrated", Fix: fixUp}
		default:
			return &fault.Schema{Module: m, Have: have[m], Need: heads[m], Problem: "the database is older than this library", Fix: fixUp}
		}
	}
	if c.floorErr != nil {
		return c.floorErr
	}
	if floor > level {
		return &fault.Schema{
			Module: modules[0], Have: have[modules[0]], Need: fmt.Sprintf("library level %d", floor), Newer: true,
			Problem: fmt.Sprintf("the database needs a library of level %d; this one has %d", floor, level),
			Fix:     "deploy a newer release of this library",
		}
	}
	return nil
}

const headSQL = `SELECT %s, coalesce(max(version COLLATE "C") FILTER (WHERE applied = total AND version NOT LIKE '.%%'), '') FROM %s`

// compatibility is what one role can see of versions and floor.
type compatibility struct {
	heads map[string]string
	floor int
	// floorErr is why the floor could not be read, though the heads could: in
	// the middle of the first migration it is not granted yet.
	floorErr error
}

// readHeads reads heads and floor at once, as if all were there; only if not,
// it asks what is.
func readHeads(ctx context.Context, q Querier, modules []string) (*compatibility, error) {
	heads, floor, err := queryHeads(ctx, q, modules, true)
	switch sqlState(err) {
	case codeUndefinedTable:
		present, hasFloor, perr := presentTables(ctx, q, modules)
		if perr != nil {
			return nil, headsError(ctx, q, perr)
		}
		modules = present
		if heads, floor, err = queryHeads(ctx, q, present, hasFloor); sqlState(err) != codeInsufficientPrivilege {
			break
		}
		fallthrough
	case codeInsufficientPrivilege:
		floorErr := headsError(ctx, q, err)
		if heads, _, err = queryHeads(ctx, q, modules, false); err == nil {
			return &compatibility{heads: heads, floorErr: floorErr}, nil
		}
	}
	if err != nil {
		return nil, headsError(ctx, q, err)
	}
	return &compatibility{heads: heads, floor: floor}, nil
}

// presentTables says which modules have a revision table, and whether there is
// a table of floors. to_regclass won't do: it fails without USAGE.
func presentTables(ctx context.Context, q Querier, modules []string) (present []string, floor bool, err error) {
	rows, err := q.Query(ctx, `
SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relname = 'atlas_schema_revisions' OR n.nspname = 'tenancy' AND c.relname = 'library_floors'`)
	if err != nil {
		return nil, false, err
	}
	var schema, table string
	_, err = pgx.ForEachRow(rows, []any{&schema, &table}, func() error {
		floor = floor || table != revisionTable
		if m, ours := strings.CutPrefix(schema, revisionSchema("")); ours && slices.Contains(modules, m) {
			present = append(present, m)
		}
		return nil
	})
	return present, floor, err
}

func queryHeads(ctx context.Context, q Querier, modules []string, withFloor bool) (map[string]string, int, error) {
	heads, floor := make(map[string]string, len(modules)), 0
	parts := make([]string, 0, len(modules)+1)
	for _, m := range modules {
		if !reModule.MatchString(m) {
			return nil, 0, &fault.Invalid{Field: "modules", Allowed: "lower case names", Problem: strconv.Quote(m)}
		}
		parts = append(parts, fmt.Sprintf(headSQL, "'"+m+"'", revisionIdent(m)))
	}
	if withFloor {
		parts = append(parts, "SELECT '', coalesce(max(level), 0)::text FROM "+floorTable)
	}
	if len(parts) == 0 {
		return heads, 0, nil
	}
	rows, err := q.Query(ctx, strings.Join(parts, " UNION ALL "))
	if err != nil {
		return nil, 0, err
	}
	var module, value string
	_, err = pgx.ForEachRow(rows, []any{&module, &value}, func() (err error) {
		switch {
		case module == "":
			floor, err = strconv.Atoi(value)
		case value != "":
			heads[module] = value
		}
		return err
	})
	return heads, floor, err
}

func headsError(ctx context.Context, q Querier, err error) error {
	if sqlState(err) != codeInsufficientPrivilege {
		return serverError(err)
	}
	login := "unknown"
	if rows, err := q.Query(ctx, "SELECT session_user::text"); err == nil {
		if l, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string]); err == nil {
			login = l
		}
	}
	return &fault.Role{
		Purpose: "app", Login: login, Problem: "it may not read the revision tables: " + err.Error(),
		Fix: "use a login that is a member of an attestdb role",
	}
}

// readFloor returns the newest floor, 0 if there is none.
func readFloor(ctx context.Context, conn *pgx.Conn) (int, error) {
	_, floor, err := queryHeads(ctx, conn, nil, true)
	if sqlState(err) == codeUndefinedTable {
		return 0, nil
	}
	return floor, err
}
