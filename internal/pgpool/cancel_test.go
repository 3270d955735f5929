package pgpool_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/testdb"
)

// slowToCancel is a way to a server on which requests to cancel take their time, as they do
// on a server that is slow to start a process.
func slowToCancel(t *testing.T, socket string, delay time.Duration) (host, port string) {
	t.Helper()
	relay, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = relay.Close() })
	go func() {
		for {
			client, err := relay.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = client.Close() }()
				first := make([]byte, 8)
				if _, err := io.ReadFull(client, first); err != nil {
					return
				}
				if binary.BigEndian.Uint32(first[4:]) == 80877102 { // CancelRequest
					time.Sleep(delay)
				}
				server, err := net.Dial("unix", socket)
				if err != nil {
					return
				}
				defer func() { _ = server.Close() }()
				go func() {
					defer func() { _ = client.Close() }()
					_, _ = io.Copy(client, server)
				}()
				if _, err := server.Write(first); err == nil {
					_, _ = io.Copy(server, client)
					time.Sleep(delay) // what was sent arrives, though the sender has gone
				}
			}()
		}
	}()
	host, port, err = net.SplitHostPort(relay.Addr().String())
	require.NoError(t, err)
	return host, port
}

// A cancel that arrives when its statement has ended cancels nobody else's: the connection
// is kept until the server has heard of it, and given up if that takes long.
func TestCancelHitsNobodyElse(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	for name, c := range map[string]struct {
		delay time.Duration
		kept  bool
	}{
		"heard": {400 * time.Millisecond, true}, "not heard in time": {1300 * time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, err := pgxpool.ParseConfig(database.URL("app") + "&sslmode=disable")
			require.NoError(t, err)
			socket := filepath.Join(cfg.ConnConfig.Host, ".s.PGSQL."+strconv.Itoa(int(cfg.ConnConfig.Port)))
			host, port := slowToCancel(t, socket, c.delay)
			cfg.ConnConfig.Host = host
			n, err := strconv.ParseUint(port, 10, 16)
			require.NoError(t, err)
			cfg.ConnConfig.Port = uint16(n)
			cfg.ConnConfig.Fallbacks = nil
			cfg.MaxConns = 1
			settings.Set(cfg)
			pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
			require.NoError(t, err)
			t.Cleanup(pool.Close)
			for range 3 {
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				_, err = pool.Exec(ctx, "SELECT pg_sleep(0.1)") // ends before the cancel arrives
				cancel()
				t.Log(err)
				_, err = pool.Exec(t.Context(), "SELECT pg_sleep(0.6)")
				require.NoError(t, err, "nobody cancelled it")
			}
			require.Equal(t, c.kept, pool.Stat().NewConnsCount() == 1)
		})
	}
}
