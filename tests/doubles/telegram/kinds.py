"""What people send besides words, each as the Bot API describes it, and who is in a chat."""

from collections.abc import Callable, Mapping

from tests.doubles.telegram.methods import document
from tests.doubles.telegram.wire import Json
from tests.doubles.telegram.world import Chat, StoredFile, World

Make = Callable[[World, StoredFile, Json], Json]


def body(kind: str, world: World, file: StoredFile, sender: Json) -> Json:
    """The part of a Message that says what it is."""
    return KINDS[kind](world, file, sender)


def _file(file: StoredFile, **more: object) -> Json:
    return {**document(file), **more}


def _small(file: StoredFile, **more: object) -> Json:
    """Kinds that have no file name."""
    return {key: value for key, value in _file(file, **more).items() if key != "file_name"}


def _poll(world: World, file: StoredFile, sender: Json) -> Json:
    option = {"text": "Yes", "voter_count": 0, "persistent_id": "0"}
    poll = {
        "id": str(world.fresh_id()),
        "question": "Are you there?",
        "options": [option, {**option, "text": "No", "persistent_id": "1"}],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }
    return {"poll": poll}


def _forwarded(world: World, file: StoredFile, sender: Json) -> Json:
    other = {"id": 4_242, "is_bot": False, "first_name": "Somebody"}
    origin = {"type": "user", "date": int(world.clock()), "sender_user": other}
    return {"text": "Somebody else wrote this.", "forward_origin": origin}


def _animation(world: World, file: StoredFile, sender: Json) -> Json:
    # An animation comes as a document too (Bot API, Message.document).
    moving = _file(file, width=320, height=240, duration=2)
    return {"animation": moving, "document": document(file)}


def _sticker(world: World, file: StoredFile, sender: Json) -> Json:
    looks = {"type": "regular", "is_animated": False, "is_video": False}
    return {"sticker": _small(file, width=512, height=512, **looks)}


def _gift(world: World, file: StoredFile, sender: Json) -> Json:
    gift = {"id": str(world.fresh_id()), "star_count": 15, **_sticker(world, file, sender)}
    return {"gift": {"gift": gift}}


def _giveaway(world: World, file: StoredFile, sender: Json) -> Json:
    chats = [{"id": -1_001, "type": "channel", "title": "News"}]
    ends = {"winners_selection_date": int(world.clock()) + 3_600, "winner_count": 1}
    return {"giveaway": {"chats": chats, **ends}}


TASKS: Json = {"title": "What to do", "tasks": [{"id": 1, "text": "Write to them"}]}
PLACE: Json = {"latitude": 52.5, "longitude": 13.4}
KINDS: Mapping[str, Make] = {
    "animation": _animation,
    "audio": lambda _w, f, _s: {"audio": _file(f, duration=3)},
    "checklist": lambda _w, _f, _s: {"checklist": TASKS},
    "contact": lambda _w, _f, _s: {"contact": {"phone_number": "116016", "first_name": "Help"}},
    "dice": lambda _w, _f, _s: {"dice": {"emoji": "🎲", "value": 4}},
    "document": lambda _w, f, _s: {"document": document(f)},
    "forwarded": _forwarded,
    "gift": _gift,
    "giveaway": _giveaway,
    "location": lambda _w, _f, _s: {"location": PLACE},
    "photo": lambda _w, f, _s: {"photo": [_small(f, width=90, height=60)]},
    "poll": _poll,
    "sticker": _sticker,
    "story": lambda w, _f, s: {"story": {"chat": w.chats[s["id"]].as_json(), "id": 1}},
    "venue": lambda _w, _f, _s: {
        "venue": {"location": PLACE, "title": "A hall", "address": "A street"},
        "location": PLACE,
    },
    "video": lambda _w, f, _s: {"video": _file(f, width=320, height=240, duration=2)},
    "video_note": lambda _w, f, _s: {"video_note": _small(f, length=240, duration=2)},
    "voice": lambda _w, f, _s: {"voice": _small(f, duration=2)},
}


def member_changed(world: World, chat: Chat, by: Json, old: str, new: str) -> Json:
    """The Bot API's ChatMemberUpdated, about the bot."""
    return {
        "chat": chat.as_json(),
        "from": by,
        "date": int(world.clock()),
        "old_chat_member": _member(world, old),
        "new_chat_member": _member(world, new),
    }


def _member(world: World, status: str) -> Json:
    member: Json = {"status": status, "user": world.bot}
    return {**member, "until_date": 0} if status == "kicked" else member
