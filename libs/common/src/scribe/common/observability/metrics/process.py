"""What a process is: its version, and the memory, CPU time and files that it uses."""

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector


class ProcessMetrics:
    """This process, also by the names that every Prometheus client gives (`process_resident_memory_bytes`, …)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        ProcessCollector(registry=registry)
        self.build = Gauge(
            "scribe_build_info", "1, labelled with the version that runs.", ["version"], registry=registry
        )

    def show_version(self, version: str) -> None:
        """Say which version runs."""
        self.build.labels(version).set(1)
