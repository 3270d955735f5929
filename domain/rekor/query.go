package rekor

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
)

// Query says which entries [Store.Find] finds: by at most one of LogIndex, UUID,
// BodySHA256, Envelope, and a range of integrated times. The zero Query finds all.
type Query struct {
	// LogIndex is the place in the whole log; nil asks for none. LogID narrows it
	// to one log.
	LogIndex *int64
	LogID    []byte
	// UUID is Rekor v1's name of an entry, 64 or 80 hexadecimal digits. The tree
	// id in the first 16 of 80 leaves out entries that are proven in another tree.
	UUID string
	// BodySHA256 is the digest of the canonicalized body; zero asks for none.
	BodySHA256 digest.SHA256
	// Envelope is the id of the envelope that brought the entries.
	Envelope uuid.UUID
	// IntegratedFrom and IntegratedBefore bound the integrated time; a zero one
	// does not. Entries without such a time are not found. Their order is that of
	// the integrated times.
	IntegratedFrom, IntegratedBefore time.Time
	// Since leaves out what was recorded earlier; zero leaves out nothing. It does
	// not go with a range of integrated times.
	Since time.Time
}

// lookup is a valid Query: a statement, and what it asks for besides tenant, place
// and limit.
type lookup struct {
	sql string
	key []any
	// envelope stands instead of a statement: its entries are so few that they are
	// read all, and cut here.
	envelope uuid.UUID
	since    time.Time
	treeID   string
	// byIntegratedTime: the list is in the order of integrated times.
	byIntegratedTime bool
	filter           string
}

func (q Query) ranged() bool { return !q.IntegratedFrom.IsZero() || !q.IntegratedBefore.IsZero() }

func (q Query) lookup() (lookup, error) {
	given := 0
	for _, is := range []bool{q.LogIndex != nil, q.UUID != "", q.BodySHA256 != digest.SHA256{}, q.Envelope != uuid.Nil, q.ranged()} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return lookup{}, &fault.Invalid{Field: "query", Allowed: "one of log index, uuid, body sha256, envelope, and integrated time"}
	case len(q.LogID) > 0 && q.LogIndex == nil:
		return lookup{}, &fault.Invalid{Field: "log_id", Allowed: "together with a log index"}
	case q.ranged() && !q.Since.IsZero():
		return lookup{}, &fault.Invalid{Field: "since", Allowed: "without a range of integrated times"}
	case !q.IntegratedBefore.IsZero() && !q.IntegratedFrom.Before(q.IntegratedBefore):
		return lookup{}, &fault.Invalid{Field: "integrated before", Allowed: "a time after integrated from"}
	}
	l := lookup{sql: findAllSQL, since: q.Since, filter: "rekor.find all"}
	switch {
	case q.LogIndex != nil:
		return q.byLogIndex(l)
	case q.UUID != "":
		return q.byUUID(l)
	case q.BodySHA256 != digest.SHA256{}:
		l.sql, l.key, l.filter = findBodySQL, []any{q.BodySHA256[:]}, "rekor.find body "+q.BodySHA256.String()
	case q.Envelope != uuid.Nil:
		l.envelope, l.filter = q.Envelope, "rekor.find envelope "+q.Envelope.String()
	case q.ranged():
		l.sql, l.byIntegratedTime = findIntegratedSQL, true
		l.since = q.IntegratedFrom
		l.filter = fmt.Sprintf("rekor.find integrated %d %d", q.IntegratedFrom.UnixMicro(), q.IntegratedBefore.UnixMicro())
	}
	return l, nil
}

func (q Query) byLogIndex(l lookup) (lookup, error) {
	if *q.LogIndex < 0 {
		return l, &fault.Invalid{Field: "log_index", Allowed: "0 or more"}
	}
	if len(q.LogID) > logentry.MaxLogIDLength {
		return l, &fault.Invalid{Field: "log_id", Allowed: fmt.Sprintf("1 to %d bytes", logentry.MaxLogIDLength)}
	}
	l.sql, l.key = findLogIndexSQL, []any{*q.LogIndex}
	l.filter = fmt.Sprintf("rekor.find log index %d %x", *q.LogIndex, q.LogID)
	if len(q.LogID) > 0 {
		l.sql, l.key = findLogIndexAndIDSQL, append(l.key, q.LogID)
	}
	return l, nil
}

func (q Query) byUUID(l lookup) (lookup, error) {
	name := strings.ToLower(q.UUID)
	raw, err := hex.DecodeString(name)
	const tree = 8
	if n := len(raw); err != nil || n != logentry.HashSize && n != tree+logentry.HashSize {
		return l, &fault.Invalid{Field: "uuid", Allowed: "64 or 80 hexadecimal digits"}
	} else if n > logentry.HashSize {
		l.treeID, raw = name[:2*tree], raw[tree:]
	}
	l.sql, l.key, l.filter = findLeafSQL, []any{raw}, "rekor.find uuid "+name
	return l, nil
}

// names reports whether an entry goes by the name that is looked for.
func (l *lookup) names(e *logentry.Entry) bool {
	name := e.UUID()
	return l.treeID == "" || len(name) == 2*logentry.HashSize || strings.HasPrefix(name, l.treeID)
}
