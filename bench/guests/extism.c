// The same answers as an Extism plugin, by the imports that its kernel has.
#include "scan.h"

typedef unsigned long long u64;

#define IMPORT(name) __attribute__((import_module("extism:host/env"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

IMPORT(input_length) u64 input_length(void);
IMPORT(input_load_u8) unsigned input_load_u8(u64 offset);
IMPORT(input_load_u64) u64 input_load_u64(u64 offset);

static union {
	u64 words[512];
	unsigned char bytes[4096];
} spec;

// The trivial answer: the input is not looked at.
EXPORT(supports) int supports(void) { return 1; }

// The input is read as Extism's own PDKs read it, eight bytes at a time, and then scanned.
EXPORT(scan) int scan_input(void) {
	u64 len = input_length(), at = 0;
	if (len > sizeof spec)
		return 0;
	for (; at + 8 <= len; at += 8)
		spec.words[at / 8] = input_load_u64(at);
	for (; at < len; at++)
		spec.bytes[at] = (unsigned char)input_load_u8(at);
	return scan(spec.bytes, (unsigned)len);
}
