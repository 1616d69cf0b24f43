"""The alerts beside the burn rates: each names one cause, and has a page of its name in `docs/runbooks`.

A timestamp is as fresh as its latest one. An alert that follows from the cause of another waits for that one to end
(`unless`), so that one cause pages once.
"""

from scribe.dashboards.alerts.loops import LOOPS
from scribe.dashboards.alerts.servers import SERVERS
from scribe.dashboards.alerts.tasks import TASKS
from scribe.dashboards.alerts.upstreams import UPSTREAMS
from scribe.dashboards.rules import Group

GROUPS = (
    Group("scribe-tasks", TASKS),
    Group("scribe-loops", LOOPS),
    Group("scribe-upstreams", UPSTREAMS),
    Group("scribe-servers", SERVERS),
)
