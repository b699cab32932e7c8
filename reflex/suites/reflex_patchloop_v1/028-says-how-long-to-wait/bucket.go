// Package bucket limits how often something is done.
package bucket

import "time"

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
func (bucket *Bucket) Allow(now time.Time) bool {
	bucket.tokens += now.Sub(bucket.last).Seconds() * bucket.perSecond
	bucket.last = now
	if bucket.tokens > bucket.capacity {
		bucket.tokens = bucket.capacity
	}
	if bucket.tokens < 1 {
		return false
	}
	bucket.tokens--
	return true
}
