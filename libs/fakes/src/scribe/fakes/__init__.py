"""Test equipment: stand-ins for the outside world, which speak the vendors' own protocols to the real clients.

Every answer carries `X-Scribe-Stand-In: true`. Nothing in here is part of the product.
"""
