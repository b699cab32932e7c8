package bucket

import (
	"testing"
	"time"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }

func wants(t *testing.T, name string, found, expected bool) {
	t.Helper()
	if found != expected {
		t.Errorf("%s: %v", name, found)
	}
}

func TestTakesOneAsBefore(t *testing.T) {
	bucket := New(2, 1, start)
	wants(t, "first", bucket.Allow(at(0)), true)
	wants(t, "second", bucket.Allow(at(0)), true)
	wants(t, "third", bucket.Allow(at(0.5)), false)
	wants(t, "later", bucket.Allow(at(1)), true)
	wants(t, "never more than it holds", bucket.AllowN(3, at(1_000)), false)
}

func TestTakesAllOrNone(t *testing.T) {
	bucket := New(5, 0, start)
	wants(t, "three", bucket.AllowN(3, start), true)
	wants(t, "three more", bucket.AllowN(3, start), false)
	wants(t, "two", bucket.AllowN(2, start), true)
	for _, n := range []int{0, -1} {
		full := New(5, 0, start)
		wants(t, "less than one", full.AllowN(n, start), false)
		wants(t, "and nothing was added", full.AllowN(6, start), false)
	}
}

func TestSaysHowLong(t *testing.T) {
	empty := func(perSecond float64) *Bucket {
		bucket := New(10, perSecond, start)
		bucket.AllowN(10, start)
		return bucket
	}
	bucket := empty(2)
	for _, n := range []int{5, 5, 10, 1} {
		wait, ok := bucket.Wait(n, start)
		if expected := time.Duration(n) * time.Second / 2; !ok || wait != expected {
			t.Errorf("%d: %v, %v", n, wait, ok)
		}
	}
	if wait, ok := bucket.Wait(5, at(10)); !ok || wait != 0 {
		t.Errorf("nothing to wait for: %v, %v", wait, ok)
	}
	for _, n := range []int{11, 0, -1} {
		if _, ok := bucket.Wait(n, start); ok {
			t.Errorf("%d can be waited for", n)
		}
	}
	if _, ok := empty(0).Wait(1, start); ok {
		t.Error("none are ever added")
	}
}

func TestTimeThatGoesBack(t *testing.T) {
	bucket := New(1, 1, start)
	wants(t, "now", bucket.Allow(at(1)), true)
	wants(t, "earlier", bucket.Allow(at(0)), false)
	wants(t, "now again", bucket.Allow(at(1)), false)
	wants(t, "later", bucket.Allow(at(2)), true)
}
