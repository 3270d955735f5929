package attestdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/verdict"
)

// ReceiptEntryField is the predicate's field in which a receipt names its entry of the
// ledger. SLSA has extensions be named by URIs.
const ReceiptEntryField = "https://stella-ops.org/attestdb/ledger-entry/v1"

// Receipt returns the envelope that [TenantDB.Decide] made for an entry of the tenant's
// ledger: it has the entry's id, and names the entry. It returns [ErrNotFound] if none was
// made.
func (t *TenantDB) Receipt(ctx context.Context, e verdict.Entry) (_ attestor.Detail, err error) {
	ctx, call := t.start(ctx, "receipt")
	defer call.End(&err)
	d, err := t.store.Get(ctx, e.ID)
	if errors.Is(err, fault.ErrNotFound) {
		return d, fmt.Errorf("receipt of entry %d: %w", e.Seq, err)
	} else if err != nil {
		return d, err
	}
	content, err := t.store.Content(ctx, e.ID)
	switch {
	case errors.Is(err, fault.ErrErased):
		return d, nil // what it said is gone, that it was there is not
	case err != nil:
		return d, err
	}
	ev, err := attestor.Parse(content)
	if err != nil || !names(ev, e) {
		return d, fmt.Errorf("the envelope with the id of entry %d is no receipt for it", e.Seq)
	}
	return d, nil
}

// names reports whether evidence says that it is about the entry.
func names(ev *attestor.Evidence, e verdict.Entry) bool {
	var predicate map[string]json.RawMessage
	if ev.Statement == nil || ev.Statement.PredicateType != receiptType(e.Result) || json.Unmarshal(ev.Statement.Predicate, &predicate) != nil {
		return false
	}
	var said struct{ LeafHash digest.SHA256 }
	return json.Unmarshal(predicate[ReceiptEntryField], &said) == nil && said.LeafHash == e.LeafHash
}

func receiptType(r verdict.Result) string {
	if r == verdict.Warn {
		return attestor.PredicateTypeWarning
	}
	return attestor.PredicateTypeVSA
}

// receiptStatement returns the in-toto Statement of an entry's receipt. The names of
// its fields are those of the specifications.
func receiptStatement(e verdict.Entry) ([]byte, error) {
	subject := map[string]any{"digest": digestSet(e.Subject.Digest)}
	if e.Subject.Name != "" {
		subject["name"] = e.Subject.Name
	}
	policy := map[string]any{"uri": e.Policy.URI}
	if e.Policy.Digest != (digest.SHA256{}) {
		policy["digest"] = digestSet(e.Policy.Digest.Digest())
	}
	at := e.TimeVerified
	if at.IsZero() {
		at = e.RecordedAt
	}
	predicate := map[string]any{
		"verifier":     map[string]any{"id": e.Verifier},
		"timeVerified": at.UTC().Format(time.RFC3339Nano),
		"resourceUri":  resourceURI(e.Subject),
		"policy":       policy,
		ReceiptEntryField: map[string]any{
			"tenantId": e.Tenant, "seq": e.Seq, "id": e.ID, "leafHash": e.LeafHash, "decisionDigest": e.DecisionDigest,
			"recordedAt": e.RecordedAt.UTC().Format(time.RFC3339Nano),
		},
	}
	if len(e.Inputs) > 0 {
		inputs := make([]any, len(e.Inputs))
		for i, in := range e.Inputs {
			inputs[i] = map[string]any{"digest": digestSet(in.Digest.Digest()), "annotations": map[string]string{"kind": in.Kind}}
		}
		predicate["inputAttestations"] = inputs
	}
	switch e.Result {
	case verdict.Pass:
		// A decision says nothing of SLSA's levels. This one is every artifact's, and
		// the field must be there.
		predicate["verificationResult"], predicate["verifiedLevels"] = "PASSED", []string{"SLSA_BUILD_LEVEL_0"}
	case verdict.Fail:
		predicate["verificationResult"], predicate["verifiedLevels"] = "FAILED", []string{"FAILED"}
	default:
		predicate["verificationResult"] = "WARNED"
		if e.Reason != "" {
			predicate["reason"] = e.Reason
		}
	}
	return json.Marshal(map[string]any{
		"_type": attestor.StatementTypeV1, "subject": []any{subject},
		"predicateType": receiptType(e.Result), "predicate": predicate,
	})
}

func digestSet(d digest.Digest) map[string]string {
	return map[string]string{d.Algorithm(): d.Encoded()}
}

// resourceURI is the subject's name where that is a URI, such as a package URL. Else a
// receipt is about the artifact as such, whatever it is published as.
func resourceURI(s verdict.Subject) string {
	if u, err := url.Parse(s.Name); err == nil && u.IsAbs() {
		return s.Name
	}
	return s.Digest.String()
}
