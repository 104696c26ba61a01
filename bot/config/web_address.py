"""Whether what is sent to a web address can be read on the way."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.config.reader import SectionReader

THIS_MACHINE = "localhost"
PLAIN = "what is sent there could be read and changed on the way"
CURE = "Begin it with https://; http:// is for a server on this machine (localhost) only."


def is_this_machine(host: str) -> bool:
    """Check whether a host is this machine, by its address or by the one name that is kept for it.

    Other names are not looked up: what they lead to can change.
    """
    try:
        return host == THIS_MACHINE or ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_plain(section: SectionReader, key: str, address: str) -> None:
    """Report an ``http://`` address that leads away from this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port  # a port that is none raises
        is_safe = parts.scheme != "http" or is_this_machine(host or "")
    except ValueError:
        is_safe = False
    if not is_safe:
        section.refuse(key, PLAIN, CURE)
