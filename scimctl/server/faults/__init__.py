"""Named misbehaviours of the reference server, each as it was seen in a real one."""
