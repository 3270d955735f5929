package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verifier/publickey"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

// config is what the environment says.
type config struct {
	databaseURL              string
	pooler                   attestdb.Pooler
	instances                int
	waitForSchema            time.Duration
	listen, healthListen     string
	requestTimeout           time.Duration
	maxRequests              int
	drainDelay, drainTimeout time.Duration
	grants                   grants
	verifier                 attestor.Verifier
	ledgerKey                []byte // nil: no checkpoints are signed
	checkpointInterval       time.Duration
}

// environment reads variables and gathers what is wrong with them, so that all of it is
// said at once. No error quotes a value: any may be a secret.
type environment struct {
	get  func(string) string
	errs []error
}

func (e *environment) wrong(name, allowed string) {
	e.errs = append(e.errs, &attestdb.InvalidError{Field: name, Allowed: allowed})
}

func (e *environment) text(name, def string) string { return cmp.Or(e.get(name), def) }

func (e *environment) duration(name string, def time.Duration) time.Duration {
	v := e.get(name)
	if v == "" {
		return def
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		e.wrong(name, "a duration such as 30s or 5m, zero or more")
	}
	return d
}

func (e *environment) count(name string, def int) int {
	v := e.get(name)
	if v == "" {
		return def
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		e.wrong(name, "a number from 1 on")
	}
	return n
}

// file returns the content of the file that a variable names, nil for none.
func (e *environment) file(name string) []byte {
	path := e.get(name)
	if path == "" {
		return nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		e.errs = append(e.errs, fmt.Errorf("%s: %w", name, err))
	}
	return raw
}

func (e *environment) fault(name string, err error) {
	if err != nil {
		e.errs = append(e.errs, fmt.Errorf("%s: %w", name, err))
	}
}

func readConfig(get func(string) string) (config, error) {
	e := &environment{get: get}
	cfg := config{
		databaseURL:        e.get("ATTESTDB_DATABASE_URL"),
		instances:          e.count("SERVICE_INSTANCES", 1),
		waitForSchema:      e.duration("SERVICE_WAIT_FOR_SCHEMA", 2*time.Minute),
		listen:             e.text("SERVICE_LISTEN", "127.0.0.1:8080"),
		healthListen:       e.text("SERVICE_HEALTH_LISTEN", "127.0.0.1:8081"),
		requestTimeout:     e.duration("SERVICE_REQUEST_TIMEOUT", 10*time.Second),
		maxRequests:        e.count("SERVICE_MAX_REQUESTS", 64),
		drainDelay:         e.duration("SERVICE_DRAIN_DELAY", 5*time.Second),
		drainTimeout:       e.duration("SERVICE_DRAIN_TIMEOUT", 15*time.Second),
		checkpointInterval: e.duration("SERVICE_CHECKPOINT_INTERVAL", time.Minute),
		ledgerKey:          e.file("SERVICE_LEDGER_KEY_FILE"),
		verifier:           e.verifier(),
		grants:             e.grants("SERVICE_TOKENS_FILE"),
	}
	if cfg.databaseURL == "" {
		e.wrong("ATTESTDB_DATABASE_URL", "a connection string of a member of attestdb_app, such as postgres://user@host:5432/database")
	}
	switch e.get("ATTESTDB_POOLER") {
	case "", "none":
	case "transaction":
		cfg.pooler = attestdb.PoolerTransaction
	default:
		e.wrong("ATTESTDB_POOLER", "transaction or none")
	}
	if cfg.requestTimeout == 0 {
		e.wrong("SERVICE_REQUEST_TIMEOUT", "more than zero")
	}
	if cfg.ledgerKey != nil {
		// With any name: each tenant's ledger has its own.
		_, err := ledger.ParseSigningKey("attestdb", cfg.ledgerKey)
		e.fault("SERVICE_LEDGER_KEY_FILE", err)
		if cfg.checkpointInterval == 0 {
			e.wrong("SERVICE_CHECKPOINT_INTERVAL", "more than zero")
		}
	}
	return cfg, errors.Join(e.errs...)
}

// verifier trusts public keys, or a Sigstore instance and one identity in it. There must
// be one of them: a service that takes what nobody verified keeps hearsay.
func (e *environment) verifier() attestor.Verifier {
	keys, root := e.file("SERVICE_TRUSTED_KEYS_FILE"), e.file("SERVICE_TRUSTED_ROOT_FILE")
	switch {
	case keys != nil && root == nil:
		parsed, err := publickey.ParsePEM("", keys)
		e.fault("SERVICE_TRUSTED_KEYS_FILE", err)
		if err != nil {
			return nil
		}
		v, err := publickey.New(parsed)
		e.fault("SERVICE_TRUSTED_KEYS_FILE", err)
		return v
	case root != nil && keys == nil:
		issuer, identity := e.get("SERVICE_TRUSTED_ISSUER"), e.get("SERVICE_TRUSTED_IDENTITY")
		if issuer == "" || identity == "" {
			e.wrong("SERVICE_TRUSTED_ISSUER, SERVICE_TRUSTED_IDENTITY", "whom certificates must be of: the issuer, and a regular expression of the subject alternative name")
			return nil
		}
		v, err := sigstore.New(root, sigstore.WithIdentityPattern(issuer, identity))
		e.fault("SERVICE_TRUSTED_ROOT_FILE", err)
		return v
	}
	e.wrong("SERVICE_TRUSTED_KEYS_FILE, SERVICE_TRUSTED_ROOT_FILE", "one of them: whose signatures are believed")
	return nil
}

// grant says what the bearer of a token may do: act for one tenant, under one name.
type grant struct {
	Tenant      string         `json:"tenant"`
	Actor       attestdb.Actor `json:"actor"`
	TokenSHA256 digest.SHA256  `json:"token_sha256"`
}

// grants are found by the digest of the token. The tokens themselves are nowhere.
type grants map[digest.SHA256]grant

func (e *environment) grants(name string) grants {
	raw := e.file(name)
	if len(raw) == 0 {
		e.wrong(name, "a JSON file with who may come: [{\"tenant\":…, \"actor\":…, \"token_sha256\":…}]")
		return nil
	}
	var list []grant
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		e.fault(name, err)
		return nil
	}
	all := grants{}
	for i, g := range list {
		if _, twice := all[g.TokenSHA256]; twice || g.Tenant == "" || g.TokenSHA256 == (digest.SHA256{}) {
			e.wrong(fmt.Sprintf("%s[%d]", name, i), "a tenant, an actor, and a token_sha256 that no other has")
		}
		e.fault(fmt.Sprintf("%s[%d].actor", name, i), g.Actor.Validate())
		all[g.TokenSHA256] = g
	}
	if len(all) == 0 {
		e.wrong(name, "at least one who may come")
	}
	return all
}

// tenants are those that anybody may act for, sorted.
func (g grants) tenants() []string {
	var names []string
	for _, one := range g {
		names = append(names, one.Tenant)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
