// solti.h: for authors of soltiwasm runners in C11, with clang, freestanding or with wasi-libc. It is all there is: no
// library goes with it. docs/abi.md is the contract, docs/writing-runners.md has the commands that build a runner.
//
//	#include "solti.h"
//	SOLTI_RUNNER("hello")
//	int32_t supports(void) { return solti_has(SOLTI_SPEC, "/kind/hello"); }
//	int32_t build(void) { return SOLTI_OK; }
//	int32_t run(void) { return solti_success("hello, world"); }
//
// Nothing here allocates: values are read into the caller's buffers, and text is written into them by a solti_writer.
// A value may hold NULs, where a function that takes no length ends the text: solti_text returns the length of what it
// read, and the functions whose names end in _bytes take one.
// Which function may be called in which phase is in docs/abi.md, section 4; the host ends a call that breaks it.
#ifndef SOLTI_H
#define SOLTI_H

#include <stdbool.h>
#include <stdint.h>

#define SOLTI_IMPORT(module, name) __attribute__((import_module(#module), import_name(#name)))
#define SOLTI_EXPORT(name) __attribute__((export_name(#name)))

// SOLTI_RUNNER names the runner; once in a module.
#define SOLTI_RUNNER(runner) \
	SOLTI_EXPORT(solti_abi_v1) void solti_abi_v1(void) {} \
	SOLTI_EXPORT(name) void solti_name(void) { solti_reply(runner); }

// What the author writes. supports returns true to take the spec. build returns SOLTI_OK after a reply that is the task, or
// without one for the task {"action":{"run":{}}}; otherwise what solti_unsupported, _invalid, _missing or _internal
// returns. run, which may be left out, returns what solti_success, _failure or _fatal returns.
SOLTI_EXPORT(supports) int32_t supports(void);
SOLTI_EXPORT(build) int32_t build(void);
SOLTI_EXPORT(run) int32_t run(void);

enum { SOLTI_OK = 0 };

// The host's functions, as docs/abi.md has them. The functions below wrap them.
SOLTI_IMPORT(solti, spec_get) int32_t solti_spec_get(const void *pointer, uint32_t len, void *buf, uint32_t limit);
SOLTI_IMPORT(solti, config_get) int32_t solti_config_get(const void *pointer, uint32_t len, void *buf, uint32_t limit);
SOLTI_IMPORT(solti, task_get) int32_t solti_task_get(const void *pointer, uint32_t len, void *buf, uint32_t limit);
SOLTI_IMPORT(solti, env_get) int32_t solti_env_get(const void *key, uint32_t len, void *buf, uint32_t limit);
SOLTI_IMPORT(solti, reply) void solti_reply_bytes(const void *text, uint32_t len);
SOLTI_IMPORT(solti, log) void solti_log_bytes(int32_t level, const void *text, uint32_t len);
SOLTI_IMPORT(solti, metric_add) void solti_metric_add(const void *name, uint32_t len, const void *labels, uint32_t labels_len, double value);
SOLTI_IMPORT(solti, metric_set) void solti_metric_set(const void *name, uint32_t len, const void *labels, uint32_t labels_len, double value);
SOLTI_IMPORT(solti, metric_observe) void solti_metric_observe(const void *name, uint32_t len, const void *labels, uint32_t labels_len, double value);
SOLTI_IMPORT(wasi_snapshot_preview1, fd_write) int32_t solti_fd_write(int32_t fd, const void *vectors, uint32_t n, void *written);

// --- Text --------------------------------------------------------------------------------------------------------------

static inline uint32_t solti_length(const char *s) {
	uint32_t n = 0;
	while (s[n])
		n++;
	return n;
}

static inline bool solti_equal(const char *a, const char *b) {
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

// A solti_writer appends text to a buffer, and always ends it with a NUL, which doesn't count. What doesn't fit is left
// out, and full is set: such a text is not to be used.
struct solti_writer {
	char *text;
	uint32_t len, size;
	bool full;
};

// solti_write_to begins a text in buf, which has size bytes, at least 1.
static inline struct solti_writer solti_write_to(char *buf, uint32_t size) {
	buf[0] = 0;
	return (struct solti_writer){buf, 0, size, false};
}

static inline void solti_put_bytes(struct solti_writer *w, const char *text, uint32_t len) {
	if (w->full || len >= w->size - w->len) {
		w->full = true;
		return;
	}
	for (uint32_t i = 0; i < len; i++)
		w->text[w->len++] = text[i];
	w->text[w->len] = 0;
}

// solti_put appends text as it is: JSON, or a part of a pointer.
static inline void solti_put(struct solti_writer *w, const char *text) { solti_put_bytes(w, text, solti_length(text)); }

// solti_put_token appends a / and one key or index of a JSON Pointer, escaped.
static inline void solti_put_token(struct solti_writer *w, const char *token) {
	solti_put(w, "/");
	for (; *token; token++) {
		if (*token == '~')
			solti_put(w, "~0");
		else if (*token == '/')
			solti_put(w, "~1");
		else
			solti_put_bytes(w, token, 1);
	}
}

static inline void solti_put_int(struct solti_writer *w, int64_t value) {
	char digits[20];
	uint32_t at = sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		digits[--at] = '-';
	solti_put_bytes(w, digits + at, sizeof digits - at);
}

static inline void solti_put_bool(struct solti_writer *w, bool value) { solti_put(w, value ? "true" : "false"); }

// solti_put_string_bytes appends text, which is UTF-8 and may hold NULs, as a JSON string.
static inline void solti_put_string_bytes(struct solti_writer *w, const char *text, uint32_t len) {
	static const char hex[] = "0123456789abcdef";
	solti_put(w, "\"");
	for (uint32_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < ' ') {
			char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
			solti_put_bytes(w, escape, sizeof escape);
			continue;
		}
		if (c == '"' || c == '\\')
			solti_put(w, "\\");
		solti_put_bytes(w, text + i, 1);
	}
	solti_put(w, "\"");
}

// solti_put_string appends text, which is UTF-8, as a JSON string.
static inline void solti_put_string(struct solti_writer *w, const char *text) {
	solti_put_string_bytes(w, text, solti_length(text));
}

// --- Reading -----------------------------------------------------------------------------------------------------------

// What a value is read from. The key of SOLTI_ENV is that of a variable; an empty one reads all that are granted as one
// JSON object. The key of the others is a JSON Pointer.
enum solti_source { SOLTI_SPEC, SOLTI_CONFIG, SOLTI_TASK, SOLTI_ENV };

// Results that are no length.
enum {
	SOLTI_NO_VALUE = -1,    // there is none; a variable is granted and not set
	SOLTI_NOT_GRANTED = -2, // no grant covers the variable
};

// solti_get is the host's reading function of a source: it returns the value's length, and writes it if limit has room.
static inline int32_t solti_get(enum solti_source source, const char *key, void *buf, uint32_t limit) {
	uint32_t len = solti_length(key);
	switch (source) {
	case SOLTI_SPEC:
		return solti_spec_get(key, len, buf, limit);
	case SOLTI_CONFIG:
		return solti_config_get(key, len, buf, limit);
	case SOLTI_TASK:
		return solti_task_get(key, len, buf, limit);
	default:
		return solti_env_get(key, len, buf, limit);
	}
}

// solti_has tells whether there is a value, null included.
static inline bool solti_has(enum solti_source source, const char *key) { return solti_get(source, key, 0, 0) >= 0; }

// solti_text reads a string's text, or the canonical JSON of anything else, and ends it with a NUL. It returns the length,
// or SOLTI_NO_VALUE or SOLTI_NOT_GRANTED. As with snprintf, a length of size or more means that it didn't fit; buf, which
// has size bytes and at least 1, is empty then, as it is without a value.
static inline int32_t solti_text(enum solti_source source, const char *key, char *buf, uint32_t size) {
	int32_t len = solti_get(source, key, buf, size - 1);
	buf[len < 0 || (uint32_t)len >= size ? 0 : len] = 0;
	return len;
}

// solti_int reads a whole number of 64 bits, and tells whether there is one; otherwise it leaves *value alone. A string
// of digits counts as one.
static inline bool solti_int(enum solti_source source, const char *key, int64_t *value) {
	char text[21]; // -9223372036854775808 and a NUL
	int32_t len = solti_text(source, key, text, sizeof text);
	bool negative = text[0] == '-';
	uint64_t n = 0;
	if (len <= negative || len >= (int32_t)sizeof text)
		return false;
	for (int32_t i = negative; i < len; i++) {
		uint64_t digit = (uint64_t)(unsigned char)text[i] - '0';
		if (digit > 9 || n > (INT64_MAX - digit + negative) / 10)
			return false;
		n = n * 10 + digit;
	}
	*value = (int64_t)(negative ? 0 - n : n);
	return true;
}

// solti_bool reads true or false, and tells whether there is one of them; otherwise it leaves *value alone.
static inline bool solti_bool(enum solti_source source, const char *key, bool *value) {
	char text[8];
	int32_t len = solti_text(source, key, text, sizeof text);
	bool yes = len == 4 && solti_equal(text, "true");
	if (!yes && !(len == 5 && solti_equal(text, "false")))
		return false;
	*value = yes;
	return true;
}

// --- Answering ---------------------------------------------------------------------------------------------------------

// solti_reply sets the result of the present call, the last one counts.
static inline void solti_reply(const char *text) { solti_reply_bytes(text, solti_length(text)); }

static inline int32_t solti_end(int32_t status, const char *message) {
	solti_reply(message);
	return status;
}

// From build: the runner doesn't take this kind; the spec is wrong, as message says; it lacks the field at pointer, which
// is all that the host wants to be told; the runner itself could not do it.
static inline int32_t solti_unsupported(const char *message) { return solti_end(1, message); }
static inline int32_t solti_invalid(const char *message) { return solti_end(2, message); }
static inline int32_t solti_missing(const char *pointer) { return solti_end(3, pointer); }
static inline int32_t solti_internal(const char *message) { return solti_end(4, message); }

// solti_task replies the task that w holds, and returns build's status.
static inline int32_t solti_task(const struct solti_writer *w) {
	if (w->full)
		return solti_internal("the task is larger than the buffer that this runner has for it");
	solti_reply_bytes(w->text, w->len);
	return SOLTI_OK;
}

// From run: the task's result; a failure, which may be tried again; one that another attempt can't help.
static inline int32_t solti_success_bytes(const char *result, uint32_t len) {
	solti_reply_bytes(result, len);
	return 0;
}
static inline int32_t solti_success(const char *result) { return solti_success_bytes(result, solti_length(result)); }
static inline int32_t solti_failure(const char *message) { return solti_end(1, message); }
static inline int32_t solti_fatal(const char *message) { return solti_end(2, message); }

enum solti_level { SOLTI_DEBUG, SOLTI_INFO, SOLTI_WARN, SOLTI_ERROR };

// solti_log writes one record to the host's log.
static inline void solti_log(enum solti_level level, const char *text) { solti_log_bytes(level, text, solti_length(text)); }

// solti_print_bytes writes text to the task's standard output, as it is. An error ends it, as there is nobody to tell.
static inline void solti_print_bytes(const char *text, uint32_t size) {
	struct {
		const char *at;
		uint32_t len;
	} vector = {text, size};
	uint32_t written = 0;
	while (vector.len > 0 && solti_fd_write(1, &vector, 1, &written) == 0 && written > 0 && written <= vector.len) {
		vector.at += written;
		vector.len -= written;
	}
}

// solti_print is solti_print_bytes of a text that a NUL ends.
static inline void solti_print(const char *text) { solti_print_bytes(text, solti_length(text)); }

// Metrics: labels is a JSON object of strings, or empty for none. Which names and values the host takes is in
// docs/abi.md, section 3.
static inline void solti_counter_add(const char *name, const char *labels, double value) {
	solti_metric_add(name, solti_length(name), labels, solti_length(labels), value);
}
static inline void solti_gauge_set(const char *name, const char *labels, double value) {
	solti_metric_set(name, solti_length(name), labels, solti_length(labels), value);
}
static inline void solti_histogram_observe(const char *name, const char *labels, double value) {
	solti_metric_observe(name, solti_length(name), labels, solti_length(labels), value);
}

#endif
