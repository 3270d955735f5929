package health

import (
	"fmt"
	"strings"
	"time"

	"stella-ops.org/attestdb/domain/fault"
)

// Number is what can be compared with a limit.
type Number interface {
	~int64 | ~float64
}

// Limit says from where on a value is a warning, and from where on a failure. Of either 0
// is the default, and what is negative switches it off.
type Limit[T Number] struct{ Warn, Fail T }

// Grade compares a value with the limit.
func (l Limit[T]) Grade(v T) Status {
	switch {
	case l.Fail > 0 && v >= l.Fail:
		return Fail
	case l.Warn > 0 && v >= l.Warn:
		return Warn
	}
	return OK
}

// Text says the limit in words; show writes a value with its unit.
func (l Limit[T]) Text(show func(T) string) string {
	var parts []string
	if l.Warn > 0 {
		parts = append(parts, "warn from "+show(l.Warn))
	}
	if l.Fail > 0 {
		parts = append(parts, "fail from "+show(l.Fail))
	}
	return strings.Join(parts, ", ")
}

func (l *Limit[T]) fill(warn, fail T) {
	if l.Warn == 0 {
		l.Warn = warn
	}
	if l.Fail == 0 {
		l.Fail = fail
	}
}

func (l Limit[T]) check(name string) error {
	if l.Warn > 0 && l.Fail > 0 && l.Fail < l.Warn {
		return &fault.Invalid{Field: "health.Thresholds." + name, Allowed: "a Fail that is not below Warn"}
	}
	return nil
}

// Thresholds are the limits of the checks. The zero value is the defaults, which stand
// behind each.
type Thresholds struct {
	// Latency is of the slowest but one in twenty round trips through the pool: 50 ms, 200 ms.
	Latency Limit[time.Duration]
	// PoolUse is the share of the pool's connections that are in use: 0.8, never.
	PoolUse Limit[float64]
	// PoolWait is how long calls that found no idle connection waited for one, on
	// average, since the check ran last: 50 ms, 1 s.
	PoolWait Limit[time.Duration]
	// Connections is the share of the server's connections that are in use: 0.8, 0.95.
	Connections Limit[float64]
	// Lag is how much of the log a replica has not replayed, in bytes: 64 MiB, 1 GiB.
	Lag Limit[int64]
	// SlotRetained is how much of the log a replication slot keeps, in bytes: 1 GiB, 10 GiB.
	SlotRetained Limit[int64]
	// WAL is the size of the log's directory, as a multiple of max_wal_size and
	// wal_keep_size together: 2, 10.
	WAL Limit[float64]
	// Archive is how long archiving the log has failed, or a file of it has waited: from
	// the first failure or the first minute, 15 min.
	Archive Limit[time.Duration]
	// Transaction is the age of the oldest transaction: 5 min, 1 h.
	Transaction Limit[time.Duration]
	// Idle is for how long a session has idled in a transaction: 1 min, 10 min.
	Idle Limit[time.Duration]
	// Xmin is how many transactions ago the oldest row version was needed that VACUUM
	// may not remove yet: 10 million, 100 million.
	Xmin Limit[int64]
	// XID is the age of the oldest transaction id that is not frozen, of transactions and
	// of multixacts; at 2 billion PostgreSQL takes no writes: 600 million, 1.2 billion.
	XID Limit[int64]
	// DeadTuples is the share of dead rows in a table with 10,000 of them or more: 0.2, never.
	DeadTuples Limit[float64]
	// Uncovered is how long entries of a ledger have been without a checkpoint: 24 h, never.
	Uncovered Limit[time.Duration]
	// Verified is how long ago the ledgers were verified: 48 h, never.
	Verified Limit[time.Duration]
}

// WithDefaults returns the thresholds with the defaults filled in. It returns a
// *[fault.Invalid] for a limit whose Fail is below its Warn.
func (t Thresholds) WithDefaults() (Thresholds, error) {
	const (
		mib = int64(1) << 20
		day = 24 * time.Hour
	)
	t.Latency.fill(50*time.Millisecond, 200*time.Millisecond)
	t.PoolUse.fill(0.8, -1)
	t.PoolWait.fill(50*time.Millisecond, time.Second)
	t.Connections.fill(0.8, 0.95)
	t.Lag.fill(64*mib, 1024*mib)
	t.SlotRetained.fill(1024*mib, 10*1024*mib)
	t.WAL.fill(2, 10)
	t.Archive.fill(time.Nanosecond, 15*time.Minute)
	t.Transaction.fill(5*time.Minute, time.Hour)
	t.Idle.fill(time.Minute, 10*time.Minute)
	t.Xmin.fill(10_000_000, 100_000_000)
	t.XID.fill(600_000_000, 1_200_000_000)
	t.DeadTuples.fill(0.2, -1)
	t.Uncovered.fill(day, -1)
	t.Verified.fill(2*day, -1)
	for _, l := range []struct {
		name  string
		limit interface{ check(name string) error }
	}{
		{"Latency", t.Latency}, {"PoolUse", t.PoolUse}, {"PoolWait", t.PoolWait}, {"Connections", t.Connections},
		{"Lag", t.Lag}, {"SlotRetained", t.SlotRetained}, {"WAL", t.WAL}, {"Archive", t.Archive},
		{"Transaction", t.Transaction}, {"Idle", t.Idle}, {"Xmin", t.Xmin}, {"XID", t.XID},
		{"DeadTuples", t.DeadTuples}, {"Uncovered", t.Uncovered}, {"Verified", t.Verified},
	} {
		if err := l.limit.check(l.name); err != nil {
			return t, err
		}
	}
	return t, nil
}

// Share writes a share of 1 as a percentage.
func Share(v float64) string { return fmt.Sprintf("%.0f %%", v*100) }

// Times writes a multiple.
func Times(v float64) string { return fmt.Sprintf("%.1f times", v) }

// Count writes a whole number.
func Count(v int64) string { return fmt.Sprint(v) }

// Size writes a number of bytes.
func Size(v int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	f, i := float64(v), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", v)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

// Span writes a duration to three digits or so.
func Span(d time.Duration) string {
	switch {
	case d >= time.Minute:
		d = d.Round(time.Second)
	case d >= time.Second:
		d = d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		d = d.Round(10 * time.Microsecond)
	}
	return d.String()
}
