package exchange

import (
	"context"
	"io"

	pb "example.org/exchange/gen/exchange/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// StartOver is called when a snapshot begins; what it doesn't contain up to its end is gone. It may be nil.
type StartOver func() error

// WatchVacancies watches until ctx ends, and returns its error then. apply is called for a vacancy, a removal and the end of the
// snapshot; the response's token is saved after it has returned.
func (c *Client) WatchVacancies(ctx context.Context, filter *pb.VacancyFilter, token TokenStore, startOver StartOver,
	apply func(*pb.WatchVacanciesResponse) error) error {
	return watch(ctx, token, startOver, newBackoff(c.patience), func(ctx context.Context, at string) (receive, error) {
		stream, err := c.Vacancies.WatchVacancies(ctx, &pb.WatchVacanciesRequest{Filter: filter, ResumeToken: at})
		return func() (string, func() error, error) {
			response, err := stream.Recv()
			if err != nil || response.Event == nil || response.GetBookmark() != nil {
				return response.GetResumeToken(), nil, err
			}
			return response.ResumeToken, func() error { return apply(response) }, nil
		}, err
	})
}

// WatchPlacements watches how placements stand, as WatchVacancies does.
func (c *Client) WatchPlacements(ctx context.Context, filter *pb.PlacementFilter, token TokenStore, startOver StartOver,
	apply func(*pb.WatchPlacementsResponse) error) error {
	return watch(ctx, token, startOver, newBackoff(c.patience), func(ctx context.Context, at string) (receive, error) {
		stream, err := c.Placements.WatchPlacements(ctx, &pb.WatchPlacementsRequest{Filter: filter, ResumeToken: at})
		return func() (string, func() error, error) {
			response, err := stream.Recv()
			if err != nil || response.Event == nil || response.GetBookmark() != nil {
				return response.GetResumeToken(), nil, err
			}
			return response.ResumeToken, func() error { return apply(response) }, nil
		}, err
	})
}

// receive returns the next response's token and what applies it, which is nil for a bookmark.
type receive func() (string, func() error, error)

func watch(ctx context.Context, token TokenStore, startOver StartOver, waits *backoff,
	begin func(context.Context, string) (receive, error)) error {
	at, err := token.Load()
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		if at == "" && startOver != nil {
			if err := startOver(); err != nil {
				return err
			}
		}
		cut, err := watchOnce(ctx, token, &at, waits, begin)
		if err != nil {
			return err
		}
		if ctx.Err() == nil && cut != nil && !waits.wait(ctx, cut.RetryDelay) && ctx.Err() == nil {
			return cut
		}
	}
	return ctx.Err()
}

// watchOnce runs one call. It returns how the line was cut; neither that nor an error when the watch is to start over.
func watchOnce(ctx context.Context, token TokenStore, at *string, waits *backoff,
	begin func(context.Context, string) (receive, error)) (*Error, error) {
	call, cancel := context.WithCancel(ctx)
	defer cancel()
	next, err := begin(call, *at)
	for err == nil && ctx.Err() == nil {
		var after string
		var apply func() error
		if after, apply, err = next(); err != nil {
			break
		}
		waits.reset()
		if apply != nil {
			if failure := apply(); failure != nil {
				return nil, failure
			}
		}
		// After it was applied: a crash in between repeats a response, the other way round it would lose one.
		*at = after
		if failure := token.Save(after); failure != nil {
			return nil, failure
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err == io.EOF {
		return of(status.New(codes.Unavailable, "The node ended the watch.")), nil
	}
	failure := OfCall(err)
	if e, ok := failure.(*Error); ok {
		switch {
		case e.Reason == "ERROR_REASON_RESUME_TOKEN_FOREIGN" || e.Reason == "ERROR_REASON_RESUME_TOKEN_EXPIRED":
			*at = ""
			return nil, nil
		case e.Code == codes.Unavailable:
			return e, nil
		}
	}
	return nil, failure
}
