package verdict

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/internal/pgfault"
)

// rangePage is how many entries [Store.Range] holds: with the longest leaves 16 MiB.
const rangePage = 256

// Range returns the entries with the places from from to one below to, in their order,
// however many they are. Each has the hash that it should have: else, or if one is not
// there, the last error is a *[ledger.ProofError], and [Store.Verify] tells more. A
// *[fault.Invalid] is a fault of the places.
func (s *Store) Range(ctx context.Context, from, to int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if from < 0 || from > to {
			yield(Entry{}, &fault.Invalid{Field: "from", Allowed: fmt.Sprintf("0 to %d", to), Problem: fmt.Sprintf("it is %d", from)})
			return
		}
		for from < to {
			rows, err := s.rangeRows(ctx, from, min(from+rangePage, to))
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for i := range rows {
				e, err := rows[i].proven(from)
				if !yield(e, err) || err != nil {
					return
				}
				from++
			}
			if len(rows) == 0 {
				yield(Entry{}, missing(from))
				return
			}
		}
	}
}

func (s *Store) rangeRows(ctx context.Context, from, to int64) (list []entryRow, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.range")
	defer call.End(&err)
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, entriesSQL, s.conn.Tenant(), from, to)
		if err != nil {
			return err
		}
		mem := &arena{}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r entryRow, err error) {
			err = row.Scan(r.targets()...)
			r.keepIn(mem)
			return r, err
		})
		return err
	})
	return list, pgfault.Map("read entries", err)
}

// proven returns the row as the entry with a place, which has the hash of its bytes.
func (r *entryRow) proven(seq int64) (Entry, error) {
	if r.seq != seq {
		return Entry{}, missing(seq)
	}
	e, err := r.entry()
	switch {
	case err != nil:
		return Entry{}, &ledger.ProofError{Problem: ledger.ProblemHash, Seq: seq, Detail: problemOf(err)}
	case e.ComputeLeafHash() != e.LeafHash:
		return Entry{}, &ledger.ProofError{Problem: ledger.ProblemHash, Seq: seq, Detail: "its bytes have another hash"}
	}
	return e, nil
}

func missing(seq int64) error {
	return &ledger.ProofError{Problem: ledger.ProblemMissing, Seq: seq, Detail: "the entry is not there"}
}
