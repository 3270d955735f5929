package tests

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/internal/testdb"
)

// crowd is many tenants that share one pooler. Each records evidence about the
// same artifact under its own name, so that a row of another's is told apart.
type crowd struct {
	db      *attestdb.DB
	subject attestor.Query
	names   []string
	ids     []attestdb.TenantID
	strict  bool // an error that nothing explains is a failure

	mu     sync.Mutex
	acked  map[uuid.UUID]attestdb.TenantID
	undone map[string]bool // hex SHA-256 of what was rolled back
	count  map[string]int
}

func newCrowd(t *testing.T, admin, db *attestdb.DB, tenants int) *crowd {
	t.Helper()
	c := &crowd{db: db, acked: map[uuid.UUID]attestdb.TenantID{}, undone: map[string]bool{}, count: map[string]int{}}
	c.subject.Subject = wordyEvidence(t, "x", "shared").Statement.Subject[0].Digest[0]
	for i := range tenants {
		name := fmt.Sprintf("tenant-%d", i)
		tn, _, err := admin.Tenancy().As(domaintest.Actor).Create(t.Context(), name)
		require.NoError(t, err)
		c.names, c.ids = append(c.names, name), append(c.ids, tn.ID)
	}
	return c
}

func (c *crowd) tell(what string, acked map[uuid.UUID]attestdb.TenantID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count[what]++
	maps.Copy(c.acked, acked)
}

// step does one thing as one tenant and returns what is wrong, if anything is.
func (c *crowd) step(t *testing.T, rng *rand.Rand) error {
	i := rng.IntN(len(c.ids))
	h := c.db.Tenant(c.ids[i]).As(attestdb.Actor(c.names[i]))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	hurried := rng.IntN(4) == 0
	if hurried {
		var hurry context.CancelFunc
		ctx, hurry = context.WithTimeout(ctx, time.Duration(rng.IntN(4000))*time.Microsecond)
		defer hurry()
	}
	fresh := func() *attestor.Evidence { return wordyEvidence(t, c.names[i]+" "+uuid.NewString(), "shared") }
	done := func(what string, err error, recs ...attestor.Recorded) error {
		acked := map[uuid.UUID]attestdb.TenantID{}
		switch {
		case err == nil:
			for _, r := range recs {
				acked[r.ID] = h.ID()
			}
		case hurried:
			what += ", cut short"
		case canceledByPooler(err):
			what += ", cancelled in another's place"
		case c.strict:
			return fmt.Errorf("%s: %w", what, err)
		default:
			what += ", failed"
		}
		c.tell(what, acked)
		return nil
	}
	switch rng.IntN(8) {
	case 0, 1:
		rec, err := h.Record(ctx, fresh())
		return done("record", err, rec)
	case 2:
		var one, two attestor.Recorded
		err := h.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) (err error) {
			if one, err = tx.Record(ctx, fresh()); err != nil {
				return err
			}
			two, err = tx.Record(ctx, fresh())
			return err
		})
		return done("two in a transaction", err, one, two)
	case 3:
		ev := fresh()
		err := h.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
			return errors.Join(record(ctx, tx, ev), errBoom)
		})
		c.mu.Lock()
		c.undone[ev.SHA256.String()] = true
		c.mu.Unlock()
		if err == nil {
			return errors.New("the transaction was to be rolled back")
		}
		if errors.Is(err, errBoom) {
			err = nil
		}
		return done("roll back", err)
	case 4:
		err := record(ctx, c.db.Tenant(attestdb.TenantID(uuid.New())), fresh())
		if err == nil {
			return errors.New("recorded for an unknown tenant")
		}
		if errors.Is(err, attestdb.ErrUnknownTenant) {
			err = nil
		}
		return done("an SQL error", err)
	default:
		c.mu.Lock()
		least := 0
		for _, tenant := range c.acked {
			if tenant == h.ID() {
				least++
			}
		}
		c.mu.Unlock()
		found, _, err := h.Attestor().Find(ctx, c.subject, page.Request{Limit: page.MaxLimit})
		for _, m := range found {
			if string(m.RecordedBy) != c.names[i] || !strings.HasPrefix(m.SubjectNames[0], c.names[i]+" ") {
				return fmt.Errorf("%s found %s's row", c.names[i], m.RecordedBy)
			}
		}
		if err == nil && len(found) < least {
			return fmt.Errorf("%s found %d of %d", c.names[i], len(found), least)
		}
		return done("find", err)
	}
}

// canceledByPooler: a cancel request names a server's connection, which may be
// another client's by the time it arrives.
func canceledByPooler(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "57014"
}

func (c *crowd) run(t *testing.T, goroutines, steps int) {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	errs := make([]error, goroutines)
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(g)))
			for range steps {
				if errs[g] = c.step(t, rng); errs[g] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	t.Log(c.count)
	require.NoError(t, errors.Join(errs...))
}

// requireKept compares the database with what was acknowledged.
func (c *crowd) requireKept(t *testing.T, db *testdb.DB) {
	t.Helper()
	super := db.Conn(t, "superuser")
	rows, err := super.Query(t.Context(), `
SELECT e.id, e.tenant_id, encode(e.sha256, 'hex'), t.name = e.recorded_by AND s.key_id LIKE t.name || ' %' AND u.name = s.key_id
       AND c.content IS NOT NULL AND st.id IS NOT NULL
  FROM attestor.envelopes e JOIN tenancy.tenants t ON t.id = e.tenant_id
  LEFT JOIN attestor.envelope_contents c ON (c.tenant_id, c.id) = (e.tenant_id, e.id)
  LEFT JOIN attestor.statements st ON (st.tenant_id, st.id) = (e.tenant_id, e.id)
  LEFT JOIN attestor.envelope_signatures s ON (s.tenant_id, s.envelope_id) = (e.tenant_id, e.id)
  LEFT JOIN attestor.statement_subjects u ON (u.tenant_id, u.statement_id) = (e.tenant_id, e.id)`)
	require.NoError(t, err)
	stored := map[uuid.UUID]attestdb.TenantID{}
	var id uuid.UUID
	var tenant attestdb.TenantID
	var sum string
	var whole *bool
	_, err = pgx.ForEachRow(rows, []any{&id, &tenant, &sum, &whole}, func() error {
		stored[id] = tenant
		require.True(t, whole != nil && *whole, "%s is not whole, or another tenant's", id)
		require.False(t, c.undone[sum], "%s was rolled back", id)
		return nil
	})
	require.NoError(t, err)
	require.True(t, len(c.acked) > 0 || !c.strict)
	for id, tenant := range c.acked {
		require.Equal(t, tenant, stored[id], "%s was acknowledged", id)
	}
}

// Fifty callers, two hundred tenants, four connections, with errors, roll-backs
// and cancelled calls in between.
func TestPgBouncerKeepsTenantsApart(t *testing.T) {
	t.Parallel()
	tdb := testdb.New(t)
	at := pgbouncer(t, tdb)
	direct := openOn(t, tdb)
	db := openWith(t, attestdb.Config{App: attestdb.Conn{URL: at, MaxConns: 50}, Pooler: attestdb.PoolerTransaction})
	c := newCrowd(t, direct, db, 200)
	c.strict = true

	// A bystander that names no tenant shares the server's connections.
	cfg, err := pgx.ParseConfig(at)
	require.NoError(t, err)
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	bystander, err := pgx.ConnectConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = bystander.Close(context.Background()) })
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			var n int
			err := bystander.QueryRow(t.Context(), "SELECT count(*) FROM attestor.envelopes").Scan(&n)
			if err == nil && n > 0 {
				err = fmt.Errorf("without a tenant %d rows were seen", n)
			}
			if err != nil && !canceledByPooler(err) {
				stopped <- err
				return
			}
		}
	}()
	c.run(t, 50, 60)
	close(stop)
	require.NoError(t, <-stopped)
	c.requireKept(t, tdb)
}

// Without the setting the mistake shows at once: the pooler refuses the session
// settings. A caller's pool has none; there pgx' prepared statements may fail,
// which is no silence either, and never another tenant's rows.
func TestPgBouncerWithoutTheSettingIsNotSilent(t *testing.T) {
	t.Parallel()
	tdb := testdb.New(t)
	at := pgbouncer(t, tdb)
	_, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: at}})
	require.ErrorContains(t, err, "unsupported startup parameter")

	cfg, err := pgxpool.ParseConfig(at)
	require.NoError(t, err)
	cfg.MaxConns = 20
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{Pool: pool}})
	if err != nil {
		var pg *pgconn.PgError
		require.ErrorAs(t, err, &pg)
		return
	}
	c := newCrowd(t, openOn(t, tdb), db, 20)
	c.run(t, 20, 20)
	c.requireKept(t, tdb)
}

// Clients of a PgBouncer that is killed and started again go on by themselves.
func TestPgBouncerRestarted(t *testing.T) {
	t.Parallel()
	tdb := testdb.New(t)
	b := startPgBouncer(t, tdb)
	acme := domaintest.Tenant(t, openOn(t, tdb), "acme")
	db := openWith(t, attestdb.Config{App: attestdb.Conn{URL: b.url, MaxConns: 8}, Pooler: attestdb.PoolerTransaction})
	writers, stop := startWriters(t, db.Tenant(acme.ID()), 8, 3*time.Second)
	writers.goOn(t, 100, 20*time.Second)
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		b.end(t, signal)
		time.Sleep(300 * time.Millisecond)
		b.start(t)
		writers.goOn(t, 100, 20*time.Second)
	}
	stop()
	writers.requireKept(t, acme)
}
