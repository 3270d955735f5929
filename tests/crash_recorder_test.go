package tests

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
)

// The recorder is this test program, started again as another process: it
// records evidence as fast as it can until its standard input ends, and says on
// standard output what was acknowledged.
const (
	recorderMark    = "ATTESTDB_TEST_RECORDER" // holds the recorder's orders
	recorderClients = 6
)

// recorderOrders is what a recorder is told.
type recorderOrders struct {
	URL     string
	Tenants []uuid.UUID
	Seed    uint64
}

// pairName is the subject that two envelopes of one transaction share.
const pairName = "pair"

func TestRecorderProcess(t *testing.T) {
	mark := os.Getenv(recorderMark)
	if mark == "" {
		t.Skip("it is a process of the crash test's")
	}
	var orders recorderOrders
	require.NoError(t, json.Unmarshal([]byte(mark), &orders))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	db, err := attestdb.Open(ctx, attestdb.Config{App: attestdb.Conn{URL: orders.URL, MaxConns: recorderClients}})
	require.NoError(t, err)
	signers := []*domaintest.Signer{domaintest.NewSigner(t), domaintest.NewSigner(t), domaintest.NewSigner(t)}
	verify := attestdb.Verify(signers[0].Verifier(t))
	var wg sync.WaitGroup
	for client := range recorderClients {
		random := rand.New(rand.NewPCG(orders.Seed, uint64(client)))
		handle := db.Tenant(attestdb.TenantID(orders.Tenants[client%len(orders.Tenants)])).As("recorder")
		wg.Go(func() {
			for ctx.Err() == nil {
				if random.IntN(3) == 0 {
					decideOne(ctx, handle, random, signers, verify)
				} else {
					recordOne(ctx, handle, random, signers, verify)
				}
			}
		})
	}
	wg.Wait()
}

// recordOne records an envelope, or two in one transaction, and says so in one
// write, which a kill cannot cut.
func recordOne(ctx context.Context, handle *attestdb.TenantDB, random *rand.Rand, signers []*domaintest.Signer, verify attestdb.RecordOption) {
	var acknowledged string
	var err error
	record := func(on *attestdb.TenantDB, pair string) error {
		ev := randomEvidence(random, signers, pair)
		rec, err := on.Record(ctx, ev, verify)
		acknowledged += fmt.Sprintf(" %s=%s", rec.ID, ev.SHA256)
		return err
	}
	if random.IntN(4) > 0 {
		err = record(handle, "")
	} else {
		pair := uuid.NewString()
		err = handle.InTx(ctx, func(_ context.Context, tx *attestdb.TenantDB) error {
			acknowledged = ""
			return errors.Join(record(tx, pair), record(tx, pair))
		})
	}
	switch {
	case err == nil:
		_, _ = os.Stdout.WriteString("ack" + acknowledged + "\n")
	case ctx.Err() != nil:
	case errors.Is(err, attestdb.ErrUnavailable), errors.Is(err, attestdb.ErrOutcomeUnknown):
		sayLost()
	default:
		_, _ = os.Stdout.WriteString("fault " + strings.ReplaceAll(err.Error(), "\n", "; ") + "\n")
	}
}

// sayLost says that a call was lost. The server takes a moment to be there again.
func sayLost() {
	_, _ = os.Stdout.WriteString("lost\n")
	time.Sleep(10 * time.Millisecond)
}

// randomSBOM has 1 to 40 components, and differs from every other one.
func randomSBOM(random *rand.Rand) map[string]any {
	components := make([]any, 1+random.IntN(40))
	for i := range components {
		components[i] = map[string]any{
			"type": "library", "name": uuid.NewString(), "version": "1", "purl": fmt.Sprintf("pkg:npm/p%d@1", random.IntN(1000)),
			"licenses": []any{map[string]any{"license": map[string]any{"id": "MIT"}}},
		}
	}
	return map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}
}

// randomEvidence signs a Statement of 1 to 6 subjects, with an SBOM or 0 to 24 kB,
// with the first 1 to all of the signers.
func randomEvidence(random *rand.Rand, signers []*domaintest.Signer, pair string) *attestor.Evidence {
	var subjects []any
	if pair != "" {
		subjects = append(subjects, map[string]any{"name": pairName, "digest": map[string]string{"sha256": digest.Sum([]byte(pair)).String()}})
	}
	for n := range 1 + random.IntN(5) {
		sum := digest.Sum([]byte(uuid.NewString())).String()
		subjects = append(subjects, map[string]any{
			"name": fmt.Sprintf("artifact-%d", n), "digest": map[string]string{"sha256": sum, "sha1": sum[:40]},
		})
	}
	predicateType, predicate := "https://example.com/crash/v1", map[string]any{"pad": strings.Repeat("x", random.IntN(24<<10))}
	if random.IntN(3) == 0 {
		predicateType, predicate = attestor.PredicateTypeCycloneDX, randomSBOM(random)
	}
	payload, err := json.Marshal(map[string]any{
		"_type": "https://in-toto.io/Statement/v1", "subject": subjects, "predicateType": predicateType, "predicate": predicate,
	})
	if err != nil {
		panic(err)
	}
	var whole dsse.Envelope
	for _, s := range signers[:1+random.IntN(len(signers))] {
		var one dsse.Envelope
		if err := json.Unmarshal(s.Envelope(attestor.PayloadTypeInToto, payload), &one); err != nil {
			panic(err)
		}
		one.Signatures = append(whole.Signatures, one.Signatures...)
		whole = one
	}
	raw, err := json.Marshal(whole)
	if err != nil {
		panic(err)
	}
	ev, err := attestor.Parse(raw)
	if err != nil {
		panic(err)
	}
	return ev
}

// recorder is the other process, seen from here.
type recorder struct {
	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{}

	mu      sync.Mutex
	acks    map[uuid.UUID]digest.SHA256
	entries map[entryKey]int64
	lost    int
	faults  []string
	beat    chan struct{} // gets something after an acknowledgement
}

func startRecorder(t *testing.T, orders recorderOrders) *recorder {
	t.Helper()
	mark, err := json.Marshal(orders)
	require.NoError(t, err)
	r := &recorder{done: make(chan struct{}), acks: map[uuid.UUID]digest.SHA256{}, entries: map[entryKey]int64{}, beat: make(chan struct{}, 1)}
	r.cmd = exec.Command(os.Args[0], "-test.run=^TestRecorderProcess$")
	r.cmd.Env = append(os.Environ(), recorderMark+"="+string(mark))
	r.cmd.Stderr = os.Stderr
	out, err := r.cmd.StdoutPipe()
	require.NoError(t, err)
	r.stdin, err = r.cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, r.cmd.Start())
	t.Cleanup(func() { _ = r.cmd.Process.Kill(); <-r.done })
	go func() {
		defer close(r.done)
		lines := bufio.NewReader(out)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				_ = r.cmd.Wait()
				return
			}
			r.heard(strings.TrimSpace(line))
		}
	}()
	return r
}

func (r *recorder) heard(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "ack":
		for pair := range strings.FieldsSeq(rest) {
			id, sum, _ := strings.Cut(pair, "=")
			var d digest.SHA256
			if err := d.UnmarshalText([]byte(sum)); err != nil {
				r.faults = append(r.faults, err.Error())
			}
			r.acks[uuid.MustParse(id)] = d
		}
		select {
		case r.beat <- struct{}{}:
		default:
		}
	case "entries":
		r.heardEntries(rest)
	case "lost":
		r.lost++
	case "PASS", "ok":
	default:
		r.faults = append(r.faults, line)
	}
}

// stop lets the recorder finish what it is at.
func (r *recorder) stop() {
	_ = r.stdin.Close()
	<-r.done
}

// kill ends the recorder in the middle of whatever it does.
func (r *recorder) kill() {
	_ = r.cmd.Process.Kill()
	<-r.done
}
