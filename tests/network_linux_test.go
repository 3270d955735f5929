package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
)

// network is a TCP way to a server that listens on a socket alone, and on it whatever
// toxiproxy can do to a network.
type network struct {
	*toxiproxy.Proxy
	host, port string
}

func networkTo(t *testing.T, s *ownServer) *network {
	t.Helper()
	socket := filepath.Join(s.SocketDir(), ".s.PGSQL.5432")
	relay, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = relay.Close() })
	go func() {
		for {
			client, err := relay.Accept()
			if err != nil {
				return
			}
			go relayTo(client, socket)
		}
	}()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	n := &network{Proxy: toxiproxy.NewProxy(server, "postgres", "127.0.0.1:0", relay.Addr().String())}
	require.NoError(t, n.Start())
	t.Cleanup(n.Stop)
	n.host, n.port, err = net.SplitHostPort(n.Listen)
	require.NoError(t, err)
	return n
}

func relayTo(client net.Conn, socket string) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() {
		defer func() { _ = client.Close() }()
		_, _ = io.Copy(client, server)
	}()
	_, _ = io.Copy(server, client)
}

// poison adds a toxic, by toxiproxy's own description, until the function is called.
func (n *network) poison(t *testing.T, kind, stream, attributes string) func() {
	t.Helper()
	_, err := n.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(
		`{"name": %q, "type": %q, "stream": %q, "attributes": %s}`, kind+stream, kind, stream, attributes)))
	require.NoError(t, err)
	return func() { require.NoError(t, n.Toxics.RemoveToxic(context.Background(), kind+stream)) }
}

// cut lets nothing through in either direction, and tells nobody.
func (n *network) cut(t *testing.T) (mend func()) {
	t.Helper()
	up := n.poison(t, "timeout", "upstream", `{"timeout": 0}`)
	down := n.poison(t, "timeout", "downstream", `{"timeout": 0}`)
	return func() { up(); down() }
}

func (n *network) url(login string, others ...*network) string {
	hosts, ports := []string{n.host}, []string{n.port}
	for _, o := range others {
		hosts, ports = append(hosts, o.host), append(ports, o.port)
	}
	return fmt.Sprintf("postgres://%s@/%s?host=%s&port=%s&sslmode=disable", login, ownDatabase,
		strings.Join(hosts, ","), strings.Join(ports, ","))
}

// Whatever happens to the network, no call hangs past its deadline, nothing that was
// acknowledged is lost, and the pool recovers by itself.
func TestNetworkThatIsCutSlowOrReset(t *testing.T) {
	t.Parallel()
	server := startPrimary(t, nil)
	acme := domaintest.Tenant(t, server.open(t, 4), "acme")
	for name, disturb := range map[string]func(t *testing.T, n *network) (mend func()){
		"cut": func(t *testing.T, n *network) func() { return n.cut(t) },
		"answers cut": func(t *testing.T, n *network) func() {
			return n.poison(t, "timeout", "downstream", `{"timeout": 0}`)
		},
		"slow": func(t *testing.T, n *network) func() {
			return n.poison(t, "latency", "downstream", `{"latency": 400, "jitter": 300}`)
		},
		"reset": func(t *testing.T, n *network) func() {
			return n.poison(t, "reset_peer", "downstream", `{"timeout": 100}`)
		},
		"in pieces": func(t *testing.T, n *network) func() {
			return n.poison(t, "slicer", "downstream", `{"average_size": 7, "size_variation": 5, "delay": 100}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := networkTo(t, server)
			db, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: n.url("app"), MaxConns: 6}})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
			writers, stop := startWriters(t, db.Tenant(acme.ID()), 8, 1500*time.Millisecond)
			writers.goOn(t, 20, 20*time.Second)
			mend := disturb(t, n)
			time.Sleep(4 * time.Second)
			mend()
			writers.goOn(t, 50, 30*time.Second)
			stop()
			writers.requireKept(t, acme)
		})
	}
}

// The primary is cut off from its clients and lives on. Its synchronous standby takes
// over: what hangs on the old primary's connections is given up, and the pool finds the
// new one.
func TestPrimaryBehindACutNetworkIsLeft(t *testing.T) {
	t.Parallel()
	primary := startPrimary(t, nil)
	standby := primary.standby(t)
	acme := domaintest.Tenant(t, primary.open(t, 4), "acme")
	primary.exec(t, "postgres", "ALTER SYSTEM SET synchronous_standby_names = 'one'")
	primary.exec(t, "postgres", "SELECT pg_reload_conf()")
	toPrimary, toStandby := networkTo(t, primary), networkTo(t, standby)
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App: attestdb.Conn{URL: toPrimary.url("app", toStandby) + "&connect_timeout=1", MaxConns: 6}, StatementTimeout: time.Second,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })

	writers, stop := startWriters(t, db.Tenant(acme.ID()), 8, 4*time.Second)
	writers.goOn(t, 100, 20*time.Second)
	mend := toPrimary.cut(t)
	cut := time.Now()
	standby.exec(t, "postgres", "SELECT pg_promote()")
	writers.goOn(t, 100, 40*time.Second)
	t.Logf("100 calls succeeded again %s after the network was cut", time.Since(cut).Round(time.Millisecond))
	stop()
	writers.requireKept(t, standby.open(t, 4).Tenant(acme.ID()))
	require.NoError(t, primary.Kill()) // who waits for its standby there would wait for ever
	mend()
}

// A page of large payloads, or of long entries, takes a slow network longer than one
// statement may take: it is read in several.
func TestLargeLedgersAreVerifiedOverASlowNetwork(t *testing.T) {
	t.Parallel()
	server := startPrimary(t, nil)
	acme := domaintest.Tenant(t, server.open(t, 4), "acme").As("ci")
	decisions := make([]verdict.Decision, 60)
	for i := range decisions {
		decisions[i] = decided(strconv.Itoa(i))
		decisions[i].Payload = json.RawMessage(fmt.Sprintf(`"%01000000d"`, i))
	}
	_, err := acme.Verdict().AppendBatch(t.Context(), decisions)
	require.NoError(t, err)
	// Short ones first, after which many are read at once.
	decisions = make([]verdict.Decision, 1200)
	for i := range decisions {
		decisions[i] = decided(strconv.Itoa(i))
		if i >= 300 {
			decisions[i].Reason, decisions[i].Payload = fmt.Sprintf("%050000d", i), nil
		}
	}
	_, err = acme.Verdict().AppendBatch(t.Context(), decisions)
	require.NoError(t, err)
	n := networkTo(t, server)
	const limit = 4 * time.Second
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App: attestdb.Conn{URL: n.url("app"), MaxConns: 2}, StatementTimeout: limit,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	n.poison(t, "bandwidth", "downstream", `{"rate": 10000}`)
	begun := time.Now()
	soundly(t, db.Tenant(acme.ID()))
	require.Greater(t, time.Since(begun), limit)

	server.exec(t, ownDatabase, "SET session_replication_role = replica; DELETE FROM verdict.ledger_payloads WHERE id = (SELECT max(id::text)::uuid FROM verdict.ledger_payloads)")
	r, err := db.Tenant(acme.ID()).Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Len(t, r.Findings, 1)
}
