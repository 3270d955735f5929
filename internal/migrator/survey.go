package migrator

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A Surveyor compares databases with the embedded files over connections that
// somebody else made, such as those of a pool. It is safe for concurrent use.
type Surveyor struct {
	cfg  Config
	dirs []*directory
}

// NewSurveyor reads the files once. Of cfg it takes FS, Modules and LibraryLevel.
func NewSurveyor(cfg Config) (*Surveyor, error) {
	cfg, dirs, err := cfg.prepare()
	if err != nil {
		return nil, err
	}
	return &Surveyor{cfg: cfg, dirs: dirs}, nil
}

// Heads are the newest versions among the files, as [FilesHeads] returns them.
func (s *Surveyor) Heads() map[string]string { return filesHeads(s.dirs) }

// Survey returns what [Status] does. It changes nothing, on the server and in the
// session. Every attestdb role may call it; another login gets a *[fault.Role].
func (s *Surveyor) Survey(ctx context.Context, conn *pgx.Conn) (*StatusReport, error) {
	statuses, _, _, err := survey(ctx, &session{conn: conn, log: s.cfg.Logger, login: conn.Config().User}, s.cfg, s.dirs)
	if err != nil {
		return nil, err
	}
	return newStatusReport(statuses), nil
}

// Interrupted names the migrations that began and did not end, as module/version, in the
// order of the modules: one runs now, or was interrupted. All modules must have their
// revision table.
func Interrupted(ctx context.Context, q Querier, modules []string) ([]string, error) {
	parts := make([]string, len(modules))
	for i, m := range modules {
		parts[i] = fmt.Sprintf(`SELECT %d, '%s/' || version FROM %s WHERE applied <> total AND version NOT LIKE '.%%'`, i, m, revisionIdent(m))
	}
	rows, err := q.Query(ctx, strings.Join(parts, " UNION ALL ")+" ORDER BY 1, 2")
	if err != nil {
		return nil, err
	}
	var at int
	var name string
	var names []string
	_, err = pgx.ForEachRow(rows, []any{&at, &name}, func() error {
		names = append(names, name)
		return nil
	})
	return names, err
}
