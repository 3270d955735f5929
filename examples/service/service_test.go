package main_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sumdbnote "golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
)

// program is the service, built as a user builds it.
var program string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "attestdb-service-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "service")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build the service: %v\n%s", err, out))
	}
	return m.Run()
}

const (
	acmeToken   = "acme's token"
	globexToken = "globex's token"
	absentToken = "the token of a tenant that is not there"
)

// world is a database with tenants, and what the service is told about them.
type world struct {
	database     *domaintest.Database
	db           *attestdb.DB
	acme, globex *attestdb.TenantDB
	signer       *domaintest.Signer
	env          map[string]string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	database := domaintest.NewDatabase(t)
	w := &world{database: database, db: database.Open(t), signer: domaintest.NewSigner(t)}
	w.acme, w.globex = domaintest.Tenant(t, w.db, "acme"), domaintest.Tenant(t, w.db, "globex")
	w.env = environment(t, database.URL("app"), w.signer)
	return w
}

// environment is what the service needs for a database, with files of the test's own.
func environment(t *testing.T, url string, signer *domaintest.Signer) map[string]string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	der, err := x509.MarshalPKIXPublicKey(signer.Public())
	require.NoError(t, err)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	ledgerKey, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	var tokens []map[string]string
	for tenant, token := range map[string]string{"acme": acmeToken, "globex": globexToken, "absent": absentToken} {
		tokens = append(tokens, map[string]string{"tenant": tenant, "actor": "ci@" + tenant, "token_sha256": digest.Sum([]byte(token)).String()})
	}
	list, err := json.Marshal(tokens)
	require.NoError(t, err)
	return map[string]string{
		"ATTESTDB_DATABASE_URL":       url,
		"SERVICE_LISTEN":              "127.0.0.1:0",
		"SERVICE_HEALTH_LISTEN":       "127.0.0.1:0",
		"SERVICE_TOKENS_FILE":         write("tokens.json", list),
		"SERVICE_TRUSTED_KEYS_FILE":   write("trusted.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		"SERVICE_LEDGER_KEY_FILE":     write("ledger.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: ledgerKey})),
		"SERVICE_CHECKPOINT_INTERVAL": "200ms",
		"SERVICE_DRAIN_DELAY":         "500ms",
	}
}

// process is a running service.
type process struct {
	cmd         *exec.Cmd
	api, health string
	ended       chan struct{} // closed when it has ended and all of its log is read

	mu   sync.Mutex
	logs []map[string]any
}

// start starts the service and returns when it has said where it is asked for its health.
func start(t *testing.T, env map[string]string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(program), ended: make(chan struct{})}
	for name, value := range env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	p.cmd.Stderr = os.Stderr
	require.NoError(t, p.cmd.Start())
	go func() {
		defer close(p.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var line map[string]any
			if json.Unmarshal(lines.Bytes(), &line) != nil {
				line = map[string]any{"msg": "no JSON: " + lines.Text()}
			}
			p.mu.Lock()
			p.logs = append(p.logs, line)
			p.mu.Unlock()
		}
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			for _, line := range p.said("") {
				t.Log(line)
			}
		}
	})
	return p
}

// serving starts the service and waits until it serves.
func serving(t *testing.T, env map[string]string) *process {
	t.Helper()
	p := start(t, env)
	p.health = p.address(t, "health")
	p.api = p.address(t, "serving")
	return p
}

// said returns the lines of the log with this message, all for "".
func (p *process) said(message string) (lines []map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.logs {
		if message == "" || line["msg"] == message {
			lines = append(lines, line)
		}
	}
	return lines
}

func (p *process) address(t *testing.T, message string) string {
	t.Helper()
	require.Eventually(t, func() bool { return len(p.said(message)) > 0 || p.hasEnded() }, 30*time.Second, 5*time.Millisecond)
	lines := p.said(message)
	require.NotEmpty(t, lines, "the service ended")
	return "http://" + lines[0]["address"].(string)
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// wait returns the exit code; -1 is the end by a signal.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(30 * time.Second):
		require.Fail(t, "the service does not end")
		return 0
	}
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   map[string]any
}

func (p *process) do(ctx context.Context, method, path, token string, body io.Reader, header ...string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.api+path, body)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	r := reply{status: resp.StatusCode, header: resp.Header}
	return r, json.NewDecoder(resp.Body).Decode(&r.body)
}

func (p *process) must(t *testing.T, method, path, token string, body []byte, header ...string) reply {
	t.Helper()
	r, err := p.do(t.Context(), method, path, token, bytes.NewReader(body), header...)
	require.NoError(t, err)
	return r
}

// ready is the status of /readyz.
func (p *process) ready() int {
	resp, err := http.Get(p.health + "/readyz")
	if err != nil {
		return 0
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode
}

const (
	acmeEvidence  = "/v1/tenants/acme/evidence"
	acmeDecisions = "/v1/tenants/acme/decisions"
)

// about returns evidence about an artifact with these bytes, and the artifact's digest.
func (w *world) about(artifact string) (raw []byte, sum string) {
	return w.signer.Envelope(attestor.PayloadTypeInToto, domaintest.Statement("pkg.tgz", []byte(artifact))),
		digest.Sum([]byte(artifact)).Digest().String()
}

func decisionAbout(sum, result string) []byte {
	return fmt.Appendf(nil, `{"subject":{"digest":%q},"result":%q,"policy":{"uri":"https://policies.example/release"},"payload":{"score":1}}`, sum, result)
}

func TestEvidenceAndDecisionsOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := serving(t, w.env)
	raw, sum := w.about("artifact")

	first := p.must(t, "POST", acmeEvidence, acmeToken, raw)
	require.Equal(t, http.StatusCreated, first.status, first.body)
	require.Equal(t, "verified", first.body["outcome"])
	again := p.must(t, "POST", acmeEvidence, acmeToken, raw)
	require.Equal(t, http.StatusOK, again.status)
	require.Equal(t, first.body["id"], again.body["id"])

	decided := p.must(t, "POST", acmeDecisions, acmeToken, decisionAbout(sum, "PASS"), "Idempotency-Key", "1")
	require.Equal(t, http.StatusCreated, decided.status, decided.body)
	repeated := p.must(t, "POST", acmeDecisions, acmeToken, decisionAbout(sum, "PASS"), "Idempotency-Key", "1")
	require.Equal(t, http.StatusOK, repeated.status)
	require.Equal(t, decided.body["leaf_hash"], repeated.body["leaf_hash"])

	known := p.must(t, "GET", "/v1/tenants/acme/artifacts/"+sum, acmeToken, nil)
	require.Equal(t, http.StatusOK, known.status)
	require.Len(t, known.body["evidence"], 1)
	require.Len(t, known.body["decisions"], 1)
	evidence := known.body["evidence"].([]any)[0].(map[string]any)
	require.Equal(t, first.body["sha256"], evidence["sha256"])
	require.Equal(t, "ci@acme", evidence["recorded_by"])
	// Another tenant knows nothing of it.
	other := p.must(t, "GET", "/v1/tenants/globex/artifacts/"+sum, globexToken, nil)
	require.Equal(t, http.StatusOK, other.status)
	require.Empty(t, other.body["evidence"])
	require.Empty(t, other.body["decisions"])

	// The worker signs the ledger, and the checkpoint is in the log too.
	require.Eventually(t, func() bool {
		f, err := w.acme.Verdict().Freshness(t.Context())
		return err == nil && f.Size > 0 && f.Uncovered() == 0
	}, 10*time.Second, 20*time.Millisecond)
	f, err := w.acme.Verdict().Freshness(t.Context())
	require.NoError(t, err)
	var note, key string
	require.Eventually(t, func() bool {
		for _, line := range p.said("checkpoint") {
			if line["tenant"] == "acme" && line["size"] == float64(f.Size) {
				note, key = line["note"].(string), line["verifier"].(string)
			}
		}
		return note != ""
	}, 10*time.Second, 20*time.Millisecond)
	verifier, err := sumdbnote.NewVerifier(key)
	require.NoError(t, err)
	report, err := w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Verifiers: []sumdbnote.Verifier{verifier}, Outside: [][]byte{[]byte(note)}})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Equal(t, http.StatusOK, p.ready())
}

// Each fault of a request is told as what it is, and leaves nothing behind.
func TestFaultsHaveTheirStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := serving(t, w.env)
	raw, sum := w.about("artifact")
	foreign := domaintest.NewSigner(t).Envelope(attestor.PayloadTypeInToto, domaintest.Statement("pkg.tgz", []byte("artifact")))
	decision := decisionAbout(sum, "PASS")
	globex := "/v1/tenants/globex"
	for name, c := range map[string]struct {
		method, path, token string
		body                []byte
		key                 string
		status              int
		field               string
	}{
		"no such token":        {"POST", acmeEvidence, "x", raw, "", http.StatusUnauthorized, ""},
		"another's token":      {"POST", acmeEvidence, globexToken, raw, "", http.StatusForbidden, ""},
		"unknown tenant":       {"POST", "/v1/tenants/absent/evidence", absentToken, raw, "", http.StatusNotFound, ""},
		"no evidence":          {"POST", acmeEvidence, acmeToken, []byte(`{"payload":""}`), "", http.StatusBadRequest, "payloadType"},
		"too large":            {"POST", acmeEvidence, acmeToken, make([]byte, attestor.MaxContentSize+1), "", http.StatusRequestEntityTooLarge, ""},
		"does not verify":      {"POST", acmeEvidence, acmeToken, foreign, "", http.StatusUnprocessableEntity, ""},
		"no idempotency key":   {"POST", acmeDecisions, acmeToken, decision, "", http.StatusBadRequest, "Idempotency-Key"},
		"no JSON":              {"POST", acmeDecisions, acmeToken, []byte(`{`), "k", http.StatusBadRequest, "body"},
		"two decisions":        {"POST", acmeDecisions, acmeToken, append(decision, decision...), "k", http.StatusBadRequest, "body"},
		"unknown field":        {"POST", acmeDecisions, acmeToken, []byte(`{"results":"PASS"}`), "k", http.StatusBadRequest, "body"},
		"no such result":       {"POST", acmeDecisions, acmeToken, decisionAbout(sum, "MAYBE"), "k", http.StatusBadRequest, "result"},
		"digest of a decision": {"POST", acmeDecisions, acmeToken, decisionAbout("sha256:1", "PASS"), "k", http.StatusBadRequest, "digest"},
		"no digest":            {"GET", "/v1/tenants/acme/artifacts/sha256", acmeToken, nil, "", http.StatusBadRequest, "digest"},
		"no limit":             {"GET", "/v1/tenants/acme/artifacts/" + sum + "?limit=0", acmeToken, nil, "", http.StatusBadRequest, "limit"},
		"no cursor":            {"GET", "/v1/tenants/acme/artifacts/" + sum + "?evidence_cursor=x", acmeToken, nil, "", http.StatusBadRequest, "cursor"},
	} {
		r := p.must(t, c.method, c.path, c.token, c.body, "Idempotency-Key", c.key)
		require.Equal(t, c.status, r.status, "%s: %v", name, r.body)
		require.NotEmpty(t, r.body["error"], name)
		require.NotEmpty(t, r.body["request_id"], name)
		if c.field != "" {
			require.Contains(t, r.body["field"], c.field, name)
		}
	}
	require.Equal(t, http.StatusCreated, p.must(t, "POST", acmeDecisions, acmeToken, decision, "Idempotency-Key", "k").status)
	require.Equal(t, http.StatusConflict, p.must(t, "POST", acmeDecisions, acmeToken, decisionAbout(sum, "FAIL"), "Idempotency-Key", "k").status)
	decisions, _, err := w.acme.Verdict().Find(t.Context(), verdict.ByPolicy("https://policies.example/release"), page.Request{})
	require.NoError(t, err)
	require.Len(t, decisions, 1)
	count, err := w.acme.Attestor().Count(t.Context(), attestor.Query{})
	require.NoError(t, err)
	require.Zero(t, count)

	_, err = w.db.Tenancy().As(domaintest.Actor).Suspend(t.Context(), w.globex.ID())
	require.NoError(t, err)
	require.Equal(t, http.StatusForbidden, p.must(t, "POST", globex+"/evidence", globexToken, raw).status)
	require.Equal(t, http.StatusOK, p.must(t, "GET", globex+"/artifacts/"+sum, globexToken, nil).status)
}

// Everything that is wrong with the configuration is said at once, and no value of it.
func TestConfigurationIsRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	p := start(t, map[string]string{"SERVICE_DRAIN_DELAY": "hunter2", "SERVICE_MAX_REQUESTS": "0"})
	require.Equal(t, 1, p.wait(t))
	lines := p.said("ended")
	require.Len(t, lines, 1)
	text := lines[0]["error"].(string)
	for _, name := range []string{
		"ATTESTDB_DATABASE_URL", "SERVICE_TOKENS_FILE", "SERVICE_TRUSTED_KEYS_FILE", "SERVICE_DRAIN_DELAY", "SERVICE_MAX_REQUESTS",
	} {
		require.Contains(t, text, name)
	}
	require.NotContains(t, text, "hunter2")
}
