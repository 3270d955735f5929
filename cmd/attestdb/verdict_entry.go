package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
)

// ledgerEntryJSON has the names of the columns. What is known of one entry alone is left
// out by list.
type ledgerEntryJSON struct {
	TenantID         attestdb.TenantID `json:"tenant_id"`
	ID               uuid.UUID         `json:"id"`
	Seq              int64             `json:"seq"`
	RecordedAt       time.Time         `json:"recorded_at"`
	PrevHash         digest.SHA256     `json:"prev_hash"`
	Kind             ledger.Kind       `json:"kind"`
	Action           *string           `json:"action"`
	SubjectAlgorithm *string           `json:"subject_algorithm"`
	SubjectDigest    *string           `json:"subject_digest"`
	SubjectName      *string           `json:"subject_name"`
	Result           *string           `json:"result"`
	PolicyURI        *string           `json:"policy_uri"`
	PolicyDigest     *digest.SHA256    `json:"policy_digest"`
	Reason           *string           `json:"reason"`
	Inputs           []ledgerInputJSON `json:"inputs"`
	Verifier         *string           `json:"verifier"`
	VerifiedAt       *time.Time        `json:"verified_at"`
	PayloadHash      *digest.SHA256    `json:"payload_hash"`
	DecisionDigest   digest.SHA256     `json:"decision_digest"`
	Actor            attestdb.Actor    `json:"actor"`
	IdempotencyKey   *string           `json:"idempotency_key"`
	LeafHash         digest.SHA256     `json:"leaf_hash"`
	// Existed is append's.
	Existed *bool `json:"existed,omitempty"`
	// ReceiptID is the envelope's with the receipt, the entry's own id.
	ReceiptID *uuid.UUID `json:"receipt_id,omitempty"`
}

type ledgerInputJSON struct {
	Kind   string        `json:"kind"`
	Digest digest.SHA256 `json:"digest"`
}

func newLedgerEntryJSON(e verdict.Entry) ledgerEntryJSON {
	j := ledgerEntryJSON{
		TenantID: e.Tenant, ID: e.ID, Seq: e.Seq, RecordedAt: e.RecordedAt, PrevHash: e.PrevHash, Kind: e.Kind, Action: optionalText(e.Action),
		SubjectAlgorithm: optionalText(e.Subject.Digest.Algorithm()), SubjectDigest: optionalText(e.Subject.Digest.Encoded()),
		SubjectName: optionalText(e.Subject.Name), Result: optionalText(e.Result), PolicyURI: optionalText(e.Policy.URI),
		PolicyDigest: optionalSHA256(e.Policy.Digest), Reason: optionalText(e.Reason), Inputs: []ledgerInputJSON{},
		Verifier: optionalText(e.Verifier), VerifiedAt: optionalTime(e.TimeVerified), PayloadHash: optionalSHA256(e.PayloadHash),
		DecisionDigest: e.DecisionDigest, Actor: e.Actor, IdempotencyKey: optionalText(e.IdempotencyKey), LeafHash: e.LeafHash,
	}
	for _, in := range e.Inputs {
		j.Inputs = append(j.Inputs, ledgerInputJSON{in.Kind, in.Digest})
	}
	return j
}

// optionalSHA256 is null in JSON for none, as in SQL.
func optionalSHA256(sum digest.SHA256) *digest.SHA256 {
	if sum == (digest.SHA256{}) {
		return nil
	}
	return &sum
}

func sha256Text(sum digest.SHA256) string {
	if sum == (digest.SHA256{}) {
		return ""
	}
	return "sha256:" + sum.String()
}

// outcome is a decision's result, or what an administrator did.
func outcome(e *verdict.Entry) string {
	if e.Kind == ledger.Act {
		return e.Action
	}
	return string(e.Result)
}

// printLedgerEntry shows one entry, and its receipt if there is one.
func (a *app) printLedgerEntry(e *verdict.Entry, receipt *attestor.Detail) error {
	if a.json {
		object := newLedgerEntryJSON(*e)
		if receipt != nil {
			object.ReceiptID = &receipt.ID
		}
		return a.printJSON(object)
	}
	t := newTable(a.stdout)
	t.row("seq", strconv.FormatInt(e.Seq, 10))
	t.row("id", e.ID.String())
	t.row("tenant", e.Tenant.String())
	t.row("recorded", timestamp(e.RecordedAt))
	t.row(string(e.Kind), outcome(e))
	t.row("subject", e.Subject.Digest.String())
	t.row("subject name", e.Subject.Name)
	t.row("policy", e.Policy.URI)
	t.row("policy digest", sha256Text(e.Policy.Digest))
	t.row("reason", e.Reason)
	for i, in := range e.Inputs {
		t.row(fmt.Sprintf("input %d", i), in.Kind+" "+sha256Text(in.Digest))
	}
	t.row("verifier", e.Verifier)
	t.row("time verified", timestamp(e.TimeVerified))
	t.row("actor", string(e.Actor))
	t.row("idempotency key", e.IdempotencyKey)
	t.row("payload hash", sha256Text(e.PayloadHash))
	t.row("decision digest", sha256Text(e.DecisionDigest))
	t.row("leaf hash", sha256Text(e.LeafHash))
	t.row("previous hash", sha256Text(e.PrevHash))
	if receipt != nil {
		t.row("receipt", fmt.Sprintf("envelope %s (%s)", receipt.ID, receipt.Verification.Outcome))
	}
	return t.flush()
}

// artifactFlags name an artifact by its digest or by its bytes.
type artifactFlags struct{ subject, file string }

func (f *artifactFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.subject, "subject", "", "the artifact's digest, as sha256:9f86…")
	cmd.Flags().StringVar(&f.file, "file", "", "the artifact itself: this file's sha256")
}

func (f *artifactFlags) given() bool { return f.subject != "" || f.file != "" }

func (f *artifactFlags) digest(ctx context.Context) (digest.Digest, error) {
	switch {
	case (f.subject == "") == (f.file == ""):
		return digest.Digest{}, usagef("give --subject DIGEST or --file ARTIFACT")
	case f.file != "":
		return fileDigest(ctx, f.file)
	}
	d, err := digest.Parse(f.subject)
	if err != nil {
		return d, usagef("--subject %q: %w", f.subject, err)
	}
	return d, nil
}
