// Command subprocess is the runner of the kind subprocess: it turns a command or a script into a process action. Built
// for wasip1 as a reactor it is a guest; built for the host it does nothing, and exists so that its tests run there.
//
// It does without fmt and encoding/json, which would double the module: values are asked for one by one by JSON
// Pointer, and what the host hands over as JSON goes into the reply as it is.
package main

func main() {}
