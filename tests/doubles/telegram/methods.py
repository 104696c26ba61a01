"""What each method of the Bot API does to the world, with Telegram's own words for a refusal.

The refusals quote what Telegram is known to answer; where no source could be found, the
constant says that it is a guess.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.telegram.schema import utf8_bytes, utf16_units
from tests.doubles.telegram.updates import MOST_UPDATES, Updates
from tests.doubles.telegram.wire import MOST_BYTES, Json, Refused, Upload, bad
from tests.doubles.telegram.world import Chat, Message, StoredFile, World, text_body

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_DATA = 64
MOST_BUTTONS = 100
MOST_IDS = 100
MOST_DOWNLOAD = 20 * 1024 * 1024
DELETE_SECONDS = 48 * 3600
"""How long a message can be deleted (Bot API, deleteMessage)."""
QUERY_SECONDS = 30.0
"""How long a callback query can be answered: a guess, Telegram names no time."""

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NO_BUTTON = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
UNDELETABLE = "message can't be deleted"
BUTTON_FIELDS = frozenset(
    {
        "callback_data",
        "callback_game",
        "copy_text",
        "login_url",
        "pay",
        "switch_inline_query",
        "switch_inline_query_chosen_chat",
        "switch_inline_query_current_chat",
        "url",
        "web_app",
    }
)
"""Exactly one of them says what a button does (Bot API, InlineKeyboardButton)."""
URL = re.compile(r"(?:https?://|tg://)?[^\s/.]+\.[^\s]+|tg://\S+|https?://localhost\S*")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")

Call = Mapping[str, Any]


@dataclass(slots=True)
class Methods:
    """The methods that this double has, over one world."""

    world: World
    updates: Updates
    breach: Callable[[str], None] = field(repr=False)
    """Told of what Telegram may take, and this bot must not do."""
    query_seconds: float = QUERY_SECONDS
    profile: dict[str, Any] = field(default_factory=dict)
    """What setMyCommands and the like have set."""

    def do(self, method: str, said: Call) -> Any:
        """The result, or Refused."""
        return TABLE[method](self, said)

    # Sending

    def send_message(self, said: Call) -> Json:
        """Text with or without buttons."""
        chat = self._writable(said)
        body = self._text(said)
        return self._send(chat, body, said).as_json()

    def send_document(self, said: Call) -> Json:
        """A file, uploaded or known."""
        chat = self._writable(said)
        file = self._file(said.get("document"))
        caption = text_body(str(said.get("caption", "")))
        if utf16_units(caption["text"]) > MOST_CAPTION:
            raise bad("message caption is too long")
        body: Json = {"document": document(file)}
        if caption["text"]:
            body["caption"] = caption["text"]
        return self._send(chat, body, said, file).as_json()

    def send_chat_action(self, said: Call) -> bool:
        """ "typing …" is shown; nobody here looks."""
        self._writable(said)
        return True

    def _send(self, chat: Chat, body: Json, said: Call, file: StoredFile | None = None) -> Message:
        keyboard = self._keyboard(said.get("reply_markup"))
        message = self.world.add(chat, self.world.bot, body, file)
        message.keyboard = keyboard
        message.protected = bool(said.get("protect_content", False))
        message.silent = bool(said.get("disable_notification", False))
        self.world.sent += 1
        chat.pulse.ring()
        return message

    def _writable(self, said: Call) -> Chat:
        chat = self.world.chat(said.get("chat_id"))
        if chat.refusal:
            raise Refused(403, f"Forbidden: {chat.refusal}")
        if chat.kind == "channel":
            raise bad("need administrator rights in the channel chat")
        return chat

    def _text(self, said: Call) -> Json:
        self._unformatted(said)
        body = text_body(str(said.get("text", "")))
        if not body["text"]:
            raise bad("message text is empty")
        if utf16_units(body["text"]) > MOST_TEXT:
            raise bad("message is too long")
        return body

    def _unformatted(self, said: Call) -> None:
        """Typed words are sent as they are: a parser of marks would change or refuse them."""
        if said.get("parse_mode"):
            self.breach("parse_mode is used: what people typed is not to be parsed")
            raise bad("unsupported parse_mode")

    def _file(self, given: Any) -> StoredFile:
        if isinstance(given, Upload):
            return self._upload(given)
        known = self.world.files.get(given) if isinstance(given, str) else None
        if known is None:
            raise bad("wrong remote file identifier specified: Wrong string length")
        return known

    def _upload(self, given: Upload) -> StoredFile:
        if not given.data:
            raise bad("file must be non-empty")
        if len(given.data) > MOST_BYTES:
            raise Refused(413, "Request Entity Too Large")
        return self.world.keep_file(given.name, given.data)

    def _keyboard(self, markup: Any) -> list[list[Json]]:
        """The rows of an inline keyboard; other keyboards are taken and not shown (a gap)."""
        if markup is None or markup == "":
            return []
        if not isinstance(markup, dict):
            raise bad("object expected as reply markup")
        rows = [row for row in markup.get("inline_keyboard", []) if row]
        if not all(isinstance(button, dict) for row in rows for button in row):
            raise bad("can't parse inline keyboard button: expected an Object")
        if sum(map(len, rows)) > MOST_BUTTONS:
            raise bad("reply markup is too long")  # the words are a guess
        for button in (button for row in rows for button in row):
            self._check_button(button)
        return rows

    def _check_button(self, button: Json) -> None:
        kinds = BUTTON_FIELDS & button.keys()
        if len(kinds) > 1:
            # Telegram takes one of them and drops the rest: nobody can have meant that.
            self.breach(f"a button has more than one use: {', '.join(sorted(kinds))}")
        if len(kinds) != 1:
            raise bad(NO_BUTTON)
        if not str(button.get("text", "")).strip():
            raise bad("inline keyboard button text must be non-empty")  # the words are a guess
        if (
            "callback_data" in kinds
            and not 1 <= utf8_bytes(str(button["callback_data"])) <= MOST_DATA
        ):
            raise bad("BUTTON_DATA_INVALID")
        if "url" in kinds and not URL.fullmatch(str(button["url"])):
            raise bad("inline keyboard button URL is invalid: Wrong HTTP URL")

    # Editing and deleting

    def edit_message_text(self, said: Call) -> Json:
        """Other words and other buttons; buttons that are not named again go."""
        message = self._editable(said)
        if "text" not in message.body:
            raise bad("there is no text in the message to edit")
        return self._edit(message, self._text(said), said)

    def edit_message_reply_markup(self, said: Call) -> Json:
        """Other buttons or none."""
        message = self._editable(said)
        return self._edit(message, message.body, said)

    def _editable(self, said: Call) -> Message:
        chat = self.world.chat(said.get("chat_id"))
        message = self.world.live(chat, said.get("message_id"), "message to edit not found")
        if message.mine:
            raise bad("message can't be edited")
        return message

    def _edit(self, message: Message, body: Json, said: Call) -> Json:
        keyboard = self._keyboard(said.get("reply_markup"))
        if (body, keyboard) == (message.body, message.keyboard):
            raise bad(NOT_MODIFIED)
        message.body, message.keyboard = body, keyboard
        message.edited = self.world.clock()
        message.chat.pulse.ring()
        return message.as_json()

    def delete_message(self, said: Call) -> bool:
        """It goes, if it is younger than two days."""
        chat = self.world.chat(said.get("chat_id"))
        what = "message to delete not found"
        message = self.world.live(chat, said.get("message_id"), what)
        if not self._deletable(message):
            raise bad(UNDELETABLE)
        self.world.delete(message, "bot")
        return True

    def delete_messages(self, said: Call) -> bool:
        """Those that there are. Refused if none can go because of its age: that is a guess."""
        chat = self.world.chat(said.get("chat_id"))
        ids = said.get("message_ids")
        if not isinstance(ids, list) or not ids:
            raise bad("message identifiers are not specified")
        if len(ids) > MOST_IDS:
            raise bad("too many message identifiers specified")
        known = [m for i in ids if (m := self.world.messages.get((chat.id, i))) and m.live]
        young = [message for message in dict.fromkeys(known) if self._deletable(message)]
        if known and not young:
            raise bad(UNDELETABLE)
        for message in young:
            self.world.delete(message, "bot")
        return True

    def _deletable(self, message: Message) -> bool:
        """In private chats also what the person wrote (Bot API, deleteMessage)."""
        ours = message.chat.kind == "private" or not message.mine
        return ours and self.world.clock() - message.at < DELETE_SECONDS

    # Questions and files

    def answer_callback_query(self, said: Call) -> bool:
        """The button stops turning; once, and soon."""
        asked = self.world.queries.pop(str(said.get("callback_query_id", "")), None)
        if asked is None or self.world.clock() - asked > self.query_seconds:
            raise bad(TOO_OLD)
        return True

    def get_file(self, said: Call) -> Json:
        """Where a file can be fetched."""
        stored = self.world.files.get(str(said.get("file_id", "")))
        if stored is None:
            raise bad("invalid file_id")
        if stored.size > MOST_DOWNLOAD:
            raise bad("file is too big")
        return {
            "file_id": stored.id,
            "file_unique_id": stored.id[-12:],
            "file_size": stored.size,
            "file_path": stored.path,
        }

    # Chats

    def get_chat(self, said: Call) -> Json:
        """What is known of a chat."""
        return {
            **self.world.chat(said.get("chat_id")).as_json(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {
                "unlimited_gifts": False,
                "limited_gifts": False,
                "unique_gifts": False,
                "premium_subscription": False,
                "gifts_from_channels": False,
            },
        }

    def leave_chat(self, said: Call) -> bool:
        """Out of a group; a private chat cannot be left."""
        chat = self.world.chat(said.get("chat_id"))
        if chat.kind == "private":
            raise bad("chat member status can't be changed in private chats")
        chat.refusal = f"bot is not a member of the {chat.kind} chat"
        chat.pulse.ring()
        return True

    # The bot itself

    def get_me(self, said: Call) -> Json:
        """Who the token is."""
        return {
            **self.world.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def set_my_commands(self, said: Call) -> bool:
        """The menu, for a scope and a language."""
        commands = said.get("commands")
        if not isinstance(commands, list):
            raise bad("commands are not specified")
        for command in commands:
            if not COMMAND.fullmatch(str(command.get("command", ""))):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= utf16_units(str(command.get("description", ""))) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.profile[_scope(said)] = commands
        return True

    def get_my_commands(self, said: Call) -> list[Json]:
        """The menu as it was set."""
        return list(self.profile.get(_scope(said), []))

    def delete_my_commands(self, said: Call) -> bool:
        """No menu."""
        self.profile.pop(_scope(said), None)
        return True

    def set_my_description(self, said: Call) -> bool:
        """What an empty chat shows."""
        self.profile[f"description {said.get('language_code', '')}"] = said.get("description", "")
        return True

    def set_my_short_description(self, said: Call) -> bool:
        """What the profile shows."""
        key = f"short description {said.get('language_code', '')}"
        self.profile[key] = said.get("short_description", "")
        return True

    # How updates come

    def set_webhook(self, said: Call) -> bool:
        """Only remembered: this double does not call a webhook (a gap)."""
        secret = said.get("secret_token")
        if secret is not None and not SECRET.fullmatch(str(secret)):
            raise bad("secret token contains unallowed characters")
        self.updates.call_back(str(said.get("url", "")))
        self.updates.allow(said.get("allowed_updates"))
        return True

    def delete_webhook(self, said: Call) -> bool:
        """Back to polling."""
        self.updates.webhook = ""
        if said.get("drop_pending_updates", False):
            self.updates.pending.clear()
        return True

    def get_webhook_info(self, said: Call) -> Json:
        """Where updates go, and how many wait."""
        return {
            "url": self.updates.webhook,
            "has_custom_certificate": False,
            "pending_update_count": self.updates.unconfirmed,
        }

    def nothing(self, said: Call) -> bool:
        """Nothing that could be seen here: close, logOut."""
        return True


def document(file: StoredFile) -> Json:
    """The Bot API's Document."""
    return {
        "file_id": file.id,
        "file_unique_id": file.id[-12:],
        "file_name": file.name,
        "file_size": file.size,
    }


def _scope(said: Call) -> str:
    return f"commands {said.get('scope', 'default')} {said.get('language_code', '')}"


TABLE: Mapping[str, Callable[[Methods, Call], Any]] = {
    "answerCallbackQuery": Methods.answer_callback_query,
    "close": Methods.nothing,
    "deleteMessage": Methods.delete_message,
    "deleteMessages": Methods.delete_messages,
    "deleteMyCommands": Methods.delete_my_commands,
    "deleteWebhook": Methods.delete_webhook,
    "editMessageReplyMarkup": Methods.edit_message_reply_markup,
    "editMessageText": Methods.edit_message_text,
    "getChat": Methods.get_chat,
    "getFile": Methods.get_file,
    "getMe": Methods.get_me,
    "getMyCommands": Methods.get_my_commands,
    "getWebhookInfo": Methods.get_webhook_info,
    "leaveChat": Methods.leave_chat,
    "logOut": Methods.nothing,
    "sendChatAction": Methods.send_chat_action,
    "sendDocument": Methods.send_document,
    "sendMessage": Methods.send_message,
    "setMyCommands": Methods.set_my_commands,
    "setMyDescription": Methods.set_my_description,
    "setMyShortDescription": Methods.set_my_short_description,
    "setWebhook": Methods.set_webhook,
}
"""getUpdates waits and is therefore the double's own."""


def poll_params(said: Call) -> tuple[int, int, float]:
    """Offset, limit and seconds of a getUpdates."""
    limit = _int(said.get("limit"), MOST_UPDATES)
    most = limit if 1 <= limit <= MOST_UPDATES else MOST_UPDATES
    return _int(said.get("offset"), 0), most, float(max(_int(said.get("timeout"), 0), 0))


def _int(value: Any, otherwise: int) -> int:
    return int(value) if isinstance(value, int | float) else otherwise
