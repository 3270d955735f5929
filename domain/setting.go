package attestdb

import (
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// TenantSetting is how a statement names the tenant that it is for.
type TenantSetting int

const (
	// SettingFunction names it by set_config, in the statement's own round trip.
	SettingFunction TenantSetting = iota
	// SettingLiteral names it by SET LOCAL with a literal, and sends every statement in an
	// explicit transaction. It takes two round trips instead of one. It is for servers that
	// hand statements on to others and not what set_config sets, as Citus does.
	SettingLiteral
)

func (s TenantSetting) validate() error {
	if s != SettingFunction && s != SettingLiteral {
		return &fault.Invalid{Field: "Config.TenantSetting", Allowed: "SettingFunction or SettingLiteral"}
	}
	return nil
}

// conn returns the way for a tenant's statements on one of the pools, or in a transaction.
func (db *DB) conn(on pgtenant.DB, id tenant.ID) *pgtenant.Conn {
	return db.named(pgtenant.New(on, id.UUID()))
}

func (db *DB) named(conn *pgtenant.Conn) *pgtenant.Conn {
	conn = conn.Observed(db.observer)
	if db.setting == SettingLiteral {
		return conn.Literal()
	}
	return conn
}
