"""The rule model."""
