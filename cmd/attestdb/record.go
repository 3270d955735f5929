package main

import (
	"time"

	"github.com/google/uuid"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

// The names of these fields are those of the columns.

type storedJSON struct {
	TenantID      attestdb.TenantID `json:"tenant_id"`
	ID            uuid.UUID         `json:"id"`
	CreatedAt     time.Time         `json:"created_at"`
	RecordedBy    *string           `json:"recorded_by"`
	MediaType     string            `json:"media_type"`
	SHA256        digest.SHA256     `json:"sha256"`
	Size          int64             `json:"size"`
	Erased        bool              `json:"erased,omitempty"`
	PayloadType   string            `json:"payload_type"`
	PayloadSHA256 digest.SHA256     `json:"payload_sha256"`
	StatementType *string           `json:"statement_type"`
	PredicateType *string           `json:"predicate_type"`
	Signers       []signerJSON      `json:"signers"`
	Verification  *verificationJSON `json:"verification"`
	// SubjectNames is set by find, Subjects by show.
	SubjectNames []string      `json:"subject_names,omitempty"`
	Subjects     []subjectJSON `json:"subjects,omitempty"`
}

type signerJSON struct {
	KeyID  *string `json:"key_id"`
	Issuer *string `json:"issuer"`
	SAN    *string `json:"san"`
}

type subjectJSON struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

type verificationJSON struct {
	Outcome      attestor.Outcome `json:"outcome"`
	Verifier     *string          `json:"verifier"`
	Policy       *string          `json:"policy"`
	Reason       *string          `json:"reason"`
	Signatures   []int            `json:"signatures"`
	TimeVerified *time.Time       `json:"time_verified"`
	SignedAt     *time.Time       `json:"signed_at"`
}

func newVerificationJSON(v attestor.Verification) *verificationJSON {
	return &verificationJSON{
		Outcome: v.Outcome, Verifier: optionalText(v.Verifier), Policy: optionalText(v.Policy), Reason: optionalText(v.Reason),
		Signatures: append([]int{}, v.Signatures...), TimeVerified: optionalTime(v.TimeVerified), SignedAt: optionalTime(v.SignedAt),
	}
}

func newStoredJSON(tenant attestdb.TenantID, s attestor.Stored) storedJSON {
	signers := make([]signerJSON, len(s.Signers))
	for i, signer := range s.Signers {
		signers[i] = signerJSON{optionalText(signer.KeyID), optionalText(signer.Issuer), optionalText(signer.SubjectAlternativeName)}
	}
	return storedJSON{
		TenantID: tenant, ID: s.ID, CreatedAt: s.CreatedAt, RecordedBy: optionalText(s.RecordedBy),
		MediaType: s.MediaType, SHA256: s.SHA256, Size: s.Size, Erased: s.Erased, PayloadType: s.PayloadType, PayloadSHA256: s.PayloadSHA256,
		StatementType: optionalText(s.StatementType), PredicateType: optionalText(s.PredicateType),
		Signers: signers, Verification: newVerificationJSON(s.Verification),
	}
}

func newSubjectsJSON(subjects []attestor.Subject) []subjectJSON {
	list := make([]subjectJSON, len(subjects))
	for i, s := range subjects {
		list[i] = subjectJSON{Name: s.Name, Digest: make(map[string]string, len(s.Digest))}
		for _, d := range s.Digest {
			list[i].Digest[d.Algorithm()] = d.Encoded()
		}
	}
	return list
}

// signerName is how a signer is shown on a line.
func signerName(s attestor.Signer) string {
	switch {
	case s.SubjectAlternativeName != "":
		return s.SubjectAlternativeName
	case s.KeyID != "":
		return "key " + s.KeyID
	}
	return "unnamed key"
}
