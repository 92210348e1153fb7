// The part of the runner ABI, version 1, that this runner uses.
#pragma once

typedef unsigned char u8;
typedef unsigned int u32;
typedef int i32;

#define IMPORT(name) __attribute__((import_module("solti"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

// Both return the length of the value, and write it to buf when it fits into limit; NO_VALUE or DENIED otherwise.
IMPORT(spec_get) i32 spec_get(const void *pointer, u32 pointer_len, void *buf, u32 limit);
IMPORT(env_get) i32 env_get(const void *key, u32 key_len, void *buf, u32 limit);
IMPORT(reply) void reply(const void *text, u32 len);
IMPORT(metric_add) void metric_add(const void *name, u32 name_len, const void *labels, u32 labels_len, double value);

enum { NO_VALUE = -1, DENIED = -2 };

// What build returns.
enum { BUILT = 0, UNSUPPORTED = 1, INVALID = 2, MISSING = 3, INTERNAL = 4 };
