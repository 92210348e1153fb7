package task

// Labels are a set of key/value pairs by the rules of Kubernetes.
type Labels map[string]string
