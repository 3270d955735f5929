package attestdb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/pghealth"
	"stella-ops.org/attestdb/internal/pgrole"
)

// RestoredRequest says what [CheckRestored] compares a restored copy with.
type RestoredRequest struct {
	// Checkpoints are those that were kept outside the database, of whatever tenants:
	// each is compared with the ledger that its origin names. They need Verifiers.
	Checkpoints []OutsideCheckpoint
	// Verifiers are the keys whose checkpoints are believed.
	Verifiers []note.Verifier
	// Earlier is how many rows tenants had once, of which none is ever removed but what is
	// erased: evidence that is lost with all its rows is missed by nobody else, since
	// checkpoints are of the ledgers alone.
	Earlier []RestoredRows
	// Parallel is how many tenants are looked at at once; 0 is as many as Go uses
	// processors, and no more than Config.Auditor has connections.
	Parallel int
	// Progress, unless it is nil, is told how far a step is. It is called by one
	// goroutine at a time, and must be quick.
	Progress func(RestoredProgress)
}

// OutsideCheckpoint is a signed note with a name, such as its file's, to speak of it.
type OutsideCheckpoint struct {
	Name string
	Note []byte
}

// RestoredRows is how many rows of each table a tenant has, or had.
type RestoredRows struct {
	Tenant tenant.ID
	Rows   map[string]int64
}

// RestoredProgress says how many of a step's parts are done; Total is 0 where nobody
// knows.
type RestoredProgress struct {
	Step        string
	Done, Total int
}

// RestoredReport is what [CheckRestored] found.
type RestoredReport struct {
	// Status is the worst of the database's and the tenants': OK for a copy that is
	// sound and complete as far as what was kept outside says, Fail if anything is wrong
	// or lost, Unknown if that could not be told.
	Status health.Status
	// Database has the checks that [Diagnose] makes, and those that a restore needs.
	Database health.Report
	// Tenants are all that the copy has, by their names, and then those that it has not
	// although something speaks of them.
	Tenants []RestoredTenant
	// Unassigned are checkpoints of which nobody can tell whose ledger they are of: no
	// stored checkpoint has their origin, which is not that of a tenant's id.
	Unassigned []string
	// Err is why the tenants could not be looked at; nil if they were.
	Err error
}

// RestoredTenant is what was found of one tenant.
type RestoredTenant struct {
	ID tenant.ID
	// Name is "" for a tenant that the copy has not.
	Name string
	// Ledger is what its verification came to. Its findings are in Findings too.
	Ledger verdict.Report
	// Outside is how many checkpoints and states from outside the ledger was compared
	// with; Covered is the size of the largest of them that the ledger has.
	Outside int
	Covered int64
	// Lost is how many entries of the ledger are missing at least: a checkpoint or a
	// state is of so many more than there are.
	Lost int64
	// Rows is how many rows of each table there are, by schema.table: see
	// [RestoredRequest.Earlier].
	Rows map[string]int64
	// Chains is how many proof chains were recomputed, Envelopes how many envelopes were
	// hashed and taken apart again.
	Chains, Envelopes int64
	// Findings are the first that are wrong, at most [verdict.MaxFindings]; More says
	// that there are others.
	Findings []RestoredFinding
	More     bool
	// Err is why the rest could not be told; nil if all was.
	Err error
}

// RestoredFinding is one thing that is wrong with a tenant.
type RestoredFinding struct {
	// Part is what it is about: lost, ledger, checkpoint, chain, evidence or rows.
	Part string `json:"part"`
	// Detail says what is wrong, for people.
	Detail string `json:"detail"`
}

// The parts that a finding can be about.
const (
	partLost       = "lost"
	partLedger     = "ledger"
	partCheckpoint = "checkpoint"
	partChain      = "chain"
	partEvidence   = "evidence"
	partRows       = "rows"
)

// Status is Fail if anything is wrong; else Unknown if something could not be told, as
// whether a ledger is complete that nothing from outside speaks of; else OK.
func (t *RestoredTenant) Status() health.Status {
	switch {
	case len(t.Findings) > 0:
		return health.Fail
	case t.Err != nil, t.Outside == 0:
		return health.Unknown
	}
	return health.OK
}

func (t *RestoredTenant) add(part, format string, args ...any) {
	if len(t.Findings) == verdict.MaxFindings {
		t.More = true
		return
	}
	t.Findings = append(t.Findings, RestoredFinding{part, fmt.Sprintf(format, args...)})
}

// longStatement is how long one statement of a check of a restored copy may take, unless
// the configuration says otherwise: some read whole tables.
const longStatement = 6 * time.Hour

// CheckRestored looks at a copy of a database that was restored from a backup, before it
// takes traffic: whether it has what the migrations made, and its roles; whether the
// ledgers, the proof chains and the bytes of all evidence are what they say; whether rows
// are missing that others need, although constraints are valid; and whether it is
// complete, as far as checkpoints and cfg.States that were kept outside say. It reads
// everything and changes nothing.
//
// It needs cfg.Auditor, or a cfg.Login that is an auditor's. The error is a
// *[InvalidError] for a request or a configuration that nothing could be asked with, and
// the cause if ctx ends; what is wrong with the copy, or keeps it from being looked at, is
// in the report.
func CheckRestored(ctx context.Context, cfg DiagnoseConfig, req RestoredRequest) (RestoredReport, error) {
	if err := cfg.validate(); err != nil {
		return RestoredReport{}, err
	}
	outside, err := req.outside(cfg.States)
	if err != nil {
		return RestoredReport{}, err
	}
	cfg.States = nil // they are compared with more than a glance
	if cfg.Pooler == PoolerNone && !cfg.Auditor.givenPool() && !cfg.Login.givenPool() {
		cfg.StatementTimeout, cfg.TransactionTimeout = or(cfg.StatementTimeout, longStatement), or(cfg.TransactionTimeout, longStatement)
	}
	cfg.Health.Timing.Timeout = or(cfg.Health.Timing.Timeout, time.Minute)
	logins, closeAll, err := cfg.logins(ctx)
	if err != nil {
		return RestoredReport{}, err
	}
	defer closeAll()
	registry, err := newRegistry(cfg.Health, logins)
	if err != nil {
		return RestoredReport{}, err
	}
	i := slices.IndexFunc(logins, func(l login) bool { return l.role == pgrole.Auditor })
	if i < 0 && !cfg.Login.given() {
		return RestoredReport{}, &fault.Invalid{Field: "DiagnoseConfig.Auditor", Allowed: "a Conn: who checks a copy reads all tenants' rows"}
	}
	c := &restoredCheck{req: req, outside: outside}
	c.server = pghealth.Server{Pool: logins[max(i, 0)].pool, Schemas: restoredSchemas()}
	if err := registry.Add(c.databaseChecks()...); err != nil {
		return RestoredReport{}, err
	}
	c.say("database", 0, 0)
	report := RestoredReport{Database: registry.Report(ctx)}
	if i < 0 {
		report.Err = errNoAuditor
	} else {
		report.Tenants, report.Unassigned, report.Err = c.tenants(ctx, logins[i].pool)
		if report.Err == nil {
			report.Database.Checks = append(report.Database.Checks, c.server.Amcheck(ctx, func(done, total int) { c.say("indexes", done, total) }))
		}
	}
	if ctx.Err() != nil {
		return RestoredReport{}, context.Cause(ctx)
	}
	report.judge()
	return report, nil
}

var errNoAuditor = errors.New("the login is no auditor's: who checks a copy reads all tenants' rows")

func (c Conn) givenPool() bool { return c.Pool != nil }

// judge finds the worst.
func (r *RestoredReport) judge() {
	status := slices.Clone(r.Database.Checks)
	for i := range r.Tenants {
		status = append(status, health.Result{Status: r.Tenants[i].Status()})
	}
	if r.Err != nil || len(r.Tenants) == 0 || len(r.Unassigned) > 0 {
		// Of a copy with no tenant at all nothing tells whether there should be one.
		status = append(status, health.Result{Status: health.Unknown})
	}
	r.Status = health.OK
	if worst := (health.Report{Checks: status}).Worst(); len(worst) > 0 && worst[0].Status.Bad() {
		r.Status = worst[0].Status
	}
	if worst := r.Database.Worst(); len(worst) > 0 && worst[0].Status != health.Skipped {
		r.Database.Status = worst[0].Status
	}
}

// restoredCheck is one run of [CheckRestored].
type restoredCheck struct {
	req     RestoredRequest
	outside outsideWords
	server  pghealth.Server

	mu sync.Mutex // of Progress
}

func (c *restoredCheck) say(step string, done, total int) {
	if c.req.Progress == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.req.Progress(RestoredProgress{step, done, total})
}

// tenants looks at every tenant of the copy, and at those that it lacks.
func (c *restoredCheck) tenants(ctx context.Context, pool pghealth.Pool) (tenants []RestoredTenant, unassigned []string, err error) {
	db, err := Open(ctx, Config{Auditor: Conn{Pool: pool.Pool}})
	if err != nil {
		return nil, nil, err
	}
	defer db.Close(ctx) //nolint:errcheck // the pool is not its own
	found, err := c.list(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	if err := c.rows(ctx, db, found); err != nil {
		return nil, nil, err
	}
	if unassigned, err = c.outside.assign(ctx, db, found); err != nil {
		return nil, nil, err
	}
	parallel := c.req.Parallel
	if parallel <= 0 {
		parallel = min(runtime.GOMAXPROCS(0), int(pool.Config().MaxConns))
	}
	var group errgroup.Group
	group.SetLimit(max(1, parallel))
	done := 0
	var mu sync.Mutex
	for _, t := range found.list {
		group.Go(func() error {
			if ctx.Err() == nil {
				c.tenant(ctx, db, t)
			}
			mu.Lock()
			done++
			n := done
			mu.Unlock()
			c.say("tenants", n, len(found.list))
			return nil
		})
	}
	_ = group.Wait() // nothing of it fails
	tenants = make([]RestoredTenant, len(found.list))
	for i, t := range found.list {
		tenants[i] = *t
	}
	return tenants, unassigned, ctx.Err()
}

// foundTenants are the tenants of a copy, and those that something speaks of.
type foundTenants struct {
	list []*RestoredTenant
	byID map[tenant.ID]*RestoredTenant
}

// of returns a tenant, and makes one that the copy has not.
func (f *foundTenants) of(id tenant.ID) *RestoredTenant {
	t := f.byID[id]
	if t == nil {
		t = &RestoredTenant{ID: id}
		f.byID[id], f.list = t, append(f.list, t)
	}
	return t
}

func (c *restoredCheck) list(ctx context.Context, db *DB) (*foundTenants, error) {
	found := &foundTenants{byID: map[tenant.ID]*RestoredTenant{}}
	const page = 1000
	for after, more := "", true; more; {
		list, err := db.Tenancy().List(ctx, after, page)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			found.of(t.ID).Name = t.Name
			after = t.Name
		}
		more = len(list) == page
	}
	return found, nil
}

// rows looks at all tenants' rows together, a table at a time.
func (c *restoredCheck) rows(ctx context.Context, db *DB, found *foundTenants) error {
	counts, err := c.server.CountRows(ctx, func(done, total int) { c.say("tables", done, total) })
	if err != nil {
		return err
	}
	for _, n := range counts {
		t := found.of(tenant.ID(n.Tenant))
		if t.Rows == nil {
			t.Rows = map[string]int64{}
		}
		t.Rows[n.Table] = n.Rows
		if t.Name == "" {
			t.add(partRows, "%s has %d rows of it, and tenancy.tenants has no such tenant", n.Table, n.Rows)
		}
	}
	for _, e := range c.req.Earlier {
		found.of(e.Tenant).fewer(e.Rows)
	}
	lost, err := c.server.LostReferences(ctx, func(done, total int) { c.say("foreign keys", done, total) })
	if err != nil {
		return err
	}
	for _, l := range lost {
		found.of(tenant.ID(l.Tenant)).add(partRows, "%d rows of %s refer to rows of %s that are missing (%s)", l.Rows, l.Table, l.Parent, l.Constraint)
	}
	broken, err := db.auditorHandle(tenant.ID{}).store.CheckRows(ctx, func(done, total int) { c.say("rows", done, total) })
	if err != nil {
		return err
	}
	for _, f := range broken {
		found.of(f.Tenant).add(partRows, "%s", f.Detail)
	}
	return nil
}

// erasable are tables whose rows may become fewer: what was erased, the ledger says.
var erasable = []string{"attestor.envelope_contents", "verdict.ledger_payloads"}

// fewer finds tables that had more rows once.
func (t *RestoredTenant) fewer(earlier map[string]int64) {
	for _, table := range slices.Sorted(maps.Keys(earlier)) {
		if missing := earlier[table] - t.Rows[table]; missing > 0 && !slices.Contains(erasable, table) {
			t.add(partLost, "at least %d rows of %s are lost: there were %d, and there are %d", missing, table, earlier[table], t.Rows[table])
		}
	}
}
