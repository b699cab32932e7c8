// Package bucket limits how often something is done.
package bucket

import (
	"math"
	"time"
)

// Bucket holds tokens, of which some are added each second up to its capacity.
type Bucket struct {
	capacity  float64
	perSecond float64
	tokens    float64
	last      time.Time
}

// New is a full bucket.
func New(capacity, perSecond float64, now time.Time) *Bucket {
	return &Bucket{capacity, perSecond, capacity, now}
}

// Allow takes one token, where there is one.
func (bucket *Bucket) Allow(now time.Time) bool { return bucket.AllowN(1, now) }

// AllowN takes so many tokens, or none where there are fewer.
func (bucket *Bucket) AllowN(n int, now time.Time) bool {
	bucket.fill(now)
	if n < 1 || bucket.tokens < float64(n) {
		return false
	}
	bucket.tokens -= float64(n)
	return true
}

// Wait is how long it takes until so many tokens are there; false where they never will be.
func (bucket *Bucket) Wait(n int, now time.Time) (time.Duration, bool) {
	bucket.fill(now)
	missing := float64(n) - bucket.tokens
	switch {
	case n < 1 || float64(n) > bucket.capacity:
		return 0, false
	case missing <= 0:
		return 0, true
	case bucket.perSecond <= 0:
		return 0, false
	}
	return time.Duration(math.Ceil(missing / bucket.perSecond * float64(time.Second))), true
}

func (bucket *Bucket) fill(now time.Time) {
	if !now.After(bucket.last) {
		return
	}
	added := now.Sub(bucket.last).Seconds() * bucket.perSecond
	bucket.tokens = math.Min(bucket.capacity, bucket.tokens+added)
	bucket.last = now
}
