package migrator

import "context"

// BootstrapPlan returns the statements that [Bootstrap] would run, in their
// order; none if everything is in place.
func BootstrapPlan(ctx context.Context, url string) ([]string, error) {
	s, err := openBootstrap(ctx, url)
	if err != nil {
		return nil, err
	}
	defer s.close(ctx)
	return s.bootstrapTodo(ctx)
}
