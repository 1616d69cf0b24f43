"""The gateway's side of the pipeline: relay, projector and reconciler."""
