package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/rekor"
)

func (a *app) rekorCommand() *cobra.Command {
	return a.group("rekor", "Find transparency log entries, and verify them again",
		a.rekorFind(), a.rekorShow(), a.rekorVerify())
}

// logEntryJSON has the names of the columns, but for uuid. What show alone gives
// is left out by find.
type logEntryJSON struct {
	TenantID       attestdb.TenantID `json:"tenant_id"`
	ID             uuid.UUID         `json:"id"`
	CreatedAt      time.Time         `json:"created_at"`
	EnvelopeID     uuid.UUID         `json:"envelope_id"`
	Position       int               `json:"position"`
	LogID          string            `json:"log_id"`
	LogIndex       int64             `json:"log_index"`
	Kind           string            `json:"kind"`
	Version        string            `json:"version"`
	IntegratedTime *time.Time        `json:"integrated_time"`
	UUID           string            `json:"uuid"`
	BodySHA256     digest.SHA256     `json:"body_sha256"`
	LeafHash       digest.SHA256     `json:"leaf_hash"`
	VerifiedAt     *time.Time        `json:"verified_at"`
	*logEntryProofJSON
}

type logEntryProofJSON struct {
	CanonicalizedBody []byte   `json:"canonicalized_body"`
	InclusionPromise  []byte   `json:"inclusion_promise"`
	ProofLogIndex     *int64   `json:"proof_log_index"`
	ProofTreeSize     *int64   `json:"proof_tree_size"`
	ProofRootHash     *string  `json:"proof_root_hash"`
	ProofHashes       []string `json:"proof_hashes"`
	Origin            *string  `json:"origin"`
	Note              *string  `json:"note"`
}

func newLogEntryJSON(tenant attestdb.TenantID, s *rekor.Stored) logEntryJSON {
	e := &s.Entry
	return logEntryJSON{
		TenantID: tenant, ID: s.ID, CreatedAt: s.CreatedAt, EnvelopeID: s.EnvelopeID, Position: s.Position,
		LogID: hex.EncodeToString(e.LogID), LogIndex: e.LogIndex, Kind: e.Kind, Version: e.Version,
		IntegratedTime: optionalTime(e.IntegratedTime), UUID: e.UUID(), BodySHA256: e.BodySHA256(), LeafHash: e.LeafHash(),
		VerifiedAt: optionalTime(s.VerifiedAt),
	}
}

func newLogEntryProofJSON(s *rekor.Stored) *logEntryProofJSON {
	e := &s.Entry
	j := &logEntryProofJSON{CanonicalizedBody: e.CanonicalizedBody, InclusionPromise: e.InclusionPromise}
	p := e.InclusionProof
	if p == nil {
		return j
	}
	j.ProofLogIndex, j.ProofTreeSize = &p.LogIndex, &p.TreeSize
	j.ProofRootHash = optionalText(hex.EncodeToString(p.RootHash))
	j.ProofHashes = []string{}
	for _, hash := range p.Hashes {
		j.ProofHashes = append(j.ProofHashes, hex.EncodeToString(hash))
	}
	if p.Checkpoint != nil {
		j.Origin, j.Note = &p.Checkpoint.Origin, &p.Checkpoint.Note
	}
	return j
}

func (a *app) rekorShow() *cobra.Command {
	return a.verb("show ID", "Show one log entry with its proof and checkpoint", 1, 1,
		func(ctx context.Context, args []string) error {
			id, err := uuid.Parse(args[0])
			if err != nil || len(args[0]) != 36 {
				return usagef("%q: allowed is the id of an entry (a UUID of 36 characters), as `%s rekor find` shows it", args[0], programName)
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			s, err := tenant.Rekor().Get(ctx, id)
			if errors.Is(err, attestdb.ErrNotFound) {
				return no(fmt.Errorf("%s: no log entry in tenant %s", args[0], a.tenantName()), fmt.Sprintf("`%s rekor find` shows the ids", programName))
			} else if err != nil {
				return err
			}
			if a.json {
				object := newLogEntryJSON(tenant.ID(), &s)
				object.logEntryProofJSON = newLogEntryProofJSON(&s)
				return a.printJSON(object)
			}
			return a.printLogEntry(tenant.ID(), &s)
		})
}

func (a *app) printLogEntry(tenant attestdb.TenantID, s *rekor.Stored) error {
	e := &s.Entry
	t := newTable(a.stdout)
	t.row("id", s.ID.String())
	t.row("tenant", tenant.String())
	t.row("created", timestamp(s.CreatedAt))
	t.row("envelope", fmt.Sprintf("%s (entry %d)", s.EnvelopeID, s.Position))
	t.row("log id", hex.EncodeToString(e.LogID))
	t.row("log index", strconv.FormatInt(e.LogIndex, 10))
	t.row("kind", e.Kind+" "+e.Version)
	t.row("integrated", timestamp(e.IntegratedTime))
	t.row("uuid", e.UUID())
	t.row("body sha256", e.BodySHA256().String())
	t.row("verified at", timestamp(s.VerifiedAt))
	t.row("promise", map[bool]string{true: "yes"}[e.InclusionPromise != nil])
	if p := e.InclusionProof; p != nil {
		t.row("proof", fmt.Sprintf("%d of %d, %d hashes", p.LogIndex, p.TreeSize, len(p.Hashes)))
		t.row("root hash", hex.EncodeToString(p.RootHash))
		if p.Checkpoint != nil {
			t.row("origin", p.Checkpoint.Origin)
		}
	}
	if err := t.flush(); err != nil {
		return err
	}
	a.printf("\n%s\n", e.CanonicalizedBody)
	if p := e.InclusionProof; p != nil && p.Checkpoint != nil {
		a.printf("\n%s", p.Checkpoint.Note)
	}
	return nil
}
