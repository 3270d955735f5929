// Package tenancy makes, lists and suspends tenants. A tenant is never deleted:
// evidence names it for ever.
package tenancy

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"time"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/ent"
	"stella-ops.org/attestdb/ent/predicate"
	_ "stella-ops.org/attestdb/ent/runtime" // the schema's defaults
	enttenant "stella-ops.org/attestdb/ent/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
	"stella-ops.org/attestdb/internal/pgxent"
)

// Status says what a tenant may do.
type Status string

const (
	// Active tenants read and write.
	Active Status = "active"
	// Suspended tenants read.
	Suspended Status = "suspended"
)

// Tenant is one party whose evidence is kept apart from everybody else's.
type Tenant struct {
	ID     tenant.ID
	Name   string
	Status Status
	// CreatedAt and CreatedBy say when and by whom it was made; times are UTC.
	CreatedAt time.Time
	CreatedBy tenant.Actor
	// StatusChangedAt and StatusChangedBy say when and by whom it was last
	// suspended or resumed, or made.
	StatusChangedAt time.Time
	StatusChangedBy tenant.Actor
	// Requirements is what evidence must be. RequirementsChangedAt and
	// RequirementsChangedBy say when and by whom that was last said; zero if never.
	Requirements          Requirements
	RequirementsChangedAt time.Time
	RequirementsChangedBy tenant.Actor
}

// Requirements is what a tenant requires of evidence that it takes from now on. What
// is stored already stays.
type Requirements struct {
	// Verified takes no evidence but such as verifies.
	Verified bool
	// InToto takes no evidence but in-toto Statements.
	InToto bool
}

var namePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// ValidateName returns a *[fault.Invalid] unless name can be a tenant's name.
func ValidateName(name string) error {
	if !namePattern.MatchString(name) {
		return &fault.Invalid{Field: "tenant name", Allowed: "1 to 63 lower-case letters, digits and inner hyphens, as in acme-labs"}
	}
	return nil
}

// Store is all tenants. It is reached by DB.Tenancy and is safe for concurrent
// use.
type Store struct {
	conn  *pgtenant.Conn
	actor tenant.Actor
	ent   func() *ent.Client
}

// NewStore is for package domain.
func NewStore(conn *pgtenant.Conn) *Store {
	return &Store{conn: conn, ent: sync.OnceValue(func() *ent.Client {
		return ent.NewClient(ent.Driver(pgxent.New(conn)))
	})}
}

// As returns a handle for which actor acts. Calls that change something need
// one.
func (s *Store) As(actor tenant.Actor) *Store { return &Store{conn: s.conn, actor: actor, ent: s.ent} }

// Create makes an active tenant. If there is one of this name already, it is
// returned as it is, and existed is true. It returns [fault.ErrNoActor] without
// an actor and a *[fault.Invalid] for a name that is none.
func (s *Store) Create(ctx context.Context, name string) (t Tenant, existed bool, err error) {
	ctx, call := s.conn.Start(ctx, "tenancy.create")
	defer call.End(&err)
	if err := s.needActor(); err != nil {
		return Tenant{}, false, err
	}
	if err := ValidateName(name); err != nil {
		return Tenant{}, false, err
	}
	// Repeating is safe: the name is unique.
	err = pgfault.Retry(ctx, pgfault.Transient, func() error {
		at := now()
		row, err := s.ent().Tenant.Create().SetName(name).
			SetCreatedAt(at).SetCreatedBy(string(s.actor)).
			SetStatusChangedAt(at).SetStatusChangedBy(string(s.actor)).
			Save(ctx)
		existed = false
		if ent.IsConstraintError(err) {
			existed = true
			row, err = s.ent().Tenant.Query().Where(enttenant.NameEQ(name)).Only(ctx)
		}
		if err != nil {
			return err
		}
		t = fromRow(row)
		return nil
	})
	return t, existed, pgfault.Map("create tenant", err)
}

// Get returns a tenant, or [fault.ErrUnknownTenant].
func (s *Store) Get(ctx context.Context, id tenant.ID) (_ Tenant, err error) {
	ctx, call := s.conn.Start(ctx, "tenancy.get")
	defer call.End(&err)
	return s.one(ctx, enttenant.IDEQ(id.UUID()))
}

// GetByName returns the tenant of exactly this name, or
// [fault.ErrUnknownTenant].
func (s *Store) GetByName(ctx context.Context, name string) (_ Tenant, err error) {
	ctx, call := s.conn.Start(ctx, "tenancy.get_by_name")
	defer call.End(&err)
	if err := ValidateName(name); err != nil {
		return Tenant{}, err
	}
	return s.one(ctx, enttenant.NameEQ(name))
}

// List returns at most limit tenants, 1 to 1000, whose names come after the
// name after ("" for the first), by name.
func (s *Store) List(ctx context.Context, after string, limit int) (list []Tenant, err error) {
	ctx, call := s.conn.Start(ctx, "tenancy.list")
	defer call.End(&err)
	if limit < 1 || limit > 1000 {
		return nil, &fault.Invalid{Field: "limit", Allowed: "1 to 1000"}
	}
	err = pgfault.Retry(ctx, pgfault.Transient, func() error {
		rows, err := s.ent().Tenant.Query().Where(enttenant.NameGT(after)).
			Order(enttenant.ByName()).Limit(limit).All(ctx)
		list = make([]Tenant, len(rows))
		for i, row := range rows {
			list[i] = fromRow(row)
		}
		return err
	})
	return list, pgfault.Map("list tenants", err)
}

// Suspend lets the tenant read and not write. What was begun before may still
// be committed. Suspending again changes nothing. It returns [fault.ErrNoActor]
// and [fault.ErrUnknownTenant].
func (s *Store) Suspend(ctx context.Context, id tenant.ID) (_ Tenant, err error) {
	ctx, call := s.conn.Start(ctx, "tenancy.suspend")
	defer call.End(&err)
	return s.setStatus(ctx, id, Suspended)
}

// Resume lets a suspended tenant write again. Resuming again changes nothing.
// It returns [fault.ErrNoActor] and [fault.ErrUnknownTenant].
func (s *Store) Resume(ctx context.Context, id tenant.ID) (_ Tenant, err error) {
	ctx, call := s.conn.Start(ctx, "tenancy.resume")
	defer call.End(&err)
	return s.setStatus(ctx, id, Active)
}

func (s *Store) setStatus(ctx context.Context, id tenant.ID, to Status) (Tenant, error) {
	if err := s.needActor(); err != nil {
		return Tenant{}, err
	}
	// Only a change of status is recorded as one, whoever races with us.
	err := pgfault.Retry(ctx, pgfault.Transient, func() error {
		_, err := s.ent().Tenant.Update().
			Where(enttenant.IDEQ(id.UUID()), enttenant.StatusNEQ(string(to))).
			SetStatus(string(to)).
			SetStatusChangedAt(now()).
			SetStatusChangedBy(string(s.actor)).
			Save(ctx)
		return err
	})
	if err != nil {
		return Tenant{}, pgfault.Map("change tenant's status", err)
	}
	return s.Get(ctx, id)
}

// Require says what evidence must be from now on, instead of what was said before. To
// say the same again changes nothing. It returns [fault.ErrNoActor] and
// [fault.ErrUnknownTenant].
func (s *Store) Require(ctx context.Context, id tenant.ID, r Requirements) (_ Tenant, err error) {
	ctx, call := s.conn.Start(ctx, "tenancy.require")
	defer call.End(&err)
	if err := s.needActor(); err != nil {
		return Tenant{}, err
	}
	err = pgfault.Retry(ctx, pgfault.Transient, func() error {
		_, err := s.ent().Tenant.Update().
			Where(enttenant.IDEQ(id.UUID()),
				enttenant.Or(enttenant.RequireVerifiedNEQ(r.Verified), enttenant.RequireInTotoNEQ(r.InToto))).
			SetRequireVerified(r.Verified).
			SetRequireInToto(r.InToto).
			SetRequirementsChangedAt(now()).
			SetRequirementsChangedBy(string(s.actor)).
			Save(ctx)
		return err
	})
	if err != nil {
		return Tenant{}, pgfault.Map("change tenant's requirements", err)
	}
	return s.Get(ctx, id)
}

func (s *Store) one(ctx context.Context, where predicate.Tenant) (Tenant, error) {
	var t Tenant
	err := pgfault.Retry(ctx, pgfault.Transient, func() error {
		row, err := s.ent().Tenant.Query().Where(where).Only(ctx)
		if err == nil {
			t = fromRow(row)
		}
		return err
	})
	if ent.IsNotFound(err) {
		return Tenant{}, fmt.Errorf("read tenant: %w", fault.ErrUnknownTenant)
	}
	return t, pgfault.Map("read tenant", err)
}

// now has the microseconds that PostgreSQL keeps.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

func (s *Store) needActor() error {
	if s.actor == "" {
		return fault.ErrNoActor
	}
	return s.actor.Validate()
}

func fromRow(row *ent.Tenant) Tenant {
	t := Tenant{
		ID: tenant.ID(row.ID), Name: row.Name, Status: Status(row.Status),
		CreatedAt: row.CreatedAt.UTC(), CreatedBy: tenant.Actor(row.CreatedBy),
		StatusChangedAt: row.StatusChangedAt.UTC(), StatusChangedBy: tenant.Actor(row.StatusChangedBy),
		Requirements: Requirements{Verified: row.RequireVerified, InToto: row.RequireInToto},
	}
	if row.RequirementsChangedAt != nil && row.RequirementsChangedBy != nil {
		t.RequirementsChangedAt, t.RequirementsChangedBy = row.RequirementsChangedAt.UTC(), tenant.Actor(*row.RequirementsChangedBy)
	}
	return t
}
