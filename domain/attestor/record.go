package attestor

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Recorded says what recording evidence came to.
type Recorded struct {
	// ID is the envelope's id, a UUID of version 7.
	ID uuid.UUID
	// SHA256 is the digest of the bytes that were recorded.
	SHA256 digest.SHA256
	// CreatedAt is when the envelope was first recorded.
	CreatedAt time.Time
	// Existed reports that the same bytes were recorded before. Their id and
	// time are the first record's.
	Existed bool
	// Erased reports that the bytes, recorded before, were erased since: their digest
	// and what is in the other tables are there, and this call did not bring the bytes
	// back. The ledger says who erased them.
	Erased bool
	// Verification is the newest verification of the envelope: this call's, or
	// an earlier one's if this call had no verifier.
	Verification Verification
	// SBOM says what became of the SBOM that is the Statement's predicate; nil if
	// the predicateType is no SBOM's.
	SBOM *SBOMRecorded
}

// Stamp is the id and the time of what is recorded. Later ones are greater.
type Stamp struct {
	ID uuid.UUID
	At time.Time
}

// NewStamp returns a UUID of version 7 and the time, in UTC and microseconds.
func NewStamp() Stamp {
	// In this order: a later stamp's time is not before this one's.
	at := time.Now().UTC().Truncate(time.Microsecond)
	return Stamp{ID: uuid.Must(uuid.NewV7()), At: at}
}

// Entry is what [Record] stores: evidence, who gives it, and what a verifier
// said about it, if one was asked.
type Entry struct {
	Stamp        Stamp
	Evidence     *Evidence
	Actor        tenant.Actor
	Verification Verification
	// SBOM is what the evidence's ReadSBOM returned, and SBOMProblem its error;
	// SBOMID is for the SBOM to have.
	SBOM        *sbom.Document
	SBOMID      uuid.UUID
	SBOMProblem error
}

func (e *Entry) verified() bool {
	return e.Verification.Outcome == Verified || e.Verification.Outcome == Failed
}

//go:embed record.sql
var recordSQL string

const setLockTimeout = "SELECT pg_catalog.set_config('lock_timeout', $1, true)"

// Record is for package domain, whose TenantDB.Record is the call to use. It
// stores entries for conn's tenant, all or none, in one round trip. No two of
// them have the same bytes. It waits for a lock, such as that of a transaction
// which has stored the same bytes and goes on, no longer than lockTimeout, or as
// the session says if that is 0. The statements in also, another module's about
// the same evidence, go behind its own and are stored or refused with them.
func Record(ctx context.Context, conn *pgtenant.Conn, entries []Entry, lockTimeout time.Duration, also ...pgtenant.Queued) ([]Recorded, error) {
	// In the order of their digests, so that two calls with the same evidence
	// wait for each other in one direction only.
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return bytes.Compare(entries[a].Evidence.SHA256[:], entries[b].Evidence.SHA256[:])
	})
	var (
		now           = time.Now().UTC().Truncate(time.Microsecond)
		envelopes     envelopeColumns
		verifications verificationColumns
		b             pgx.Batch
	)
	for n, i := range order {
		envelopes.add(&entries[i])
		if entries[i].verified() {
			verifications.add(int32(n+1), &entries[i].Verification, now)
		}
	}
	sboms, sbomOf := sbomsOf(entries, order)
	if lockTimeout > 0 {
		b.Queue(setLockTimeout, fmt.Sprintf("%dms", lockTimeout.Milliseconds()))
	}
	b.Queue(recordSQL, append(envelopes.args(conn.Tenant()), verifications.args()...)...)
	for _, q := range also {
		b.Queue(q.SQL, q.Args...)
	}
	if len(sboms.ids) > 0 {
		b.Queue(sbomRecordSQL, sboms.args(conn.Tenant())...)
	}
	var (
		all    []Recorded
		stored []SBOMRecorded
	)
	err := conn.Batch(ctx, &b, func(br pgx.BatchResults) (err error) {
		if lockTimeout > 0 {
			if _, err := br.Exec(); err != nil {
				return err
			}
		}
		all, err = recorded(br, entries, order)
		for range also {
			if err == nil {
				_, err = br.Exec()
			}
		}
		if err == nil && len(sboms.ids) > 0 {
			stored, err = sboms.recorded(br)
		}
		return err
	})
	if err == nil {
		tell(all, entries, stored, sbomOf)
	}
	return all, blame(pgfault.Map("record envelope", err), order)
}

// recorded reads record.sql's rows, one for each entry.
func recorded(br pgx.BatchResults, entries []Entry, order []int) ([]Recorded, error) {
	rows, err := br.Query()
	if err != nil {
		return nil, err
	}
	var (
		all     = make([]Recorded, len(entries))
		n       int64
		id      uuid.UUID
		at      time.Time
		existed bool
		erased  bool
		v       verificationRow
		seen    int
	)
	_, err = pgx.ForEachRow(rows, append([]any{&n, &id, &at, &existed, &erased}, v.targets()...), func() error {
		i := order[n-1]
		if all[i].ID != uuid.Nil {
			return nil // what was stored is told twice if something else was there
		}
		rec := Recorded{ID: id, SHA256: entries[i].Evidence.SHA256, CreatedAt: at.UTC(), Existed: existed, Erased: erased, Verification: v.verification()}
		if entries[i].verified() {
			rec.Verification = entries[i].Verification
		}
		all[i] = rec
		seen++
		return nil
	})
	if err == nil && seen != len(entries) {
		err = fmt.Errorf("%d of %d envelopes were answered for", seen, len(entries))
	}
	return all, err
}

// blame names the entry that the database refused, if it said which and there are
// others.
func blame(err error, order []int) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || len(order) < 2 || !errors.Is(err, fault.ErrRequirement) {
		return err
	}
	n, convert := strconv.Atoi(pg.Detail)
	if convert != nil || n < 1 || n > len(order) {
		return err
	}
	return &fault.Batch{Index: order[n-1], Err: err}
}
