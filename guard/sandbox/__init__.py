"""An AWS inside the process, to try a stack in: moto, with what it lacks or fakes completed.

`guard.sandbox.sandbox.Sandbox` is the way in. The README's `make sandbox` and most tests stand on it.
"""
