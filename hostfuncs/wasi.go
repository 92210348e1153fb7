package hostfuncs

// wasi turns what a body returns into the function's result: nil into success, an errno into itself. Any other error
// traps; so does a range outside the memory, as everywhere.
func wasi(work Body) Body {
	return func(f *Frame) error {
		err := work(f)
		if code, ok := err.(Errno); ok {
			return f.result(int32(code))
		}
		if err != nil {
			return err
		}
		return f.result(0)
	}
}

// wasiRows are the bodies of all functions of preview 1. What does nothing answers as it would to a program that has no
// files, no sockets and nothing but its standard streams: those are descriptors that can't do it (ENOTSUP), any other
// descriptor isn't open (EBADF), which is also how libraries learn that there is no directory; no path leads anywhere
// (ENOENT), and none can be made (ENOTSUP).
func wasiRows() []row {
	rows := []row{
		{"args_get", none},
		{"args_sizes_get", noStrings},
		{"environ_get", none},
		{"environ_sizes_get", noStrings},
		{"clock_res_get", clockResGet},
		{"clock_time_get", clockTimeGet},
		{"random_get", randomGet},
		{"fd_write", fdWrite},
		{"fd_read", fdRead},
		{"fd_fdstat_get", fdFdstatGet},
		{"fd_close", fdClose},
		{"poll_oneoff", pollOneoff},
		{"sched_yield", schedYield},
		{"proc_exit", procExit},

		{"proc_raise", answer(ENOSYS)},
		{"fd_prestat_get", answer(EBADF)},
		{"fd_prestat_dir_name", answer(EBADF)},
		{"path_create_directory", answer(ENOTSUP)},
		{"path_filestat_get", answer(ENOENT)},
		{"path_filestat_set_times", answer(ENOENT)},
		{"path_link", answer(ENOENT)},
		{"path_open", answer(ENOENT)},
		{"path_readlink", answer(ENOENT)},
		{"path_remove_directory", answer(ENOENT)},
		{"path_rename", answer(ENOENT)},
		{"path_symlink", answer(ENOTSUP)},
		{"path_unlink_file", answer(ENOENT)},
	}
	for _, name := range []string{
		"fd_advise", "fd_allocate", "fd_datasync", "fd_fdstat_set_flags", "fd_fdstat_set_rights", "fd_filestat_get",
		"fd_filestat_set_size", "fd_filestat_set_times", "fd_pread", "fd_pwrite", "fd_readdir", "fd_renumber", "fd_seek",
		"fd_sync", "fd_tell", "sock_accept", "sock_recv", "sock_send", "sock_shutdown",
	} {
		rows = append(rows, row{name, noSupport})
	}
	for n := range rows {
		rows[n].body = wasi(rows[n].body)
	}
	return rows
}

func answer(code Errno) Body { return func(*Frame) error { return code } }

// noSupport is any function that takes a descriptor first and does nothing.
func noSupport(f *Frame) error {
	if f.U32(0) > stderr {
		return EBADF
	}
	return ENOTSUP
}

// none is args_get and environ_get: there is nothing to write.
func none(*Frame) error { return nil }

// noStrings is args_sizes_get and environ_sizes_get: (count, size), both results 0.
func noStrings(f *Frame) error {
	if err := f.PutU32(f.U32(0), 0); err != nil {
		return err
	}
	return f.PutU32(f.U32(1), 0)
}

// procExit is (code).
func procExit(f *Frame) error { return &ExitError{Code: f.U32(0)} }
