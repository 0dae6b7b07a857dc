// Plants a garden in a directory: reads beds from JSON files, grows them with
// goroutines, and writes what came of it.
//
//	garden DIRECTORY
//
// A guest for the tests: a Go program with the garbage collector, goroutines,
// channels, maps, interfaces, closures, panics that are recovered, reflection
// (JSON, fmt), files, directories, the environment and standard input.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"
)

type bed struct {
	Name   string    `json:"name"`
	Rows   int       `json:"rows"`
	Spaced float64   `json:"spaced"`
	Plants []plant   `json:"plants"`
	Tags   []string  `json:"tags,omitempty"`
	Dug    time.Time `json:"dug"`
}

type plant struct {
	Kind   string  `json:"kind"`
	Height float32 `json:"height"`
}

type crop interface{ yield(rows int) float64 }

func (p plant) yield(rows int) float64 {
	return math.Sqrt(float64(p.Height)) * float64(rows)
}

func (b bed) yield(rows int) float64 {
	total := 0.0
	for _, p := range b.Plants {
		total += p.yield(rows)
	}
	return total / (1 + b.Spaced)
}

func grow(beds []bed) map[string]float64 {
	type result struct {
		name  string
		yield float64
	}
	results := make(chan result)
	var workers sync.WaitGroup
	for _, b := range beds {
		workers.Add(1)
		go func() {
			defer workers.Done()
			var c crop = b
			results <- result{b.Name, c.yield(b.Rows)}
		}()
	}
	go func() { workers.Wait(); close(results) }()
	yields := map[string]float64{}
	for r := range results {
		yields[r.name] = r.yield
	}
	return yields
}

// rake makes garbage for the collector and returns a checksum of it.
func rake() string {
	heap := map[int][]byte{}
	for i := 0; i < 20000; i++ {
		block := make([]byte, 1+i*7919%5000)
		for j := range block {
			block[j] = byte(i ^ j)
		}
		heap[i%700] = block
	}
	keys := make([]int, 0, len(heap))
	for k := range heap {
		keys = append(keys, k)
	}
	sort.Ints(keys)
	hash := sha256.New()
	for _, k := range keys {
		hash.Write(heap[k])
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}

func divide(a, b int) (q int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	return a / b, nil
}

type tree struct{ left, right *tree }

func plantTree(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{plantTree(depth - 1), plantTree(depth - 1)}
}

func (t *tree) size() int {
	if t == nil {
		return 0
	}
	return 1 + t.left.size() + t.right.size()
}

func run(directory string) error {
	var beds []bed
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var b bed
		if err := json.Unmarshal(text, &b); err != nil {
			fmt.Printf("%s: %v\n", path, err)
			return nil
		}
		fmt.Printf("%s: %+v\n", path, b)
		beds = append(beds, b)
		return nil
	})
	if err != nil {
		return err
	}
	yields := grow(beds)
	report, err := json.MarshalIndent(yields, "", "  ")
	if err != nil {
		return err
	}
	fmt.Printf("%s\n", report)
	out := filepath.Join(directory, "harvest")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "draft"), report, 0o644); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(out, "draft"), filepath.Join(out, "yields.json")); err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(out, "draft"))
	fmt.Println("draft is gone:", errors.Is(err, fs.ErrNotExist))
	return nil
}

func main() {
	fmt.Println(os.Args[1:], os.Getenv("SEASON"))
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: garden DIRECTORY")
		os.Exit(2)
	}
	pattern := regexp.MustCompile(`(\w+)@(\w+)\.(org|net)`)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Printf("%q\n", pattern.FindAllStringSubmatch(lines.Text(), -1))
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(divide(1, 0))
	fmt.Println(plantTree(16).size())
	fmt.Println(new(big.Int).Exp(big.NewInt(3), big.NewInt(500), nil))
	for _, x := range []float64{0.1, 1 / 3.0, math.MaxFloat64, 5e-324, math.Inf(-1), math.NaN()} {
		fmt.Println(x, float32(x), fmt.Sprintf("%.3e %08.3f %x", x, x, x))
	}
	fmt.Println(rake())
	start := time.Now()
	select {
	case <-time.After(20 * time.Millisecond):
		fmt.Println("waited:", time.Since(start) >= 20*time.Millisecond)
	}
	os.Exit(len(os.Args))
}
