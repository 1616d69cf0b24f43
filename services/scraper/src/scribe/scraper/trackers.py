"""Hosts of analytics and advertising, which a page's text never needs."""

_TRACKERS = (
    "google-analytics.com googletagmanager.com googlesyndication.com googleadservices.com doubleclick.net "
    "adservice.google.com facebook.net connect.facebook.com hotjar.com segment.io segment.com mixpanel.com "
    "amplitude.com fullstory.com clarity.ms bat.bing.com matomo.cloud plausible.io newrelic.com nr-data.net "
    "sentry.io bugsnag.com scorecardresearch.com quantserve.com criteo.com criteo.net taboola.com outbrain.com "
    "adnxs.com rubiconproject.com pubmatic.com openx.net casalemedia.com amazon-adsystem.com adsrvr.org "
    "chartbeat.com chartbeat.net parsely.com optimizely.com crazyegg.com mouseflow.com addthis.com sharethis.com "
    "onetrust.com cookielaw.org cookiebot.com intercom.io intercomcdn.com drift.com hubspot.com hs-scripts.com "
    "hs-analytics.net statcounter.com yandex.ru"
)


def is_tracker(host: str) -> bool:
    """Whether the host, or the domain it belongs to, is one of them."""
    labels = host.lower().rstrip(".").split(".")
    return any(".".join(labels[start:]) in _KNOWN for start in range(len(labels) - 1))


_KNOWN = frozenset(_TRACKERS.split())
