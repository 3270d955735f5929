package attestor

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// envelopeColumns are record.sql's first arguments: one element for each envelope,
// signature or subject. Ids have a type that pgx knows the array of even where
// it does not ask the server for the types of parameters.
type envelopeColumns struct {
	ids                      []pgtype.UUID
	times                    []time.Time
	actors                   []*string
	mediaTypes, payloadTypes []string
	payloadSHA256s, contents [][]byte
	statements, predicates   []*string

	signature struct {
		ids               []pgtype.UUID
		of, positions     []int32
		keyIDs            []string
		sigs, certs, sums [][]byte
		issuers, sans     []*string
	}
	subject struct {
		ids               []pgtype.UUID
		of, positions     []int32
		names, algorithms []string
		digests           [][]byte
	}
}

func (c *envelopeColumns) add(e *Entry) {
	ev := e.Evidence
	c.ids = append(c.ids, pgtype.UUID{Bytes: e.Stamp.ID, Valid: true})
	c.times = append(c.times, e.Stamp.At)
	c.actors = append(c.actors, optional(string(e.Actor)))
	c.mediaTypes = append(c.mediaTypes, ev.MediaType)
	c.payloadTypes = append(c.payloadTypes, ev.Envelope.PayloadType)
	c.payloadSHA256s = append(c.payloadSHA256s, ev.Envelope.PayloadSHA256[:])
	c.contents = append(c.contents, ev.Content)
	of := int32(len(c.ids))
	for i := range ev.Envelope.Signatures {
		c.addSignature(of, int32(i), &ev.Envelope.Signatures[i])
	}
	if ev.Statement == nil {
		c.statements, c.predicates = append(c.statements, nil), append(c.predicates, nil)
		return
	}
	c.statements = append(c.statements, &ev.Statement.Type)
	c.predicates = append(c.predicates, &ev.Statement.PredicateType)
	s := &c.subject
	for i, subject := range ev.Statement.Subject {
		for _, d := range subject.Digest {
			s.ids = append(s.ids, newID())
			s.of, s.positions = append(s.of, of), append(s.positions, int32(i))
			s.names = append(s.names, subject.Name)
			s.algorithms = append(s.algorithms, d.Algorithm())
			s.digests = append(s.digests, d.Bytes())
		}
	}
}

func (c *envelopeColumns) addSignature(of, position int32, sig *Signature) {
	var (
		cert, sum   []byte
		issuer, san *string
		s           = &c.signature
	)
	if id := sig.Identity; id != nil {
		cert, sum = sig.Certificate, id.CertificateSHA256[:]
		issuer, san = optional(id.Issuer), optional(id.SubjectAlternativeName)
	}
	s.ids = append(s.ids, newID())
	s.of, s.positions = append(s.of, of), append(s.positions, position)
	s.keyIDs, s.sigs = append(s.keyIDs, sig.KeyID), append(s.sigs, sig.Sig)
	s.certs, s.sums = append(s.certs, cert), append(s.sums, sum)
	s.issuers, s.sans = append(s.issuers, issuer), append(s.sans, san)
}

func (c *envelopeColumns) args(tenant uuid.UUID) []any {
	sig, sub := &c.signature, &c.subject
	return []any{
		tenant, c.ids, c.times, c.actors, c.mediaTypes, c.payloadTypes, c.payloadSHA256s, c.contents, c.statements, c.predicates,
		sig.ids, sig.of, sig.positions, sig.keyIDs, sig.sigs, sig.certs, sig.sums, sig.issuers, sig.sans,
		sub.ids, sub.of, sub.positions, sub.names, sub.algorithms, sub.digests,
	}
}

// verificationColumns are one element for each verification, in the arguments of
// record.sql and of reverify.sql. Instead of times the database takes its own: the newest
// verification counts, whatever our clock says.
type verificationColumns struct {
	ids                           []pgtype.UUID
	of                            []int32
	times                         []time.Time
	outcomes, verifiers, policies []string
	reasons                       []*string
	signatures                    []string
	timesVerified, timesSigned    []*time.Time
}

func (c *verificationColumns) add(of int32, v *Verification, now time.Time) {
	positions := v.Signatures
	if positions == nil {
		positions = []int{}
	}
	c.ids, c.of = append(c.ids, newID()), append(c.of, of)
	c.times = append(c.times, now)
	c.outcomes = append(c.outcomes, string(v.Outcome))
	c.verifiers, c.policies = append(c.verifiers, v.Verifier), append(c.policies, v.Policy)
	c.reasons = append(c.reasons, optional(v.Reason))
	c.signatures = append(c.signatures, string(jsonInts(positions)))
	c.timesVerified, c.timesSigned = append(c.timesVerified, micro(v.TimeVerified)), append(c.timesSigned, micro(v.SignedAt))
}

func (c *verificationColumns) args() []any {
	return []any{
		c.ids, c.of, c.times, c.outcomes, c.verifiers, c.policies, c.reasons, c.signatures,
		c.timesVerified, c.timesSigned,
	}
}

func newID() pgtype.UUID { return pgtype.UUID{Bytes: uuid.Must(uuid.NewV7()), Valid: true} }

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// micro keeps what PostgreSQL keeps; the zero time is NULL.
func micro(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Microsecond)
	return &t
}
