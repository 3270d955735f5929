package verdict

import (
	"bytes"

	"github.com/transparency-dev/merkle/compact"

	"stella-ops.org/attestdb/domain/digest"
)

// page looks at the entries of a page in their order.
func (v *verification) page(p *ledgerPage) error {
	for i := range p.rows {
		r, j := &p.rows[i], p.judged[i]
		switch {
		case r.seq < v.next:
			v.add(r.seq, FaultExtra, "there are two entries of this place")
			v.broken = true
			continue
		case r.seq > v.next:
			v.gap(r.seq)
		}
		v.link(r, j)
		v.parts(p, r)
		v.next, v.prev = r.seq+1, j.leaf
		if r.action != nil {
			v.acts.add(string(r.action), j.leaf)
		}
		if r.recordedAt.Valid {
			v.last = r.recordedAt.Time.UTC()
		}
		if v.broken {
			continue
		}
		if err := v.grow(p, j.leaf); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) link(r *entryRow, j judged) {
	if j.problem != "" {
		v.add(r.seq, FaultHash, "%s", j.problem)
	}
	if r.seq == v.next && !bytes.Equal(r.prev, v.prev[:]) {
		v.add(r.seq, FaultLink, "prev_hash is not the hash of the entry before")
	}
	if r.recordedAt.Valid && r.recordedAt.Time.Before(v.last) {
		v.add(r.seq, FaultTime, "it was recorded before the entry before it")
	}
}

// parts compares what belongs to an entry with what the entry says.
func (v *verification) parts(p *ledgerPage, r *entryRow) {
	if !bytes.Equal(p.inputs[r.seq], r.inputs) {
		v.add(r.seq, FaultInputs, "the inputs that are searched by are not the entry's")
	}
	problem, there := p.payloads[r.id.Bytes]
	erased := p.gone[digest.SHA256(pad(r.leaf))]
	switch {
	case problem != "":
		v.add(r.seq, FaultPayload, "%s", problem)
	case there && erased:
		v.add(r.seq, FaultPayload, "the payload was erased, and is there")
	case !there && r.payload != nil && !erased:
		v.add(r.seq, FaultPayload, "the payload is gone, and no entry says that it was erased")
	case !there && r.payload != nil:
		v.erased++
	}
}

// grow adds a leaf to the tree, and compares the nodes that it completes and the
// checkpoints of the size that it makes.
func (v *verification) grow(p *ledgerPage, leaf digest.SHA256) error {
	err := v.tree.Append(leaf[:], func(id compact.NodeID, hash []byte) {
		if id.Level == 0 || id.Level%nodeLevels != 0 {
			return
		}
		stored, there := p.nodes[id]
		switch {
		case !there:
			v.add(lastLeaf(id), FaultNode, "the node %d of level %d is missing", id.Index, id.Level/nodeLevels)
		case !bytes.Equal(stored, hash):
			v.add(lastLeaf(id), FaultNode, "the node %d of level %d has another hash", id.Index, id.Level/nodeLevels)
		}
	})
	if err != nil {
		return err
	}
	return v.compareCheckpoints()
}

// lastLeaf is the entry that completes a node.
func lastLeaf(id compact.NodeID) int64 {
	_, end := id.Coverage()
	return int64(end) - 1
}
