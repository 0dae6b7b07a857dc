package main

import (
	"runtime"
	"testing"
)

func TestSum(t *testing.T) {
	if total, err := sum("testdata/numbers"); total != 42 || err != nil {
		t.Errorf("%d, %v on %s", total, err, runtime.GOOS)
	}
	if _, err := sum("testdata/missing"); err == nil {
		t.Error("a missing file has a sum")
	}
}
