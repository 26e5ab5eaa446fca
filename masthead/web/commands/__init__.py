"""What the words after `masthead` do: one module each, with `run(arguments)` that gives the exit status."""
