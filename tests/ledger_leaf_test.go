package tests

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/testdb"
)

// leafSQL has PostgreSQL encode a row that is in no ledger.
const leafSQL = `SELECT verdict.leaf(r.e), verdict.leaf_hash(r.e), verdict.decision_digest(r.e)
  FROM (SELECT ROW($1::uuid, $2::uuid, $3::bigint, $4::timestamptz, $5::bytea, $6::text, NULLIF($7::text, ''), NULLIF($8::text, ''),
    $9::bytea, NULLIF($10::text, ''), NULLIF($11::text, ''), NULLIF($12::text, ''), $13::bytea, NULLIF($14::text, ''), $15::bytea,
    NULLIF($16::text, ''), $17::timestamptz, $18::bytea, $19::bytea, $20::text, NULLIF($21::text, ''), '')::verdict.ledger_entries AS e) r`

func requireSameLeaf(t require.TestingT, conn *pgx.Conn, e *ledger.Entry) {
	var verifiedAt *time.Time
	if !e.TimeVerified.IsZero() {
		verifiedAt = &e.TimeVerified
	}
	var subject []byte
	if !e.Subject.Digest.IsZero() {
		subject = e.Subject.Digest.Bytes()
	}
	var leaf, hash, decision []byte
	err := conn.QueryRow(context.Background(), leafSQL, e.Tenant, e.ID, e.Seq, e.RecordedAt, e.PrevHash[:], string(e.Kind), e.Action,
		e.Subject.Digest.Algorithm(), subject, e.Subject.Name, string(e.Result), e.Policy.URI, orNull(e.Policy.Digest), e.Reason,
		ledger.EncodeInputs(e.Inputs), e.Verifier, verifiedAt, orNull(e.PayloadHash), e.DecisionDigest[:], string(e.Actor),
		e.IdempotencyKey).Scan(&leaf, &hash, &decision)
	require.NoError(t, err)
	require.Equal(t, e.AppendLeaf(nil), leaf)
	require.Equal(t, e.ComputeLeafHash(), digest.SHA256(hash))
	require.Equal(t, e.ComputeDecisionDigest(), digest.SHA256(decision))
}

// orNull is NULL for zeros.
func orNull(h digest.SHA256) []byte {
	if h == (digest.SHA256{}) {
		return nil
	}
	return h[:]
}

// anyText draws text of every plane of Unicode, without NUL and of at most so many bytes.
func anyText(most int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 9).Draw(t, "empty") == 0 {
			return ""
		}
		if rapid.IntRange(0, 19).Draw(t, "maximal") == 0 {
			return strings.Repeat("𝔸", most/4)
		}
		text := rapid.StringN(-1, -1, most).Draw(t, "text")
		return strings.ReplaceAll(text, "\x00", "\U0010FFFD")
	})
}

// anyEntry draws an entry, not one that has to be allowed.
func anyEntry() *rapid.Generator[ledger.Entry] {
	return rapid.Custom(func(t *rapid.T) ledger.Entry {
		sum := rapid.Custom(func(t *rapid.T) digest.SHA256 {
			return digest.SHA256(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "sum"))
		})
		maybe := rapid.Custom(func(t *rapid.T) digest.SHA256 {
			if rapid.Bool().Draw(t, "absent") {
				return digest.SHA256{}
			}
			return sum.Draw(t, "present")
		})
		at := rapid.Custom(func(t *rapid.T) time.Time {
			return time.UnixMicro(rapid.Int64Range(-62135596799999999, 253402300799999999).Draw(t, "micros")).UTC()
		})
		e := ledger.Entry{
			Tenant: tenant.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "tenant")),
			Seq:    rapid.Int64Min(0).Draw(t, "seq"), ID: uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")),
			PrevHash: sum.Draw(t, "prev"), RecordedAt: at.Draw(t, "recorded"),
			Kind:     rapid.SampledFrom([]ledger.Kind{ledger.Decision, ledger.Act}).Draw(t, "kind"),
			Action:   anyText(ledger.MaxActionLength).Draw(t, "action"),
			Subject:  ledger.Subject{Name: anyText(ledger.MaxNameLength).Draw(t, "name")},
			Result:   ledger.Result(anyText(4).Draw(t, "result")),
			Policy:   ledger.Policy{URI: anyText(ledger.MaxURILength).Draw(t, "policy"), Digest: maybe.Draw(t, "policy digest")},
			Reason:   anyText(ledger.MaxReasonLength).Draw(t, "reason"),
			Verifier: anyText(ledger.MaxURILength).Draw(t, "verifier"), PayloadHash: maybe.Draw(t, "payload"),
			DecisionDigest: sum.Draw(t, "decision"), Actor: tenant.Actor(anyText(255).Draw(t, "actor") + "a"),
			IdempotencyKey: anyText(ledger.MaxKeyLength).Draw(t, "key"),
		}
		if rapid.Bool().Draw(t, "verified") {
			e.TimeVerified = at.Draw(t, "verified at")
		}
		if rapid.Bool().Draw(t, "subject") {
			e.Subject.Digest = sum.Draw(t, "subject digest").Digest()
		}
		e.Inputs = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ledger.Input {
			return ledger.Input{Kind: rapid.StringMatching(`[a-z][a-z0-9_.-]{0,63}`).Draw(t, "input"), Digest: sum.Draw(t, "digest")}
		}), 0, 8).Draw(t, "inputs")
		return e
	})
}

// The database and Go hash the same bytes of the same entry, whatever it holds.
func TestLeavesAreTheSameInGoAndSQL(t *testing.T) {
	t.Parallel()
	conn := testdb.New(t).Conn(t, "auditor")
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry().Draw(t, "entry")
		requireSameLeaf(t, conn, &e)
	})
}
