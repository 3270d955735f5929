package health

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Handler serves
//
//   - /livez: whether the process is alive. It asks nobody, the database least of all:
//     restarting a program mends no database.
//   - /readyz: whether the program can do its work: 200, or 503 with what is wrong and how
//     to mend it. Its answer holds for [Config.ReadyCache].
//   - /healthz: 200, or 503 if any check failed or could not be told; with ?verbose all
//     checks. Its answer holds for [Config.Cache].
//
// Bodies are JSON, a [Report], but for /livez, which says ok. However many ask, the checks
// run once at a time. The texts name roles, tables and sessions: serve them where
// strangers cannot ask.
func (r *Registry) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte("ok\n")) // whoever asked has gone
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, req *http.Request) {
		report := r.Ready(req.Context())
		write(w, report.Bad(), report)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, req *http.Request) {
		report := r.Report(req.Context())
		if verbose(req) {
			write(w, report.Bad(), report)
			return
		}
		write(w, report.Bad(), struct {
			Status Status    `json:"status"`
			At     time.Time `json:"at"`
		}{report.Status, report.At})
	})
	return mux
}

// verbose is on by ?verbose alone, as with the API servers of Kubernetes.
func verbose(req *http.Request) bool {
	values, ok := req.URL.Query()["verbose"]
	if !ok || values[0] == "" {
		return ok
	}
	on, err := strconv.ParseBool(values[0])
	return on || err != nil
}

func write(w http.ResponseWriter, bad bool, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if bad {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return // whoever asked has gone
	}
}
