"""An nginx in the namespace that does what the Ingress and the HTTPRoute say, as their controllers would."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from tests.cluster.cluster import NAMESPACE, objects, start_pod

IMAGE = os.environ.get("SCRIBE_CLUSTER_NGINX") or "nginxinc/nginx-unprivileged:1.29"
"""An image with `nginx`; tests/cluster/Dockerfile makes one from Debian's."""
PORT = 8080
FRAME = """
daemon off; error_log stderr; pid /tmp/nginx.pid; worker_processes 1; events {{}}
http {{
  access_log off;
  client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
  proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header Connection "";
  server {{ listen {port} default_server; return 404; }}
{servers}}}
"""
SERVER = "  server {{ listen {port}; server_name {host}; location {path} {{ proxy_pass http://{backend}; }} }}\n"


@dataclass(frozen=True)
class Route:
    """Requests to a host whose path begins with `path` go to `backend`, a Service's `name:port`."""

    host: str
    path: str
    backend: str


def start() -> list[str]:
    """Start nginx, and give the hosts that it serves, once it is ready."""
    routes = [*_of_ingresses(), *_of_http_routes()]
    servers = "".join(
        SERVER.format(port=PORT, host=route.host, path=route.path, backend=route.backend) for route in routes
    )
    start_pod("nginx", IMAGE, {"nginx.conf": FRAME.format(port=PORT, servers=servers)})
    return [route.host for route in routes]


def address() -> str:
    """Where nginx listens."""
    (pod,) = objects("pod", "app=nginx")
    return f"http://{pod['status']['podIP']}:{PORT}"


def _of_ingresses() -> Iterator[Route]:
    for ingress in objects("ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                service = path["backend"]["service"]
                yield Route(rule["host"], path["path"], _backend(service["name"], service["port"]["name"]))


def _of_http_routes() -> Iterator[Route]:
    for route in objects("httproute"):
        for host in route["spec"]["hostnames"]:
            for rule in route["spec"]["rules"]:
                (match,), (backend,) = rule["matches"], rule["backendRefs"]
                yield Route(host, match["path"]["value"], _backend(backend["name"], backend["port"]))


def _backend(service: str, port: str | int) -> str:
    """The Service's address, by the port's name or number, which it must have."""
    (found,) = [item for item in objects("service") if item["metadata"]["name"] == service]
    (number,) = [each["port"] for each in found["spec"]["ports"] if port in (each["name"], each["port"])]
    return f"{service}.{NAMESPACE}.svc.cluster.local:{number}"
