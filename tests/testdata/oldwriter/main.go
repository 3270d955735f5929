// Command oldwriter is a service on a library of an earlier release: a test builds it
// inside of that release's source. It writes until its input ends, and says on standard
// output, a line each, what the library acknowledged or refused.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
)

var (
	mu  sync.Mutex
	out = bufio.NewWriter(os.Stdout)
)

// say writes one line: open, recorded SHA256, appended ID, failed WHAT ERROR.
func say(format string, args ...any) {
	mu.Lock()
	defer mu.Unlock()
	fmt.Fprintln(out, strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " "))
	_ = out.Flush()
}

func main() {
	ctx := context.Background()
	db, err := attestdb.Open(ctx, attestdb.Config{App: attestdb.Conn{URL: os.Args[1]}})
	if err != nil {
		say("failed open %v", err)
		os.Exit(1)
	}
	id, err := db.TenantByName(ctx, "acme")
	if err != nil {
		say("failed tenant %v", err)
		os.Exit(1)
	}
	tenant := db.Tenant(id).As("old")
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(done)
	}()
	say("open")
	var writers sync.WaitGroup
	for _, write := range []func(context.Context, *attestdb.TenantDB){record, record, decide, decide} {
		writers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					write(ctx, tenant)
				}
			}
		})
	}
	writers.Wait()
	if err := db.Close(ctx); err != nil {
		say("failed close %v", err)
	}
}

// record stores an envelope that was never there before.
func record(ctx context.Context, tenant *attestdb.TenantDB) {
	payload := fmt.Sprintf(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"old","digest":{"sha256":"%x"}}],`+
		`"predicateType":"https://example.com/old/v1","predicate":{}}`, random(32))
	raw := fmt.Sprintf(`{"payloadType":"application/vnd.in-toto+json","payload":%q,"signatures":[{"keyid":"old","sig":%q}]}`,
		base64.StdEncoding.EncodeToString([]byte(payload)), base64.StdEncoding.EncodeToString(random(64)))
	ev, err := attestor.Parse([]byte(raw))
	if err != nil {
		say("failed parse %v", err)
		return
	}
	rec, err := tenant.Record(ctx, ev)
	if err != nil {
		say("failed record %v", err)
		return
	}
	say("recorded %s", rec.SHA256)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
