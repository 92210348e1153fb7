package taskfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/taskfile"
)

// folder makes a directory of files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func slot(name string) string { return "slot: " + name + "\nkind: embedded\ntimeout: 1\n" }

// rows shows items as "source slot" or "source error", with dir cut off.
func rows(dir string, items []taskfile.Item) []string {
	var list []string
	for _, item := range items {
		row := item.Source + " " + item.Spec.Slot
		if item.Err != nil {
			row = item.Source + " " + item.Err.Error()
		}
		list = append(list, strings.ReplaceAll(row, dir+string(filepath.Separator), ""))
	}
	return list
}

func TestRead(t *testing.T) {
	dir := folder(t, map[string]string{
		"one.yaml":       slot("one"),
		"three.yaml":     "---\n" + slot("a") + "---\n# nothing\n---\n" + slot("b") + "--- " + `{"slot":"c","kind":"embedded","timeout":1}` + "\n",
		"broken.yaml":    slot("a") + "---\nslot: [\n---\nslot: b\ntimeout: 1\n---\n" + slot("d"),
		"empty.yaml":     "",
		"comments.yaml":  "# nothing\n---\n---\n",
		"binary.yaml":    "slot: \xff\n",
		"json.json":      "{\n\t\"slot\": \"j\", \"kind\": \"embedded\", \"timeout\": 1\n}\n",
		"noext":          slot("noext"),
		"dir/b.yml":      slot("b"),
		"dir/a.yaml":     slot("a"),
		"dir/c.json":     `{"slot":"c","kind":"embedded","timeout":1}`,
		"dir/B.yaml":     slot("B"),
		"dir/d.txt":      "text",
		"dir/sub/e.yaml": slot("e"),
		"dir/.a.yaml":    slot("hidden"),
		"none/readme.md": "text",
		"odd/x.yaml/y":   "a directory that is named like a file",
	})
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	tests := map[string]struct {
		args []string
		want []string
	}{
		"one file":       {[]string{in("one.yaml")}, []string{"one.yaml one"}},
		"any extension":  {[]string{in("noext")}, []string{"noext noext"}},
		"JSON with tabs": {[]string{in("json.json")}, []string{"json.json j"}},
		"documents":      {[]string{in("three.yaml")}, []string{"three.yaml a", "three.yaml#2 b", "three.yaml#3 c"}},
		"one broken document": {[]string{in("broken.yaml")}, []string{
			"broken.yaml a",
			"broken.yaml#2 broken.yaml:",
			"broken.yaml#3 broken.yaml:7:1: kind: missing field",
			"broken.yaml#4 d",
		}},
		"directory": {[]string{in("dir")}, []string{
			"dir/B.yaml B", "dir/a.yaml a", "dir/b.yml b", "dir/c.json c",
		}},
		"a hidden file by its name": {[]string{in("dir/.a.yaml")}, []string{"dir/.a.yaml hidden"}},
		"several, twice": {[]string{in("one.yaml"), in("dir/a.yaml"), in("one.yaml")}, []string{
			"one.yaml one", "dir/a.yaml a", "one.yaml one",
		}},
		"missing between others": {[]string{in("one.yaml"), in("gone.yaml"), in("noext")}, []string{
			"one.yaml one", "gone.yaml gone.yaml: ", "noext noext",
		}},
		"empty file":          {[]string{in("empty.yaml")}, []string{"empty.yaml empty.yaml: holds no document"}},
		"comments alone":      {[]string{in("comments.yaml")}, []string{"comments.yaml comments.yaml: holds no document"}},
		"not UTF-8":           {[]string{in("binary.yaml")}, []string{"binary.yaml binary.yaml:1:7: "}},
		"directory of others": {[]string{in("none")}, []string{"none none: no *.yaml, *.yml or *.json file in this directory"}},
		"directory as a file": {[]string{in("odd")}, []string{"odd/x.yaml odd/x.yaml: a directory in a directory is not searched"}},
		"nothing":             {nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := rows(dir, taskfile.Read(test.args, nil))
			if len(got) != len(test.want) {
				t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			for i, want := range test.want {
				if !strings.HasPrefix(filepath.ToSlash(got[i]), want) {
					t.Errorf("got  %s\nwant %s", got[i], want)
				}
			}
		})
	}
}

func TestReadKeepsTheDirectoryAsGiven(t *testing.T) {
	dir := folder(t, map[string]string{"specs/a.yaml": slot("a")})
	t.Chdir(dir)
	separator := string(filepath.Separator)
	for arg, want := range map[string]string{
		"specs":             "specs" + separator + "a.yaml",
		"specs" + separator: "specs" + separator + "a.yaml",
		"./specs":           "./specs" + separator + "a.yaml",
	} {
		items := taskfile.Read([]string{arg}, nil)
		if len(items) != 1 || items[0].Source != want || items[0].Err != nil {
			t.Errorf("Read(%q) = %+v, want source %s", arg, items, want)
		}
	}
}

func TestReadStdinTwice(t *testing.T) {
	items := taskfile.Read([]string{"-", "-"}, strings.NewReader(slot("a")))
	if len(items) != 2 || items[0].Err != nil || items[1].Err == nil || items[1].Err.Error() != "-: standard input was read before: give - once" {
		t.Errorf("%+v", items)
	}
}

func TestReadStdin(t *testing.T) {
	got := rows("", taskfile.Read([]string{"-"}, strings.NewReader(slot("a")+"---\n"+slot("b")+"---\nslot: c\n")))
	want := []string{"- a", "-#2 b", "-#3 -:9:1: kind: missing field\n-:9:1: timeout: missing field"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestReadErrorsAreTyped(t *testing.T) {
	dir := folder(t, map[string]string{"bad.yaml": "slot: [\n", "worse.yaml": "slot: a b\n", "empty.yaml": ""})
	read := func(arg string, stdin io.Reader) error {
		items := taskfile.Read([]string{arg}, stdin)
		if len(items) != 1 {
			t.Fatalf("%d items of %s", len(items), arg)
		}
		return items[0].Err
	}
	for _, name := range []string{"bad.yaml", "worse.yaml", "empty.yaml"} {
		path := filepath.Join(dir, name)
		var invalid *taskfile.InvalidError
		if err := read(path, nil); !errors.As(err, &invalid) || invalid.File != path || len(invalid.Faults) == 0 {
			t.Errorf("%s: error %T %v", name, err, err)
		}
	}
	gone := filepath.Join(dir, "gone.yaml")
	var unread *taskfile.ReadError
	if err := read(gone, nil); !errors.As(err, &unread) || unread.Path != gone || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %T %v, want a ReadError of fs.ErrNotExist", err, err)
	}
	if err := read("-", failingReader{}); !errors.As(err, &unread) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %T %v, want a ReadError", err, err)
	}
}

// endless is a reader that never ends, and counts what was read.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	e.n += len(p)
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}

func TestReadIsBounded(t *testing.T) {
	var r endless
	items := taskfile.Read([]string{"-"}, &r)
	if len(items) != 1 || items[0].Err == nil || !strings.Contains(items[0].Err.Error(), "over the limit of 16777216 bytes") {
		t.Errorf("items %+v", items)
	}
	if r.n > abi.MaxSpecFile+1 {
		t.Errorf("%d bytes were read", r.n)
	}
}

func TestReadBoundsDocuments(t *testing.T) {
	tests := map[string]struct {
		stream string
		want   string // in the last item's error
		items  int
	}{
		"large":     {slot("a") + "---\n" + "slot: " + as(abi.MaxSpec), "over the limit of 4194304", 2},
		"deep":      {repeat("[", abi.MaxDepth+1) + repeat("]", abi.MaxDepth+1), "nested deeper than 64", 1},
		"many":      {repeat("--- a\n", abi.MaxDocuments+1), "more than 10000 documents", abi.MaxDocuments + 1},
		"laughs":    {laughs(), "", 1},
		"duplicate": {slot("a") + "slot: b\n", "slot", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			items := taskfile.Read([]string{"-"}, strings.NewReader(test.stream))
			if len(items) != test.items {
				t.Fatalf("%d items, want %d", len(items), test.items)
			}
			last := items[len(items)-1]
			if last.Err == nil || !strings.Contains(last.Err.Error(), test.want) {
				t.Errorf("error %.200v, want %q", last.Err, test.want)
			}
			if test.items > 1 && last.Source != fmt.Sprintf("-#%d", test.items) {
				t.Errorf("source %q", last.Source)
			}
		})
	}
}

// laughs is a document whose aliases multiply to 10^20 items.
func laughs() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for i := range 20 {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 10), ","))
	}
	return b.String()
}

func TestInvalidErrorText(t *testing.T) {
	items := taskfile.Read([]string{"-"}, bytes.NewReader([]byte("slot: a/b\ntimout: 30s\nkind: embedded\n")))
	want := `-:1:1: timeout: missing field
-:1:7: slot: contains forbidden byte 0x2f at position 1 (allowed: [A-Za-z0-9._-])
-:2:1: unknown field "timout", did you mean "timeout"?`
	if got := items[0].Err.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func ExampleRead() {
	stdin := strings.NewReader("slot: a\nkind: embedded\ntimeout: 30s\n---\nslot: b\nkind: embeded\ntimeout: 30\n")
	for _, item := range taskfile.Read([]string{taskfile.Stdin}, stdin) {
		if item.Err != nil {
			fmt.Println(item.Err)
			continue
		}
		fmt.Println(item.Source, item.Spec.Slot, item.Spec.Timeout)
	}
	// Output:
	// - a 30s
	// -:6:7: kind: expected an object with the kind's name as its one key, such as {wasm: {module: app.wasm}}, or the word "embedded"
}
