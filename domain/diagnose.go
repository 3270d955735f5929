package attestdb

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/pghealth"
	"stella-ops.org/attestdb/internal/pgrole"
)

// DiagnoseConfig says what [Diagnose] looks at: any of the connections of Config, and
// these.
type DiagnoseConfig struct {
	Config
	// Owner is a login that is a member of attestdb_owner.
	Owner Conn
	// Login is a login whose role is found out; if it has none, or several, it is judged
	// as the application's.
	Login Conn
	// States are where earlier verifications of ledgers ended. They need Auditor, or App.
	States []LedgerState
}

// Diagnose says how a database is, also one that [Open] refuses, as [DB.Health] does of
// an open one: a server that does not answer, a login or a schema that does not fit are
// checks, each with its fix. Nothing is held from before, and nothing is left behind.
//
// The error is a *[InvalidError] for a configuration that no database could be asked
// with.
func Diagnose(ctx context.Context, cfg DiagnoseConfig) (health.Report, error) {
	if err := cfg.validate(); err != nil {
		return health.Report{}, err
	}
	logins, closeAll, err := cfg.logins(ctx)
	if err != nil {
		return health.Report{}, err
	}
	defer closeAll()
	registry, err := newRegistry(cfg.Health, logins)
	if err != nil {
		return health.Report{}, err
	}
	if err := cfg.addStates(registry, logins); err != nil {
		return health.Report{}, err
	}
	return registry.Report(ctx), nil
}

// logins returns the pools of the connections that are given, and what closes those that
// it made.
func (c DiagnoseConfig) logins(ctx context.Context) (logins []login, closeAll func(), err error) {
	var made []*pgxpool.Pool
	closeAll = func() {
		for _, pool := range made {
			pool.Close()
		}
	}
	for _, given := range []struct {
		purpose purpose
		role    pgrole.Role
		conn    Conn
	}{
		{forApp, pgrole.App, c.App},
		{forAdmin, pgrole.Admin, c.Admin},
		{forAuditor, pgrole.Auditor, c.Auditor},
		{"Owner", pgrole.Owner, c.Owner},
		{"Login", "", c.Login},
	} {
		if !given.conn.given() {
			continue
		}
		pool, ours, err := c.anyPool(ctx, given.purpose, given.conn)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		if ours {
			made = append(made, pool)
		}
		l := login{role: given.role, pool: pghealth.Pool{Pool: pool}}
		if l.role == "" {
			l.role = roleOf(ctx, l.pool)
		}
		l.pool.Name = strings.TrimPrefix(string(l.role), "attestdb_")
		logins = append(logins, l)
	}
	return logins, closeAll, nil
}

func (c DiagnoseConfig) validate() error {
	given := c.Config
	switch {
	case c.Login.given() && (c.App.given() || c.Admin.given() || c.Auditor.given() || c.Owner.given()):
		return &fault.Invalid{Field: "DiagnoseConfig.Login", Allowed: "a Conn instead of the others, since its role may be one of theirs"}
	case c.Login.given():
		given.App = c.Login
	case !c.App.given() && !c.Admin.given() && !c.Auditor.given():
		given.App = c.Owner
	}
	for _, s := range c.States {
		if s.Tenant.IsZero() || s.Size < 0 {
			return &fault.Invalid{Field: "DiagnoseConfig.States", Allowed: "states that a verification returned"}
		}
	}
	return given.validate()
}

// roleOf finds out which role a login has. What keeps it from that, the checks find too.
func roleOf(ctx context.Context, pool pghealth.Pool) pgrole.Role {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if role, err := pgrole.Of(ctx, pool); err == nil && role != "" {
		return role
	}
	return pgrole.App
}

func (c DiagnoseConfig) addStates(registry *health.Registry, logins []login) error {
	if len(c.States) == 0 {
		return nil
	}
	limits, err := c.Health.Thresholds.WithDefaults()
	if err != nil {
		return err
	}
	for _, role := range []pgrole.Role{pgrole.Auditor, pgrole.App} {
		for _, l := range logins {
			if l.role != role {
				continue
			}
			for _, s := range c.States {
				if err := registry.Add(stateCheck(l.pool, s, limits.Verified)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return &fault.Invalid{Field: "DiagnoseConfig.States", Allowed: "states together with Auditor or App, who may read ledgers"}
}
