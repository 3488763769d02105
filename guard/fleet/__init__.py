"""Many accounts: the list of them, a stack for each, and what to run over all."""
