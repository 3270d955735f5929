package attestor

import (
	"context"
	_ "embed"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/internal/pgfault"
)

//go:embed reverify.sql
var reverifySQL string

const contentsSQL = `
SELECT c.id, c.content FROM attestor.envelope_contents c WHERE c.tenant_id = $1 AND c.id = ANY ($2::uuid[])`

// Contents returns the exact bytes of envelopes by their ids, in one round trip. Ids
// that the tenant has no bytes for are not in the answer.
func (s *Store) Contents(ctx context.Context, ids []uuid.UUID) (_ map[uuid.UUID][]byte, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.contents")
	defer call.End(&err)
	contents := make(map[uuid.UUID][]byte, len(ids))
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, contentsSQL, s.conn.Tenant(), pgUUIDs(ids))
		if err != nil {
			return err
		}
		var id uuid.UUID
		var content []byte
		_, err = pgx.ForEachRow(rows, []any{&id, &content}, func() error {
			contents[id] = content
			content = nil
			return nil
		})
		return err
	})
	return contents, pgfault.Map("read envelope contents", err)
}

// Count returns how many rows [Store.Find] has for q, on all pages together.
func (s *Store) Count(ctx context.Context, q Query) (n int64, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.count")
	defer call.End(&err)
	if err := q.validate(); err != nil {
		return 0, err
	}
	sql, args := q.count(s.conn.Tenant())
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		n, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
		return err
	})
	return n, pgfault.Map("count evidence", err)
}

// AddVerifications stores what a verifier says today of the envelopes with these ids,
// one for each. What it said last, too, is not stored again. It is for package domain,
// whose TenantDB.Reverify is the call to use.
func (s *Store) AddVerifications(ctx context.Context, ids []uuid.UUID, verifications []Verification) (err error) {
	ctx, call := s.conn.Start(ctx, "attestor.add_verifications")
	defer call.End(&err)
	var c verificationColumns
	now := time.Now().UTC().Truncate(time.Microsecond)
	for i := range verifications {
		c.add(int32(i+1), &verifications[i], now)
	}
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, reverifySQL, append([]any{s.conn.Tenant(), pgUUIDs(ids)}, c.args()...)...)
		if err != nil {
			return err
		}
		rows.Close()
		return rows.Err()
	})
	return pgfault.Map("record verifications", err)
}

func pgUUIDs(ids []uuid.UUID) []pgtype.UUID {
	list := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		list[i] = pgtype.UUID{Bytes: id, Valid: true}
	}
	return list
}
