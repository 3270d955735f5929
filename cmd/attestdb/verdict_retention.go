package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/domain/verdict"
)

func (a *app) verdictRetention() *cobra.Command {
	return a.group("retention", "Say how long contents are kept, and erase what has expired",
		a.retentionShow(), a.retentionSet(), a.retentionRun())
}

type retentionRuleJSON struct {
	TenantID      attestdb.TenantID   `json:"tenant_id"`
	Kind          verdict.ContentKind `json:"kind"`
	PredicateType *string             `json:"predicate_type"`
	// KeepSeconds is null for what is kept for ever.
	KeepSeconds *int64         `json:"keep_seconds"`
	Seq         int64          `json:"seq"`
	CreatedAt   time.Time      `json:"created_at"`
	Actor       attestdb.Actor `json:"actor"`
}

type retentionSetJSON struct {
	TenantID attestdb.TenantID `json:"tenant_id"`
	// Seq is null if it is so by default.
	Seq     *int64 `json:"seq"`
	Existed bool   `json:"existed"`
}

type retentionRunJSON struct {
	TenantID      attestdb.TenantID `json:"tenant_id"`
	DryRun        bool              `json:"dry_run"`
	Looked        int64             `json:"looked"`
	Envelopes     int64             `json:"envelopes"`
	Payloads      int64             `json:"payloads"`
	HeldEnvelopes int64             `json:"held_envelopes"`
	HeldPayloads  int64             `json:"held_payloads"`
	Error         string            `json:"error,omitempty"`
}

// withRetention runs f with the tenant that --tenant names, as one of the roles.
func (a *app) withRetention(ctx context.Context, f func(*verdict.Retention, tenancy.Tenant) error, roles ...role) error {
	named := a.tenantName()
	if named == "" {
		return &failure{code: exitUnknown, err: errors.New("no tenant is named"), hint: "give --tenant NAME or set ATTESTDB_TENANT"}
	}
	db, err := a.open(ctx, roles...)
	if err != nil {
		return err
	}
	defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
	t, err := findTenant(ctx, db.Tenancy(), named)
	if err != nil {
		return err
	}
	return f(db.Retention().As(a.actorName()), t)
}

func (a *app) retentionShow() *cobra.Command {
	return a.verb("show", "Show how long the tenant's contents are kept", 0, 0, func(ctx context.Context, _ []string) error {
		return a.withRetention(ctx, func(r *verdict.Retention, tn tenancy.Tenant) error {
			rules, err := r.Rules(ctx, tn.ID)
			if err != nil {
				return err
			}
			t := newTable(a.stdout)
			if !a.json && len(rules) > 0 {
				t.row("WHAT", "KEPT", "SEQ", "SINCE", "BY")
			}
			for _, rule := range rules {
				if !a.json {
					t.row(ruleName(rule), keepText(rule.Keep), strconv.FormatInt(rule.Seq, 10), timestamp(rule.SetAt), string(rule.SetBy))
					continue
				}
				line := retentionRuleJSON{
					TenantID: tn.ID, Kind: rule.Kind, PredicateType: optionalText(rule.PredicateType),
					Seq: rule.Seq, CreatedAt: rule.SetAt, Actor: rule.SetBy,
				}
				if rule.Keep != verdict.Forever {
					line.KeepSeconds = new(int64(rule.Keep / time.Second))
				}
				if err := a.printJSON(line); err != nil {
					return err
				}
			}
			if len(rules) == 0 {
				a.note("nothing was said: everything is kept for ever")
			}
			return t.flush()
		}, roleAdmin, roleAuditor)
	})
}

func ruleName(r verdict.Rule) string {
	switch {
	case r.Kind == verdict.EntryPayloads:
		return "payloads"
	case r.PredicateType != "":
		return "envelopes of " + r.PredicateType
	}
	return "envelopes"
}

const oneDay = 24 * time.Hour

func keepText(keep time.Duration) string {
	switch {
	case keep == verdict.Forever:
		return "for ever"
	case keep%oneDay == 0:
		return fmt.Sprintf("%dd", keep/oneDay)
	}
	return keep.String()
}

const (
	keepForever = "forever"
	keepDefault = "default"
)

// parseKeep reads how long something is kept: days as 400d, another duration, or forever.
func parseKeep(flag, s string) (time.Duration, error) {
	if s == keepForever {
		return verdict.Forever, nil
	}
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int64
		// 300,000 days are more than a rule may have, and no overflow.
		if n, err = strconv.ParseInt(days, 10, 64); err == nil && n <= 100_000 {
			d = time.Duration(n) * oneDay
		}
	}
	if err != nil || d <= 0 {
		return 0, usagef("%s %q: allowed is a number of days such as 400d, a duration such as 36h, or %s", flag, s, keepForever)
	}
	return d, nil
}

func (a *app) retentionSet() *cobra.Command {
	var envelopes, payloads, predicateType string
	cmd := a.verb("set", "Say how long contents are kept from now on; erases nothing", 0, 0, func(ctx context.Context, _ []string) error {
		if (envelopes == "") == (payloads == "") {
			return usagef("say what is kept how long: --envelopes or --payloads, one at a time")
		}
		if predicateType != "" && envelopes == "" {
			return usagef("--predicate-type is of envelopes: give --envelopes")
		}
		rule := verdict.Rule{Kind: verdict.EnvelopeContents, PredicateType: predicateType}
		unset := envelopes == keepDefault
		var err error
		switch {
		case unset && predicateType == "":
			return usagef("--envelopes %s needs --predicate-type", keepDefault)
		case unset:
		case envelopes != "":
			rule.Keep, err = parseKeep("--envelopes", envelopes)
		default:
			rule.Kind = verdict.EntryPayloads
			rule.Keep, err = parseKeep("--payloads", payloads)
		}
		if err != nil {
			return err
		}
		return a.withRetention(ctx, func(r *verdict.Retention, tn tenancy.Tenant) error {
			var said verdict.Said
			if unset {
				said, err = r.Unset(ctx, tn.ID, predicateType)
			} else {
				said, err = r.Set(ctx, tn.ID, rule)
			}
			if err != nil {
				return err
			}
			return a.printRetentionSet(tn, said)
		}, roleAdmin)
	})
	cmd.Example = "attestdb verdict retention set --tenant acme --envelopes 400d\n" +
		"attestdb verdict retention set --tenant acme --predicate-type https://slsa.dev/provenance/v1 --envelopes forever\n" +
		"attestdb verdict retention set --tenant acme --payloads 90d"
	cmd.Flags().StringVar(&envelopes, "envelopes", "", "how long the bytes of envelopes are kept: 400d, 36h, forever; with --predicate-type also default")
	cmd.Flags().StringVar(&payloads, "payloads", "", "how long the payloads of the ledger's entries are kept: 90d, 36h, forever")
	cmd.Flags().StringVar(&predicateType, "predicate-type", "", "only of envelopes with this predicate type")
	return cmd
}

func (a *app) printRetentionSet(tn tenancy.Tenant, said verdict.Said) error {
	if a.json {
		line := retentionSetJSON{TenantID: tn.ID, Existed: said.Existed}
		if said.Seq >= 0 {
			line.Seq = &said.Seq
		}
		return a.printJSON(line)
	}
	switch {
	case said.Seq < 0:
		a.printf("it is so by default: nothing is changed\n")
	case said.Existed:
		a.printf("it was so before: entry %d says who said it\n", said.Seq)
	default:
		a.printf("set: entry %d says who did; `%s verdict retention run --dry-run` counts what has expired\n", said.Seq, programName)
	}
	return nil
}
