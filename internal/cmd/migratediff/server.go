package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"stella-ops.org/attestdb/internal/embedpg"
)

// server returns a superuser's URL of the server for scratch databases: devURL,
// or else that of a private server which is gone after stop.
func server(ctx context.Context, devURL string) (url string, stop func(), err error) {
	if devURL != "" {
		return devURL, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "migratediff-")
	if err != nil {
		return "", nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	cfg := embedpg.Config{
		Dir:    dir,
		Fast:   true,
		Report: func(line string) { fmt.Fprintln(os.Stderr, "migratediff:", line) },
	}
	if cache, err := embedpg.CacheDir(); err == nil {
		cfg.ClusterCache = filepath.Join(cache, "clusters")
	}
	srv, err := embedpg.Start(ctx, cfg)
	if err != nil {
		remove()
		return "", nil, err
	}
	return srv.URL("postgres", "postgres"), func() {
		_ = srv.Stop(context.WithoutCancel(ctx))
		remove()
	}, nil
}
