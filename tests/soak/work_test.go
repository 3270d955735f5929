package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
)

// work is what a service does with attestdb, of every kind.
type work struct {
	db      *attestdb.DB
	tenants []*attestdb.TenantDB
	signer  *domaintest.Signer
	verify  attestdb.RecordOption
	key     ledger.SigningKey
	health  http.Handler
	serial  atomic.Int64
	// rolledBack counts the transactions that were rolled back on purpose.
	rolledBack atomic.Int64

	mu sync.Mutex
	// verified is where the verification of each tenant's ledger ended, so that the next
	// one takes as long however large the ledger is.
	verified map[attestdb.TenantID]verdict.State
}

const tenants = 3

func newWork(t *testing.T, cfg attestdb.Config) *work {
	t.Helper()
	// Health looks each time that it is asked.
	cfg.Health.Timing = health.Config{ReadyCache: time.Microsecond, Cache: time.Microsecond}
	db, err := attestdb.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	w := &work{
		db: db, signer: domaintest.NewSigner(t), key: signingKey(t), health: db.HealthHandler(),
		verified: map[attestdb.TenantID]verdict.State{},
	}
	w.verify = attestdb.Verify(w.signer.Verifier(t))
	for n := range tenants {
		w.tenants = append(w.tenants, domaintest.Tenant(t, db, fmt.Sprint("tenant-", n)))
	}
	return w
}

// actor is one who works, for one tenant.
type actor struct {
	*attestdb.TenantDB
	random *rand.Rand
	// last is what was recorded last.
	last *attestor.Evidence
}

func (w *work) actor(n int) *actor {
	return &actor{TenantDB: w.tenants[n%tenants], random: rand.New(rand.NewPCG(1, uint64(n)))}
}

// kind is one kind of work. Its error is one that nobody expects.
type kind struct {
	name string
	// weight is how often it is done, beside the others.
	weight int
	run    func(context.Context, *actor) error
}

func (w *work) kinds() []kind {
	return []kind{
		{"record", 10, w.record},
		{"record again", 4, w.recordAgain},
		{"append", 10, func(ctx context.Context, a *actor) error {
			_, err := a.Verdict().Append(ctx, decision(w.name()))
			return err
		}},
		{"append again", 4, w.appendAgain},
		{"transaction", 4, func(ctx context.Context, a *actor) error { return w.transaction(ctx, a, nil) }},
		{"rollback", 4, func(ctx context.Context, a *actor) error {
			if err := w.transaction(ctx, a, errRollback); !errors.Is(err, errRollback) {
				return fmt.Errorf("rolled back, and %w", err)
			}
			w.rolledBack.Add(1)
			return nil
		}},
		{"refused", 2, w.refused},
		{"find evidence", 6, w.findEvidence},
		{"find decisions", 6, w.findDecisions},
		{"verify", 2, w.verifyLedger},
		{"verify all", 1, w.verifyLedgers},
		{"checkpoint", 1, func(ctx context.Context, a *actor) error {
			_, err := a.Verdict().Checkpoint(ctx, w.key, "")
			return err
		}},
		{"health", 1, func(ctx context.Context, _ *actor) error {
			if r := w.db.Health(ctx); len(r.Checks) == 0 && ctx.Err() == nil {
				return errors.New("health has nothing to say")
			}
			return nil
		}},
		{"readiness", 2, func(ctx context.Context, _ *actor) error {
			req := httptest.NewRequestWithContext(ctx, http.MethodGet, "/readyz", nil)
			w.health.ServeHTTP(httptest.NewRecorder(), req)
			return nil
		}},
	}
}

var errRollback = errors.New("roll back")

// name is one that nothing else has.
func (w *work) name() string { return fmt.Sprint("artifact-", w.serial.Add(1)) }

func decision(name string) verdict.Decision {
	return verdict.Decision{
		Subject: verdict.Subject{Digest: digest.Sum([]byte(name)).Digest(), Name: name}, Result: verdict.Pass,
		Policy: verdict.Policy{URI: "https://policies.example/release"}, IdempotencyKey: name, Payload: []byte(`{"score":1}`),
	}
}

func (w *work) evidence() (*attestor.Evidence, error) {
	name := w.name()
	return attestor.Parse(w.signer.Envelope(attestor.PayloadTypeInToto, domaintest.Statement(name, []byte(name))))
}

func (w *work) record(ctx context.Context, a *actor) error {
	ev, err := w.evidence()
	if err != nil {
		return err
	}
	a.last = ev
	_, err = a.Record(ctx, ev, w.verify)
	return err
}

func (w *work) recordAgain(ctx context.Context, a *actor) error {
	if a.last == nil {
		return w.record(ctx, a)
	}
	_, err := a.Record(ctx, a.last)
	return err
}

func (w *work) appendAgain(ctx context.Context, a *actor) error {
	d := decision(w.name())
	_, err := a.Verdict().Append(ctx, d)
	if err != nil {
		return err
	}
	again, err := a.Verdict().Append(ctx, d)
	if err == nil && !again.Existed {
		return errors.New("a decision is in the ledger twice")
	}
	return err
}

func (w *work) transaction(ctx context.Context, a *actor, end error) error {
	return a.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
		ev, err := w.evidence()
		if err != nil {
			return err
		}
		if _, err := tx.Record(ctx, ev, w.verify); err != nil {
			return err
		}
		if _, err := tx.Verdict().Append(ctx, decision(w.name())); err != nil {
			return err
		}
		return end
	})
}

// refused is what the database refuses, in a transaction and outside.
func (w *work) refused(ctx context.Context, a *actor) error {
	ev, err := w.evidence()
	if err != nil {
		return err
	}
	stranger := w.db.Tenant(attestdb.TenantID(uuid.New())).As("ci")
	if _, err := stranger.Record(ctx, ev); !errors.Is(err, attestdb.ErrUnknownTenant) {
		return fmt.Errorf("an unknown tenant records: %w", err)
	}
	if _, err := stranger.Verdict().Append(ctx, decision(w.name())); !errors.Is(err, attestdb.ErrUnknownTenant) {
		return fmt.Errorf("an unknown tenant decides: %w", err)
	}
	_, err = a.Verdict().Get(ctx, 1<<40)
	if !errors.Is(err, attestdb.ErrNotFound) {
		return fmt.Errorf("an entry that is not there: %w", err)
	}
	return nil
}

func (w *work) findEvidence(ctx context.Context, a *actor) error {
	matches, _, err := a.Attestor().Find(ctx, attestor.Query{}, page.Request{Limit: 10})
	if err != nil {
		return err
	}
	for _, m := range matches {
		if _, err := a.Attestor().Content(ctx, m.ID); err != nil {
			return err
		}
	}
	// Who has seen enough leaves a list.
	for _, err = range a.Attestor().All(ctx, attestor.Query{}) {
		break
	}
	return err
}

func (w *work) findDecisions(ctx context.Context, a *actor) error {
	size, err := a.Verdict().Size(ctx)
	if err != nil || size == 0 {
		return err
	}
	if _, err := a.Verdict().ProveInclusion(ctx, a.random.Int64N(size), size); err != nil {
		return err
	}
	for _, err := range a.Verdict().Range(ctx, 0, size) {
		if err == nil {
			break // who has seen enough leaves a list
		}
		return err
	}
	_, _, err = a.Verdict().Find(ctx, verdict.ByPolicy("https://policies.example/release"), page.Request{Limit: 10})
	return err
}

func (w *work) verifyLedger(ctx context.Context, a *actor) error {
	report, err := a.Verdict().Verify(ctx, w.request(a.ID()))
	return w.judge(report, err)
}

func (w *work) verifyLedgers(ctx context.Context, a *actor) error {
	var ids []attestdb.TenantID
	for _, t := range w.tenants {
		ids = append(ids, t.ID())
	}
	var errs []error
	for v := range w.db.VerifyLedgers(ctx, attestdb.LedgersRequest{Tenants: ids, Request: w.request}) {
		errs = append(errs, w.judge(v.Report, v.Err))
		if a.random.IntN(3) == 0 {
			break
		}
	}
	return errors.Join(errs...)
}

func (w *work) request(id attestdb.TenantID) verdict.VerifyRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return verdict.VerifyRequest{Resume: w.verified[id]}
}

func (w *work) judge(report verdict.Report, err error) error {
	if err != nil {
		return err
	}
	if !report.OK() {
		return fmt.Errorf("the ledger: %v", report.Findings)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.verified[report.Tenant] = report.State
	return nil
}
