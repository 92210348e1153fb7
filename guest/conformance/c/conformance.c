// The conformance runner of the SDK for C. It does what the one for Go does; see go/main.go beside it.
#include "solti.h"

#define KIND "/kind/conformance"

SOLTI_RUNNER("conformance")

int32_t supports(void) {
	bool refuse = false;
	solti_log(SOLTI_DEBUG, "asked");
	solti_bool(SOLTI_CONFIG, "/refuse", &refuse);
	return solti_has(SOLTI_SPEC, KIND) && !refuse;
}

// What this runner has room for, each.
static char message[1024], value[4096], reply[16384];

static void put_key(struct solti_writer *w, const char *key) {
	if (w->text[w->len - 1] != '{')
		solti_put(w, ",");
	solti_put_string(w, key);
	solti_put(w, ":");
}

// process hands over the spec's arguments and every variable that was granted.
static int32_t process(void) {
	struct solti_writer w = solti_write_to(reply, sizeof reply);
	solti_put(&w, "{\"action\":{\"process\":{\"command\":\"bash\"");
	if (solti_text(SOLTI_SPEC, KIND "/args", value, sizeof value) > 0) {
		solti_put(&w, ",\"args\":");
		solti_put(&w, value);
	}
	if (solti_text(SOLTI_ENV, "", value, sizeof value) > 0) {
		solti_put(&w, ",\"env\":");
		solti_put(&w, value);
	}
	solti_put(&w, ",\"cwd\":\"/srv\",\"script\":{\"spec\":\"" KIND "/body\"},\"failOnNonZero\":false}}}");
	return solti_task(&w);
}

static int32_t wasm(void) {
	struct solti_writer w = solti_write_to(reply, sizeof reply);
	solti_put(&w, "{\"action\":{\"wasm\":{\"module\":");
	solti_put_string(&w, message);
	solti_put(&w, ",\"args\":[\"a\",");
	solti_put_string(&w, "b\"\n");
	solti_put(&w, "],\"stdin\":\"in\"}}}");
	return solti_task(&w);
}

// put_text appends a member with a value's text, which may hold NULs, if there is one.
static void put_text(struct solti_writer *w, const char *key, enum solti_source source, const char *pointer) {
	int32_t len = solti_text(source, pointer, value, sizeof value);
	if (len < 0)
		return;
	if (len >= (int32_t)sizeof value) {
		w->full = true;
		return;
	}
	put_key(w, key);
	solti_put_string_bytes(w, value, (uint32_t)len);
}

static void put_env(struct solti_writer *w, const char *key) {
	int32_t len = solti_get(SOLTI_ENV, key, 0, 0);
	if (len >= 0) {
		put_text(w, key, SOLTI_ENV, key);
		return;
	}
	put_key(w, key);
	solti_put_int(w, len);
}

// put_read appends what was read, by kinds of values.
static void put_read(struct solti_writer *w) {
	char pointer[64];
	struct solti_writer p = solti_write_to(pointer, sizeof pointer);
	int64_t n;
	bool b;
	put_text(w, "text", SOLTI_SPEC, KIND "/text");
	if (solti_int(SOLTI_SPEC, KIND "/int", &n)) {
		put_key(w, "int");
		solti_put_int(w, n);
	}
	if (solti_bool(SOLTI_SPEC, KIND "/bool", &b)) {
		put_key(w, "bool");
		solti_put_bool(w, b);
	}
	if (solti_text(SOLTI_SPEC, KIND "/json", value, sizeof value) >= 0) {
		put_key(w, "json");
		solti_put(w, value);
	}
	solti_put_token(&p, "labels");
	solti_put_token(&p, "example.com/~team");
	put_text(w, "team", SOLTI_SPEC, pointer);
	put_text(w, "word", SOLTI_CONFIG, "/word");
	put_key(w, "null");
	solti_put_bool(w, solti_has(SOLTI_SPEC, KIND "/null"));
	put_env(w, "APP_SET");
	put_env(w, "APP_UNSET");
	put_env(w, "SECRET");
}

static int32_t read_values(const char *what) {
	struct solti_writer log = solti_write_to(value, sizeof value);
	solti_put(&log, "builds ");
	solti_put(&log, what);
	solti_log(SOLTI_INFO, log.text);

	struct solti_writer w = solti_write_to(reply, sizeof reply);
	solti_put(&w, "{\"action\":{\"run\":{");
	put_read(&w);
	struct solti_writer line = solti_write_to(value, sizeof value);
	solti_put(&line, "does ");
	solti_put(&line, what);
	solti_put(&w, "}},\"description\":");
	solti_put_string(&w, line.text);
	solti_put(&w, ",\"annotations\":{\"do\":");
	solti_put_string(&w, what);
	solti_put(&w, "}}");
	return solti_task(&w);
}

int32_t build(void) {
	char what[64], labels[128];
	int32_t len = solti_text(SOLTI_SPEC, KIND "/do", what, sizeof what);
	if (len < 0)
		return solti_missing(KIND "/do");
	if (len >= (int32_t)sizeof what)
		return solti_invalid(KIND "/do: longer than this runner has room for");
	solti_text(SOLTI_SPEC, KIND "/message", message, sizeof message);
	struct solti_writer w = solti_write_to(labels, sizeof labels);
	solti_put(&w, "{\"do\":");
	solti_put_string(&w, what);
	solti_put(&w, "}");
	solti_counter_add("conformance_builds", labels, 1);
	if (solti_equal(what, "nothing"))
		return SOLTI_OK;
	if (solti_equal(what, "unsupported"))
		return solti_unsupported(message);
	if (solti_equal(what, "invalid"))
		return solti_invalid(message);
	if (solti_equal(what, "internal"))
		return solti_internal(message);
	if (solti_equal(what, "process"))
		return process();
	if (solti_equal(what, "wasm"))
		return wasm();
	return read_values(what);
}

int32_t run(void) {
	static const char *const levels[] = {"debug", "info", "warn", "error"};
	int64_t attempt = 0;
	struct solti_writer w = solti_write_to(reply, sizeof reply);
	solti_int(SOLTI_TASK, "/attempt", &attempt);
	solti_text(SOLTI_TASK, "/runId", value, sizeof value);
	solti_put(&w, "attempt ");
	solti_put_int(&w, attempt);
	solti_put(&w, " of ");
	solti_put(&w, value);
	solti_put(&w, "\n");
	solti_print(w.text);
	for (int level = SOLTI_DEBUG; level <= SOLTI_ERROR; level++)
		solti_log((enum solti_level)level, levels[level]);
	solti_counter_add("conformance_runs", "", 2);
	w = solti_write_to(reply, sizeof reply);
	solti_put(&w, "{\"quoted\":");
	solti_put_string(&w, "\"\\\n");
	solti_put(&w, "}");
	solti_gauge_set("conformance_gauge", w.text, -1.5);
	solti_histogram_observe("conformance_seconds", "", 0.25);
	solti_text(SOLTI_SPEC, KIND "/end", value, sizeof value);
	if (solti_equal(value, "failure"))
		return solti_failure("it failed");
	if (solti_equal(value, "fatal"))
		return solti_fatal("it can't be done");
	int32_t len = solti_text(SOLTI_TASK, "/action/run/text", value, sizeof value);
	if (len >= (int32_t)sizeof value)
		return solti_fatal("the text is longer than this runner has room for");
	solti_reply_bytes(value, len > 0 ? (uint32_t)len : 0);
	return SOLTI_OK;
}
