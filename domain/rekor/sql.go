package rekor

// Each statement reads one range of one index and stops after the page. $1 is
// the tenant, ($2, $3) the place behind which the page begins, $4 the earliest
// created_at, $5 the rows, and what follows is looked for.
const (
	columnsSQL = `
SELECT e.id, e.created_at, e.envelope_id, e.position, e.log_id, e.log_index, e.kind, e.version, e.integrated_time,
       e.canonicalized_body, e.inclusion_promise, e.proof_log_index, e.proof_tree_size, e.proof_root_hash, e.proof_hashes,
       c.origin, c.tree_size, c.root_hash, c.note, e.verified_at
  FROM rekor.log_entries e
  LEFT JOIN rekor.log_checkpoints c ON c.tenant_id = $1 AND c.id = e.checkpoint_id
 WHERE e.tenant_id = $1`
	pageSQL = ` AND (e.created_at, e.id) < ($2, $3) AND e.created_at >= $4
 ORDER BY e.created_at DESC, e.id DESC
 LIMIT $5`

	findAllSQL           = columnsSQL + pageSQL
	findLogIndexSQL      = columnsSQL + ` AND e.log_index = $6` + pageSQL
	findLogIndexAndIDSQL = columnsSQL + ` AND e.log_index = $6 AND e.log_id = $7` + pageSQL
	findLeafSQL          = columnsSQL + ` AND e.leaf_hash = $6` + pageSQL
	findBodySQL          = columnsSQL + ` AND e.body_sha256 = $6` + pageSQL

	// $4 is the earliest integrated_time.
	findIntegratedSQL = columnsSQL + ` AND (e.integrated_time, e.id) < ($2, $3) AND e.integrated_time >= $4
 ORDER BY e.integrated_time DESC, e.id DESC
 LIMIT $5`

	// $2 is the envelope, which has 32 entries at most.
	entriesOfSQL = columnsSQL + ` AND e.envelope_id = $2 ORDER BY e.position`

	getSQL = columnsSQL + ` AND e.id = $2`
)
