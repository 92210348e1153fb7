// A command that does what its arguments say, one verb after the other, and prints what came of it. Each verb takes a
// fixed number of words after it; what fails prints the verb and the error's words and doesn't end the command.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static const char *verb;
static char buf[65536];

static int check(int result) {
	if (result < 0) printf("%s: %s\n", verb, strerror(errno));
	return result;
}

static void done(int result) {
	if (check(result) >= 0) printf("%s: ok\n", verb);
}

// put opens a file and writes to it.
static void put(const char *path, int flags, const char *text) {
	int fd = check(open(path, flags, 0666));
	if (fd < 0) return;
	done(write(fd, text, strlen(text)));
	close(fd);
}

static void get(const char *path) {
	int fd = check(open(path, O_RDONLY));
	if (fd < 0) return;
	int n = check(read(fd, buf, sizeof buf));
	if (n >= 0) printf("%.*s\n", n, buf);
	close(fd);
}

static int byname(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }

// list prints the names in a directory, sorted, each with a mark for its type.
static void list(const char *path) {
	static char *names[100000];
	int n = 0;
	DIR *d = opendir(path);
	if (!d) {
		check(-1);
		return;
	}
	for (struct dirent *e; n < 100000 && (e = readdir(d));) {
		const char *mark = e->d_type == DT_DIR ? "/" : e->d_type == DT_LNK ? "@" : e->d_type == DT_REG ? "" : "?";
		names[n] = malloc(strlen(e->d_name) + 2);
		strcat(strcpy(names[n++], e->d_name), mark);
	}
	closedir(d);
	qsort(names, n, sizeof *names, byname);
	for (int i = 0; i < n; i++) puts(names[i]);
}

static void show(int result, const struct stat *s) {
	if (check(result) < 0) return;
	if (S_ISREG(s->st_mode))
		printf("file of %lld bytes\n", (long long)s->st_size);
	else
		puts(S_ISDIR(s->st_mode) ? "directory" : S_ISLNK(s->st_mode) ? "link" : "other");
}

// edit goes through all that can be done with one open file.
static void edit(const char *path) {
	struct stat s;
	struct pollfd p = {.events = POLLIN};
	int fd = p.fd = check(open(path, O_RDWR | O_CREAT | O_TRUNC, 0666));
	if (fd < 0) return;
	check(write(fd, "0123456789", 10));
	check(pwrite(fd, "AB", 2, 3));
	check(lseek(fd, -2, SEEK_CUR));
	check(write(fd, "yz", 2));
	int n = check(pread(fd, buf, 4, 2));
	printf("%.*s at %lld\n", n, buf, (long long)lseek(fd, 0, SEEK_CUR));
	check(lseek(fd, 4, SEEK_SET));
	printf("ready %d", poll(&p, 1, -1));
	n = check(read(fd, buf, sizeof buf));
	printf(", then %.*s\n", n, buf);
	check(ftruncate(fd, 5));
	check(fsync(fd));
	check(fdatasync(fd));
	show(fstat(fd, &s), &s);
	check(lseek(fd, -6, SEEK_END));
	int at = open(path, O_RDONLY);
	check(write(at, "no", 2));
	check(close(at));
	check(close(at));
	close(fd);
}

static void exhaust(const char *path) {
	int n = 0;
	while (open(path, O_RDONLY) >= 0) n++;
	printf("%d more files, then %s\n", n, strerror(errno));
}

static void now(void) {
	struct timespec real, before, after, wait = {.tv_nsec = 20000000};
	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &before);
	nanosleep(&wait, NULL);
	clock_gettime(CLOCK_MONOTONIC, &after);
	long long ms = (after.tv_sec - before.tv_sec) * 1000LL + (after.tv_nsec - before.tv_nsec) / 1000000;
	printf("%lld %s\n", (long long)real.tv_sec, ms >= 19 ? "slept" : "did not sleep");
}

// touch sets the modification time; of a link itself with the flag for that.
static void touch(const char *path, int seconds, int flag) {
	struct timespec t[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = seconds}};
	done(utimensat(AT_FDCWD, path, t, flag));
}

static int depth(int n) {
	volatile char frame[256];
	frame[n & 255] = 1;
	return n == 0x7fffffff ? 0 : depth(n + 1) + frame[n & 255];
}

int main(int argc, char **argv) {
	struct stat s;
	int at = 1;
	while (at < argc) {
		verb = argv[at++];
		char *a = at < argc ? argv[at] : "", *b = at + 1 < argc ? argv[at + 1] : "";
#define IS(name, words) (!strcmp(verb, name) && (at += words, 1))
		if (IS("args", 0)) {
			for (int i = 0; i < argc; i++) printf("%d=%s\n", i, argv[i]);
		} else if (IS("env", 0)) {
			for (char **e = environ; *e; e++) puts(*e);
		} else if (IS("cat", 0)) {
			for (int n; (n = read(0, buf, 7)) > 0;) write(1, buf, n);
		} else if (IS("out", 1)) {
			fputs(a, stdout);
		} else if (IS("err", 1)) {
			fputs(a, stderr);
		} else if (IS("exit", 1)) {
			exit(atoi(a));
		} else if (IS("trap", 0)) {
			fflush(stdout);
			__builtin_trap();
		} else if (IS("loop", 0)) {
			for (volatile int forever = 1; forever;) {}
		} else if (IS("flood", 0)) {
			for (;;) sched_yield();
		} else if (IS("floodstat", 1)) {
			for (;;) stat(a, &s);
		} else if (IS("print", 0)) {
			for (;;) write(1, buf, sizeof buf);
		} else if (IS("sleep", 1)) {
			done(usleep(atoi(a) * 1000));
		} else if (IS("now", 0)) {
			now();
		} else if (IS("random", 0)) {
			unsigned char r[8];
			if (check(getentropy(r, sizeof r)) >= 0)
				for (unsigned i = 0; i < sizeof r; i++) printf("%02x%s", r[i], i + 1 < sizeof r ? "" : "\n");
		} else if (IS("bomb", 0)) {
			int n = 0;
			// The pointer is volatile, or the compiler would do without the memory.
			for (char *volatile p; (p = malloc(1 << 20)); n++) memset(p, 1, 1 << 20);
			printf("%d MiB\n", n);
		} else if (IS("recurse", 0)) {
			printf("%d\n", depth(0));
		} else if (IS("write", 2)) {
			put(a, O_WRONLY | O_CREAT | O_TRUNC, b);
		} else if (IS("append", 2)) {
			put(a, O_WRONLY | O_APPEND, b);
		} else if (IS("make", 2)) {
			put(a, O_WRONLY | O_CREAT | O_EXCL, b);
		} else if (IS("nofollow", 1)) {
			done(open(a, O_RDONLY | O_NOFOLLOW));
		} else if (IS("read", 1)) {
			get(a);
		} else if (IS("edit", 1)) {
			edit(a);
		} else if (IS("ls", 1)) {
			list(a);
		} else if (IS("stat", 1)) {
			show(stat(a, &s), &s);
		} else if (IS("lstat", 1)) {
			show(lstat(a, &s), &s);
		} else if (IS("mtime", 1)) {
			if (check(stat(a, &s)) >= 0) printf("%lld\n", (long long)s.st_mtim.tv_sec);
		} else if (IS("mkdir", 1)) {
			done(mkdir(a, 0777));
		} else if (IS("rmdir", 1)) {
			done(rmdir(a));
		} else if (IS("rm", 1)) {
			done(unlink(a));
		} else if (IS("mv", 2)) {
			done(rename(a, b));
		} else if (IS("link", 2)) {
			done(link(a, b));
		} else if (IS("symlink", 2)) {
			done(symlink(a, b));
		} else if (IS("readlink", 1)) {
			int n = check(readlink(a, buf, sizeof buf));
			if (n >= 0) printf("%.*s\n", n, buf);
		} else if (IS("truncate", 2)) {
			done(truncate(a, atoi(b)));
		} else if (IS("touch", 2)) {
			touch(a, atoi(b), 0);
		} else if (IS("ltouch", 2)) {
			touch(a, atoi(b), AT_SYMLINK_NOFOLLOW);
		} else if (IS("exhaust", 1)) {
			exhaust(a);
		} else if (IS("close", 1)) {
			done(close(atoi(a)));
		} else if (IS("stdin", 0)) {
			struct pollfd p = {.events = POLLIN};
			printf("ready %d, events %d\n", poll(&p, 1, -1), p.revents);
		} else {
			printf("%s: no such verb\n", verb);
		}
	}
	return 0;
}
