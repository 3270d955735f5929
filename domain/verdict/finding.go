package verdict

import (
	"fmt"
	"slices"
)

// Fault is a kind of [Finding].
type Fault string

// What can be wrong with a ledger.
const (
	// FaultHash: an entry's bytes are not those of its hash.
	FaultHash Fault = "hash"
	// FaultLink: an entry has not the hash of the entry before it.
	FaultLink Fault = "link"
	// FaultTime: an entry was recorded before the entry before it.
	FaultTime Fault = "time"
	// FaultGap: an entry is missing.
	FaultGap Fault = "gap"
	// FaultExtra: a row is there that belongs to no entry, or one twice.
	FaultExtra Fault = "extra row"
	// FaultInputs: the inputs that are searched by are not the entry's.
	FaultInputs Fault = "inputs"
	// FaultPayload: a payload is not that of its entry, is missing although no entry
	// says that it was erased, or is there although one does; the same of an envelope.
	FaultPayload Fault = "payload"
	// FaultRetention: a rule of retention, a hold or its release is not as an entry says,
	// or is gone.
	FaultRetention Fault = "retention"
	// FaultNode: a stored node of the tree is wrong, missing or too many.
	FaultNode Fault = "node"
	// FaultCheckpoint: a checkpoint says something else of the ledger, or its signature
	// is none of a trusted key.
	FaultCheckpoint Fault = "checkpoint"
	// FaultRollback: a checkpoint is of a larger ledger than there is.
	FaultRollback Fault = "rollback"
)

// Finding is one thing that is wrong with a ledger.
type Finding struct {
	// Seq is the first entry that it is about; -1 for what is about none.
	Seq   int64
	Fault Fault
	// Detail says what is wrong, for people.
	Detail string
}

// String says where and what it is.
func (f Finding) String() string {
	if f.Seq < 0 {
		return fmt.Sprintf("%s: %s", f.Fault, f.Detail)
	}
	return fmt.Sprintf("entry %d: %s: %s", f.Seq, f.Fault, f.Detail)
}

// MaxFindings is how many findings a report has; that there are more it says as well.
const MaxFindings = 100

// findings keeps the first of them by their entries.
type findings struct {
	list []Finding
	more bool
}

func (f *findings) add(seq int64, fault Fault, format string, args ...any) {
	found := Finding{Seq: seq, Fault: fault, Detail: fmt.Sprintf(format, args...)}
	at, _ := slices.BinarySearchFunc(f.list, found, func(a, b Finding) int { return order(a) - order(b) })
	f.list = slices.Insert(f.list, at, found)
	if len(f.list) > MaxFindings {
		f.list, f.more = f.list[:MaxFindings], true
	}
}

// order puts what is about no entry last.
func order(f Finding) int {
	if f.Seq < 0 {
		return int(^uint(0) >> 1)
	}
	return int(f.Seq)
}
