"""Test equipment: stand-ins for the outside world that speak the vendors' protocols."""
