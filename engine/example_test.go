package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/soltihq/soltiwasm/engine"
)

// counter stands for an instance with the functions that the host calls.
type counter struct{ calls int }

func (*counter) Close(context.Context) error {
	fmt.Println("closed")
	return nil
}

func ExamplePool() {
	ctx := context.Background()
	pool := engine.NewPool(2, func(context.Context) (*counter, error) {
		fmt.Println("made")
		return new(counter), nil
	}, nil)
	for range 2 {
		_ = pool.Do(ctx, func(c *counter) error {
			c.calls++
			fmt.Println("call", c.calls)
			return nil
		})
	}
	err := pool.Do(ctx, func(*counter) error {
		return &engine.TrapError{Kind: engine.TrapUnreachable}
	})
	fmt.Println(err)
	fmt.Println(pool.Close(ctx), pool.Do(ctx, func(*counter) error { return nil }))
	// Output:
	// made
	// call 1
	// call 2
	// closed
	// trap: unreachable
	// <nil> the instance pool is closed
}

func ExampleCache_Prune() {
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(home)
	cache, err := engine.OpenCache(filepath.Join(home, "cache"), 1<<30)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cache.Close()
	cache.Store(engine.CacheKey{Maker: "example 1.0"}, make([]byte, 968)) // as an engine does

	info, err := cache.Info()
	fmt.Println(info.Entries, "entry of", info.Bytes, "bytes", err)
	fmt.Println(cache.Prune(0))
	// Output:
	// 1 entry of 1000 bytes <nil>
	// 1 1000 <nil>
}

func ExampleParseFuncType() {
	t, err := engine.ParseFuncType("(i32, f64) -> i32")
	fmt.Println(t.Params, t.Result, err)
	_, err = engine.ParseFuncType("(string) -> i32")
	fmt.Println(err)
	// Output:
	// [i32 f64] i32 <nil>
	// function type "(string) -> i32": unknown parameter type "string"; expected the form of "(i32, f64) -> i32" or "() -> ()"
}
