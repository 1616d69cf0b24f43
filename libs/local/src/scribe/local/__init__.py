"""The whole platform on one machine: embedded servers, supervisor and the scribe command."""
