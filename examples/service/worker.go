package main

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/ledger"
)

// signTimeout bounds one ledger, so that none keeps the others waiting for long.
const signTimeout = 30 * time.Second

// signer signs checkpoints of the tenants' ledgers. A ledger is as good as the
// checkpoints that are kept where whoever rewrites it does not reach: each is in the log,
// which goes elsewhere.
type signer struct {
	service  *service
	key      []byte
	interval time.Duration
	log      *slog.Logger
}

// newSigner returns nil without a key to sign with.
func newSigner(s *service, cfg config, log *slog.Logger) *signer {
	if cfg.ledgerKey == nil {
		return nil
	}
	return &signer{s, cfg.ledgerKey, cfg.checkpointInterval, log}
}

// worker is the goroutine in which a signer works.
type worker struct {
	signer *signer
	stop   context.CancelFunc
	done   chan struct{}
}

func startWorker(ctx context.Context, s *signer) *worker {
	ctx, stop := context.WithCancel(ctx)
	w := &worker{signer: s, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		if s != nil {
			s.run(ctx)
		}
	}()
	return w
}

// end stops the worker, waits for it, and signs what came since its last round, so that
// nothing is without a checkpoint for as long as the service is down.
func (w *worker) end() {
	w.stop()
	<-w.done
	if w.signer == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastRound)
	defer cancel()
	w.signer.round(ctx)
}

// run signs once in each interval. Of many instances none begins with the others.
func (s *signer) run(ctx context.Context) {
	wait := rand.N(s.interval)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		s.round(ctx)
		wait = s.interval
	}
}

func (s *signer) round(ctx context.Context) {
	for _, name := range s.service.cfg.grants.tenants() {
		err := s.sign(ctx, name)
		_, contradicted := errors.AsType[*ledger.ProofError](err)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return
		case contradicted:
			s.log.Error("the ledger is not what its last checkpoint says: nothing was signed; run `attestdb verdict verify`", "tenant", name, "error", err)
		case errors.Is(err, attestdb.ErrTenantSuspended):
			s.log.Info("no checkpoint", "tenant", name, "error", err)
		default:
			s.log.Warn("no checkpoint; the next round tries again", "tenant", name, "error", err)
		}
	}
}

// sign signs the ledger unless the last checkpoint covers it, so that many instances sign
// no more often than one.
func (s *signer) sign(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, signTimeout)
	defer cancel()
	tenant, err := s.service.tenant(ctx, name)
	if err != nil {
		return err
	}
	fresh, err := tenant.Verdict().Freshness(ctx)
	if err != nil || fresh.Uncovered() == 0 {
		return err
	}
	key, err := ledger.ParseSigningKey(ledger.Origin(tenant.ID()), s.key)
	if err != nil {
		return err
	}
	c, err := tenant.Verdict().Checkpoint(ctx, key, "")
	if err != nil || c.Existed {
		return err
	}
	s.log.Info("checkpoint", "tenant", name, "size", c.TreeSize, "note", string(c.Note), "verifier", key.VerifierKey())
	return nil
}
