"""What accounts do in rooms: open, come in, go, write, take back."""

from typing import Any

from tests.doubles.matrix.homeserver.request import Request
from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.matrix.homeserver.sync import page
from tests.doubles.matrix.homeserver.world import (
    ENCRYPTION,
    MEMBER,
    POWER,
    REDACTION,
    Device,
    Refused,
    Room,
    World,
    new_id,
)

CREATOR = 100
MODERATOR = 50
STATE_NEEDS = {POWER: 100, ENCRYPTION: 100, "m.room.history_visibility": 100}
MOST_EVENT = 65_536
"""Bytes of an event (client-server API, "Size limits")."""


def create(world: World, request: Request) -> Json:
    """Open a room, and invite people into it."""
    user, body = request.device.user, request.body
    preset = body.get("preset", "private_chat")
    room = world.rooms.setdefault(name := new_id("!"), Room(name))
    world.add_event(room, user, "m.room.create", {"room_version": "11"}, "")
    world.add_event(room, user, MEMBER, {"membership": "join"}, user)
    powers = {user: CREATOR}
    if preset == "trusted_private_chat":
        powers |= dict.fromkeys(body.get("invite", []), CREATOR)
    world.add_event(room, user, POWER, _power_levels(powers, preset), "")
    rule = "public" if preset == "public_chat" else "invite"
    world.add_event(room, user, "m.room.join_rules", {"join_rule": rule}, "")
    shared = {"history_visibility": "shared"}
    world.add_event(room, user, "m.room.history_visibility", shared, "")
    for state in body.get("initial_state", []):
        world.add_event(room, user, state["type"], state["content"], state.get("state_key", ""))
    if "name" in body:
        world.add_event(room, user, "m.room.name", {"name": body["name"]}, "")
    for invited in body.get("invite", []):
        _invite(world, room, user, invited, direct=body.get("is_direct", False))
    return {"room_id": room.id}


def _power_levels(users: dict[str, int], preset: str) -> Json:
    needs = dict.fromkeys(("ban", "kick", "redact", "state_default"), MODERATOR)
    invite = MODERATOR if preset == "public_chat" else 0
    return {
        "users": users,
        "users_default": 0,
        "events": dict(STATE_NEEDS),
        "events_default": 0,
        "invite": invite,
        **needs,
    }


def invite(world: World, request: Request) -> Json:
    """Invite somebody."""
    user, room = request.device.user, _entered(world, request)
    if room.power(user) < room.needed("invite"):
        raise Refused(403, "M_FORBIDDEN", "may not invite")
    _invite(world, room, user, request.body["user_id"], direct=False)
    return {}


def _invite(world: World, room: Room, by: str, user: str, *, direct: bool) -> None:
    world.account(user)
    if room.membership(user) == "ban":
        raise Refused(403, "M_BAD_STATE", "banned")
    if room.membership(user) == "join":
        raise Refused(403, "M_FORBIDDEN", "is in the room already")
    content: Json = {"membership": "invite"}
    world.add_event(room, by, MEMBER, {**content, "is_direct": True} if direct else content, user)


def join(world: World, request: Request) -> Json:
    """Come in."""
    user, room = request.device.user, world.room(request.parts[0])
    public = room.state["m.room.join_rules", ""].content["join_rule"] == "public"
    membership = room.membership(user)
    if membership == "ban":
        raise Refused(403, "M_BAD_STATE", "banned")
    if membership != "invite" and not public:
        if membership == "join":
            return {"room_id": room.id}
        raise Refused(403, "M_FORBIDDEN", "not invited")
    world.add_event(room, user, MEMBER, {"membership": "join"}, user)
    return {"room_id": room.id}


def leave(world: World, request: Request) -> Json:
    """Go, or decline an invitation."""
    user, room = request.device.user, world.room(request.parts[0])
    if room.membership(user) not in {"join", "invite"}:
        raise Refused(403, "M_FORBIDDEN", "not in this room")
    world.add_event(room, user, MEMBER, {"membership": "leave"}, user)
    return {}


def kick(world: World, request: Request) -> Json:
    """Put somebody out of a room."""
    return _put_out(world, request, "kick", "leave")


def ban(world: World, request: Request) -> Json:
    """Put somebody out of a room for good."""
    return _put_out(world, request, "ban", "ban")


def _put_out(world: World, request: Request, action: str, membership: str) -> Json:
    user, room, target = request.device.user, _entered(world, request), request.body["user_id"]
    needed, power = room.needed(action), room.power(user)
    if action == "kick" and room.membership(target) not in {"join", "invite"}:
        raise Refused(403, "M_FORBIDDEN", "not in this room")
    if power < needed or power <= room.power(target):
        raise Refused(403, "M_FORBIDDEN", "may not put them out")
    world.add_event(room, user, MEMBER, {"membership": membership}, target)
    return {}


def forget(world: World, request: Request) -> Json:
    """Have the server say nothing more of a room that was left."""
    user, room = request.device.user, world.room(request.parts[0])
    if room.membership(user) in {"join", "invite"}:
        raise Refused(400, "M_UNKNOWN", "still in this room")
    world.account(user).rooms.pop(room.id, None)
    return {}


def send(world: World, request: Request) -> Json:
    """Write something."""
    device, (_, kind, transaction) = request.device, request.parts
    room = _entered(world, request)
    if request.size > MOST_EVENT:
        raise Refused(413, "M_TOO_LARGE", "event too large")
    event = world.add_event(room, device.user, kind, request.body)
    event.device, event.transaction = device, transaction
    return {"event_id": event.id}


def set_state(world: World, request: Request) -> Json:
    """Set something about a room."""
    user, kind = request.device.user, request.parts[1]
    key = request.parts[2] if len(request.parts) > 2 else ""
    room = _entered(world, request)
    if room.power(user) < room.needed("state_default", kind):
        raise Refused(403, "M_FORBIDDEN", "may not set this")
    return {"event_id": world.add_event(room, user, kind, request.body, key).id}


def redact(world: World, request: Request) -> Json:
    """Take a message back, or remove somebody else's; what is unknown counts as gone."""
    device, (_, target, transaction) = request.device, request.parts
    room, event = _entered(world, request), world.events.get(request.parts[1])
    if event is not None and event.room != room.id:
        event = None
    foreign = event is not None and event.sender != device.user
    if foreign and room.power(device.user) < room.needed("redact"):
        raise Refused(403, "M_FORBIDDEN", "may not redact this")
    redaction = world.add_event(room, device.user, REDACTION, {**request.body, "redacts": target})
    redaction.redacts, redaction.device = target, device
    redaction.transaction = transaction
    if event is not None:
        event.redacted_by = redaction
    return {"event_id": redaction.id}


def messages(world: World, request: Request) -> Json:
    """Read a room backwards."""
    return page(world, request.device, world.room(request.parts[0]), request.query)


def _entered(world: World, request: Request) -> Room:
    room = world.room(request.parts[0])
    if room.membership(request.device.user) != "join":
        raise Refused(403, "M_FORBIDDEN", "not in this room")
    return room


def send_to_device(world: World, request: Request) -> Json:
    """Put a message before single devices; ``*`` is all of an account."""
    kind, sender = request.parts[0], request.device
    for user, by_device in request.body["messages"].items():
        account = world.accounts.get(user)
        for name, content in by_device.items() if account else ():
            message = {"content": content, "type": kind, "sender": sender.user}
            for device in _named(account.devices if account else {}, name):
                world.put(device, message)
    return {}


def _named(devices: dict[str, Device], name: str) -> list[Device]:
    return list(devices.values()) if name == "*" else [d for d in (devices.get(name),) if d]


def upload(world: World, request: Request) -> Json:
    """Store a file."""
    media = new_id("")[:24]
    world.media[media] = request.raw
    return {"content_uri": f"mxc://holdfast.test/{media}"}


def nothing(_world: World, _request: Request) -> Any:
    """Answer with an empty object."""
    return {}
