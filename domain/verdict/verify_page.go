package verdict

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/transparency-dev/merkle/compact"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
)

// The statements read what constraints no longer keep from being NULL.

// Between fewEntries and pageEntries are read at a time, about portion bytes by what those
// before had: with the longest leaves the fewest are some 16 MiB.
const (
	fewEntries  = 256
	pageEntries = 4000
	portion     = 16 << 20
)

// nodeLevels is how many levels of the tree a stored node covers.
const nodeLevels = 4

// ledgerPage is a range of entries with all that belongs to them.
type ledgerPage struct {
	from, to int64
	rows     []entryRow
	mem      arena // of the rows
	judged   []judged
	inputs   map[int64][]byte
	payloads map[uuid.UUID]string // what is wrong with them
	// gone is whose payload an entry says is erased, by their leaf hashes.
	gone  map[digest.SHA256]bool
	nodes map[compact.NodeID][]byte
	err   error
}

// judged is what was found of an entry by itself.
type judged struct {
	leaf    digest.SHA256
	problem string
}

// pages reads the ledger: while a page is looked at, the next one is hashed, and the one
// behind it is read. A page is good until the next one is.
func (v *verification) pages(ctx context.Context) iter.Seq[*ledgerPage] {
	return func(yield func(*ledgerPage) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		read, judged := make(chan *ledgerPage, 1), make(chan *ledgerPage, 1)
		used := make(chan *ledgerPage, 8) // more than there are
		pass := func(p *ledgerPage, to chan<- *ledgerPage) bool {
			select {
			case to <- p:
				return true
			case <-ctx.Done():
				return false
			}
		}
		go func() {
			defer close(read)
			width, most := int64(fewEntries), int64(pageEntries)
			for from := v.req.Resume.Size; from < v.size; {
				p := &ledgerPage{}
				select {
				case p = <-used:
				default:
				}
				width, most = v.readPage(ctx, p, from, width, most)
				from = p.to
				if p.err == nil && len(p.rows) == 0 {
					from, p.err = v.nextEntry(ctx, from)
				}
				if failed := p.err != nil; !pass(p, read) || failed {
					return
				}
			}
		}()
		go func() {
			defer close(judged)
			for p := range read {
				p.judge()
				if !pass(p, judged) {
					return
				}
			}
		}()
		for p := range judged {
			if !yield(p) {
				return
			}
			used <- p
		}
	}
}

// readPage reads so many entries, or fewer if the statement has no time for so many, and
// returns how many to read next, and at most from then on.
func (v *verification) readPage(ctx context.Context, p *ledgerPage, from, width, most int64) (next, mostNext int64) {
	for {
		p.from, p.to = from, from+min(width, v.size-from)
		p.err = v.read(ctx, func(ctx context.Context) error { return v.fill(ctx, p) })
		var pg *pgconn.PgError
		// In a transaction of the caller's, where nothing is repeated, none is read after an error.
		repeats := v.store.retry(&pgconn.PgError{Code: "40001"})
		if ctx.Err() != nil || width == fewEntries || !repeats || !errors.As(p.err, &pg) || pg.Code != "57014" {
			break
		}
		width = max(width/4, fewEntries)
		most = width
	}
	if len(p.rows) == 0 {
		return width, most
	}
	return max(min(portion/max(p.mem.size()/int64(len(p.rows)), 1), most), fewEntries), most
}

// nextEntry returns the place of the next entry from a place on: an entry far away must not
// have all the places before it looked at.
func (v *verification) nextEntry(ctx context.Context, from int64) (int64, error) {
	next := v.size
	err := v.read(ctx, func(ctx context.Context) error {
		return v.one(ctx, `SELECT e.seq FROM verdict.ledger_entries e
			WHERE e.tenant_id = $1 AND e.seq >= $2 ORDER BY e.seq LIMIT 1`, []any{from}, &next)
	})
	return next, err
}

const entriesSQL = `SELECT ` + entryColumns + `
  FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND e.seq >= $2 AND e.seq < $3 ORDER BY e.seq`

const inputsSQL = `SELECT i.seq, coalesce(i.position, -1), coalesce(i.kind, ''), coalesce(i.digest, '')
  FROM verdict.ledger_inputs i WHERE i.tenant_id = $1 AND i.seq >= $2 AND i.seq < $3 ORDER BY i.seq, i.position, i.id`

// Payloads, and the leaf hashes of those that an act says are erased: in one statement,
// since what is erased in between would be there and gone. An act comes after what it
// erases: an older one is of no entry that is verified with this page, and says nothing.
//
// A page of large payloads is read in portions, each as its own statement has time for:
// behind $4 bytes the rest is only named.
const payloadsSQL = `SELECT p.id, p.created_at, coalesce(p.nonce, ''), CASE WHEN p.before < $4 THEN coalesce(p.content, '') END, NULL, 0
  FROM (SELECT p.id, p.created_at, p.nonce, p.content,
               coalesce(sum(octet_length(p.content)) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
          FROM verdict.ledger_payloads p WHERE p.tenant_id = $1 AND p.id = ANY ($2)) p
 UNION ALL
SELECT NULL, NULL, NULL, NULL, i.digest, e.seq
  FROM verdict.ledger_inputs i JOIN verdict.ledger_entries e ON e.tenant_id = $1 AND e.seq = i.seq
 WHERE i.tenant_id = $1 AND i.digest = ANY ($3) AND i.kind = 'entry' AND e.action = 'payload.erase'`

// Nodes whose last leaf is in the range.
const nodesSQL = `SELECT n.level, n.index, coalesce(n.hash, '')
  FROM generate_series(1, 15) AS l (level)
  CROSS JOIN LATERAL (SELECT n.level, n.index, n.hash FROM verdict.ledger_nodes n
    WHERE n.tenant_id = $1 AND n.level = l.level
      AND n.index >= $2::bigint >> (4 * l.level) AND n.index < $3::bigint >> (4 * l.level)
    ORDER BY n.index) n`

// fill reads a page: its entries, inputs and nodes in one round trip, and then the
// payloads, if there are any.
func (v *verification) fill(ctx context.Context, p *ledgerPage) error {
	batch := &pgx.Batch{}
	for _, sql := range []string{entriesSQL, inputsSQL, nodesSQL} {
		batch.Queue(sql, v.store.conn.Tenant(), p.from, p.to)
	}
	err := v.store.conn.Batch(ctx, batch, func(br pgx.BatchResults) error {
		return errors.Join(p.readEntries(br), p.readInputs(br), p.readNodes(br))
	})
	if err != nil {
		return err
	}
	return v.readPayloads(ctx, p)
}

func (p *ledgerPage) readEntries(br pgx.BatchResults) error {
	rows, err := br.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	p.rows = slices.Grow(p.rows[:0], int(p.to-p.from))
	p.mem.reset()
	var targets []any
	for rows.Next() {
		p.rows = append(p.rows, entryRow{})
		r := &p.rows[len(p.rows)-1]
		targets = r.appendTargets(targets[:0])
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		r.keepIn(&p.mem)
	}
	return rows.Err()
}

func (p *ledgerPage) readInputs(br pgx.BatchResults) error {
	rows, err := br.Query()
	if err != nil {
		return err
	}
	p.inputs = map[int64][]byte{}
	var seq int64
	var position int32
	var kind string
	var raw []byte
	last, places := int64(-1), int32(0)
	_, err = pgx.ForEachRow(rows, []any{&seq, &position, &kind, &raw}, func() error {
		if seq != last {
			last, places = seq, 0
		}
		if position != places {
			p.inputs[seq] = append(p.inputs[seq], 0) // no entry's inputs end so
		}
		places++
		p.inputs[seq] = append(p.inputs[seq], ledger.EncodeInputs([]Input{{Kind: kind, Digest: digest.SHA256(pad(raw))}})...)
		return nil
	})
	return err
}

func (p *ledgerPage) readNodes(br pgx.BatchResults) error {
	rows, err := br.Query()
	if err != nil {
		return err
	}
	p.nodes = map[compact.NodeID][]byte{}
	var level int32
	var index int64
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{&level, &index, &raw}, func() error {
		id := compact.NewNodeID(uint(level)*nodeLevels, uint64(index))
		if _, twice := p.nodes[id]; twice {
			raw = nil // no node's hash
		}
		p.nodes[id] = bytes.Clone(raw)
		return nil
	})
	return err
}

// readPayloads reads the payloads of the entries that have one, and which of them the
// ledger says are erased, there or not. Others are looked for at the end.
func (v *verification) readPayloads(ctx context.Context, p *ledgerPage) error {
	p.payloads, p.gone = map[uuid.UUID]string{}, map[digest.SHA256]bool{}
	var ids []pgtype.UUID
	of := map[uuid.UUID]*entryRow{}
	for i := range p.rows {
		if r := &p.rows[i]; r.payload != nil {
			ids, of[r.id.Bytes] = append(ids, r.id), r
		}
	}
	for len(ids) > 0 {
		later, err := v.readSomePayloads(ctx, p, ids, of)
		if err != nil {
			return err
		}
		ids = later
	}
	return nil
}

// readSomePayloads reads some of the payloads, as many as have about portion bytes, and
// returns whose are to be read later: fewer than were asked for.
func (v *verification) readSomePayloads(ctx context.Context, p *ledgerPage, ids []pgtype.UUID, of map[uuid.UUID]*entryRow) (later []pgtype.UUID, err error) {
	leaves := make([][]byte, len(ids))
	places := make(map[digest.SHA256]int64, len(ids))
	for i, id := range ids {
		r := of[id.Bytes]
		leaves[i], places[digest.SHA256(pad(r.leaf))] = r.leaf, r.seq
	}
	rows, err := v.store.conn.Query(ctx, payloadsSQL, v.store.conn.Tenant(), ids, leaves, portion)
	if err != nil {
		return nil, err
	}
	var id pgtype.UUID
	var at pgtype.Timestamptz
	var nonce, content, erased []byte
	var act int64
	_, err = pgx.ForEachRow(rows, []any{&id, &at, &nonce, &content, &erased, &act}, func() error {
		leaf := digest.SHA256(pad(erased))
		switch _, twice := p.payloads[id.Bytes]; {
		case !id.Valid:
			p.gone[leaf] = p.gone[leaf] || act > places[leaf]
		case twice: // which no key allows; however large the other is, it is not asked for again
			p.payloads[id.Bytes] = "there are two payloads"
		case content == nil:
			later = append(later, id)
		default:
			p.payloads[id.Bytes] = of[id.Bytes].payloadProblem(at, nonce, content)
		}
		return nil
	})
	return later, err
}

// payloadProblem says what is wrong with the entry's payload, "" for nothing. Retention goes
// by its time.
func (r *entryRow) payloadProblem(at pgtype.Timestamptz, nonce, content []byte) string {
	hash := ledger.PayloadHash(nonce, content)
	switch {
	case !bytes.Equal(hash[:], r.payload):
		return "the payload has another hash"
	case at.Valid != r.recordedAt.Valid, at.InfinityModifier != r.recordedAt.InfinityModifier, !at.Time.Equal(r.recordedAt.Time):
		return "the payload has another time than the entry"
	}
	return ""
}

// judge recomputes each entry's hashes, on all cores.
func (p *ledgerPage) judge() {
	p.judged = slices.Grow(p.judged[:0], len(p.rows))[:len(p.rows)]
	workers := min(runtime.GOMAXPROCS(0), len(p.rows))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			var buf []byte
			for i := w; i < len(p.rows); i += workers {
				p.judged[i], buf = p.rows[i].judge(buf)
			}
		})
	}
	wg.Wait()
}

// judge says what is wrong with an entry by itself. The leaf is the one that is stored.
func (r *entryRow) judge(buf []byte) (judged, []byte) {
	j := judged{leaf: digest.SHA256(pad(r.leaf))}
	e, err := r.view()
	if err == nil {
		err = e.Validate()
	}
	if err != nil {
		j.problem = problemOf(err)
		return j, buf
	}
	leaf, decision, buf := e.Hashes(buf)
	switch {
	case leaf != e.LeafHash:
		j.problem = "its bytes have another hash"
	case decision != e.DecisionDigest:
		j.problem = "its decision_digest is another decision's"
	}
	return j, buf
}

func problemOf(err error) string {
	if invalid, ok := errors.AsType[*fault.Invalid](err); ok {
		return "no entry is so: " + invalid.Error()
	}
	return err.Error()
}

// pad makes 32 bytes of a stored hash of whatever length.
func pad(raw []byte) []byte {
	if len(raw) == sha256.Size {
		return raw
	}
	return make([]byte, sha256.Size)
}
