"""Which rights the commands, a deployment and a preview need, and which nobody else should have."""
