package hostfuncs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

func TestNoArgumentsNoEnvironment(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{})
	for _, what := range []string{"args", "environ"} {
		g.putU32(100, 7, 7)
		g.want(0, what+"_sizes_get", 100, 104)
		if g.u32(100) != 0 || g.u32(104) != 0 {
			t.Errorf("%s: %d of %d bytes", what, g.u32(100), g.u32(104))
		}
		before := string(g.memory)
		g.want(0, what+"_get", 100, 104)
		if string(g.memory) != before {
			t.Errorf("%s_get wrote something", what)
		}
	}
}

// TestRefusals calls everything that does nothing, on a standard stream and on a descriptor that isn't open.
func TestRefusals(t *testing.T) {
	works := "args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get random_get fd_write " +
		"fd_read fd_fdstat_get fd_close poll_oneoff sched_yield proc_exit "
	noSuchPath := "path_filestat_get path_filestat_set_times path_link path_open path_readlink path_remove_directory " +
		"path_rename path_unlink_file "
	for _, f := range abi.WASI() {
		if strings.Contains(works, f.Name+" ") {
			continue
		}
		onStream, onNone := int32(notsup), int32(badf)
		switch {
		case strings.HasPrefix(f.Name, "fd_prestat"):
			onStream = badf
		case strings.Contains(noSuchPath, f.Name+" "):
			onStream, onNone = noent, noent
		case strings.HasPrefix(f.Name, "path_"):
			onStream, onNone = notsup, notsup
		case f.Name == "proc_raise":
			onStream, onNone = nosys, nosys
		}
		for fd, want := range map[int]int32{0: onStream, 2: onStream, 3: onNone, 0xffffffff: onNone} {
			for _, phase := range []abi.Phase{abi.PhaseStart, abi.PhaseRun} {
				g := newGuest(t).begin(phase, hostfuncs.Call{})
				args := []any{fd}
				for range strings.Count(f.Type, ",") {
					args = append(args, 0xffffffff) // ranges don't matter where nothing is read
				}
				g.want(want, f.Name, args...)
			}
		}
	}
}

func TestExit(t *testing.T) {
	for _, code := range []int{0, 1, 255, 0xffffffff} {
		g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{})
		err := g.fails(fmt.Sprintf("proc_exit: the guest exited with code %d", code), "proc_exit", code)
		var exit *hostfuncs.ExitError
		if !errors.As(err, &exit) || exit.Code != uint32(code) {
			t.Errorf("%T %v", err, err)
		}
	}
}

func TestYield(t *testing.T) {
	newGuest(t).begin(abi.PhaseSupports, hostfuncs.Call{}).want(0, "sched_yield")
}
