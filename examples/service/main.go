// Service is a small HTTP service that keeps evidence and decisions in attestdb: what a
// program of yours that embeds it may look like. It is configured by its environment, is
// asked for its health on a port of its own, and ends without cutting anybody off.
// README.md says how to run it.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	attestdb "stella-ops.org/attestdb/domain"
)

const (
	// healthTime is more than a report takes.
	healthTime = 15 * time.Second
	// lateGrace is how long requests have to say that they were ended, once the time for
	// draining is over.
	lateGrace = 5 * time.Second
	// lastRound bounds the checkpoints of what the last requests appended.
	lastRound = 10 * time.Second
	// closeTimeout bounds the return of the database's connections.
	closeTimeout = 5 * time.Second
)

// errEnding ends the requests that draining did not wait for.
var errEnding = errors.New("the service ends")

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	cfg, err := readConfig(os.Getenv)
	if err == nil {
		err = run(ctx, cfg, log)
	}
	if err != nil {
		log.Error("ended", "error", err)
		os.Exit(1)
	}
	log.Info("ended")
}

// run serves until ctx ends, and then lets everything come to its end in turn. Its error
// is nil if nothing was cut short.
func run(ctx context.Context, cfg config, log *slog.Logger) (err error) {
	failed := make(chan error, 2) // one for each server

	// Whoever asks is told that the process lives while it waits for the database.
	probes := &probes{}
	health, err := listen(context.WithoutCancel(ctx), cfg.healthListen, healthTime, probes, log, failed)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, health.server.Close()) }()
	log.Info("health", "address", health.address)

	db, err := attestdb.Open(ctx, attestdb.Config{
		App:           attestdb.Conn{URL: cfg.databaseURL},
		Pooler:        cfg.pooler,
		Instances:     cfg.instances,
		WaitForSchema: cfg.waitForSchema,
		Health:        attestdb.HealthConfig{RequireWrites: true},
		Logger:        log,
	})
	switch {
	case err != nil && ctx.Err() != nil:
		log.Info("ended while it waited for the database", "error", err)
		return nil
	case err != nil:
		return err
	}
	defer func() {
		// What is to be closed is closed though ctx is over.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		err = errors.Join(err, db.Close(ctx))
	}()

	// Requests outlive the signal: their context ends when the time for draining is over.
	requests, endRequests := context.WithCancelCause(context.WithoutCancel(ctx))
	defer endRequests(errEnding)
	service := newService(db, cfg, log)
	api, err := listen(requests, cfg.listen, cfg.requestTimeout, service.handler(probes), log, failed)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.server.Close()) }()

	worker := startWorker(context.WithoutCancel(ctx), newSigner(service, cfg, log))
	defer worker.end()

	probes.serve(db.HealthHandler())
	log.Info("serving", "address", api.address, "tenants", len(cfg.grants.tenants()), "checkpoints", cfg.ledgerKey != nil)

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("draining", "cause", context.Cause(ctx).Error(), "delay", cfg.drainDelay.String(), "timeout", cfg.drainTimeout.String())
	return drain(cfg, probes, api.server, endRequests)
}

// drain has new requests go elsewhere, and returns when the last one was answered. The
// probes say at once that the service is not ready; it serves on for the delay in which
// whoever sends requests finds that out.
func drain(cfg config, probes *probes, api *http.Server, endRequests context.CancelCauseFunc) error {
	probes.drain()
	time.Sleep(cfg.drainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), cfg.drainTimeout)
	defer cancel()
	err := api.Shutdown(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	// They hear that they were ended, which is better than a connection that breaks.
	endRequests(errEnding)
	late, cancelLate := context.WithTimeout(context.Background(), lateGrace)
	defer cancelLate()
	return errors.Join(fmt.Errorf("requests were still under way after %s", cfg.drainTimeout), api.Shutdown(late))
}
