package attestor

import (
	"context"
	"fmt"
	"math"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
)

// ChainDetail is a [ProofChain] with its segments.
type ChainDetail struct {
	ProofChain
	// Segments are in the order of the leaves.
	Segments []StoredSegment
}

// StoredSegment is a segment of a chain that the tenant has.
type StoredSegment struct {
	// Position is the segment's, from 0.
	Position int
	Kind     proofchain.Kind
	Digest   digest.SHA256
	// EnvelopeID is the envelope with these bytes; uuid.Nil for an SBOM that was
	// imported alone and for a document that is kept with the chain.
	EnvelopeID uuid.UUID
	// Size is that of the bytes; 0 if they are not there. An envelope's were erased
	// then, see [Store.Content].
	Size int64
}

// ChainMatch is a [ProofChain] that holds a digest, under the Kinds.
type ChainMatch struct {
	ProofChain
	Kinds []proofchain.Kind
}

// chainColumns select a chain c, with what it supersedes and what supersedes it.
const chainColumns = `c.id, c.created_at, c.subject_algorithm, c.subject_digest, c.revision, c.policy_version, c.root_hash,
       c.segment_count, c.supersedes_id, p.root_hash, n.id, c.assembled_by`

const chainNeighbours = `
  LEFT JOIN attestor.proof_chains p ON p.tenant_id = $1 AND p.id = c.supersedes_id
  LEFT JOIN attestor.proof_chains n ON n.tenant_id = $1 AND n.supersedes_id = c.id`

// chainKey finds one chain; conditions are on c, and begin at $2.
type chainKey struct {
	condition string
	args      []any
}

func (k chainKey) chainSQL() string {
	return "SELECT " + chainColumns + " FROM attestor.proof_chains c" + chainNeighbours + " WHERE c.tenant_id = $1 AND " + k.condition
}

func (k chainKey) segmentsSQL() string {
	return `SELECT s.position, s.kind, s.digest, e.id, coalesce(octet_length(s.content), c.size, b.size, 0)
  FROM attestor.proof_segments s
  LEFT JOIN attestor.envelopes e ON e.tenant_id = $1 AND e.sha256 = s.digest AND s.content IS NULL
  LEFT JOIN LATERAL (SELECT e.size FROM attestor.envelope_contents c WHERE c.tenant_id = $1 AND c.id = e.id LIMIT 1) c ON true
  LEFT JOIN attestor.sboms b ON b.tenant_id = $1 AND b.sha256 = s.digest AND s.kind = 'sbom' AND e.id IS NULL
 WHERE s.tenant_id = $1 AND s.chain_id = (SELECT c.id FROM attestor.proof_chains c WHERE c.tenant_id = $1 AND ` + k.condition + `)
 ORDER BY s.position`
}

// Chain returns a chain with its segments, in one round trip. It returns
// [fault.ErrNotFound] if the tenant has no such chain.
func (s *Store) Chain(ctx context.Context, id uuid.UUID) (_ ChainDetail, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.chain")
	defer call.End(&err)
	return s.chain(ctx, chainKey{"c.id = $2", []any{id}})
}

// ChainByRoot is [Store.Chain] by the chain's root.
func (s *Store) ChainByRoot(ctx context.Context, root digest.SHA256) (_ ChainDetail, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.chain_by_root")
	defer call.End(&err)
	return s.chain(ctx, chainKey{"c.root_hash = $2", []any{root[:]}})
}

// CurrentChain is [Store.Chain] for the chain of a subject that no other one
// supersedes.
func (s *Store) CurrentChain(ctx context.Context, subject digest.Digest) (_ ChainDetail, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.current_chain")
	defer call.End(&err)
	if subject.IsZero() {
		return ChainDetail{}, &fault.Invalid{Field: "subject", Allowed: "the digest of an artifact"}
	}
	// The inner one by itself is one step in the index; both chain and segments
	// are of the chain that it finds.
	return s.chain(ctx, chainKey{`c.id = (SELECT l.id FROM attestor.proof_chains l
		WHERE l.tenant_id = $1 AND l.subject_algorithm = $2 AND l.subject_digest = $3 ORDER BY l.revision DESC LIMIT 1)`,
		[]any{subject.Algorithm(), subject.Bytes()}})
}

func (s *Store) chain(ctx context.Context, key chainKey) (ChainDetail, error) {
	var d ChainDetail
	args := append([]any{s.conn.Tenant()}, key.args...)
	err := pgfault.Retry(ctx, s.retry, func() error {
		d = ChainDetail{}
		b := &pgx.Batch{}
		b.Queue(key.chainSQL(), args...)
		b.Queue(key.segmentsSQL(), args...)
		return s.conn.Batch(ctx, b, func(br pgx.BatchResults) error {
			rows, err := br.Query()
			if err != nil {
				return err
			}
			if d.ProofChain, err = pgx.CollectExactlyOneRow(rows, scanChain); err != nil {
				return err
			}
			if rows, err = br.Query(); err != nil {
				return err
			}
			d.Segments, err = pgx.CollectRows(rows, scanSegment)
			return err
		})
	})
	return d, pgfault.Map("read proof chain", err)
}

// ChainHistory returns a page of the chains of a subject, the current one first,
// and the cursor with which the next page starts, "" if there is none. The
// request's faults are *[fault.Invalid].
func (s *Store) ChainHistory(ctx context.Context, subject digest.Digest, p page.Request) (chains []ProofChain, next string, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.chain_history")
	defer call.End(&err)
	if subject.IsZero() {
		return nil, "", &fault.Invalid{Field: "subject", Allowed: "the digest of an artifact"}
	}
	filter := s.list("attestor.chain_history " + subject.String())
	rows, after, _, err := start(p, filter)
	if err != nil {
		return nil, "", err
	}
	// Two statements, since under row-level security an index answers neither a
	// COALESCE nor an OR.
	before := "c.revision <= $4"
	place := any(int32(math.MaxInt32))
	if p.Cursor != "" {
		before = "c.revision < (SELECT l.revision FROM attestor.proof_chains l WHERE l.tenant_id = $1 AND l.id = $4)"
		place = after.ID
	}
	err = pgfault.Retry(ctx, s.retry, func() error {
		r, err := s.conn.Query(ctx, "SELECT "+chainColumns+" FROM attestor.proof_chains c"+chainNeighbours+`
 WHERE c.tenant_id = $1 AND c.subject_algorithm = $2 AND c.subject_digest = $3 AND `+before+`
 ORDER BY c.revision DESC
 LIMIT $5`, s.conn.Tenant(), subject.Algorithm(), subject.Bytes(), place, rows+1)
		if err != nil {
			return err
		}
		chains, err = pgx.CollectRows(r, scanChain)
		return err
	})
	if err == nil && len(chains) > rows {
		chains = chains[:rows]
		next = page.Encode(filter, page.Key{CreatedAt: chains[rows-1].CreatedAt, ID: chains[rows-1].ID})
	}
	return chains, next, pgfault.Map("read proof chains", err)
}

// ChainsWith returns a page of the chains that hold a digest, newest first, of
// whatever subject, and the cursor with which the next page starts, "" if there
// is none. The request's faults are *[fault.Invalid].
func (s *Store) ChainsWith(ctx context.Context, sum digest.SHA256, p page.Request) (matches []ChainMatch, next string, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.chains_with")
	defer call.End(&err)
	filter := s.list("attestor.chains_with " + sum.String())
	rows, after, before, err := start(p, filter)
	if err != nil {
		return nil, "", err
	}
	err = pgfault.Retry(ctx, s.retry, func() error {
		r, err := s.conn.Query(ctx, "SELECT "+chainColumns+`, m.kinds
  FROM (
    SELECT s.chain_id, s.created_at, array_agg(s.kind ORDER BY s.position) AS kinds
      FROM attestor.proof_segments s
     WHERE s.tenant_id = $1 AND s.digest = $2 AND (s.created_at, s.chain_id) < ($3, $4)
     GROUP BY s.created_at, s.chain_id
     ORDER BY s.created_at DESC, s.chain_id DESC
     LIMIT $5
  ) m
  JOIN attestor.proof_chains c ON c.tenant_id = $1 AND c.id = m.chain_id`+chainNeighbours+`
 ORDER BY m.created_at DESC, m.chain_id DESC`, s.conn.Tenant(), sum[:], before, after.ID, rows+1)
		if err != nil {
			return err
		}
		matches, err = pgx.CollectRows(r, func(row pgx.CollectableRow) (ChainMatch, error) {
			var m ChainMatch
			c, err := scanChainAnd(row, &m.Kinds)
			m.ProofChain = c
			return m, err
		})
		return err
	})
	if err == nil && len(matches) > rows {
		matches = matches[:rows]
		next = page.Encode(filter, page.Key{CreatedAt: matches[rows-1].CreatedAt, ID: matches[rows-1].ID})
	}
	return matches, next, pgfault.Map("find proof chains", err)
}

// start reads a page's request. The first page begins behind everything: no id
// is after.ID then but in a comparison, and before is infinite.
func start(p page.Request, filter string) (rows int, after page.Key, before pgtype.Timestamptz, err error) {
	if rows, err = p.Rows(); err != nil {
		return 0, after, before, err
	}
	after, continued, err := p.After(filter)
	before = pgtype.Timestamptz{Time: after.CreatedAt, Valid: true}
	if !continued {
		before, after.ID = pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}, uuid.Max
	}
	return rows, after, before, err
}

func scanChain(row pgx.CollectableRow) (ProofChain, error) { return scanChainAnd(row) }

func scanChainAnd(row pgx.CollectableRow, more ...any) (ProofChain, error) {
	var (
		c                          ProofChain
		algorithm                  string
		subject, root, supersedes  []byte
		supersedesID, supersededBy *uuid.UUID
		assembledBy                *string
	)
	err := row.Scan(append([]any{
		&c.ID, &c.CreatedAt, &algorithm, &subject, &c.Revision, &c.PolicyVersion, &root,
		&c.SegmentCount, &supersedesID, &supersedes, &supersededBy, &assembledBy,
	}, more...)...)
	if err != nil {
		return c, err
	}
	c.CreatedAt = c.CreatedAt.UTC()
	c.AssembledBy = tenant.Actor(text(assembledBy))
	if supersedesID != nil {
		c.SupersedesID = *supersedesID
	}
	if supersededBy != nil {
		c.SupersededBy = *supersededBy
	}
	if c.Subject, err = digest.FromBytes(algorithm, subject); err != nil {
		return c, fmt.Errorf("stored subject: %w", err)
	}
	if c.Supersedes, err = optionalSHA256(supersedes); err != nil {
		return c, err
	}
	return c, c.Root.Scan(root)
}

func scanSegment(row pgx.CollectableRow) (StoredSegment, error) {
	var s StoredSegment
	var sum []byte
	var envelope *uuid.UUID
	if err := row.Scan(&s.Position, &s.Kind, &sum, &envelope, &s.Size); err != nil {
		return s, err
	}
	if envelope != nil {
		s.EnvelopeID = *envelope
	}
	return s, s.Digest.Scan(sum)
}
