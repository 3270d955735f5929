package observe

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/metric"
)

// Counts says what became of several things that one call was given.
type Counts struct {
	// Fresh are new, Existed were there already.
	Fresh, Existed int
	// Given is how many there were; they share the fate of the call if it fails.
	Given int
}

// tenant is the attribute of counts, if it is wanted.
func (o *Observer) tenant(id uuid.UUID) uuid.UUID {
	if o.byTenant {
		return id
	}
	return uuid.Nil
}

// Known makes the series of the faults that verifications can find, at 0.
func (o *Observer) Known(ctx context.Context, faults ...string) {
	if o != nil && o.metrics != nil {
		o.metrics.known(ctx, faults)
	}
}

// Recorded counts what a tenant gave: evidence, SBOMs or proof chains, says kind.
func (o *Observer) Recorded(ctx context.Context, tenant uuid.UUID, kind string, n Counts, err error) {
	if o != nil && o.metrics != nil {
		o.count(ctx, o.metrics.records, labels{kind: kind, outcome: "stored", tenant: o.tenant(tenant)}, n, err)
	}
}

// Appended counts the decisions that a tenant gave its ledger.
func (o *Observer) Appended(ctx context.Context, tenant uuid.UUID, n Counts, err error) {
	if o != nil && o.metrics != nil {
		o.count(ctx, o.metrics.appends, labels{outcome: "appended", tenant: o.tenant(tenant)}, n, err)
	}
}

// count counts by outcome; l has what fresh things are counted as.
func (o *Observer) count(ctx context.Context, c metric.Int64Counter, l labels, n Counts, err error) {
	if err != nil {
		r := o.reasonOf(err)
		l.outcome, l.errorType = string(r.outcome), r.kind
		n.Fresh, n.Existed = n.Given, 0
	}
	if n.Fresh > 0 {
		c.Add(ctx, int64(n.Fresh), o.metrics.attributes(l))
	}
	if n.Existed > 0 {
		l.outcome = "existed"
		c.Add(ctx, int64(n.Existed), o.metrics.attributes(l))
	}
}

// RecordedTogether measures how much evidence shared a statement.
func (o *Observer) RecordedTogether(ctx context.Context, n int) {
	if o != nil && o.metrics != nil && n > 0 {
		o.metrics.recordBatchSize.Record(ctx, int64(n))
	}
}

// AppendedTogether measures how many new entries shared a statement.
func (o *Observer) AppendedTogether(ctx context.Context, n int) {
	if o != nil && o.metrics != nil && n > 0 {
		o.metrics.ledgerBatchSize.Record(ctx, int64(n))
	}
}

// Locked measures how long a ledger's lock took, or was waited for in vain.
func (o *Observer) Locked(ctx context.Context, since time.Time, err error) {
	if o != nil && o.metrics != nil {
		r := o.reasonOf(err)
		o.metrics.lockWaitTime.Record(ctx, time.Since(since).Seconds(), o.metrics.attributes(labels{outcome: string(r.outcome), errorType: r.kind}))
	}
}

// Verified counts a verification of a tenant's ledger, with the entries that it read and
// the faults that it found.
func (o *Observer) Verified(ctx context.Context, tenant uuid.UUID, entries int64, faults []string, err error) {
	if o == nil || o.metrics == nil {
		return
	}
	l := labels{outcome: "ok", tenant: o.tenant(tenant)}
	if r := o.reasonOf(err); err != nil {
		l.outcome, l.errorType = string(r.outcome), r.kind
	} else if len(faults) > 0 {
		l.outcome = "faulty"
	}
	o.metrics.verifications.Add(ctx, 1, o.metrics.attributes(l))
	if err != nil {
		return
	}
	of := o.metrics.attributes(labels{tenant: l.tenant})
	o.metrics.verifiedEntries.Add(ctx, entries, of)
	o.metrics.verificationTime.Record(ctx, time.Now().Unix(), of)
	for _, f := range faults {
		o.metrics.faults.Add(ctx, 1, o.metrics.attributes(labels{fault: f, tenant: l.tenant}))
	}
}

// Signed notes the last checkpoint of a tenant's ledger.
func (o *Observer) Signed(ctx context.Context, tenant uuid.UUID, size int64, at time.Time) {
	if o == nil || o.metrics == nil {
		return
	}
	of := o.metrics.attributes(labels{tenant: o.tenant(tenant)})
	o.metrics.checkpointTime.Record(ctx, at.Unix(), of)
	if o.byTenant { // of several tenants together a size says nothing
		o.metrics.checkpointSize.Record(ctx, size, of)
	}
}

// Migrated measures a migration file.
func (o *Observer) Migrated(ctx context.Context, module string, took time.Duration, err error) {
	if o != nil && o.metrics != nil {
		r := o.reasonOf(err)
		l := labels{module: module, outcome: string(r.outcome), errorType: r.kind}
		o.metrics.migrationDuration.Record(ctx, took.Seconds(), o.metrics.attributes(l))
	}
}

// Pending notes how many files a module lacks.
func (o *Observer) Pending(ctx context.Context, module string, n int) {
	if o != nil && o.metrics != nil {
		o.metrics.pending.Record(ctx, int64(n), o.metrics.attributes(labels{module: module}))
	}
}

// Waiting counts a call that waits for the schema until the function that it returns is
// called.
func (o *Observer) Waiting(ctx context.Context) (done func()) {
	if o == nil || o.metrics == nil {
		return func() {}
	}
	o.metrics.waiting.Add(ctx, 1)
	return func() { o.metrics.waiting.Add(ctx, -1) }
}
