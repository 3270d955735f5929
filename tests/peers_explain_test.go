package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/testdb"
)

// explainApp fails the test if the application role's plan for a statement reads
// a table from end to end, or reads rows by an index only to throw them away.
// Nothing is run. Both plans are looked at: the one for these arguments, and the
// one for any, which a prepared statement comes to use.
func explainApp(t testing.TB, db *testdb.DB, tenant attestdb.TenantID, sql string, args ...any) {
	t.Helper()
	require.Empty(t, planFaults(t, db, tenant, sql, args), sql)
}

// allowedFilters are conditions that no index answers and that are meant, by table.
var allowedFilters = map[string]*regexp.Regexp{
	// The row was found by its unique name or id; the policy is an OR.
	"tenants": regexp.MustCompile(`attestdb\.tenant_name`),
	// Names were found without regard to case: few differ in it alone.
	"envelope_signatures": regexp.MustCompile(`^\(\w+\.san (=|\^@) [^()]*\)$`),
	// The package and its version were found by index; what differs in qualifiers,
	// such as an architecture, are a few.
	"sbom_entries": regexp.MustCompile(`^\(\w+\.purl = [^()]*\)$`),
	// Inputs were found by their digest: few have one under several kinds.
	"ledger_inputs": regexp.MustCompile(`^\(\w+\.kind = [^()]*\)$`),
}

// planFaults returns what is wrong with the two plans.
func planFaults(t testing.TB, db *testdb.DB, tenant attestdb.TenantID, sql string, args []any) []string {
	t.Helper()
	these, anyone := plans(t, db, tenant, sql, args)
	faults := these.faults()
	for _, f := range anyone.faults() {
		faults = append(faults, "any arguments: "+f)
	}
	return faults
}

// plans are the application's plan of a statement for these arguments, and the one for
// any.
func plans(t testing.TB, db *testdb.DB, tenant attestdb.TenantID, sql string, args []any) (these, anyone planNode) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, db.URL("app"))
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(ctx)) }()
	tx, err := conn.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "SELECT set_config('attestdb.tenant_id', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true)", tenant.String())
	require.NoError(t, err)
	explain := func(sql string, args []any) planNode {
		var raw []byte
		require.NoError(t, tx.QueryRow(ctx, "EXPLAIN (FORMAT JSON, VERBOSE) "+sql, args...).Scan(&raw), sql)
		var plans []struct{ Plan planNode }
		require.NoError(t, json.Unmarshal(raw, &plans))
		return plans[0].Plan
	}
	these = explain(sql, args)
	// The protocol's prepared statements are SQL's as well.
	_, err = tx.Prepare(ctx, "generic", sql)
	require.NoError(t, err)
	call := "EXECUTE generic"
	if len(args) > 0 {
		call += "(" + strings.TrimSuffix(strings.Repeat("NULL,", len(args)), ",") + ")"
	}
	return these, explain(call, nil)
}

// planNode is what EXPLAIN says, as far as it matters here.
type planNode struct {
	NodeType string     `json:"Node Type"`
	Relation string     `json:"Relation Name"`
	Filter   string     `json:"Filter"`
	Index    string     `json:"Index Name"`
	Plans    []planNode `json:"Plans"`
}

func (n planNode) faults() []string {
	var faults []string
	switch {
	case n.Relation == "":
	case n.NodeType == "Seq Scan":
		faults = append(faults, fmt.Sprintf("sequential scan of %s", n.Relation))
	case n.Filter != "" && (allowedFilters[n.Relation] == nil || !allowedFilters[n.Relation].MatchString(n.Filter)):
		faults = append(faults, fmt.Sprintf("%s of %s by %s filters: %s", n.NodeType, n.Relation, n.Index, n.Filter))
	}
	for _, p := range n.Plans {
		faults = append(faults, p.faults()...)
	}
	return faults
}

// indexes are those that the plan reads.
func (n planNode) indexes() []string {
	var names []string
	if n.Index != "" {
		names = append(names, n.Index)
	}
	for _, p := range n.Plans {
		names = append(names, p.indexes()...)
	}
	return names
}

// statement is a statement that attestdb sent.
type statement struct {
	sql  string
	args []any
}

// wiretap keeps the statements of a pool, but for those that name the tenant.
type wiretap struct {
	mu   sync.Mutex
	sent []statement
}

func (w *wiretap) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	w.add(d.SQL, d.Args)
	return ctx
}

func (*wiretap) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (*wiretap) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (w *wiretap) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	w.add(d.SQL, d.Args)
}

func (*wiretap) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (w *wiretap) add(sql string, args []any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !strings.Contains(sql, "set_config") {
		w.sent = append(w.sent, statement{sql, slices.Clone(args)})
	}
}

// take returns what was sent since the last time.
func (w *wiretap) take() []statement {
	w.mu.Lock()
	defer w.mu.Unlock()
	sent := w.sent
	w.sent = nil
	return sent
}
