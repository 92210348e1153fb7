// The runner of the kind wasm: it turns a module with its arguments and environment into a wasm action. Freestanding C,
// without a library and without a JSON parser: what the host hands over as JSON goes into the reply as it is.
#include "memory.h"

EXPORT(solti_abi_v1) void solti_abi_v1(void) {}

EXPORT(name) void name(void) { reply("wasm", 4); }

EXPORT(supports) i32 supports(void) {
	struct text kind = TEXT("/kind/wasm");
	return spec_get(kind.at, (u32)kind.len, 0, 0) >= 0;
}

// refuse replies why there is no task, a message of two parts, and returns the status.
static i32 refuse(i32 status, struct text head, struct text tail) {
	u8 *start = top;
	put(head);
	put(tail);
	reply(start, (u32)(top - start));
	return status;
}

static i32 missing(struct text pointer) { return refuse(MISSING, pointer, TEXT("")); }

static int is_blank(struct text t) {
	for (i32 i = 0; i < t.len; i++)
		if (t.at[i] != ' ' && (t.at[i] < '\t' || t.at[i] > '\r'))
			return 0;
	return 1;
}

static int is_equal(struct text a, struct text b) {
	if (a.len != b.len)
		return 0;
	for (i32 i = 0; i < a.len; i++)
		if (a.at[i] != b.at[i])
			return 0;
	return 1;
}

// A variable's name is not empty, which would stand for all variables, and can't hold what ends it.
static int is_name(struct text t) {
	for (i32 i = 0; i < t.len; i++)
		if (t.at[i] == '=' || t.at[i] == 0)
			return 0;
	return t.len > 0;
}

#define MAX_VARS 4096

// The task's variables, in its order.
static struct variable {
	struct text key, value;
	int has_duplicate; // a later variable has the same key, and counts instead
} vars[MAX_VARS];
static u32 var_count;

// A hash table of the last variable of each key, as index + 1; 0 is a free place. It is never more than half full.
static u32 last_of_key[2 * MAX_VARS];

// place_of returns where the table has key, or where it would.
static u32 *place_of(struct text key) {
	u32 hash = 2166136261u; // FNV-1a
	for (i32 i = 0; i < key.len; i++)
		hash = (hash ^ key.at[i]) * 16777619u;
	for (;; hash++) {
		u32 *place = &last_of_key[hash % (2 * MAX_VARS)];
		if (*place == 0 || is_equal(vars[*place - 1].key, key))
			return place;
	}
}

static void add_variable(struct text key, struct text value) {
	u32 *place = place_of(key);
	if (*place != 0)
		vars[*place - 1].has_duplicate = 1;
	vars[var_count++] = (struct variable){key, value, 0};
	*place = var_count;
}

// env_pointer returns the pointer to a field of variable i. The next call overwrites it.
static struct text env_pointer(u32 i, struct text field) {
	static u8 pointer[32] = "/kind/wasm/env/";
	u8 digits[10];
	u32 n = 0;
	do
		digits[n++] = (u8)('0' + i % 10);
	while (i /= 10);
	u8 *end = pointer + sizeof("/kind/wasm/env/") - 1;
	while (n > 0)
		*end++ = digits[--n];
	for (i32 k = 0; k < field.len; k++)
		*end++ = field.at[k];
	return (struct text){pointer, (i32)(end - pointer)};
}

// read_env reads the task's environment into vars, and returns a status.
static i32 read_env(void) {
	var_count = 0;
	__builtin_memset(last_of_key, 0, sizeof last_of_key);
	for (;;) {
		struct text at = env_pointer(var_count, TEXT(""));
		if (spec_get(at.at, (u32)at.len, 0, 0) < 0)
			return BUILT;
		if (var_count == MAX_VARS)
			return refuse(INVALID, TEXT("/kind/wasm/env"), TEXT(": more than 4096 variables"));
		at = env_pointer(var_count, TEXT("/key"));
		struct text key = fetch(spec_get, at);
		if (key.len == NO_VALUE)
			return missing(at);
		if (!is_name(key))
			return refuse(INVALID, at, TEXT(": a variable's name is not empty and has no '=' and no NUL byte"));
		at = env_pointer(var_count, TEXT("/value"));
		struct text value = fetch(spec_get, at);
		if (value.len == NO_VALUE)
			return missing(at);
		add_variable(key, value);
	}
}

// is_overridden tells whether a later duplicate or the runner's own environment has the value that counts.
static int is_overridden(struct variable v) {
	return v.has_duplicate || env_get(v.key.at, (u32)v.key.len, 0, 0) >= 0;
}

// put_env writes the merged environment. The runner's variables are an object already; each of the task's variables
// that the runner has too is left out, so nothing has to be parsed.
static void put_env(struct text runner) {
	int first = 1;
	put(TEXT(",\"env\":{"));
	if (runner.len > 2) {
		put((struct text){runner.at + 1, runner.len - 2});
		first = 0;
	}
	for (u32 i = 0; i < var_count; i++) {
		if (is_overridden(vars[i]))
			continue;
		if (!first)
			put(TEXT(","));
		first = 0;
		put_string(vars[i].key);
		put(TEXT(":"));
		put_string(vars[i].value);
	}
	put(TEXT("}"));
}

// make_task replies the task, and returns a status.
static i32 make_task(void) {
	struct text module = fetch(spec_get, TEXT("/kind/wasm/module"));
	if (module.len == NO_VALUE)
		return missing(TEXT("/kind/wasm/module"));
	if (is_blank(module))
		return refuse(INVALID, TEXT("/kind/wasm/module"), TEXT(": the module's path is empty"));
	struct text args = fetch(spec_get, TEXT("/kind/wasm/args"));
	i32 status = read_env();
	if (status != BUILT)
		return status;
	struct text runner = fetch(env_get, TEXT(""));

	u8 *start = top;
	put(TEXT("{\"action\":{\"wasm\":{\"module\":"));
	put_string(module);
	if (args.len > 0) {
		put(TEXT(",\"args\":"));
		put(args);
	}
	put_env(runner);
	put(TEXT("}},\"description\":\"runs a WASI command module\"}"));
	reply(start, (u32)(top - start));
	return BUILT;
}

EXPORT(build) i32 build(void) {
	struct text kind = TEXT("/kind/wasm"), metric = TEXT("wasm_builds");
	struct text too_big = TEXT("out of memory: the TaskSpec is too big for the memory that this runner may use");
	begin();
	if (spec_get(kind.at, (u32)kind.len, 0, 0) < 0)
		return refuse(UNSUPPORTED, TEXT("takes only the kind wasm"), TEXT(""));
	i32 status = make_task();
	if (out_of_memory) {
		reply(too_big.at, (u32)too_big.len);
		return INTERNAL;
	}
	if (status == BUILT)
		metric_add(metric.at, (u32)metric.len, 0, 0, 1);
	return status;
}
