package attestdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/rekor"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/gather"
	"stella-ops.org/attestdb/internal/observe"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// RecordOption changes what [TenantDB.Record] does.
type RecordOption func(*recordOptions)

type recordOptions struct {
	verifier   attestor.Verifier
	keepFailed bool
}

// Verify has the evidence verified before it is stored. Evidence that fails is
// refused unless [KeepFailed] is given as well.
func Verify(v attestor.Verifier) RecordOption {
	return func(o *recordOptions) { o.verifier = v }
}

// KeepFailed stores evidence that does not verify, with the outcome failed and
// the reason. It goes with [Verify].
func KeepFailed() RecordOption {
	return func(o *recordOptions) { o.keepFailed = true }
}

// Record stores evidence for the tenant: its bytes, its signatures with their
// identities, its Statement with its subjects, its log entries, what the verifier
// said, and the components of an SBOM that is the Statement's predicate. All of it is
// stored or nothing, in one round trip. A predicate that should be an SBOM and cannot
// be read as one does not keep the evidence out: Recorded.SBOM says why it is not
// indexed.
//
// The same bytes again return the first record, with Existed set; a new
// verdict of a verifier is then added to it. Without [Verify] the outcome is
// unverified, and that is what the record says.
//
// Calls for one tenant that come while others are under way may share a
// transaction. None of them sees that: what fails together is done again one by
// one, and a call that ends with its context leaves the others be.
//
// It returns a *[VerificationError] for evidence that does not verify,
// [ErrUnknownTenant], [ErrTenantSuspended], or an *[InvalidError]. Transient
// errors are retried, since recording again is safe: what a lost connection had
// stored is found again by its id, and has not Existed. After the context's error
// the evidence may be stored or not: recording it again settles that.
func (t *TenantDB) Record(ctx context.Context, ev *attestor.Evidence, opts ...RecordOption) (attestor.Recorded, error) {
	return t.recordStamped(ctx, attestor.NewStamp(), ev, opts)
}

func (t *TenantDB) recordStamped(ctx context.Context, stamp attestor.Stamp, ev *attestor.Evidence, opts []RecordOption) (rec attestor.Recorded, err error) {
	ctx, call := t.start(ctx, "record")
	defer call.End(&err)
	rec, err = t.recordOne(ctx, call, stamp, ev, opts)
	t.counted(ctx, kindEvidence, rec.Existed, err)
	return rec, err
}

func (t *TenantDB) recordOne(ctx context.Context, call *observe.Call, stamp attestor.Stamp, ev *attestor.Evidence, opts []RecordOption) (attestor.Recorded, error) {
	entry, err := t.entry(ctx, stamp, ev, newRecordOptions(opts))
	if err != nil {
		return attestor.Recorded{}, err
	}
	if t.inTx || t.readOnly || t.db.records == nil {
		return t.record(ctx, entry)
	}
	shared, err := t.db.records.Do(ctx, t.id, recordItem{entry, call})
	if err == nil && shared == nil {
		return t.record(ctx, entry)
	}
	if err != nil {
		return attestor.Recorded{}, err
	}
	return *shared, nil
}

func newRecordOptions(opts []RecordOption) *recordOptions {
	o := &recordOptions{}
	for _, opt := range opts {
		opt(o)
	}
	return o
}

// entry asks the verifier and makes what is to be stored.
func (t *TenantDB) entry(ctx context.Context, stamp attestor.Stamp, ev *attestor.Evidence, o *recordOptions) (attestor.Entry, error) {
	if ev == nil {
		return attestor.Entry{}, &fault.Invalid{Field: "evidence", Allowed: "what attestor.Parse returned"}
	}
	if t.actor != "" {
		if err := t.actor.Validate(); err != nil {
			return attestor.Entry{}, err
		}
	}
	v, err := o.verify(ctx, ev)
	if err != nil {
		return attestor.Entry{}, err
	}
	e := attestor.Entry{Stamp: stamp, Evidence: ev, Actor: t.actor, Verification: v}
	if e.SBOM, e.SBOMProblem = ev.ReadSBOM(); e.SBOM != nil {
		e.SBOMID = attestor.NewStamp().ID
	}
	return e, nil
}

func (o *recordOptions) verify(ctx context.Context, ev *attestor.Evidence) (attestor.Verification, error) {
	if o.verifier == nil {
		if o.keepFailed {
			return attestor.Verification{}, &fault.Invalid{Field: "KeepFailed", Allowed: "together with Verify"}
		}
		return attestor.Verification{Outcome: attestor.Unverified}, nil
	}
	v, err := o.verifier.Verify(ctx, ev)
	if err != nil {
		return v, fmt.Errorf("verify: %w", err)
	}
	if err := v.Validate(len(ev.Envelope.Signatures)); err != nil {
		return v, fmt.Errorf("the verifier's answer: %w", err)
	}
	if v.Outcome != attestor.Verified && !o.keepFailed {
		return v, &fault.Verification{Verifier: v.Verifier, Reason: v.Reason}
	}
	return v, nil
}

// record stores one entry by itself.
func (t *TenantDB) record(ctx context.Context, entry attestor.Entry) (rec attestor.Recorded, err error) {
	err = pgfault.Retry(ctx, t.retryStatement, func() error {
		all, err := recordEntries(ctx, t.conn, []attestor.Entry{entry}, 0)
		if err == nil {
			rec = all[0]
		}
		return err
	})
	return rec, err
}

// recordEntries stores evidence with its log entries, all or none, in one round
// trip.
func recordEntries(ctx context.Context, conn *pgtenant.Conn, entries []attestor.Entry, lockTimeout time.Duration) ([]attestor.Recorded, error) {
	recs, err := attestor.Record(ctx, conn, entries, lockTimeout, rekor.Queue(conn.Tenant(), recordings(entries))...)
	conn.Observer().RecordedTogether(ctx, len(recs))
	return recs, err
}

// recordings are the log entries of what is recorded.
func recordings(entries []attestor.Entry) []rekor.Recording {
	var logged []rekor.Recording
	for i := range entries {
		e := &entries[i]
		if len(e.Evidence.LogEntries) == 0 {
			continue
		}
		logged = append(logged, rekor.Recording{
			Envelope: e.Evidence.SHA256, Entries: e.Evidence.LogEntries,
			Verified: e.Verification.LogEntries, VerifiedAt: e.Verification.TimeVerified,
		})
	}
	return logged
}

// Entries that go together are so few and small that their common transaction
// is short.
const (
	mostTogether      = 64
	mostBytesTogether = 4 << 20
	// patience is how long they wait for a lock, and how long one that goes alone
	// keeps others waiting.
	patience = 250 * time.Millisecond
)

// recordGroup gathers Record calls by tenant. A nil result is that of an entry
// with the same bytes as another one of its run: it has to go after it.
type recordGroup = gather.Group[tenant.ID, recordItem, *attestor.Recorded]

// newRecordGroup lets a tenant have an eighth of the pool's connections before its calls
// go together, so that no tenant's burst keeps all others waiting. A pool is some times
// the server's cores: more statements at once would share less and wait for cores instead.
func newRecordGroup(db *DB, pool *pgxpool.Pool) *recordGroup {
	return gather.New(
		gather.Limits{
			Runs: int(pool.Config().MaxConns+7) / 8, Items: mostTogether, Weight: mostBytesTogether,
			Patience: patience,
		},
		func(e recordItem) int { return len(e.Evidence.Content) },
		func(ctx context.Context, id tenant.ID, entries []recordItem) ([]*attestor.Recorded, error) {
			// Its callers may have gone: what no server answers must not keep a
			// connection for as long as the network does.
			ctx, cancel := context.WithTimeout(ctx, db.runLimit)
			defer cancel()
			return db.recordTogether(ctx, id, entries)
		})
}

func (db *DB) recordTogether(ctx context.Context, id tenant.ID, entries []recordItem) (_ []*attestor.Recorded, err error) {
	if len(entries) == 1 {
		rec, err := db.Tenant(id).record(ctx, entries[0].Entry)
		return []*attestor.Recorded{&rec}, err
	}
	ctx, shared := db.sharedRecord(ctx, id, entries)
	defer shared.End(&err)
	var (
		distinct = make([]attestor.Entry, 0, len(entries))
		from     = make([]int, 0, len(entries))
		seen     = make(map[digest.SHA256]bool, len(entries))
	)
	for i, e := range entries {
		if sum := e.Evidence.SHA256; !seen[sum] {
			seen[sum] = true
			distinct, from = append(distinct, e.Entry), append(from, i)
		}
	}
	recs, err := recordEntries(ctx, db.conn(db.app, id), distinct, patience)
	if err != nil {
		return nil, err
	}
	all := make([]*attestor.Recorded, len(entries))
	for n, i := range from {
		all[i] = &recs[n]
	}
	return all, nil
}
