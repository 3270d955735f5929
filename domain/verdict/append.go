package verdict

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/internal/observe"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Append records a decision as the next entry of the tenant's ledger and returns it. It
// needs an actor.
//
// Calls for one tenant that come at the same time share a transaction; none of them sees
// that. In a transaction of the caller's (TenantDB.InTx, DB.TenantTx) Append holds the
// tenant's ledger until the transaction ends, and the entry's place is provisional until
// it commits: append last.
//
// With an idempotency key the same decision is recorded once, whoever asks again: the
// entry that is there comes back, with the first one's actor and Existed set, and another
// decision under that key is [fault.ErrIdempotencyConflict].
//
// It returns [fault.ErrLedgerBusy] when others held the ledger until ctx's deadline, or
// for 5 s if there is none: nothing was appended then. If ctx was over before the call its
// error is returned. After [fault.ErrOutcomeUnknown]
// the decision may be recorded or not; to append again with the same idempotency key
// settles that. Other errors are [fault.ErrNoActor], a *[fault.Invalid],
// [fault.ErrUnknownTenant] and [fault.ErrTenantSuspended].
func (s *Store) Append(ctx context.Context, d Decision) (_ Appended, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.append")
	defer call.End(&err)
	a, err := s.append(ctx, call, d)
	n := observe.Counts{Given: 1, Fresh: 1}
	if a.Existed {
		n.Fresh, n.Existed = 0, 1
	}
	s.conn.Observer().Appended(ctx, s.conn.Tenant(), n, err)
	return a, err
}

func (s *Store) append(ctx context.Context, call *observe.Call, d Decision) (Appended, error) {
	if err := ctx.Err(); err != nil {
		return Appended{}, fmt.Errorf("append: %w", err)
	}
	r, err := s.prepare(ctx, d)
	if err != nil {
		return Appended{}, err
	}
	r.call = call
	if s.appender != nil {
		return s.appender.append(ctx, s.tenant(), r)
	}
	results, err := appending{take: func() []*request { return []*request{r} }, lookUp: true}.in(ctx, s.conn, lockWait(ctx))
	if err != nil {
		return Appended{}, err
	}
	return results[0].Appended, results[0].err
}

// AppendBatch records decisions as consecutive entries, all or none, in one transaction:
// at most [MaxBatch], and [MaxBatchBytes] in all. Decisions whose idempotency keys are
// there already come back as they are and take no place. Errors of one decision are a
// *[fault.Batch]; otherwise it is as [Store.Append].
func (s *Store) AppendBatch(ctx context.Context, decisions []Decision) (_ []Appended, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.append_batch")
	defer call.End(&err)
	call.Set("items", len(decisions))
	all, err := s.appendBatch(ctx, decisions)
	n := observe.Counts{Given: len(decisions)}
	for i := range all {
		if all[i].Existed {
			n.Existed++
		} else {
			n.Fresh++
		}
	}
	s.conn.Observer().Appended(ctx, s.conn.Tenant(), n, err)
	return all, err
}

func (s *Store) appendBatch(ctx context.Context, decisions []Decision) ([]Appended, error) {
	if len(decisions) > MaxBatch {
		return nil, &fault.Invalid{Field: "decisions", Allowed: fmt.Sprintf("at most %d", MaxBatch)}
	}
	requests, bytes := make([]*request, len(decisions)), 0
	for i, d := range decisions {
		r, err := s.prepare(ctx, d)
		if err != nil {
			return nil, &fault.Batch{Index: i, Err: err}
		}
		requests[i] = r
		if bytes += r.weight(); bytes > MaxBatchBytes {
			return nil, &fault.Invalid{
				Field: "decisions", Allowed: fmt.Sprintf("about %d MiB in all, payloads included", MaxBatchBytes>>20),
				Problem: fmt.Sprintf("the first %d are larger", i+1),
			}
		}
	}
	if len(requests) == 0 {
		return nil, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("append: %w", err)
	}
	results, err := s.appendAll(ctx, requests)
	if err != nil {
		return nil, err
	}
	appended := make([]Appended, len(results))
	for i, r := range results {
		appended[i] = r.Appended
	}
	return appended, nil
}

// MaxBatch is the most decisions of an [Store.AppendBatch].
const MaxBatch = 10_000

// MaxBatchBytes is about the most that they take: the server has to have all of it within a
// minute of the time that the entries carry.
const MaxBatchBytes = 64 << 20

// appendAll appends all or, if one of them is refused, none.
func (s *Store) appendAll(ctx context.Context, requests []*request) ([]result, error) {
	a := appending{take: func() []*request { return requests }, allOrNone: true}
	if s.appender != nil {
		return a.again(ctx, s.conn, func() time.Duration { return lockWait(ctx) })
	}
	a.lookUp = true
	return a.in(ctx, s.conn, lockWait(ctx))
}

// Validate returns the error with which [Store.Append] refuses a decision before it asks
// the database, nil for none.
func (s *Store) Validate(ctx context.Context, d Decision) error {
	_, err := s.prepare(ctx, d)
	return err
}

func (s *Store) prepare(ctx context.Context, d Decision) (*request, error) {
	if err := s.checkInside(ctx); err != nil {
		return nil, err
	}
	return prepare(s.tenant(), s.actor, d)
}

// patience is how long an append without a deadline waits for others.
const patience = 5 * time.Second

// lockWait leaves a little of the time until the deadline, so that the server's answer
// comes before it.
func lockWait(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return patience
	}
	left := time.Until(deadline)
	return left - min(left/8, 50*time.Millisecond)
}

// head is where the ledger ends.
type head struct {
	next int64
	hash digest.SHA256
	at   time.Time
}

// place makes r's entry the next one.
func (h *head) place(r *request) {
	e := &r.entry
	e.Seq, e.PrevHash, e.RecordedAt = h.next, h.hash, h.at
	e.LeafHash = e.ComputeLeafHash()
	h.next, h.hash = h.next+1, e.LeafHash
}

// lock waits for the ledger and returns its head.
func lock(ctx context.Context, conn *pgtenant.Conn, wait time.Duration) (head, error) {
	var h head
	start := time.Now()
	rows, err := conn.Query(ctx, "SELECT l.next_seq, l.prev_hash, l.recorded_at FROM verdict.lock_ledger($1, $2) l",
		conn.Tenant(), wait.Milliseconds())
	if err == nil {
		for rows.Next() {
			err = rows.Scan(&h.next, &h.hash, &h.at)
		}
		err = errors.Join(err, rows.Err())
	}
	h.at = h.at.UTC()
	err = lockError(err)
	conn.Observer().Locked(ctx, start, err)
	return h, err
}

func lockError(err error) error {
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && pg.Code == "55P03", errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("append: %w", errors.Join(fault.ErrLedgerBusy, err))
	case errors.As(err, &pg) && pg.Code == "AD021":
		return &fault.Invalid{Field: "transaction isolation", Allowed: "read committed", Problem: pg.Message}
	}
	return pgfault.Map("append", err)
}

// existing is an entry that is there, with its payload's nonce unless that was erased.
type existing struct {
	entry Entry
	nonce []byte
}

// answer is what the request gets for an entry with its key or its id.
func (r *request) answer(have existing) result {
	existed := have.entry.ID != r.entry.ID
	same := r.sameRequest(&have.entry)
	if same && existed && r.payload != nil && have.nonce != nil {
		same = ledger.PayloadHash(have.nonce, r.payload) == have.entry.PayloadHash
	}
	if !same {
		return result{err: fmt.Errorf("idempotency key %q: %w", r.entry.IdempotencyKey, fault.ErrIdempotencyConflict)}
	}
	return result{Appended: Appended{Entry: have.entry, Existed: existed}}
}
