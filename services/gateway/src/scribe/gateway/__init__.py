"""The REST gateway: the contract, the relay, the projector and the reconciler."""
