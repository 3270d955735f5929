package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/term"

	attestdb "stella-ops.org/attestdb/domain"
)

// app is one run of the program.
type app struct {
	stdin  *os.File
	stdout *bufio.Writer
	stderr io.Writer

	databaseURL, databaseURLFile string
	demo                         bool
	demoDir                      string
	tenant, pooler, setting      string
	actor                        string
	json                         bool
	timeout                      time.Duration

	server  *demoServer
	secrets []string
	err     error
}

func newApp() *app {
	return &app{stdin: os.Stdin, stdout: bufio.NewWriter(os.Stdout), stderr: os.Stderr}
}

// close stops what the run started.
func (a *app) close() error {
	err := a.stdout.Flush()
	if a.server != nil {
		err = errors.Join(err, a.server.stop())
		a.server = nil
	}
	return err
}

// role is whom a command connects as.
type role string

const (
	roleApp       role = "app"
	roleOwner     role = "owner"
	roleAdmin     role = "admin"
	roleAuditor   role = "auditor"
	roleBootstrap role = "bootstrap"
)

func (r role) env() string {
	if r == roleApp {
		return "ATTESTDB_DATABASE_URL"
	}
	return "ATTESTDB_" + strings.ToUpper(string(r)) + "_DATABASE_URL"
}

// url returns the URL to connect with as one of the roles: the embedded
// server's, or the one that was given by flag, or else the first of the roles'
// environment variables that is set. An explicit URL is taken for the first
// role's.
func (a *app) url(ctx context.Context, roles ...role) (string, role, error) {
	switch {
	case a.demo && (a.databaseURL != "" || a.databaseURLFile != ""):
		return "", "", usagef("--demo and --database-url: give one of them")
	case a.databaseURL != "" && a.databaseURLFile != "":
		return "", "", usagef("--database-url and --database-url-file: give one of them")
	case a.demo:
		if err := a.startDemo(ctx, false); err != nil {
			return "", "", err
		}
		return a.server.url(roles[0]), roles[0], nil
	case a.databaseURL != "":
		return a.checkURL("--database-url", a.databaseURL, roles[0])
	case a.databaseURLFile != "":
		reading, cancel := a.limited(ctx)
		defer cancel()
		raw, err := readFile(reading, a.databaseURLFile)
		if err != nil {
			return "", "", usagef("--database-url-file: %w", err)
		}
		return a.checkURL("--database-url-file", strings.TrimSpace(string(raw)), roles[0])
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.env()
		if url := os.Getenv(r.env()); url != "" {
			return a.checkURL(r.env(), url, r)
		}
	}
	return "", "", &failure{
		code: exitUnknown,
		err:  errors.New("no database is named"),
		hint: fmt.Sprintf("set %s or give --database-url; or try --demo, after `%s demo`", strings.Join(names, " or "), programName),
	}
}

// checkURL returns an error that quotes nothing of a URL which cannot be read,
// since any part of it may be the password.
func (a *app) checkURL(from, url string, r role) (string, role, error) {
	cc, err := pgx.ParseConfig(url)
	if err != nil || url == "" {
		return "", "", &failure{
			code: exitUnknown,
			err:  fmt.Errorf("%s is not a connection string such as postgres://user@host:5432/database", from),
			hint: "write the characters @ : / ? # % of a password as %40 %3A %2F %3F %23 %25",
		}
	}
	if cc.Password != "" {
		a.secrets = append(a.secrets, cc.Password)
	}
	return url, r, nil
}

// open opens the database as the first of the roles that there is a URL for. A
// URL that was given explicitly is tried as each of them.
func (a *app) open(ctx context.Context, roles ...role) (*attestdb.DB, error) {
	url, r, err := a.url(ctx, roles...)
	if err != nil {
		return nil, err
	}
	pooler, err := a.poolerKind()
	if err != nil {
		return nil, err
	}
	setting, err := a.tenantSetting()
	if err != nil {
		return nil, err
	}
	cfg := attestdb.Config{Pooler: pooler, TenantSetting: setting}
	db, err := openAs(ctx, cfg, url, r)
	if a.databaseURL != "" || a.databaseURLFile != "" {
		for _, other := range roles[1:] {
			if !errors.Is(err, attestdb.ErrRole) {
				break
			}
			if db, otherErr := openAs(ctx, cfg, url, other); otherErr == nil {
				return db, nil
			}
		}
	}
	return db, err
}

// poolerKind is what stands between the command and the server.
func (a *app) poolerKind() (attestdb.Pooler, error) {
	kind := a.pooler
	if kind == "" {
		kind = os.Getenv("ATTESTDB_POOLER")
	}
	switch kind {
	case "", "none":
		return attestdb.PoolerNone, nil
	case "transaction":
		return attestdb.PoolerTransaction, nil
	}
	return 0, usagef("--pooler %q: allowed is transaction or none", kind)
}

// tenantSetting is how statements name their tenant.
func (a *app) tenantSetting() (attestdb.TenantSetting, error) {
	kind := a.setting
	if kind == "" {
		kind = os.Getenv("ATTESTDB_TENANT_SETTING")
	}
	switch kind {
	case "", "function":
		return attestdb.SettingFunction, nil
	case "literal":
		return attestdb.SettingLiteral, nil
	}
	return 0, usagef("--tenant-setting %q: allowed is literal or function", kind)
}

func openAs(ctx context.Context, cfg attestdb.Config, url string, r role) (*attestdb.DB, error) {
	conn := attestdb.Conn{URL: url, MaxConns: 4}
	switch r {
	case roleAdmin:
		cfg.Admin = conn
	case roleAuditor:
		cfg.Auditor = conn
	default:
		cfg.App = conn
	}
	return attestdb.Open(ctx, cfg)
}

// openTenant opens the tenant that --tenant or the environment names. The
// caller closes the database.
func (a *app) openTenant(ctx context.Context) (*attestdb.DB, *attestdb.TenantDB, error) {
	named := a.tenant
	if named == "" {
		named = os.Getenv("ATTESTDB_TENANT")
	}
	if named == "" {
		return nil, nil, &failure{
			code: exitUnknown,
			err:  errors.New("no tenant is named"),
			hint: fmt.Sprintf("give --tenant NAME or set ATTESTDB_TENANT; `%s tenant list` shows the tenants", programName),
		}
	}
	db, err := a.open(ctx, roleApp)
	if err != nil {
		return nil, nil, err
	}
	var id attestdb.TenantID
	if err := id.UnmarshalText([]byte(named)); err != nil {
		id, err = db.TenantByName(ctx, named)
		if err != nil {
			return nil, nil, errors.Join(err, closeDB(ctx, db))
		}
		return db, db.Tenant(id), nil
	}
	// Else a mistyped id would pass for a tenant that has nothing.
	if _, err := db.Tenant(id).Status(ctx); err != nil {
		return nil, nil, errors.Join(err, closeDB(ctx, db))
	}
	return db, db.Tenant(id), nil
}

// closeDB closes db although ctx may be over.
func closeDB(ctx context.Context, db *attestdb.DB) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return db.Close(ctx)
}

// actorName is who acts: the flag, the environment, or user@hostname.
func (a *app) actorName() attestdb.Actor {
	if a.actor != "" {
		return attestdb.Actor(a.actor)
	}
	if name := os.Getenv("ATTESTDB_ACTOR"); name != "" {
		return attestdb.Actor(name)
	}
	name := os.Getenv("USER")
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	if host, err := os.Hostname(); err == nil && name != "" {
		name += "@" + host
	}
	return attestdb.Actor(name)
}

// logger tells stderr of what the library warns of.
func (a *app) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{
		Level: slog.LevelWarn,
		ReplaceAttr: func(groups []string, attr slog.Attr) slog.Attr {
			if len(groups) == 0 && attr.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attr
		},
	}))
}

// note writes a line to stderr, behind what stdout has so far.
func (a *app) note(format string, args ...any) {
	_ = a.stdout.Flush() // close tells
	fmt.Fprintln(a.stderr, a.redact(clean(fmt.Sprintf(format, args...))))
}

// confirm asks before something that is hard to undo.
func (a *app) confirm(ctx context.Context, yes bool, question string) error {
	if yes {
		return nil
	}
	if !term.IsTerminal(int(a.stdin.Fd())) {
		return usagef("--yes is needed where standard input is no terminal")
	}
	fmt.Fprintf(a.stderr, "%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(a.stdin).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case line := <-answer:
		if slices.Contains([]string{"y", "yes"}, line) {
			return nil
		}
		return &failure{code: exitNo, err: errors.New("not confirmed: nothing was changed"), hint: "answer y, or give --yes"}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// onTerminal reports whether w is a terminal.
func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
