module github.com/soltihq/soltiwasm/engine/wasmtime

go 1.26.0

require (
	github.com/bytecodealliance/wasmtime-go/v37 v37.0.0
	github.com/soltihq/soltiwasm v0.0.0
)

require (
	github.com/tetratelabs/wazero v1.12.0 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
)

replace github.com/soltihq/soltiwasm => ../..
