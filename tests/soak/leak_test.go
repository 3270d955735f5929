package soak

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

// config names every role that [attestdb.Config] has.
func config(database *testdb.DB) attestdb.Config {
	return attestdb.Config{
		App:     attestdb.Conn{URL: database.URL("app"), MaxConns: 4},
		Admin:   attestdb.Conn{URL: database.URL("admin"), MaxConns: 2},
		Auditor: attestdb.Conn{URL: database.URL("auditor"), MaxConns: 2},
	}
}

// nothingLeft fails unless the goroutines that before does not know, and the sessions of
// attestdb's logins, are gone or soon will be.
func nothingLeft(t *testing.T, superuser *pgx.Conn, before goleak.Option) {
	t.Helper()
	require.NoError(t, goleak.Find(before))
	require.Eventually(t, func() bool { return sessions(t, superuser) == 0 }, 10*time.Second, 10*time.Millisecond)
}

// sessions counts those of attestdb's logins. A session is gone a moment after its
// connection is closed.
func sessions(t *testing.T, superuser *pgx.Conn) (n int64) {
	t.Helper()
	require.NoError(t, superuser.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND usename LIKE 'attestdb\_test\_%'`).Scan(&n))
	return n
}

func TestCloseLeavesNothing(t *testing.T) {
	database := testdb.New(t)
	superuser := database.Conn(t, "superuser")
	before := goleak.IgnoreCurrent()
	w := newWork(t, config(database))
	for range 3 {
		for _, kind := range w.kinds() {
			require.NoError(t, kind.run(t.Context(), w.actor(0)), kind.name)
		}
	}
	require.Positive(t, sessions(t, superuser))
	require.NoError(t, w.db.Close(t.Context()))
	nothingLeft(t, superuser, before)
}

// Who does not wait for the calls under way closes all the same: the rest is closed when
// they have ended.
func TestCloseThatIsCutShortLeavesNothing(t *testing.T) {
	database := testdb.New(t)
	superuser := database.Conn(t, "superuser")
	before := goleak.IgnoreCurrent()
	db, err := attestdb.Open(t.Context(), config(database))
	require.NoError(t, err)
	acme := domaintest.Tenant(t, db, "acme")

	begun, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- acme.InTx(context.Background(), func(ctx context.Context, tx *attestdb.TenantDB) error {
			_, err := tx.Verdict().Append(ctx, decision("held"))
			close(begun)
			<-release
			return err
		})
	}()
	<-begun
	waiting := make(chan error, 1)
	go func() {
		_, err := acme.Verdict().Append(context.Background(), decision("waiting"))
		waiting <- err
	}()
	require.Eventually(t, func() bool {
		var held bool
		err := superuser.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')").Scan(&held)
		return err == nil && held
	}, 10*time.Second, time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, db.Close(ctx), context.DeadlineExceeded)
	close(release)
	require.NoError(t, <-done)
	require.NoError(t, <-waiting, "it was under way")
	nothingLeft(t, superuser, before)
}

// However far Open came, what it had opened is closed.
func TestOpenThatFailsLeavesNothing(t *testing.T) {
	database, empty := testdb.New(t), testdb.NewEmpty(t)
	superuser, other := database.Conn(t, "superuser"), empty.Conn(t, "superuser")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	short, cancelShort := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancelShort()
	absent := strings.NewReplacer("/test_", "/absent_").Replace(database.URL("app"))
	open := func(ctx context.Context) func(attestdb.Config) (*attestdb.DB, error) {
		return func(cfg attestdb.Config) (*attestdb.DB, error) { return attestdb.Open(ctx, cfg) }
	}
	patient := open(t.Context())
	for name, c := range map[string]struct {
		open   func(attestdb.Config) (*attestdb.DB, error)
		change func(*attestdb.Config)
		want   error
	}{
		"no such database":        {patient, func(c *attestdb.Config) { c.App.URL = absent }, nil},
		"a superuser":             {patient, func(c *attestdb.Config) { c.App.URL = database.URL("superuser") }, attestdb.ErrRole},
		"the last login is wrong": {patient, func(c *attestdb.Config) { c.Auditor.URL = database.URL("app") }, attestdb.ErrRole},
		"the replica's is wrong":  {patient, func(c *attestdb.Config) { c.Replica.URL = database.URL("admin") }, attestdb.ErrRole},
		"too many connections":    {patient, func(c *attestdb.Config) { c.Auditor.MaxConns = 1000 }, attestdb.ErrInvalid},
		"not migrated":            {patient, func(c *attestdb.Config) { *c = config(empty) }, attestdb.ErrSchema},
		"waiting is cut short": {open(short), func(c *attestdb.Config) {
			*c = config(empty)
			c.WaitForSchema = time.Minute
		}, context.DeadlineExceeded},
		"it was over before": {open(ended), func(*attestdb.Config) {}, context.Canceled},
	} {
		before := goleak.IgnoreCurrent()
		cfg := config(database)
		c.change(&cfg)
		db, err := c.open(cfg)
		require.Error(t, err, name)
		require.Nil(t, db, name)
		if c.want != nil {
			require.ErrorIs(t, err, c.want, name)
		}
		nothingLeft(t, superuser, before)
		require.Eventually(t, func() bool { return sessions(t, other) == 0 }, 10*time.Second, 10*time.Millisecond, name)
	}
}
