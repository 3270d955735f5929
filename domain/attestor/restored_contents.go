package attestor

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/internal/pgfault"
)

// ContentReport is what [Store.CheckContents] found.
type ContentReport struct {
	// Envelopes is how many envelopes' bytes were read, Bytes how many there are of them.
	Envelopes, Bytes int64
	// Unread is how many of them have the digest that they were recorded with, and are
	// refused by this library today, so that they were compared by it alone.
	Unread int64
	// Findings are the first that are not what was recorded, at most as many as was asked
	// for; More says that there are others.
	Findings []string
	More     bool
}

// CheckContents reads the bytes of every envelope of the tenant's, hashes them, takes
// them apart again, and compares what is in them with what is stored beside them: payload,
// signatures, Statement and subjects. Envelopes whose bytes are gone are left to the
// ledger, which says whether they were erased. progress, unless it is nil, is told how
// many are done.
func (s *Store) CheckContents(ctx context.Context, most int, progress func(done int64)) (ContentReport, error) {
	c := contentCheck{store: s, most: most}
	for after, more := uuid.Nil, true; more; {
		page, err := c.page(ctx, after)
		if err != nil {
			return ContentReport{}, pgfault.Map("check contents", err)
		}
		c.judge(page)
		if more = len(page) == contentsPage; more {
			after = page[len(page)-1].id
		}
		if progress != nil {
			progress(c.Envelopes)
		}
	}
	return c.ContentReport, nil
}

// contentsPage is how many envelopes are read at a time; of their bytes, one's are held.
const contentsPage = 200

type contentCheck struct {
	ContentReport

	store *Store
	most  int
}

// takenApart is an envelope as its bytes say, and as its rows do.
type takenApart struct {
	id      uuid.UUID
	size    int64
	sum     digest.SHA256
	problem string
	unread  bool

	signatures, subjects             []string
	storedSignatures, storedSubjects []string
}

const (
	besideContentsSQL = `SELECT e.id, e.sha256, e.size, e.media_type, e.payload_type, e.payload_sha256, coalesce(t.statement_type, ''), coalesce(t.predicate_type, ''), c.content
  FROM attestor.envelopes e
  JOIN attestor.envelope_contents c ON c.tenant_id = $1 AND c.id = e.id
  LEFT JOIN attestor.statements t ON t.tenant_id = $1 AND t.id = e.id
 WHERE e.tenant_id = $1 AND e.id > $2
 ORDER BY e.id LIMIT $3`
	signaturesOfSQL = `SELECT s.envelope_id, s.position, s.key_id, s.sig, s.certificate
  FROM attestor.envelope_signatures s WHERE s.tenant_id = $1 AND s.envelope_id = ANY ($2)`
	subjectsOfSQL = `SELECT s.statement_id, s.position, s.name, s.algorithm, s.digest
  FROM attestor.statement_subjects s WHERE s.tenant_id = $1 AND s.statement_id = ANY ($2)`
)

// page reads envelopes, and then what is stored beside them.
func (c *contentCheck) page(ctx context.Context, after uuid.UUID) (page []*takenApart, err error) {
	err = pgfault.Retry(ctx, c.store.retry, func() error {
		page = nil
		rows, err := c.store.conn.Query(ctx, besideContentsSQL, c.store.conn.Tenant(), after, contentsPage)
		if err != nil {
			return err
		}
		byID := map[uuid.UUID]*takenApart{}
		var ids []uuid.UUID
		var e takenApart
		var row Stored
		var sum, payload, content []byte
		_, err = pgx.ForEachRow(rows, []any{
			&e.id, &sum, &e.size, &row.MediaType, &row.PayloadType, &payload, &row.StatementType, &row.PredicateType, &content,
		}, func() error {
			t := takenApart{id: e.id, size: int64(len(content)), sum: digest.Sum(content)}
			switch {
			case !bytes.Equal(sum, t.sum[:]):
				t.problem = fmt.Sprintf("envelope sha256:%x: its bytes have another digest", sum)
			case e.size != t.size:
				t.problem = fmt.Sprintf("envelope sha256:%x has %d bytes instead of %d", sum, t.size, e.size)
			default:
				t.read(content, row, payload)
			}
			page, byID[t.id], ids = append(page, &t), &t, append(ids, t.id)
			return nil
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		return c.beside(ctx, ids, byID)
	})
	return page, err
}

// read takes an envelope apart, and compares what has no rows of its own.
func (t *takenApart) read(content []byte, row Stored, payload []byte) {
	ev, err := Parse(content)
	if err != nil { // an earlier release took it
		t.unread = true
		return
	}
	var statement, predicate string
	if ev.Statement != nil {
		statement, predicate = ev.Statement.Type, ev.Statement.PredicateType
	}
	if row.MediaType != ev.MediaType || row.PayloadType != ev.Envelope.PayloadType || !bytes.Equal(payload, ev.Envelope.PayloadSHA256[:]) ||
		row.StatementType != statement || row.PredicateType != predicate {
		t.problem = fmt.Sprintf("envelope sha256:%s: its media type, payload or Statement is stored as another than is in its bytes", t.sum)
	}
	for i, s := range ev.Envelope.Signatures {
		var certificate []byte
		if s.Identity != nil {
			certificate = s.Certificate
		}
		t.signatures = append(t.signatures, signatureLine(i, s.KeyID, s.Sig, certificate))
	}
	if ev.Statement == nil {
		return
	}
	for i, s := range ev.Statement.Subject {
		for _, d := range s.Digest {
			t.subjects = append(t.subjects, subjectLine(i, s.Name, d.Algorithm(), d.Bytes()))
		}
	}
}

func signatureLine(position int, keyID string, sig, certificate []byte) string {
	return fmt.Sprintf("%d %q %s %s", position, keyID, hex.EncodeToString(sig), hex.EncodeToString(certificate))
}

func subjectLine(position int, name, algorithm string, sum []byte) string {
	return fmt.Sprintf("%d %q %s %s", position, name, algorithm, hex.EncodeToString(sum))
}

func (c *contentCheck) beside(ctx context.Context, ids []uuid.UUID, byID map[uuid.UUID]*takenApart) error {
	batch := &pgx.Batch{}
	batch.Queue(signaturesOfSQL, c.store.conn.Tenant(), ids)
	batch.Queue(subjectsOfSQL, c.store.conn.Tenant(), ids)
	return c.store.conn.Batch(ctx, batch, func(br pgx.BatchResults) error {
		var id uuid.UUID
		var position int
		var text, algorithm string
		var sum, certificate []byte
		rows, err := br.Query()
		if err != nil {
			return err
		}
		if _, err = pgx.ForEachRow(rows, []any{&id, &position, &text, &sum, &certificate}, func() error {
			byID[id].storedSignatures = append(byID[id].storedSignatures, signatureLine(position, text, sum, certificate))
			return nil
		}); err != nil {
			return err
		}
		if rows, err = br.Query(); err != nil {
			return err
		}
		_, err = pgx.ForEachRow(rows, []any{&id, &position, &text, &algorithm, &sum}, func() error {
			byID[id].storedSubjects = append(byID[id].storedSubjects, subjectLine(position, text, algorithm, sum))
			return nil
		})
		return err
	})
}

func (c *contentCheck) judge(page []*takenApart) {
	for _, t := range page {
		c.Envelopes++
		c.Bytes += t.size
		switch {
		case t.problem != "":
			c.add(t.problem)
		case t.unread:
			c.Unread++
		default:
			c.compare(t, "signatures", t.signatures, t.storedSignatures)
			c.compare(t, "subjects", t.subjects, t.storedSubjects)
		}
	}
}

func (c *contentCheck) compare(t *takenApart, what string, said, stored []string) {
	slices.Sort(said)
	slices.Sort(stored)
	if !slices.Equal(said, stored) {
		c.add(fmt.Sprintf("envelope sha256:%s: the %d %s that are stored are not the %d that are in its bytes", t.sum, len(stored), what, len(said)))
	}
}

func (c *contentCheck) add(problem string) {
	if len(c.Findings) == c.most {
		c.More = true
		return
	}
	c.Findings = append(c.Findings, problem)
}
