package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

const (
	demoRoot    = "trusted_root.json"
	demoChanged = "changed.sigstore.json"
)

const (
	demoTenant = "acme"
	demoOther  = "globex"
)

func (a *app) demoCommand() *cobra.Command {
	var reset, yes bool
	cmd := a.verb("demo", "Show what attestdb does, on a PostgreSQL server of its own", 0, 0,
		func(ctx context.Context, _ []string) error {
			if a.databaseURL != "" || a.databaseURLFile != "" {
				return usagef("the demo has a server of its own and takes no --database-url")
			}
			if reset {
				return a.removeDemo(ctx, yes)
			}
			d := demo{app: a}
			return d.run(ctx)
		})
	cmd.Flags().BoolVar(&reset, "reset", false, "delete the demo's directory instead")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

type demo struct {
	*app
	dir string
	db  *attestdb.DB
	out demoJSON
}

type demoJSON struct {
	Directory string           `json:"directory"`
	Tenants   []tenantJSON     `json:"tenants"`
	Ingested  []ingestLine     `json:"ingested"`
	Refused   string           `json:"refused"`
	Digest    string           `json:"digest"`
	Found     map[string]int   `json:"found"`
	Decided   *ledgerEntryJSON `json:"decided"`
	Commands  []string         `json:"commands"`
}

func (d *demo) run(ctx context.Context) (err error) {
	if d.dir, err = d.demoDirectory(); err != nil {
		return err
	}
	if err := d.startDemo(ctx, true); err != nil {
		return err
	}
	if err := d.server.prepare(ctx, d.app); err != nil {
		return err
	}
	d.out.Directory = d.dir
	d.say("data     %s (kept; to remove it: %s demo --reset%s)\n", d.dir, invocation(), d.dirFlag())
	d.db, err = attestdb.Open(ctx, attestdb.Config{
		App:   attestdb.Conn{URL: d.server.url(roleApp), MaxConns: 2},
		Admin: attestdb.Conn{URL: d.server.url(roleAdmin), MaxConns: 2},
	})
	if err != nil {
		return err
	}
	defer closeDB(ctx, d.db) //nolint:errcheck // the command's own error counts
	tenants, err := d.tenants(ctx)
	if err != nil {
		return err
	}
	if err := d.ingest(ctx, tenants[0]); err != nil {
		return err
	}
	if err := d.find(ctx, tenants); err != nil {
		return err
	}
	if err := d.decide(ctx, tenants[0]); err != nil {
		return err
	}
	d.commands()
	if d.json {
		return d.printJSON(d.out)
	}
	return nil
}

// dirFlag is what a command needs to find the directory again.
func (d *demo) dirFlag() string {
	if d.demoDir == "" {
		return ""
	}
	return " --demo-dir " + quote(d.dir)
}

// say prints a line of the story, unless JSON is wanted.
func (d *demo) say(format string, args ...any) {
	if !d.json {
		d.printf(format, args...)
	}
}

func (d *demo) tenants(ctx context.Context) ([]*attestdb.TenantDB, error) {
	var list []*attestdb.TenantDB
	d.say("tenants ")
	for i, name := range []string{demoTenant, demoOther} {
		t, existed, err := d.db.Tenancy().As(d.actorName()).Create(ctx, name)
		if err != nil {
			return nil, err
		}
		line := newTenantJSON(t)
		line.Existed = &existed
		d.out.Tenants = append(d.out.Tenants, line)
		d.say("%s %s (%s)", []string{"", ","}[i], name, newOrExisted(existed))
		list = append(list, d.db.Tenant(t.ID).As(d.actorName()))
	}
	d.say("\n")
	return list, nil
}

// file returns the path of one of the demo's files.
func (d *demo) file(name string) string { return filepath.Join(d.dir, "evidence", name) }

// write puts one of the demo's files where the printed commands find it.
func (d *demo) write(name string, content []byte) error {
	path := d.file(name)
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

func (d *demo) ingest(ctx context.Context, tenant *attestdb.TenantDB) error {
	root, err := demoTrustedRoot()
	if err != nil {
		return err
	}
	if err := d.write(demoRoot, root); err != nil {
		return err
	}
	d.say("ingest   as %s, verified offline against the trusted root of Sigstore's public instance:\n", demoTenant)
	for i, b := range demoBundles {
		raw, err := b.content()
		if err != nil {
			return err
		}
		if err := d.write(b.file, raw); err != nil {
			return err
		}
		verifier, err := sigstore.New(root, b.signer)
		if err != nil {
			return err
		}
		ev, err := attestor.Parse(raw)
		if err != nil {
			return err
		}
		rec, err := tenant.Record(ctx, ev, attestdb.Verify(verifier))
		if err != nil {
			return err
		}
		in := ingest{app: d.app}
		d.out.Ingested = append(d.out.Ingested, in.recorded(d.file(b.file), ev, rec))
		d.say("  %-8s %s: %s\n           signed by %s\n", newOrExisted(rec.Existed),
			ev.Statement.Subject[0].Name, ev.Statement.PredicateType, b.who)
		if i == 0 {
			d.out.Digest = ev.Statement.Subject[0].Digest[0].String()
			if err := d.refuse(ctx, tenant, verifier, ev); err != nil {
				return err
			}
		}
	}
	d.say("  refused  a copy of the first that speaks of another package\n")
	return nil
}

// refuse tries a copy of ev with another subject.
func (d *demo) refuse(ctx context.Context, tenant *attestdb.TenantDB, verifier attestor.Verifier, ev *attestdb.Evidence) error {
	name := []byte(ev.Statement.Subject[0].Name)
	payload := bytes.Replace(ev.Envelope.Payload, name, append(bytes.Clone(name[:len(name)-1]), '9'), 1)
	encode := base64.StdEncoding.EncodeToString
	raw := bytes.Replace(ev.Content, []byte(encode(ev.Envelope.Payload)), []byte(encode(payload)), 1)
	if err := d.write(demoChanged, raw); err != nil {
		return err
	}
	// Its log entry is about the first; without one, the signature would tell.
	changed, err := attestor.Parse(raw)
	if err == nil {
		_, err = tenant.Record(ctx, changed, attestdb.Verify(verifier))
	}
	if !errors.Is(err, attestdb.ErrInvalid) && !errors.Is(err, attestdb.ErrVerification) {
		return fmt.Errorf("the changed copy should have been refused: %w", errors.Join(errors.New("it was not"), err))
	}
	d.out.Refused = err.Error()
	return nil
}

// find looks the first bundle's artifact up, as every tenant.
func (d *demo) find(ctx context.Context, tenants []*attestdb.TenantDB) error {
	var q attestor.Query
	if err := q.Subject.UnmarshalText([]byte(d.out.Digest)); err != nil {
		return err
	}
	d.out.Found = map[string]int{}
	d.say("find     %.20s… (the package sigstore 2.0.0 of npm)\n", d.out.Digest)
	for i, tenant := range tenants {
		name, n := d.out.Tenants[i].Name, 0
		for _, err := range tenant.Attestor().All(ctx, q) {
			if err != nil {
				return err
			}
			n++
		}
		d.out.Found[name] = n
		switch n {
		case 0:
			d.say("  %-8s finds nothing\n", name)
		case 1:
			d.say("  %-8s finds 1 attestation\n", name)
		default:
			d.say("  %-8s finds %d attestations\n", name, n)
		}
	}
	return nil
}

// demoPolicy is what the demo decides under.
const demoPolicy = "https://policies.example/provenance"

// decide records that the first bundle's artifact may be used, since its provenance
// verified, unless an earlier demo did.
func (d *demo) decide(ctx context.Context, tenant *attestdb.TenantDB) error {
	decision := verdict.Decision{
		Result: verdict.Pass, Policy: verdict.Policy{URI: demoPolicy}, Reason: "its provenance verified",
		Inputs: []verdict.Input{{Kind: ledger.InputEnvelope, Digest: *d.out.Ingested[0].SHA256}},
	}
	if err := decision.Subject.Digest.UnmarshalText([]byte(d.out.Digest)); err != nil {
		return err
	}
	var decided verdict.Appended
	var err error
	decided.Entry, err = tenant.Verdict().Current(ctx, verdict.Key{Subject: decision.Subject.Digest, PolicyURI: demoPolicy})
	decided.Existed = err == nil
	if errors.Is(err, attestdb.ErrNotFound) {
		decided, err = tenant.Verdict().Append(ctx, decision)
	}
	if err != nil {
		return err
	}
	object := newLedgerEntryJSON(decided.Entry)
	object.Existed = &decided.Existed
	d.out.Decided = &object
	d.say("decide   %s: %s under %s, on its provenance (%s)\n", demoTenant, decided.Result, demoPolicy, newOrExisted(decided.Existed))
	return nil
}

// commands prints what to try next, each line as a shell takes it.
func (d *demo) commands() {
	program := invocation()
	flags := "--demo" + d.dirFlag()
	verify := "--trusted-root " + quote(d.file(demoRoot)) + " --any-identity "
	d.say("Try it; each line runs as it stands:\n")
	for _, c := range []struct{ verb, rest, comment string }{
		{"find", "--tenant " + demoTenant + " " + d.out.Digest, ""},
		{"find", "--tenant " + demoOther + " " + d.out.Digest, "nothing: exit 1"},
		{"show", "--tenant " + demoTenant + " " + d.out.Ingested[0].SHA256.String(), ""},
		{"verdict current", "--tenant " + demoTenant + " --subject " + d.out.Digest + " --policy " + demoPolicy + " --require PASS", ""},
		{"tenant create", "initech", ""},
		{"ingest", "--tenant initech " + verify + quote(d.file(demoBundles[0].file)), ""},
		{"ingest", "--tenant initech " + verify + quote(d.file(demoChanged)), "refused: exit 1"},
		{"migrate status", "", ""},
	} {
		line := program + " " + c.verb + " " + flags
		if c.rest != "" {
			line += " " + c.rest
		}
		d.out.Commands = append(d.out.Commands, line)
		if c.comment != "" {
			line += "  # " + c.comment
		}
		d.say("  %s\n", line)
	}
}
