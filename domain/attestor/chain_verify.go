package attestor

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/pgfault"
)

// ChainVerification is what recomputing a stored chain came to.
type ChainVerification struct {
	ProofChain
	// About counts the segments that say that they are about the subject: Statements, and
	// SBOMs that were imported alone as about it. The others are documents without a
	// Statement, which make no such claim.
	About int
	// Findings is what is wrong, in the order of the segments, then what is wrong
	// with the chain as a whole; empty if nothing is.
	Findings []proofchain.Finding
}

// VerifyChain reads a chain with the bytes of every segment, recomputes every
// digest and the root, and looks whether what is stated is about the subject. It
// trusts nothing that was stored next to the bytes. It tells whether the chain is
// what it was; whether evidence is signed well is for a [Verifier].
//
// progress, unless it is nil, is told how many segments are done, of how many. It
// returns [fault.ErrNotFound] if the tenant has no such chain.
func (s *Store) VerifyChain(ctx context.Context, id uuid.UUID, progress func(done, total int)) (_ ChainVerification, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.verify_chain")
	defer call.End(&err)
	d, err := s.Chain(ctx, id)
	if err != nil {
		return ChainVerification{}, err
	}
	v := ChainVerification{ProofChain: d.ProofChain, Findings: d.places()}
	err = s.eachContent(ctx, &d, func(i int, content []byte) error {
		found, about := checkSegment(d.Segments[i].Position, d.segment(i), content, d.Subject)
		v.Findings = append(v.Findings, found...)
		if about {
			v.About++
		}
		if progress != nil {
			progress(i+1, len(d.Segments))
		}
		return nil
	})
	if err != nil {
		return ChainVerification{}, err
	}
	linked, unlinked, err := s.sbomsAlone(ctx, &d)
	if err != nil {
		return ChainVerification{}, err
	}
	v.About += linked
	v.Findings = append(v.Findings, unlinked...)
	for _, f := range d.chain().VerifyRoot(d.Root) {
		if f.Position >= 0 { // where it is stored, which differs if another one is gone
			f.Position = d.Segments[f.Position].Position
		}
		v.Findings = append(v.Findings, f)
	}
	slices.SortStableFunc(v.Findings, func(a, b proofchain.Finding) int {
		// As unsigned, so that what concerns the whole chain comes last.
		return cmp.Compare(uint(a.Position), uint(b.Position))
	})
	v.Findings = slices.CompactFunc(v.Findings, func(a, b proofchain.Finding) bool {
		return a.Position == b.Position && a.Problem == b.Problem
	})
	return v, nil
}

// sbomsAlone counts the SBOMs that were imported alone as about the subject, and finds
// those of which nothing says any more that they are: no Statement of theirs does.
func (s *Store) sbomsAlone(ctx context.Context, d *ChainDetail) (linked int, findings []proofchain.Finding, err error) {
	alone := map[int]StoredSegment{}
	for _, segment := range d.Segments {
		if segment.Kind == proofchain.SBOM && segment.EnvelopeID == uuid.Nil && segment.Size > 0 {
			alone[segment.Position] = segment
		}
	}
	if len(alone) == 0 {
		return 0, nil, nil
	}
	var positions []int
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, unlinkedSBOMsSQL, s.conn.Tenant(), d.ID, d.Subject.Algorithm(), d.Subject.Bytes())
		if err != nil {
			return err
		}
		positions, err = pgx.CollectRows(rows, pgx.RowTo[int])
		return err
	})
	for _, p := range positions {
		if segment, ok := alone[p]; ok {
			findings = append(findings, proofchain.Finding{
				Position: p, Kind: segment.Kind, Digest: segment.Digest, Problem: proofchain.NotAbout,
				Detail: "the SBOM is not of the subject",
			})
		}
	}
	return len(alone) - len(findings), findings, pgfault.Map("read the artifacts of SBOMs", err)
}

const unlinkedSBOMsSQL = `
SELECT s.position
  FROM attestor.proof_segments s
  JOIN attestor.sboms b ON b.tenant_id = $1 AND b.sha256 = s.digest
 WHERE s.tenant_id = $1 AND s.chain_id = $2 AND s.kind = 'sbom'
   AND NOT EXISTS (SELECT FROM attestor.sbom_artifacts a
                    WHERE a.tenant_id = $1 AND a.sbom_id = b.id AND a.algorithm = $3 AND a.digest = $4)`

// FileVerification is what recomputing an exported chain came to.
type FileVerification struct {
	File *proofchain.File
	// About and Findings are as in [ChainVerification], but that a file cannot tell what
	// an SBOM that was imported alone is about.
	About    int
	Findings []proofchain.Finding
}

// VerifyChainFile reads a file that [Store.ExportChain] wrote and recomputes
// everything, without a database: the digest of every content, that what is stated is
// about the subject, and the root. The error is a *[fault.Invalid] for what is no
// such file.
func VerifyChainFile(raw []byte) (FileVerification, error) {
	f, err := proofchain.ReadFile(raw)
	if err != nil {
		return FileVerification{}, err
	}
	v := FileVerification{File: f}
	for i, s := range f.Segments {
		found, about := checkSegment(i, s, f.Contents[i], f.Subject)
		v.Findings = append(v.Findings, found...)
		if about {
			v.About++
		}
	}
	v.Findings = append(v.Findings, f.VerifyRoot(f.Root)...)
	return v, nil
}

// ExportChain writes a chain with the bytes of every segment as one file, which
// [VerifyChainFile] checks wherever it gets; see [proofchain.File]. Bytes that
// are not there any more are left out, and the file says so. After an error what
// was written is no whole file.
//
// It returns [fault.ErrNotFound] if the tenant has no such chain, and a
// *[fault.Invalid] if the file would be larger than [proofchain.MaxFileSize].
func (s *Store) ExportChain(ctx context.Context, id uuid.UUID, w io.Writer) (err error) {
	ctx, call := s.conn.Start(ctx, "attestor.export_chain")
	defer call.End(&err)
	d, err := s.Chain(ctx, id)
	if err != nil {
		return err
	}
	file := proofchain.NewWriter(w, &proofchain.File{Chain: d.chain(), Root: d.Root, CreatedAt: d.CreatedAt})
	err = s.eachContent(ctx, &d, func(i int, content []byte) error { return file.Add(d.segment(i), content) })
	if err != nil {
		return err
	}
	return file.Close()
}

func (d *ChainDetail) segment(i int) proofchain.Segment {
	return proofchain.Segment{Kind: d.Segments[i].Kind, Digest: d.Segments[i].Digest}
}

func (d *ChainDetail) chain() proofchain.Chain {
	c := proofchain.Chain{Subject: d.Subject, PolicyVersion: d.PolicyVersion, Supersedes: d.Supersedes}
	for i := range d.Segments {
		c.Segments = append(c.Segments, d.segment(i))
	}
	return c
}

// places finds segments that are gone, and those that no chain of so many has.
func (d *ChainDetail) places() []proofchain.Finding {
	var findings []proofchain.Finding
	want := 0
	for i, s := range d.Segments {
		for ; want < min(s.Position, d.SegmentCount); want++ {
			findings = append(findings, proofchain.Finding{Position: want, Problem: proofchain.Missing})
		}
		want = s.Position + 1
		if s.Position >= d.SegmentCount {
			findings = append(findings, proofchain.Finding{
				Position: s.Position, Kind: s.Kind, Digest: d.Segments[i].Digest,
				Problem: proofchain.Misplaced, Detail: fmt.Sprintf("the chain has %d segments", d.SegmentCount),
			})
		}
	}
	for ; want < d.SegmentCount; want++ {
		findings = append(findings, proofchain.Finding{Position: want, Problem: proofchain.Missing})
	}
	return findings
}

// Contents of a chain are read so many and so large at a time, or one that is
// larger.
const (
	mostContents      = 1000
	mostContentsBytes = 32 << 20
)

const chainContentsSQL = `
SELECT s.position, coalesce(s.content, c.content, d.content)
  FROM attestor.proof_segments s
  LEFT JOIN attestor.envelopes e ON e.tenant_id = $1 AND e.sha256 = s.digest AND s.content IS NULL
  LEFT JOIN attestor.envelope_contents c ON c.tenant_id = $1 AND c.id = e.id
  LEFT JOIN attestor.sboms b ON b.tenant_id = $1 AND b.sha256 = s.digest AND s.kind = 'sbom' AND e.id IS NULL
  LEFT JOIN attestor.sbom_contents d ON d.tenant_id = $1 AND d.id = b.id
 WHERE s.tenant_id = $1 AND s.chain_id = $2 AND s.position BETWEEN $3 AND $4
 ORDER BY s.position`

// eachContent calls f with the bytes of every segment, nil where they are gone,
// in order.
func (s *Store) eachContent(ctx context.Context, d *ChainDetail, f func(i int, content []byte) error) error {
	for from := 0; from < len(d.Segments); {
		to, size := from+1, d.Segments[from].Size
		for to < len(d.Segments) && to-from < mostContents && size+d.Segments[to].Size <= mostContentsBytes {
			size += d.Segments[to].Size
			to++
		}
		contents, err := s.chainContents(ctx, d, from, to)
		if err != nil {
			return err
		}
		for i, content := range contents {
			if err := f(from+i, content); err != nil {
				return err
			}
		}
		from = to
	}
	return nil
}

func (s *Store) chainContents(ctx context.Context, d *ChainDetail, from, to int) ([][]byte, error) {
	contents := make([][]byte, to-from)
	err := pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, chainContentsSQL, s.conn.Tenant(), d.ID, d.Segments[from].Position, d.Segments[to-1].Position)
		if err != nil {
			return err
		}
		var position int
		var content []byte
		_, err = pgx.ForEachRow(rows, []any{&position, &content}, func() error {
			i, ok := slices.BinarySearchFunc(d.Segments[from:to], position, func(s StoredSegment, p int) int { return s.Position - p })
			if ok {
				contents[i] = slices.Clone(content)
			}
			return nil
		})
		return err
	})
	return contents, pgfault.Map("read proof chain's contents", err)
}
