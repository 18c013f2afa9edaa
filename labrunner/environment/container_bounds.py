"""What containers of ours may use: memory, processes, processor time, and what Docker keeps of what they print.

Only options that an engine leaves out with a warning where its kernel cannot do them (rootless, WSL2): `--cpus` would
be an error there, `--cpu-quota` is not. Nothing is reserved by any of them.
"""

ONE_PROCESSOR = ("--cpu-quota", "100000")
"""Of the usual period of 100000 microseconds."""
AFTER_OTHERS = ("--cpu-shares", "512")
"""All that is free, and half as much as others where it is not; 1024 is what others have."""
KEPT = ("--log-driver", "json-file", "--log-opt", "max-size=2m", "--log-opt", "max-file=2")
UNKEPT = ("--log-driver", "none")
"""What is printed is heard as it comes."""

REGISTRY = ("--memory", "512m", "--pids-limit", "256", *ONE_PROCESSOR, *KEPT)
HELPER = ("--memory", "512m", "--pids-limit", "256", *ONE_PROCESSOR, *UNKEPT)
SANDBOX = ("--memory", "3g", "--pids-limit", "4096", *AFTER_OTHERS, *KEPT)
"""A whole engine with what a lab runs in it, a virtual machine included."""
CELL = ("--memory", "512m", "--pids-limit", "512", *ONE_PROCESSOR, *UNKEPT, "--memory-swap", "512m")
"""A stranger's terminal: half of its processes are for the submission's user, and nothing of it swaps."""
GATE = ("--memory", "64m", "--pids-limit", "256", *ONE_PROCESSOR, *UNKEPT)
"""A process for each connection to the API server."""
BUILDER = ("--memory", "3g", *AFTER_OTHERS)
"""What `docker build` gives to each line of a Dockerfile."""
