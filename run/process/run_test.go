//go:build unix

package process_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

func TestExit(t *testing.T) {
	for _, test := range []struct {
		name, text string
		allow      bool
		exit       int // -1: by a signal
		signal     string
		message    string // empty: success
	}{
		{"success", "exit 0", false, 0, "", ""},
		{"code", "exit 3", false, 3, "", "the process exited with code 3"},
		{"largest code", "exit 255", false, 255, "", "the process exited with code 255"},
		{"code allowed", "exit 3", true, 3, "", ""},
		{"SIGKILL", "kill -KILL $$", false, -1, "SIGKILL", "the process was ended by signal SIGKILL"},
		{"SIGTERM", "kill -TERM $$", false, -1, "SIGTERM", "the process was ended by signal SIGTERM"},
		{"SIGSEGV", "kill -SEGV $$", false, -1, "SIGSEGV", "the process was ended by signal SIGSEGV"},
		{"signal allowed", "kill -KILL $$", true, -1, "SIGKILL", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			action := sh(test.text)
			action.AllowNonZero = test.allow
			exit, err := newRoom(t).run(action)
			if exitCode(exit) != test.exit || exit.Signal != test.signal || len(exit.Notes) > 0 {
				t.Errorf("exit %d, signal %q, notes %q; want %d and %q", exitCode(exit), exit.Signal, exit.Notes, test.exit, test.signal)
			}
			if test.message == "" {
				if err != nil {
					t.Error(err)
				}
			} else if code(t, err) != task.CodeTaskFailed || err.Error() != test.message {
				t.Errorf("error %q with code %s, want %q", err, code(t, err), test.message)
			}
		})
	}
}

func TestEnvironmentIsExact(t *testing.T) {
	t.Setenv("SOLTIWASM_HOST_ONLY", "must not be seen")
	for _, test := range []struct {
		env  map[string]string
		want []string
	}{
		{map[string]string{"B": "2", "A": "", "C": "x=y\nz"}, []string{"A=", "B=2", "C=x=y", "z", "PATH=/usr/local/bin:/usr/bin:/bin"}},
		{map[string]string{"PATH": ""}, []string{"PATH="}},
		{nil, []string{"PATH=/usr/local/bin:/usr/bin:/bin"}},
	} {
		var out bytes.Buffer
		action := helper(t, "environ")
		action.Env = test.env
		if _, err := process.Run(t.Context(), process.Command{Action: action, Stdout: &out}); err != nil {
			t.Fatal(err)
		}
		got := slices.Sorted(strings.Lines(out.String()))
		want := slices.Sorted(slices.Values(test.want))
		if strings.Join(got, "") != strings.Join(want, "\n")+"\n" {
			t.Errorf("environment %q, want %q", got, want)
		}
	}
}

func TestOnlyStandardDescriptors(t *testing.T) {
	fd, err := syscall.Dup(1) // without the close-on-exec flag, as an inherited one
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	r := newRoom(t)
	if _, err := r.run(helper(t, "descriptors")); err != nil || r.stdout.String() != "0\n1\n2\n" {
		t.Errorf("descriptors %q, %v", r.stdout.String(), err)
	}
}

func TestArguments(t *testing.T) {
	r := newRoom(t)
	action := helper(t, "args", "", "a b", "$HOME", "*", "é\n")
	if _, err := r.run(action); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%q %q\n", action.Command, action.Args[1:]); r.stdout.String() != want {
		t.Errorf("arguments %s, want %s", r.stdout.String(), want)
	}
}

func TestWorkingDirectory(t *testing.T) {
	r, dir := newRoom(t), t.TempDir()
	action := sh("pwd -P")
	action.Cwd = dir
	if _, err := r.run(action); err != nil {
		t.Fatal(err)
	}
	want, err := filepath.EvalSymlinks(dir)
	if err != nil || r.stdout.String() != want+"\n" {
		t.Errorf("pwd is %q, want %q, %v", r.stdout.String(), want, err)
	}
}

func TestStandardInput(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB, many times what a pipe holds
	for _, test := range []struct{ name, stdin, text, want string }{
		{"none is at its end", "", "cat; echo end", "end\n"},
		{"text", "a\nb", "cat", "a\nb"},
		{"big", big, "cat", big},
		{"not read", big, "echo x", "x\n"},
		{"closed", big, "exec <&-; echo x", "x\n"},
		{"read in part", big, "head -c 3", "012"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t)
			action := sh(test.text)
			action.Stdin = test.stdin
			if exit, err := r.run(action); err != nil || len(exit.Notes) > 0 {
				t.Error(err, exit.Notes)
			}
			if got := r.stdout.String(); got != test.want {
				t.Errorf("%d bytes %.40q, want %d bytes %.40q", len(got), got, len(test.want), test.want)
			}
		})
	}
}

func TestScript(t *testing.T) {
	body := []byte("#" + strings.Repeat("x", task.MaxScriptBody-20) + "\n")
	body = append(body, `echo "$0 $1"`...)
	for _, test := range []struct {
		name string
		body []byte
		want string
	}{
		{"small", []byte(`echo "$0 $1"`), "ok"},
		{"2 MiB", body, "ok"},
		{"empty", []byte{}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t)
			if _, err := r.run(task.ProcessAction{Command: "sh", Args: []string{"arg"}, Script: test.body}); err != nil {
				t.Fatal(err)
			}
			path, arg, _ := strings.Cut(strings.TrimSpace(r.stdout.String()), " ")
			if test.want == "" {
				if path != "" {
					t.Errorf("output %q", path)
				}
				return
			}
			if !strings.HasPrefix(path, r.scripts+"/solti-script-") || arg != "arg" {
				t.Errorf("$0 is %q and $1 %q", path, arg)
			}
		})
	}
}

func TestScriptIsPrivateAndGoesWithTheTask(t *testing.T) {
	r := newRoom(t)
	// The program sees its own mode, and leaves more in the directory.
	body := `ls -l "$0" | cut -c1-10; ls -ld "${0%/*}" | cut -c1-10; echo more >"${0%/*}/more"; mkdir -p "${0%/*}/a/b"; exit 7`
	_, err := r.run(task.ProcessAction{Command: "sh", Script: []byte(body)})
	if code(t, err) != task.CodeTaskFailed || r.stdout.String() != "-rw-------\ndrwx------\n" {
		t.Errorf("%v, modes %q", err, r.stdout.String())
	}
}

func TestScriptDirectoryMissing(t *testing.T) {
	r := newRoom(t)
	c := r.command(task.ProcessAction{Command: "sh", Script: []byte("exit 0")})
	c.ScriptDir = filepath.Join(t.TempDir(), "missing")
	if _, err := process.Run(t.Context(), c); code(t, err) != "spawn_failed" || !strings.Contains(err.Error(), c.ScriptDir) {
		t.Error(err)
	}
}

func TestRunIsConcurrent(t *testing.T) {
	r := newRoom(t)
	done := make(chan error)
	const n = 40
	for i := range n {
		go func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var out safeBuffer
			action := sh(fmt.Sprintf(`cat; sh -c 'sleep 300' & echo "$0"; exit %d`, i%3))
			action.Script, action.Args, action.Stdin = nil, append(action.Args, fmt.Sprint("n", i)), "in "
			if i%4 == 3 {
				action = sh("trap '' TERM; sleep 300")
			}
			c := r.command(action)
			c.Stdout, c.Grace = &out, -1
			if i%4 == 3 {
				cancel()
			}
			exit, err := process.Run(ctx, c)
			switch {
			case i%4 == 3 && code(t, err) == task.CodeCanceled:
				err = nil
			case i%4 != 3 && exitCode(exit) == i%3 && out.String() == fmt.Sprintf("in n%d\n", i):
				err = nil
			default:
				err = fmt.Errorf("run %d: exit %d, %w, output %q", i, exitCode(exit), err, out.String())
			}
			done <- err
		}()
	}
	for range n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestErrorsWithoutAStart(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := file("plain", "#!/bin/sh\n", 0o644)
	noShebang := file("no-shebang", "text\n", 0o755)
	badShebang := file("bad-shebang", "#!/nowhere/interpreter\n", 0o755)
	for _, test := range []struct {
		name   string
		action task.ProcessAction
		words  string // in the message, in this order, separated by |
		is     error
	}{
		{"missing in PATH", task.ProcessAction{Command: "no-such-program"},
			`"no-such-program"|no directory of PATH="/usr/local/bin:/usr/bin:/bin"|default|full path`, os.ErrNotExist},
		{"missing in a given PATH", task.ProcessAction{Command: "sh", Env: map[string]string{"PATH": dir}},
			`"sh"|PATH="` + dir + `"|the env of the action`, os.ErrNotExist},
		{"empty PATH", task.ProcessAction{Command: "sh", Env: map[string]string{"PATH": ""}}, `PATH=""`, os.ErrNotExist},
		{"there but plain", task.ProcessAction{Command: "plain", Env: map[string]string{"PATH": dir}},
			`is there, but not executable|-rw-r--r--|chmod +x`, nil},
		{"missing file", task.ProcessAction{Command: "./no-such", Cwd: dir}, `"` + dir + `/./no-such" does not exist`, os.ErrNotExist},
		{"plain file", task.ProcessAction{Command: plain}, `can't be started: not executable|-rw-r--r--|chmod +x`, nil},
		{"directory", task.ProcessAction{Command: dir}, "no regular file", nil},
		{"no #! line", task.ProcessAction{Command: noShebang}, "neither a program", syscall.ENOEXEC},
		{"bad #! line", task.ProcessAction{Command: badShebang}, "interpreter of its #! line", syscall.ENOENT},
		{"missing cwd", task.ProcessAction{Command: "sh", Cwd: dir + "/no"}, `working directory "` + dir + `/no"|does not exist`, os.ErrNotExist},
		{"cwd is a file", task.ProcessAction{Command: "sh", Cwd: plain}, "is not a directory", nil},
		{"empty command", task.ProcessAction{}, "the command is empty", nil},
		{"bad variable", task.ProcessAction{Command: "sh", Env: map[string]string{"A=B": "secret"}}, `"A=B" in env`, nil},
		{"NUL in a variable", task.ProcessAction{Command: "sh", Env: map[string]string{"A": "sec\x00ret"}}, "NUL", syscall.EINVAL},
		{"NUL in an argument", task.ProcessAction{Command: "sh", Args: []string{"\x00"}}, "NUL", syscall.EINVAL},
		{"too many arguments", task.ProcessAction{Command: "sh", Args: []string{strings.Repeat("x", 8<<20)}}, "larger than this system", syscall.E2BIG},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t)
			test.action.Script = []byte("exit 0") // to be removed all the same
			exit, err := r.run(test.action)
			if exit.Code != nil || exit.Signal != "" || code(t, err) != "spawn_failed" {
				t.Fatalf("%+v, %v", exit, err)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
			rest := err.Error()
			for word := range strings.SplitSeq(test.words, "|") {
				_, after, found := strings.Cut(rest, word)
				if !found {
					t.Fatalf("%q is not in %q of %q", word, rest, err)
				}
				rest = after
			}
			if strings.Contains(err.Error(), "secret") || len(err.Error()) > 2000 {
				t.Errorf("the error tells too much: %.3000s", err)
			}
		})
	}
}

func TestLookup(t *testing.T) {
	dir := t.TempDir()
	program := func(name string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\necho "+name+"\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	program("a/tool", 0o755)
	program("b/tool", 0o755)
	program("plain/tool", 0o644)
	program("cwd/tool", 0o755)
	program("cwd/sub/tool", 0o755)
	if err := os.MkdirAll(dir+"/folder/tool", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, command, path, want string }{
		{"first wins", "tool", dir + "/a:" + dir + "/b", "a/tool"},
		{"missing directory is passed over", "tool", dir + "/none:" + dir + "/b", "b/tool"},
		{"plain file is passed over", "tool", dir + "/plain:" + dir + "/b", "b/tool"},
		{"folder is passed over", "tool", dir + "/folder:" + dir + "/b", "b/tool"},
		{"relative entry is in cwd", "tool", "sub:" + dir + "/b", "cwd/sub/tool"},
		{"empty entry is cwd", "tool", ":" + dir + "/b", "cwd/tool"},
		{"dot is cwd", "tool", ".", "cwd/tool"},
		{"slash means no look-up", "./tool", dir + "/a", "cwd/tool"},
		{"slash inside", "sub/tool", dir + "/a", "cwd/sub/tool"},
		{"parent", "../b/tool", dir + "/a", "b/tool"},
		{"absolute", dir + "/b/tool", dir + "/a", "b/tool"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t)
			_, err := r.run(task.ProcessAction{Command: test.command, Cwd: dir + "/cwd", Env: map[string]string{"PATH": test.path}})
			if err != nil || strings.TrimSpace(r.stdout.String()) != test.want {
				t.Errorf("ran %q, %v; want %q", r.stdout.String(), err, test.want)
			}
		})
	}
}

// TestLookupIgnoresTheHost: the host's own PATH and directory find nothing.
func TestLookupIgnoresTheHost(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/hosts-own", []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	if _, err := newRoom(t).run(task.ProcessAction{Command: "hosts-own"}); code(t, err) != "spawn_failed" {
		t.Error(err)
	}
}
