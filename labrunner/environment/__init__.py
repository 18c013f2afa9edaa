"""What a lab needs under it: engine, images, registry, sandbox and cluster, each from the first source that has it."""
