// Memory for one call: values are read into it one behind the other, then the reply is written behind them. It begins
// where the linker's data ends, grows with what is asked of it, and is used anew by the next call.
#pragma once
#include "solti.h"

// text is a piece of memory that holds text. Its len is NO_VALUE or DENIED where there is none.
struct text {
	const u8 *at;
	i32 len;
};

#define TEXT(literal) ((struct text){(const u8 *)(literal), sizeof(literal) - 1})

extern u8 __heap_base;
static u8 *top;           // the first free byte
static int out_of_memory; // once set, what was read or written since the call began is not to be used

static void begin(void) {
	top = &__heap_base;
	out_of_memory = 0;
}

// reserve makes sure that n bytes at top may be used, and returns 0 if they can't be had.
static int reserve(u32 n) {
	const u32 page = 65536;
	u32 have = __builtin_wasm_memory_size(0) * page - (u32)top;
	if (n <= have)
		return 1;
	u32 missing = n - have;
	u32 pages = missing / page + (missing % page != 0);
	if (__builtin_wasm_memory_grow(0, pages) != (__SIZE_TYPE__)-1)
		return 1;
	out_of_memory = 1;
	return 0;
}

// fetch reads one value, asking first for its length.
static struct text fetch(i32 (*get)(const void *, u32, void *, u32), struct text key) {
	struct text value = {top, get(key.at, (u32)key.len, 0, 0)};
	if (value.len <= 0)
		return value;
	if (!reserve((u32)value.len))
		return (struct text){top, NO_VALUE};
	get(key.at, (u32)key.len, top, (u32)value.len);
	top += value.len;
	return value;
}

// put writes text at top.
static void put(struct text t) {
	if (t.len <= 0 || !reserve((u32)t.len))
		return;
	__builtin_memcpy(top, t.at, (u32)t.len);
	top += t.len;
}

// put_string writes t, which is UTF-8, as a JSON string with no escapes but those that JSON requires.
static void put_string(struct text t) {
	static const char hex[] = "0123456789abcdef";
	if (t.len < 0 || !reserve((u32)t.len * 6 + 2))
		return;
	*top++ = '"';
	for (i32 i = 0; i < t.len; i++) {
		u8 c = t.at[i];
		if (c == '"' || c == '\\') {
			*top++ = '\\';
		} else if (c < ' ') {
			put(TEXT("\\u00"));
			*top++ = hex[c >> 4];
			c = hex[c & 15];
		}
		*top++ = c;
	}
	*top++ = '"';
}
