package verdict

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
)

// Freshness says how far a ledger has come, and how far what vouches for it.
type Freshness struct {
	Tenant tenant.ID
	// At is the database's time of the answer.
	At time.Time
	// Size is how many entries there are, NewestEntry when the last was recorded; zero
	// if there is none.
	Size        int64
	NewestEntry time.Time
	// Checkpointed is the size that the newest stored checkpoint is of, and
	// NewestCheckpoint when it was stored; zero if there is none. Who signed it is not
	// looked at: [Store.Verify] does.
	Checkpointed     int64
	NewestCheckpoint time.Time
	// UncoveredSince is when the first entry was recorded that no checkpoint covers; zero
	// if all are covered.
	UncoveredSince time.Time
}

// Uncovered is how many entries no checkpoint covers.
func (f Freshness) Uncovered() int64 { return max(0, f.Size-f.Checkpointed) }

// UncoveredFor is for how long entries have been without a checkpoint.
func (f Freshness) UncoveredFor() time.Duration {
	if f.UncoveredSince.IsZero() {
		return 0
	}
	return f.At.Sub(f.UncoveredSince)
}

// freshnessSQL looks at three rows a ledger, each by an index.
const freshnessSQL = `SELECT l.tenant_id, pg_catalog.clock_timestamp() AS at, coalesce(e.seq + 1, 0) AS size, e.recorded_at AS newest_entry,
       coalesce(c.tree_size, 0) AS checkpointed, c.created_at AS newest_checkpoint, u.recorded_at AS uncovered_since
  FROM verdict.ledgers l
  LEFT JOIN LATERAL (SELECT e.seq, e.recorded_at FROM verdict.ledger_entries e
                      WHERE e.tenant_id = l.tenant_id AND e.seq IS NOT NULL ORDER BY e.seq DESC LIMIT 1) e ON true
  LEFT JOIN LATERAL (SELECT c.tree_size, c.created_at FROM verdict.ledger_checkpoints c
                      WHERE c.tenant_id = l.tenant_id ORDER BY c.tree_size DESC, c.created_at DESC, c.id DESC LIMIT 1) c ON true
  LEFT JOIN LATERAL (SELECT u.recorded_at FROM verdict.ledger_entries u
                      WHERE u.tenant_id = l.tenant_id AND u.seq = coalesce(c.tree_size, 0)) u ON true`

// Freshness says how far the tenant's ledger has come. It reads three rows.
func (s *Store) Freshness(ctx context.Context) (_ Freshness, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.freshness")
	defer call.End(&err)
	f := Freshness{Tenant: s.tenant()}
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, freshnessSQL+" WHERE l.tenant_id = $1", s.conn.Tenant())
		if err != nil {
			return err
		}
		f, err = pgx.CollectExactlyOneRow(rows, scanFreshness)
		if errors.Is(err, pgx.ErrNoRows) { // nobody has appended yet
			f, err = Freshness{Tenant: s.tenant(), At: time.Now().UTC()}, nil
		}
		return err
	})
	return f, pgfault.Map("read freshness of the ledger", err)
}

func scanFreshness(row pgx.CollectableRow) (f Freshness, err error) {
	var entry, checkpoint, uncovered *time.Time
	err = row.Scan(&f.Tenant, &f.At, &f.Size, &entry, &f.Checkpointed, &checkpoint, &uncovered)
	f.At, f.NewestEntry, f.NewestCheckpoint, f.UncoveredSince = f.At.UTC(), utc(entry), utc(checkpoint), utc(uncovered)
	return f, err
}

// utc is the zero time for NULL.
func utc(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// Overview is [Freshness] of many ledgers in short.
type Overview struct {
	// Ledgers is how many there are, Late how many of them have had an entry without a
	// checkpoint for longer than was asked.
	Ledgers, Late int64
	// Newest has the newest entry of all, Latest the entry that has been without a
	// checkpoint for the longest; zero if there is none.
	Newest, Latest Freshness
}

// Overview sums up the ledgers that the handle may see: the tenant's alone, but for the
// auditor's. It reads three rows a ledger.
func (s *Store) Overview(ctx context.Context, late time.Duration) (Overview, error) {
	var o Overview
	err := pgfault.Retry(ctx, s.retry, func() error {
		o = Overview{}
		rows, err := s.conn.Query(ctx, `WITH f AS MATERIALIZED (`+freshnessSQL+`), n AS (
			  SELECT count(*) AS ledgers, count(*) FILTER (WHERE uncovered_since < at - $1::interval) AS late FROM f)
			(SELECT f.*, n.ledgers, n.late, true FROM f, n ORDER BY newest_entry DESC NULLS LAST LIMIT 1)
			UNION ALL (SELECT f.*, n.ledgers, n.late, false FROM f, n WHERE uncovered_since IS NOT NULL ORDER BY uncovered_since LIMIT 1)`, late)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var f Freshness
			var newest bool
			var entry, checkpoint, uncovered *time.Time
			err := rows.Scan(&f.Tenant, &f.At, &f.Size, &entry, &f.Checkpointed, &checkpoint, &uncovered, &o.Ledgers, &o.Late, &newest)
			if err != nil {
				return err
			}
			f.At, f.NewestEntry, f.NewestCheckpoint, f.UncoveredSince = f.At.UTC(), utc(entry), utc(checkpoint), utc(uncovered)
			if newest {
				o.Newest = f
			} else {
				o.Latest = f
			}
		}
		return rows.Err()
	})
	return o, pgfault.Map("read freshness of the ledgers", err)
}
