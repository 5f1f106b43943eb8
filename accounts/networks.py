"""Where a request comes from: the client's own address, whatever stands before the web process."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

OF_IPV4, OF_IPV6 = 24, 48  # bits that one household or company usually has to itself, or shares
WITH_PORT = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<v4>[0-9.]+))(?::[0-9]+)?")  # as some gateways write it
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: HttpRequest) -> Address | None:
    """The address of whoever asks; ``None`` when it is not known.

    Behind ``PROXIES`` proxies of ours it is that many places from the end of ``X-Forwarded-For``: what stands before
    it are the client's own words. Fewer places make it unknown, rather than everybody one network.
    """
    said = str(request.META.get("REMOTE_ADDR", ""))
    if settings.PROXIES:
        places = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        said = places[-settings.PROXIES].strip() if len(places) >= settings.PROXIES else ""
    if found := WITH_PORT.fullmatch(said):
        said = found["v6"] or found["v4"]
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_of(request: HttpRequest) -> str:
    """The network of whoever asks; empty when it is not known, or is this machine."""
    address = client_address(request)
    if address is None or address.is_loopback:
        return ""
    bits = OF_IPV4 if address.version == 4 else OF_IPV6
    return str(ipaddress.ip_network((str(address), bits), strict=False))
