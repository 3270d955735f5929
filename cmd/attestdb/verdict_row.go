package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
)

// ledgerRow is an entry as it is listed. The names are those of the columns.
type ledgerRow struct {
	TenantID         attestdb.TenantID `json:"tenant_id"`
	Seq              int64             `json:"seq"`
	ID               uuid.UUID         `json:"id"`
	RecordedAt       time.Time         `json:"recorded_at"`
	Actor            string            `json:"actor"`
	Kind             string            `json:"kind"`
	Action           *string           `json:"action"`
	SubjectAlgorithm *string           `json:"subject_algorithm"`
	SubjectDigest    *string           `json:"subject_digest"`
	SubjectName      *string           `json:"subject_name"`
	Result           *string           `json:"result"`
	PolicyURI        *string           `json:"policy_uri"`
	PolicyDigest     *digest.SHA256    `json:"policy_digest"`
	Reason           *string           `json:"reason"`
	Inputs           []ledgerInput     `json:"inputs"`
	Verifier         *string           `json:"verifier"`
	VerifiedAt       *time.Time        `json:"verified_at"`
	PayloadHash      *digest.SHA256    `json:"payload_hash"`
	DecisionDigest   digest.SHA256     `json:"decision_digest"`
	IdempotencyKey   *string           `json:"idempotency_key"`
	PrevHash         digest.SHA256     `json:"prev_hash"`
	LeafHash         digest.SHA256     `json:"leaf_hash"`
}

type ledgerInput struct {
	Kind   string        `json:"kind"`
	Digest digest.SHA256 `json:"digest"`
}

func newLedgerRow(e ledger.Entry) ledgerRow {
	row := ledgerRow{
		TenantID: e.Tenant, Seq: e.Seq, ID: e.ID, RecordedAt: e.RecordedAt, Actor: string(e.Actor), Kind: string(e.Kind),
		Action: optionalText(e.Action), SubjectAlgorithm: optionalText(e.Subject.Digest.Algorithm()), SubjectDigest: optionalText(e.Subject.Digest.Encoded()),
		SubjectName: optionalText(e.Subject.Name), Result: optionalText(e.Result), PolicyURI: optionalText(e.Policy.URI), PolicyDigest: optionalSum(e.Policy.Digest),
		Reason: optionalText(e.Reason), Inputs: make([]ledgerInput, len(e.Inputs)), Verifier: optionalText(e.Verifier), VerifiedAt: optionalTime(e.TimeVerified),
		PayloadHash: optionalSum(e.PayloadHash), DecisionDigest: e.DecisionDigest, IdempotencyKey: optionalText(e.IdempotencyKey),
		PrevHash: e.PrevHash, LeafHash: e.LeafHash,
	}
	for i, in := range e.Inputs {
		row.Inputs[i] = ledgerInput(in)
	}
	return row
}

// optionalSum is null in JSON for none, as in SQL.
func optionalSum(h digest.SHA256) *digest.SHA256 {
	if h == (digest.SHA256{}) {
		return nil
	}
	return &h
}

// csvColumns are those of a ledgerRow, in its order.
var csvColumns = []string{
	"tenant_id", "seq", "id", "recorded_at", "actor", "kind", "action", "subject_algorithm", "subject_digest", "subject_name", "result",
	"policy_uri", "policy_digest", "reason", "inputs", "verifier", "verified_at", "payload_hash", "decision_digest", "idempotency_key",
	"prev_hash", "leaf_hash",
}

// csv returns the row's cells. None is a formula to a spreadsheet, whatever somebody
// gave as a reason.
func (r *ledgerRow) csv() []string {
	inputs := make([]string, len(r.Inputs))
	for i, in := range r.Inputs {
		inputs[i] = in.Kind + " sha256:" + in.Digest.String()
	}
	verifiedAt := ""
	if r.VerifiedAt != nil {
		verifiedAt = r.VerifiedAt.Format(time.RFC3339Nano)
	}
	cells := []string{
		r.TenantID.String(), strconv.FormatInt(r.Seq, 10), r.ID.String(), r.RecordedAt.Format(time.RFC3339Nano), r.Actor, r.Kind, orEmpty(r.Action),
		orEmpty(r.SubjectAlgorithm), orEmpty(r.SubjectDigest), orEmpty(r.SubjectName), orEmpty(r.Result), orEmpty(r.PolicyURI), sumText(r.PolicyDigest),
		orEmpty(r.Reason), strings.Join(inputs, "; "), orEmpty(r.Verifier), verifiedAt, sumText(r.PayloadHash), r.DecisionDigest.String(),
		orEmpty(r.IdempotencyKey), r.PrevHash.String(), r.LeafHash.String(),
	}
	for i, c := range cells {
		cells[i] = defused(c)
	}
	return cells
}

// defused is a cell that no spreadsheet takes for a formula.
func defused(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r") == 0 {
		return "'" + cell
	}
	return cell
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func sumText(h *digest.SHA256) string {
	if h == nil {
		return ""
	}
	return h.String()
}

// print writes the row as a table of its fields.
func (r *ledgerRow) print(t *table) {
	t.row("entry", strconv.FormatInt(r.Seq, 10))
	t.row("tenant", r.TenantID.String())
	t.row("recorded", timestamp(r.RecordedAt))
	t.row("actor", r.Actor)
	if r.Action != nil {
		t.row("action", *r.Action)
	}
	subject := orEmpty(r.SubjectDigest)
	if subject != "" {
		subject = orEmpty(r.SubjectAlgorithm) + ":" + subject
	}
	t.row("subject", strings.TrimSpace(subject+"  "+orEmpty(r.SubjectName)))
	t.row("result", orEmpty(r.Result))
	t.row("policy", strings.TrimSpace(orEmpty(r.PolicyURI)+"  "+sumText(r.PolicyDigest)))
	t.row("reason", orEmpty(r.Reason))
	for _, in := range r.Inputs {
		t.row("input", in.Kind+" sha256:"+in.Digest.String())
	}
	t.row("payload hash", sumText(r.PayloadHash))
}
