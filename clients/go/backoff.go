package exchange

import (
	"context"
	"math/rand"
	"time"
)

const (
	firstWait   = 200 * time.Millisecond
	longestWait = 10 * time.Second
)

// backoff waits between tries: twice as long each time up to a limit, and never quite the same.
type backoff struct {
	patience time.Duration // how long to go on without any sign of the node
	next     time.Duration
	until    time.Time
}

func newBackoff(patience time.Duration) *backoff {
	b := &backoff{patience: patience}
	b.reset()
	return b
}

// reset begins anew, because something went well.
func (b *backoff) reset() {
	b.next = firstWait
	b.until = time.Now().Add(b.patience)
}

// wait returns false, at once, when another try would come too late or ctx ended.
func (b *backoff) wait(ctx context.Context, atLeast time.Duration) bool {
	// Jitter, so that clients cut off together don't come back together.
	wait := b.next/2 + time.Duration(rand.Int63n(int64(b.next/2)))
	if wait < atLeast {
		wait = atLeast
	}
	if b.next *= 2; b.next > longestWait {
		b.next = longestWait
	}
	if time.Now().Add(wait).After(b.until) {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
