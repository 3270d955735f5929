package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"stella-ops.org/attestdb/domain/health"
)

const (
	readHeaderTimeout = 5 * time.Second
	// readTimeout bounds the upload of the largest evidence.
	readTimeout = 30 * time.Second
	// writeTimeout is for the answer alone.
	writeTimeout   = 30 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 16 << 10
)

type listener struct {
	server  *http.Server
	address string
}

// listen serves at the address requests whose work takes no longer than work, under the
// context requests. That it cannot any more is told to failed.
func listen(requests context.Context, address string, work time.Duration, handler http.Handler, log *slog.Logger, failed chan<- error) (*listener, error) {
	server := &http.Server{
		Handler:     handler,
		BaseContext: func(net.Listener) context.Context { return requests },
		ReadTimeout: readTimeout, ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout,
		// It runs from the header on. A request that reaches it is cut off without a word,
		// so its own deadline comes before.
		WriteTimeout:   readTimeout + work + writeTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	l, err := net.Listen("tcp", address) //nolint:noctx // it outlives every context
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve %s: %w", l.Addr(), err)
		}
	}()
	return &listener{server, l.Addr().String()}, nil
}

// probes answer what an orchestrator asks. While the service starts or drains it lives
// and is not ready; in between the database's health handler knows.
type probes struct {
	database atomic.Pointer[http.Handler]
	draining atomic.Bool
}

func (p *probes) serve(h http.Handler) { p.database.Store(&h) }

func (p *probes) drain() { p.draining.Store(true) }

// ServeHTTP implements [http.Handler].
func (p *probes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	database := p.database.Load()
	switch {
	case r.URL.Path == "/livez":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n")) // whoever asked has gone
	case database == nil:
		notReady(w, "service.started", "the service waits for the database and its schema")
	case r.URL.Path == "/readyz" && p.draining.Load():
		notReady(w, "service.draining", "the service ends: it takes no new requests")
	default:
		(*database).ServeHTTP(w, r)
	}
}

// notReady answers with a report as those of the database's handler are.
func notReady(w http.ResponseWriter, check, why string) {
	now := time.Now().UTC()
	writeJSON(w, http.StatusServiceUnavailable, health.Report{
		Status: health.Fail, At: now, Checks: []health.Result{{Name: check, Status: health.Fail, Since: now, Error: why}},
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return // whoever asked has gone
	}
}
