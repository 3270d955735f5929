package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
)

// service answers requests about tenants.
type service struct {
	db  *attestdb.DB
	cfg config
	log *slog.Logger
	// slots bounds what is under way, and with it the memory that bodies take.
	slots chan struct{}
	ids   sync.Map // of tenants by name: neither ever changes
}

func newService(db *attestdb.DB, cfg config, log *slog.Logger) *service {
	return &service{db: db, cfg: cfg, log: log, slots: make(chan struct{}, cfg.maxRequests)}
}

// call is a request that may be answered: its bearer acts for the tenant.
type call struct {
	tenant  *attestdb.TenantDB
	request *http.Request
	body    []byte
}

// answer is a status and what goes into the body as JSON.
type answer struct {
	status int
	body   any
}

// endpoint answers a call whose body has at most limit bytes.
type endpoint struct {
	limit int64
	do    func(context.Context, call) (answer, error)
}

func (s *service) handler(probes *probes) http.Handler {
	mux := http.NewServeMux()
	for pattern, e := range map[string]endpoint{
		"POST /v1/tenants/{tenant}/evidence":          {maxEvidence, s.postEvidence},
		"POST /v1/tenants/{tenant}/decisions":         {maxDecision, s.postDecision},
		"GET /v1/tenants/{tenant}/artifacts/{digest}": {0, s.getArtifact},
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if probes.draining.Load() {
				// A connection that is closed with its answer is none that a request is lost on.
				w.Header().Set("Connection", "close")
			}
			s.answer(w, r, e)
		})
	}
	return mux
}

// answer does what every request needs, and leaves one line in the log.
func (s *service) answer(w http.ResponseWriter, r *http.Request, e endpoint) {
	begun, id := time.Now(), rand.Text()
	w.Header().Set("X-Request-ID", id)
	who, ok := s.authorize(r)
	var a answer
	var err error
	if !ok {
		err = errUnauthorized
	} else {
		a, err = s.serve(w, r, e, who)
	}
	gone := r.Context().Err() != nil && !errors.Is(context.Cause(r.Context()), errEnding)
	if err != nil {
		a = refusal(w, err, id)
	}
	level := slog.LevelInfo
	if gone {
		a.status = statusClientGone // nobody hears it
	} else if a.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("request_id", id), slog.String("operation", r.Pattern), slog.String("tenant", r.PathValue("tenant")),
		slog.String("actor", string(who.Actor)), slog.Int("status", a.status), slog.Float64("took_ms", float64(time.Since(begun).Microseconds())/1000),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	s.log.LogAttrs(r.Context(), level, "request", attrs...)
	writeJSON(w, a.status, a.body)
}

func (s *service) authorize(r *http.Request) (grant, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return grant{}, false
	}
	who, ok := s.cfg.grants[digest.Sum([]byte(token))]
	return who, ok
}

func (s *service) serve(w http.ResponseWriter, r *http.Request, e endpoint, who grant) (answer, error) {
	// Whoever knows the application's login can name any tenant: it is for the service
	// to see that nobody names another's.
	if r.PathValue("tenant") != who.Tenant {
		return answer{}, errForbidden
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		return answer{}, errOverloaded
	}
	// The server bounds how long a body may take; the time for the work begins behind it.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, e.limit))
	if err != nil {
		return answer{}, bodyError(err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.cfg.requestTimeout)
	defer cancel()
	tenant, err := s.tenant(ctx, who.Tenant)
	if err != nil {
		return answer{}, err
	}
	return e.do(ctx, call{tenant.As(who.Actor), r, body})
}

// tenant returns the handle of the tenant with the name. It is looked up once.
func (s *service) tenant(ctx context.Context, name string) (*attestdb.TenantDB, error) {
	if id, ok := s.ids.Load(name); ok {
		return s.db.Tenant(id.(attestdb.TenantID)), nil
	}
	id, err := s.db.TenantByName(ctx, name)
	if err != nil {
		return nil, err
	}
	s.ids.Store(name, id)
	return s.db.Tenant(id), nil
}

var (
	errUnauthorized = errors.New("allowed is the header Authorization: Bearer TOKEN, with a token that is known here")
	errForbidden    = errors.New("the token is for another tenant")
	errOverloaded   = errors.New("too many requests are under way")
	errBody         = errors.New("the body did not arrive")
)

// bodyError keeps what is the client's doing from passing for ours.
func bodyError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return errors.Join(errBody, err)
}

// statusClientGone is for the log: the client left before its answer.
const statusClientGone = 499

// refusals say what each error means to a client, the first that fits. With their text
// unset they say what the error says.
var refusals = []struct {
	err    error
	status int
	retry  time.Duration // 0: it would fail again
	text   string
}{
	{err: errUnauthorized, status: http.StatusUnauthorized},
	{err: errForbidden, status: http.StatusForbidden},
	{err: errOverloaded, status: http.StatusServiceUnavailable, retry: time.Second},
	{err: errBody, status: http.StatusRequestTimeout, text: errBody.Error()},
	{err: attestdb.ErrInvalid, status: http.StatusBadRequest},
	{err: attestdb.ErrVerification, status: http.StatusUnprocessableEntity},
	{err: attestdb.ErrRequirement, status: http.StatusUnprocessableEntity, text: attestdb.ErrRequirement.Error()},
	{err: attestdb.ErrUnknownTenant, status: http.StatusNotFound, text: attestdb.ErrUnknownTenant.Error()},
	{err: attestdb.ErrNotFound, status: http.StatusNotFound, text: attestdb.ErrNotFound.Error()},
	{err: attestdb.ErrTenantSuspended, status: http.StatusForbidden, text: attestdb.ErrTenantSuspended.Error()},
	{err: attestdb.ErrIdempotencyConflict, status: http.StatusConflict, text: attestdb.ErrIdempotencyConflict.Error()},
	{err: attestdb.ErrErased, status: http.StatusGone, text: attestdb.ErrErased.Error()},
	{err: attestdb.ErrOutcomeUnknown, status: http.StatusServiceUnavailable, retry: time.Second, text: "it may have been recorded or not: send the same request again, which is safe"},
	{err: attestdb.ErrLedgerBusy, status: http.StatusServiceUnavailable, retry: time.Second, text: attestdb.ErrLedgerBusy.Error()},
	{err: attestdb.ErrUnavailable, status: http.StatusServiceUnavailable, retry: 2 * time.Second, text: attestdb.ErrUnavailable.Error()},
	{err: attestdb.ErrReadOnly, status: http.StatusServiceUnavailable, retry: 5 * time.Second, text: "the database takes no writes at the moment"},
	{err: attestdb.ErrStorageFull, status: http.StatusServiceUnavailable, retry: 30 * time.Second, text: "the database takes no writes at the moment"},
	{err: context.DeadlineExceeded, status: http.StatusServiceUnavailable, retry: time.Second, text: "it took too long: send the same request again, which is safe"},
	{err: errEnding, status: http.StatusServiceUnavailable, retry: time.Second, text: "the service ends: send the same request again, which is safe"},
	{err: context.Canceled, status: http.StatusServiceUnavailable, retry: time.Second, text: "the request was ended: send it again, which is safe"},
}

type refused struct {
	Error string `json:"error"`
	// Field is what is wrong in the request.
	Field     string `json:"field,omitempty"`
	RequestID string `json:"request_id"`
}

// refusal is the answer to a request that failed. What it does not know is for the log
// alone: the texts of a database name what is not the client's to know.
func refusal(w http.ResponseWriter, err error, id string) answer {
	body := refused{Error: "internal error", RequestID: id}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		body.Error = "the body is too large: allowed are " + strconv.FormatInt(large.Limit, 10) + " bytes"
		return answer{http.StatusRequestEntityTooLarge, body}
	}
	for _, r := range refusals {
		if !errors.Is(err, r.err) {
			continue
		}
		if body.Error = r.text; r.text == "" {
			body.Error = err.Error()
		}
		if invalid, ok := errors.AsType[*attestdb.InvalidError](err); ok && errors.Is(r.err, attestdb.ErrInvalid) {
			body.Error, body.Field = invalid.Error(), invalid.Field
		}
		if r.retry > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(r.retry.Seconds())))
		}
		if r.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		return answer{r.status, body}
	}
	return answer{http.StatusInternalServerError, body}
}
