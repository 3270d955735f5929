package migrator

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"github.com/jackc/pgx/v5"
)

// A run applies one file; it may take several attempts.
type run struct {
	s           *session
	f           *file
	deadline    time.Time
	lockTimeout time.Duration
	found       *migrate.Revision // the file's revision before this attempt
}

// attempt applies the file, or the rest of it.
func (r *run) attempt(ctx context.Context) error {
	if err := r.s.reset(ctx, min(r.lockTimeout, time.Until(r.deadline))); err != nil {
		return err
	}
	if r.f.inTx {
		return r.inTx(ctx)
	}
	return r.outsideTx(ctx)
}

func (r *run) inTx(ctx context.Context) error {
	conn := r.s.conn
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite})
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
		defer cancel()
		if err := tx.Rollback(ctx); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
			r.s.log.DebugContext(ctx, "roll back", "file", r.f, "error", err)
		}
	}()
	if err := r.s.checkSame(ctx); err != nil {
		return err
	}
	revs := &revisions{conn: conn, f: r.f, found: r.found}
	if err := r.execute(ctx, revs); err != nil {
		return err
	}
	// The file may have taken another role for its last statements.
	if _, err := conn.Exec(ctx, "SET LOCAL ROLE "+ownerRole); err != nil {
		return err
	}
	if err := revs.flush(ctx); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

func (r *run) outsideTx(ctx context.Context) error {
	if err := r.s.checkSame(ctx); err != nil {
		return err
	}
	revs := &revisions{conn: r.s.conn, f: r.f, found: r.found, direct: true}
	err := r.execute(ctx, revs)
	if revs.last != nil {
		r.found = revs.last
	}
	return err
}

func (r *run) execute(ctx context.Context, revs *revisions) error {
	ex, err := migrate.NewExecutor(&fileDriver{run: r, revs: revs}, r.f.dir.dir, revs,
		migrate.WithAllowDirty(true), migrate.WithOperatorVersion(operatorVersion))
	if err != nil {
		return err
	}
	return ex.Execute(ctx, r.f.local)
}

// describe names the file and the line of what went wrong in it.
func (r *run) describe(err error) error {
	var se *migrate.StmtExecError
	if !errors.As(err, &se) {
		return fmt.Errorf("%s: %w", r.f, serverError(err))
	}
	err = fmt.Errorf("%s:%d: %w", r.f, r.f.line(se.Stmt), serverError(se.Err))
	if !r.f.inTx {
		err = fmt.Errorf("%w; the statements before it are applied, and the next run begins with it: "+
			"it may have been applied in part, so it must be repeatable", err)
	}
	return err
}

// retryable errors are those that pass when other sessions are done.
func retryable(err error) bool {
	switch sqlState(err) {
	case codeLockNotAvailable, codeDeadlock, codeSerialization:
		return true
	}
	return false
}

// fileDriver runs the statements of one file. Of Atlas' driver it takes only
// the splitting of a file into statements.
type fileDriver struct {
	*postgres.Driver
	run  *run
	revs *revisions
}

var _ interface {
	migrate.Driver
	migrate.StmtScanner
} = (*fileDriver)(nil)

func (d *fileDriver) ScanStmts(input string) ([]*migrate.Stmt, error) {
	return (*postgres.Driver)(nil).ScanStmts(input)
}

func (d *fileDriver) ExecContext(ctx context.Context, query string, _ ...any) (sql.Result, error) {
	if !d.run.f.inTx {
		if err := d.run.prepareStatement(ctx, query, d.resumed()); err != nil {
			return nil, err
		}
	}
	tag, err := d.run.s.conn.Exec(ctx, query)
	return driver.RowsAffected(tag.RowsAffected()), err
}

func (d *fileDriver) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, errors.ErrUnsupported
}

// resumed tells whether the statement at hand was begun before, by this run or
// by another that could not record how it ended.
func (d *fileDriver) resumed() bool {
	return d.run.found != nil && d.revs.last.Applied == d.run.found.Applied
}
