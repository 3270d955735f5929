package verdict

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
)

// VerifyRequest says what [Store.Verify] compares a ledger with.
type VerifyRequest struct {
	// Resume goes on where an earlier verification ended: [Report.State]. The zero value
	// begins at the first entry.
	Resume State
	// Verifiers are the keys whose checkpoints are believed. Without any, stored
	// checkpoints are compared with the ledger, and their signatures with the keys that
	// are stored beside them.
	Verifiers []note.Verifier
	// Outside are checkpoints, signed notes, that were kept outside the database. They
	// alone show that a whole ledger was rewritten or rolled back; they need Verifiers.
	Outside [][]byte
	// Progress is called after each page with the number of entries that are verified
	// and that there are.
	Progress func(done, size int64)
}

// Report is what [Store.Verify] found.
type Report struct {
	Tenant tenant.ID
	// Size and RootHash are the tree's as far as it was verified.
	Size     int64
	RootHash digest.SHA256
	// Verified is how many entries were read.
	Verified int64
	// Erased is how many payloads and envelopes are gone as the ledger says.
	Erased int64
	// Checkpoints is how many checkpoints were compared.
	Checkpoints int
	// Findings are the first that are wrong, by their entries, at most [MaxFindings];
	// More says that there are others. None is a ledger in which all is well.
	Findings []Finding
	More     bool
	// State is where a later verification can go on. It is zero if anything is wrong.
	State State
}

// OK reports whether nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Verify recomputes the tenant's ledger from what is stored: the bytes and hash of every
// entry, its link, place and time, its inputs and payload, the nodes of the tree, what
// checkpoints say, and rules of retention and holds. It believes nothing that the database says of itself. A payload
// that is gone is no fault if an entry says that it was erased.
//
// What is appended meanwhile is left for the next time. A rewriting of the whole ledger,
// and a rollback to an earlier state, is shown by checkpoints that were kept outside
// alone.
//
// It returns a *[fault.Schema] if the ledger has columns that this library does not
// know: a newer one wrote it, and whether it is right cannot be told. A *[fault.Invalid]
// is a fault of the request.
func (s *Store) Verify(ctx context.Context, req VerifyRequest) (_ Report, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.verify")
	defer call.End(&err)
	r, err := s.verify(ctx, req)
	faults := make([]string, len(r.Findings))
	for i, f := range r.Findings {
		faults[i] = string(f.Fault)
	}
	s.conn.Observer().Verified(ctx, s.conn.Tenant(), r.Verified, faults, err)
	call.Set("entries", int(r.Verified))
	call.Set("faults", len(faults))
	return r, err
}

func (s *Store) verify(ctx context.Context, req VerifyRequest) (Report, error) {
	v, err := newVerification(s, req)
	if err != nil {
		return Report{}, err
	}
	if err := v.run(ctx); err != nil {
		return Report{}, pgfault.Map("verify ledger", err)
	}
	return v.report()
}

// knownColumns are those that a verification accounts for.
var knownColumns = map[string][]string{
	"ledgers": {"tenant_id", "id", "created_at"},
	"ledger_entries": {
		"tenant_id", "id", "seq", "recorded_at", "prev_hash", "kind", "action", "subject_algorithm", "subject_digest",
		"subject_name", "result", "policy_uri", "policy_digest", "reason", "inputs", "verifier", "verified_at",
		"payload_hash", "decision_digest", "actor", "idempotency_key", "leaf_hash",
	},
	"ledger_inputs":      {"tenant_id", "id", "created_at", "seq", "position", "kind", "digest"},
	"ledger_payloads":    {"tenant_id", "id", "created_at", "nonce", "content"},
	"ledger_nodes":       {"tenant_id", "id", "created_at", "level", "index", "hash"},
	"ledger_checkpoints": {"tenant_id", "id", "created_at", "origin", "tree_size", "root_hash", "note", "note_sha256", "signed_by"},
	"retention_rules":    {"tenant_id", "id", "created_at", "seq", "kind", "predicate_type", "keep", "keep_seconds", "actor"},
	"legal_holds": {
		"tenant_id", "id", "created_at", "seq", "scope", "subject_algorithm", "subject_digest", "digest", "reason", "actor",
	},
	"legal_hold_releases": {"tenant_id", "id", "created_at", "seq", "reason", "actor"},
}

const columnsSQL = `SELECT c.relname::text, a.attname::text
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'verdict'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p')`

// checkColumns refuses a ledger with columns that nobody would look at: what somebody
// puts there later would go unseen.
func (v *verification) checkColumns(ctx context.Context) error {
	rows, err := v.store.conn.Query(ctx, columnsSQL)
	if err != nil {
		return err
	}
	known := map[[2]string]bool{}
	for table, columns := range knownColumns {
		for _, c := range columns {
			known[[2]string{table, c}] = true
		}
	}
	var table, column string
	_, err = pgx.ForEachRow(rows, []any{&table, &column}, func() error {
		if _, ours := knownColumns[table]; ours && !known[[2]string{table, column}] {
			return &fault.Schema{
				Module: "verdict", Have: fmt.Sprintf("%s.%s", table, column), Need: "columns that this library knows",
				Problem: "a newer library wrote the ledger", Fix: "verify it with that one",
			}
		}
		return nil
	})
	return err
}

// State is where a verification ended, in JSON.
type State struct {
	// Tenant is whose ledger it is.
	Tenant tenant.ID `json:"tenant_id"`
	// Size is how many entries were verified.
	Size int64 `json:"size"`
	// LastHash and LastTime are those of the last of them.
	LastHash digest.SHA256 `json:"last_hash"`
	LastTime time.Time     `json:"last_time"`
	// Peaks are the hashes of the complete trees that the size is the sum of, the
	// largest first.
	Peaks []digest.SHA256 `json:"peaks"`
	// Acts is of each action a hash over the acts that there were.
	Acts map[string]digest.SHA256 `json:"acts"`
}
