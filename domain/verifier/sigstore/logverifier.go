package sigstore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore/pkg/signature"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
)

// LogVerifier verifies entries of Rekor v1 and v2 against a trusted root. It is a
// [logentry.Verifier].
type LogVerifier struct{ material root.TrustedMaterial }

var _ logentry.Verifier = (*LogVerifier)(nil)

// NewLogVerifier returns a LogVerifier that trusts the transparency logs of
// trustedRoot, a Sigstore trusted root in its JSON form (trusted_root.json). The
// error is a *[fault.Invalid] for it.
func NewLogVerifier(trustedRoot []byte) (*LogVerifier, error) {
	material, err := root.NewTrustedRootFromJSON(trustedRoot)
	if err != nil {
		return nil, &fault.Invalid{Field: "trusted root", Allowed: "a Sigstore trusted root in JSON (trusted_root.json)", Problem: err.Error()}
	}
	return &LogVerifier{material: material}, nil
}

// VerifyEntry implements [logentry.Verifier]. The log's key must have been valid
// at the integrated time of an entry with a promise; one without, as all of Rekor v2
// are, must be of a log whose key is valid or has been, and say nothing for which a
// promise alone vouches: see [logentry.Entry.CheckUnpromised]. A kind that sigstore-go
// does not read is a *[logentry.Failure]: intoto 0.0.1, and dsse 0.0.2.
func (v *LogVerifier) VerifyEntry(ctx context.Context, e *logentry.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	failure := func(check logentry.Check, reason string) error {
		return &logentry.Failure{Check: check, Reason: reason}
	}
	if e.InclusionProof == nil && e.InclusionPromise == nil {
		return failure(logentry.CheckInclusion, "there is neither an inclusion proof nor a promise")
	}
	if err := e.CheckInclusion("entry"); err != nil {
		return failure(logentry.CheckInclusion, err.Error())
	}
	if p := e.InclusionProof; p != nil && p.Checkpoint == nil {
		return failure(logentry.CheckCheckpoint, "the proof has none")
	}
	log, err := v.log(e)
	if err != nil {
		return err
	}
	entry, err := tlog.ParseTransparencyLogEntry(e.Proto())
	if err != nil {
		return failure(logentry.CheckBody, "sigstore-go does not read it: "+err.Error())
	}
	if err := e.CheckUnpromised("entry"); err != nil {
		return failure(logentry.CheckPromise, err.Error())
	}
	if e.InclusionPromise != nil {
		if err := tlog.VerifySET(entry, v.material.RekorLogs()); err != nil {
			return failure(logentry.CheckPromise, err.Error())
		}
	}
	if e.InclusionProof == nil {
		return nil
	}
	if err := verifyCheckpoint(entry, e.InclusionProof.Checkpoint, log); err != nil {
		return failure(logentry.CheckCheckpoint, err.Error())
	}
	return nil
}

// log returns the trusted log that the entry is of.
func (v *LogVerifier) log(e *logentry.Entry) (*root.TransparencyLog, error) {
	log, known := v.material.RekorLogs()[hex.EncodeToString(e.LogID)]
	if !known {
		return nil, &logentry.Failure{Check: logentry.CheckLog, Reason: unknownLog}
	}
	at := e.IntegratedTime
	if e.InclusionPromise == nil {
		at = time.Time{} // nobody signed it
	}
	start, end := log.ValidityPeriodStart, log.ValidityPeriodEnd
	switch {
	case start.IsZero() || start.After(time.Now()):
		return nil, &logentry.Failure{Check: logentry.CheckLog, Reason: "the log's key is not valid yet"}
	case !at.IsZero() && (start.After(at) || !end.IsZero() && end.Before(at)):
		return nil, &logentry.Failure{Check: logentry.CheckLog, Reason: "the log's key was not valid at the integrated time"}
	}
	return log, nil
}

const unknownLog = "no trusted log has its log id"

// verifyCheckpoint verifies the log's signature, that the log is named beside it, and
// that the entry is in the tree that was signed. In Rekor v2 others may sign too, as
// witnesses do, whom nobody here knows.
func verifyCheckpoint(entry *tlog.Entry, checkpoint *logentry.Checkpoint, log *root.TransparencyLog) error {
	verifier, err := signature.LoadVerifier(log.PublicKey, log.SignatureHashFunc)
	if err != nil {
		return err
	}
	if name, _, v1 := logentry.Shard(checkpoint.Origin); v1 {
		// The signatures are not of the names beside them, and sigstore-go reads none.
		for _, signer := range checkpoint.Signers() {
			if signer != name {
				return fmt.Errorf("it is signed by %.100q, and the origin is of %.100q", signer, name)
			}
		}
		return tlog.VerifyInclusion(entry, verifier)
	}
	u, err := url.Parse(log.BaseURL)
	if err != nil || u.Hostname() == "" {
		return errors.New("the trusted root has no address of the log, whose host is the origin")
	}
	return tlog.VerifyCheckpointAndInclusion(entry, verifier, u.Hostname())
}
