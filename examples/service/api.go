package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
)

const (
	maxEvidence = attestor.MaxContentSize
	// A payload may be longer than the form in which it is kept, and so may its escapes.
	maxDecision = 4 * ledger.MaxPayloadLength
)

type recordedJSON struct {
	ID        uuid.UUID        `json:"id"`
	SHA256    digest.SHA256    `json:"sha256"`
	CreatedAt time.Time        `json:"created_at"`
	Existed   bool             `json:"existed"`
	Outcome   attestor.Outcome `json:"outcome"`
}

// postEvidence takes a DSSE envelope or a Sigstore bundle. It is safe to repeat: the same
// bytes are one record.
func (s *service) postEvidence(ctx context.Context, c call) (answer, error) {
	ev, err := attestor.Parse(c.body)
	if err != nil {
		return answer{}, err
	}
	rec, err := c.tenant.Record(ctx, ev, attestdb.Verify(s.cfg.verifier))
	if err != nil {
		return answer{}, err
	}
	if rec.Erased {
		return answer{}, attestdb.ErrErased
	}
	return answer{createdUnless(rec.Existed), recordedJSON{rec.ID, rec.SHA256, rec.CreatedAt, rec.Existed, rec.Verification.Outcome}}, nil
}

func createdUnless(existed bool) int {
	if existed {
		return http.StatusOK
	}
	return http.StatusCreated
}

type decisionJSON struct {
	Subject struct {
		Digest digest.Digest `json:"digest"`
		Name   string        `json:"name"`
	} `json:"subject"`
	Result verdict.Result `json:"result"`
	Policy struct {
		URI    string        `json:"uri"`
		Digest digest.SHA256 `json:"digest"`
	} `json:"policy"`
	Reason string `json:"reason"`
	Inputs []struct {
		Kind   string        `json:"kind"`
		Digest digest.SHA256 `json:"digest"`
	} `json:"inputs"`
	Verifier     string          `json:"verifier"`
	TimeVerified time.Time       `json:"time_verified"`
	Payload      json.RawMessage `json:"payload"`
}

// postDecision appends a decision to the tenant's ledger. The idempotency key makes it
// safe to repeat, and is wanted: whoever lost an answer could not ask otherwise.
func (s *service) postDecision(ctx context.Context, c call) (answer, error) {
	key := c.request.Header.Get("Idempotency-Key")
	if key == "" {
		return answer{}, &attestdb.InvalidError{Field: "Idempotency-Key", Allowed: "a header with a name of the request, 1 to 256 bytes"}
	}
	d, err := parseDecision(c.body)
	if err != nil {
		return answer{}, err
	}
	d.IdempotencyKey = key
	decided, err := c.tenant.Decide(ctx, d)
	if err != nil {
		return answer{}, err
	}
	entry := newEntryJSON(decided.Entry)
	entry.Existed = &decided.Existed
	return answer{createdUnless(decided.Existed), entry}, nil
}

func parseDecision(raw []byte) (verdict.Decision, error) {
	var in decisionJSON
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&in)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			return verdict.Decision{}, &attestdb.InvalidError{Field: "body", Allowed: "one decision in JSON", Problem: "there is more behind it"}
		}
	}
	if err != nil {
		return verdict.Decision{}, invalidJSON(err)
	}
	d := verdict.Decision{
		Subject: verdict.Subject{Digest: in.Subject.Digest, Name: in.Subject.Name},
		Result:  in.Result, Policy: verdict.Policy{URI: in.Policy.URI, Digest: in.Policy.Digest}, Reason: in.Reason,
		Verifier: in.Verifier, TimeVerified: in.TimeVerified, Payload: in.Payload,
	}
	for _, i := range in.Inputs {
		d.Inputs = append(d.Inputs, verdict.Input{Kind: i.Kind, Digest: i.Digest})
	}
	return d, nil
}

type entryJSON struct {
	Seq        int64          `json:"seq"`
	ID         uuid.UUID      `json:"id"`
	RecordedAt time.Time      `json:"recorded_at"`
	Actor      attestdb.Actor `json:"actor"`
	Subject    digest.Digest  `json:"subject"`
	Result     verdict.Result `json:"result"`
	PolicyURI  string         `json:"policy_uri"`
	Reason     string         `json:"reason,omitempty"`
	LeafHash   digest.SHA256  `json:"leaf_hash"`
	Existed    *bool          `json:"existed,omitempty"`
}

func newEntryJSON(e verdict.Entry) entryJSON {
	return entryJSON{
		Seq: e.Seq, ID: e.ID, RecordedAt: e.RecordedAt, Actor: e.Actor, Subject: e.Subject.Digest, Result: e.Result,
		PolicyURI: e.Policy.URI, Reason: e.Reason, LeafHash: e.LeafHash,
	}
}

type evidenceJSON struct {
	ID            uuid.UUID        `json:"id"`
	SHA256        digest.SHA256    `json:"sha256"`
	CreatedAt     time.Time        `json:"created_at"`
	RecordedBy    attestdb.Actor   `json:"recorded_by"`
	PredicateType string           `json:"predicate_type"`
	SubjectNames  []string         `json:"subject_names"`
	Outcome       attestor.Outcome `json:"outcome"`
	Erased        bool             `json:"erased"`
}

// artifactJSON is what is known of an artifact, newest first. Each list goes on with its
// cursor.
type artifactJSON struct {
	Digest        digest.Digest  `json:"digest"`
	Evidence      []evidenceJSON `json:"evidence"`
	EvidenceNext  string         `json:"evidence_next,omitempty"`
	Decisions     []entryJSON    `json:"decisions"`
	DecisionsNext string         `json:"decisions_next,omitempty"`
}

func (s *service) getArtifact(ctx context.Context, c call) (answer, error) {
	artifact, err := digest.Parse(c.request.PathValue("digest"))
	if err != nil {
		return answer{}, err
	}
	query := c.request.URL.Query()
	limit := page.DefaultLimit
	if text := query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 {
			return answer{}, &attestdb.InvalidError{Field: "limit", Allowed: "a number from 1 to " + strconv.Itoa(page.MaxLimit)}
		}
	}
	known := artifactJSON{Digest: artifact, Evidence: []evidenceJSON{}, Decisions: []entryJSON{}}
	matches, next, err := c.tenant.Attestor().Find(ctx, attestor.Query{Subject: artifact}, page.Request{Limit: limit, Cursor: query.Get("evidence_cursor")})
	if err != nil {
		return answer{}, err
	}
	for _, m := range matches {
		known.Evidence = append(known.Evidence, evidenceJSON{
			m.ID, m.SHA256, m.CreatedAt, m.RecordedBy, m.PredicateType, m.SubjectNames, m.Verification.Outcome, m.Erased,
		})
	}
	known.EvidenceNext = next
	entries, next, err := c.tenant.Verdict().Find(ctx, verdict.BySubject(artifact), page.Request{Limit: limit, Cursor: query.Get("decisions_cursor")})
	if err != nil {
		return answer{}, err
	}
	for _, e := range entries {
		known.Decisions = append(known.Decisions, newEntryJSON(e))
	}
	known.DecisionsNext = next
	return answer{http.StatusOK, known}, nil
}

// invalidJSON names the field where the decoder knows it.
func invalidJSON(err error) error {
	if errors.Is(err, attestdb.ErrInvalid) {
		return err
	}
	field := "body"
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		field = wrong.Field
	}
	return &attestdb.InvalidError{Field: field, Allowed: "a decision in JSON, as README.md shows it", Problem: err.Error()}
}
