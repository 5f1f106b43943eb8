"""Where a request comes from that nobody has signed in for."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

OF_IPV4, OF_IPV6 = 24, 48  # bits that one household or company usually has to itself, or shares


def network_of(request: HttpRequest) -> str:
    """The network of whoever asks; empty when it is not known, or is this machine.

    Behind a proxy it is the last address that ``X-Forwarded-For`` names: the others are the client's own words.
    A proxy that names none makes it unknown, rather than everybody one network.
    """
    said = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        said = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return ""
    bits = OF_IPV4 if address.version == 4 else OF_IPV6
    return str(ipaddress.ip_network((str(address), bits), strict=False))
