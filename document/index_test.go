package document_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/soltihq/soltiwasm/document"
)

// parse is the tree of a JSON text that is right.
func parse(t testing.TB, text string) *document.Node {
	t.Helper()
	root, err := document.ParseJSON([]byte(text), document.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestLookup(t *testing.T) {
	// The example of RFC 6901, section 5, and more.
	rfc := parse(t, `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}`)
	spec := parse(t, `{"slot":"web","kind":{"subprocess":{"args":["-v","say \"hi\"\n"],"timeout":30}},"labels":{"example.io/team":"infra","~":"tilde","~1":"x"},
		"n":null,"t":true,"f":1.5,"empty":"","0":"zero","list":[[],{}],"-":"minus"}`)
	tests := []struct {
		root    *document.Node
		pointer string
		want    string
		found   bool
	}{
		{rfc, "", string(rfc.AppendJSON(nil)), true},
		{rfc, "/foo", `["bar","baz"]`, true},
		{rfc, "/foo/0", "bar", true},
		{rfc, "/", "0", true},
		{rfc, "/a~1b", "1", true},
		{rfc, "/c%d", "2", true},
		{rfc, "/e^f", "3", true},
		{rfc, "/g|h", "4", true},
		{rfc, `/i\j`, "5", true},
		{rfc, `/k"l`, "6", true},
		{rfc, "/ ", "7", true},
		{rfc, "/m~0n", "8", true},

		{spec, "/slot", "web", true},
		{spec, "/kind/subprocess", `{"args":["-v","say \"hi\"\n"],"timeout":30}`, true},
		{spec, "/kind/subprocess/args/1", "say \"hi\"\n", true},
		{spec, "/kind/subprocess/timeout", "30", true},
		{spec, "/labels/example.io~1team", "infra", true},
		{spec, "/labels/~0", "tilde", true},
		{spec, "/labels/~01", "x", true}, // ~01 is ~1, not /
		{spec, "/n", "null", true},
		{spec, "/t", "true", true},
		{spec, "/f", "1.5", true},
		{spec, "/empty", "", true},
		{spec, "/0", "zero", true}, // a key, since the root is an object
		{spec, "/-", "minus", true},
		{spec, "/list/0", "[]", true},
		{spec, "/list/1", "{}", true},

		{spec, "slot", "", false},       // no slash
		{spec, "#/slot", "", false},     // a URI fragment
		{spec, "/slot/", "", false},     // into a string
		{spec, "/slo", "", false},       // a prefix of a key
		{spec, "/slots", "", false},     // a key is a prefix of it
		{spec, "/slot~", "", false},     // bad escapes
		{spec, "/labels/~2", "", false}, //
		{spec, "/labels/~", "", false},  //
		{spec, "//", "", false},         //
		{spec, "/list/2", "", false},    // behind the end
		{spec, "/list/-", "", false},    // the place behind the end
		{spec, "/list/00", "", false},   // leading zeros
		{spec, "/list/01", "", false},   //
		{spec, "/list/+1", "", false},   //
		{spec, "/list/-1", "", false},   //
		{spec, "/list/1e0", "", false},  //
		{spec, "/list/", "", false},     //
		{spec, "/list/0/0", "", false},  //
		{spec, "/list/ 0", "", false},   //
		{spec, "/f/0", "", false},       //
		{spec, "/SLOT", "", false},      //
		{spec, "/labels/example.io/team", "", false},
		{spec, "/list/18446744073709551616", "", false}, // 2^64, which must not become 0
		{spec, "/list/" + strings.Repeat("9", 4000), "", false},

		{parse(t, `"bare \"text\""`), "", `bare "text"`, true},
		{parse(t, `[]`), "/0", "", false},
	}
	for _, tt := range tests {
		got, ok := document.NewIndex(tt.root).Lookup([]byte(tt.pointer))
		if ok != tt.found || string(got) != tt.want {
			t.Errorf("%.60q: got %q, %t, want %q, %t", tt.pointer, got, ok, tt.want, tt.found)
		}
		if at := tt.root.At(tt.pointer); (at != nil) != tt.found {
			t.Errorf("%.60q: At finds %v, want found %t", tt.pointer, at, tt.found)
		}
	}
}

func TestLookupLongestPointer(t *testing.T) {
	for _, tt := range []struct {
		length int
		found  bool
	}{{4 << 10, true}, {4<<10 + 1, false}} {
		key := strings.Repeat("k", tt.length-1)
		root := document.NewObject(document.NewField(key, document.NewInt(1)))
		if _, ok := document.NewIndex(root).Lookup([]byte("/" + key)); ok != tt.found {
			t.Errorf("a pointer of %d bytes: found %t, want %t", tt.length, ok, tt.found)
		}
		if ok := root.At("/"+key) != nil; ok != tt.found {
			t.Errorf("At with a pointer of %d bytes: found %t, want %t", tt.length, ok, tt.found)
		}
	}
}

func TestIndexJSON(t *testing.T) {
	for _, text := range []string{`null`, `"x\ny"`, `[]`, `{}`, `[[],{},[1,[2]],""]`, `{"b":{"d":1,"c":[null]},"a\"":"\u0001"}`} {
		root := parse(t, text)
		if got, want := document.NewIndex(root).JSON(), root.AppendJSON(nil); !bytes.Equal(got, want) {
			t.Errorf("%s: the index holds %s, want %s", text, got, want)
		}
	}
}

// A value handed out has no room behind it: an append makes a copy and leaves the index alone.
func TestLookupHasNoRoom(t *testing.T) {
	x := document.NewIndex(parse(t, `{"a":"1","b":"\n2","c":3}`))
	before := string(x.JSON())
	for _, pointer := range []string{"/a", "/b", "/c"} {
		v, ok := x.Lookup([]byte(pointer))
		if !ok || len(v) != cap(v) {
			t.Errorf("%s: length %d, capacity %d", pointer, len(v), cap(v))
		}
	}
	if string(x.JSON()) != before {
		t.Error("the index changed")
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	x := document.NewIndex(parse(t, string(sampleJSON(t))))
	pointers := [][]byte{nil, []byte("/kind/subprocess/command"), []byte("/labels/example.io~1team"), []byte("/kind/subprocess/env/2/value"),
		[]byte("/nothing/here"), []byte("/labels/~2"), []byte("/kind/subprocess/args/07")}
	if n := testing.AllocsPerRun(100, func() {
		for _, p := range pointers {
			x.Lookup(p)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func TestLookupConcurrently(t *testing.T) {
	x := document.NewIndex(parse(t, string(sampleJSON(t))))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if v, _ := x.Lookup([]byte("/slot")); string(v) != "web-frontend" {
					t.Errorf("got %q", v)
					return
				}
			}
		})
	}
	wg.Wait()
}

// sampleJSON is the canonical JSON of a usual TaskSpec, about 1 KB.
func sampleJSON(t testing.TB) []byte {
	docs, err := document.ParseYAML([]byte(sampleYAML), document.Bounds{})
	if err != nil || len(docs) != 1 || docs[0].Err != nil {
		t.Fatalf("the sample can't be read: %v %v", err, docs)
	}
	return docs[0].Root.AppendJSON(nil)
}

const sampleYAML = `# A task as people write it.
slot: web-frontend
kind:
  subprocess:
    command: /usr/bin/python3
    args: ["-m", "http.server", "--directory", /srv/www, "8080"]
    cwd: /srv/www
    failOnNonZero: true
    env:
      - {key: APP_MODE, value: production}
      - {key: APP_REGION, value: eu-central-1}
      - {key: APP_MOTD, value: "say \"hello\"\nand more"}
      - {key: PYTHONUNBUFFERED, value: "1"}
timeout: 30000
restart: {type: onFailure}
backoff:
  jitter: full
  firstMs: 1000
  maxMs: 30000
  factor: 2.5
admission: dropIfRunning
maxRetries: 5
labels:
  example.io/team: infrastructure
  example.io/owner: someone
  tier: production
  zone: eu-central-1a
runnerSelector:
  matchLabels: {tier: production}
  matchExpressions:
    - {key: zone, operator: In, values: [eu-central-1a, eu-central-1b, eu-west-1]}
    - {key: gpu, operator: DoesNotExist}
`

func BenchmarkLookup(b *testing.B) {
	x := document.NewIndex(parse(b, string(sampleJSON(b))))
	b.Logf("%d bytes of JSON", len(x.JSON()))
	for _, pointer := range []string{"/kind/subprocess", "/timeout", "/kind/subprocess/env/2/value", "/labels/example.io~1team", "/absent"} {
		b.Run(pointer, func(b *testing.B) {
			p := []byte(pointer)
			b.ReportAllocs()
			for b.Loop() {
				x.Lookup(p)
			}
		})
	}
}

func BenchmarkNewIndex(b *testing.B) {
	root := parse(b, string(sampleJSON(b)))
	b.ReportAllocs()
	for b.Loop() {
		document.NewIndex(root)
	}
}
