package main

import "unsafe"

//go:wasmimport solti spec_get
func specGet(pointer string, buf unsafe.Pointer, limit uint32) int32

//go:wasmimport solti config_get
func configGet(pointer string, buf unsafe.Pointer, limit uint32) int32

//go:wasmimport solti env_get
func envGet(key string, buf unsafe.Pointer, limit uint32) int32

//go:wasmimport solti reply
func reply(text string)

//go:wasmimport solti log
func log(level uint32, text string)

//go:wasmimport solti metric_add
func metricAdd(name, labels string, value float64)

const levelDebug = 0

//go:wasmexport solti_abi_v1
func abiVersion() {}

//go:wasmexport name
func name() { reply("subprocess") }

//go:wasmexport supports
func supports() int32 {
	if (guest{}).size(kind) < 0 {
		return 0
	}
	return 1
}

//go:wasmexport build
func buildTask() int32 {
	t, refused := build(guest{})
	if refused != nil {
		reply(refused.message)
		return refused.status
	}
	reply(string(t.reply))
	metricAdd("subprocess_builds", `{"mode":"`+t.mode+`"}`, 1)
	log(levelDebug, "built a process action, mode "+t.mode)
	return 0
}

// guest is the host as the module's imports give it.
type guest struct{}

func (guest) size(pointer string) int { return int(specGet(pointer, nil, 0)) }

func (guest) spec(pointer string) (string, bool) { return fetch(specGet, pointer) }

func (guest) config(pointer string) (string, bool) { return fetch(configGet, pointer) }

func (guest) env(key string) (string, bool) { return fetch(envGet, key) }

// fetch follows the buffer convention: a value that doesn't fit is asked for again with room for all of it. No value
// and no grant are the same here.
func fetch(get func(string, unsafe.Pointer, uint32) int32, key string) (string, bool) {
	buf := make([]byte, 256)
	n := get(key, unsafe.Pointer(&buf[0]), uint32(len(buf)))
	if n < 0 {
		return "", false
	}
	if int(n) > len(buf) {
		buf = make([]byte, n)
		get(key, unsafe.Pointer(&buf[0]), uint32(len(buf)))
	}
	return string(buf[:n]), true
}
