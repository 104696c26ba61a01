"""What must be true in the store when a sentence is said: one law for each kind of promise.

A law reads its sentence, with the names and times that stand in it, and looks at its case before
and after the message that it answers. None believes what the program says of itself.
"""

from collections import Counter
from dataclasses import replace

from flows.folding import folded
from handlers.reporter.hold_words import wants_to_stop
from store.model.permissions import DeliveryStage
from store.readers.delivery_bundle import OpenedReport, open_delivery
from store.readers.notebook import Notebook
from tests.drills.promise_judge import UNDECIDED, NotMeant, Said
from tests.drills.promise_speech import names_in, sentences_in
from tests.drills.promise_store import CaseState, Share, orphans

HELD = DeliveryStage.HELD
TELLING = 12
"""Characters of a text that can stand in a file by no accident."""

# Who can read


async def nobody_reads(said: Said) -> None:
    """No reader's key opens anything of it, and no reader took a copy away."""
    assert not said.after.opening, "a reader's key opens something"
    assert not said.after.stolen, "a reader's key opens what is the reporter's alone"
    assert not said.case or not said.case.had, f"{said.case and said.case.had} have a copy"


async def only_named_read(said: Said) -> None:
    """Only keys of readers for whom it lies ready open it, and only what was made for them."""
    assert said.after.opening == {share.mid for share in said.after.shares}, "another key opens it"
    assert not said.after.stolen, "a reader's key opens what is the reporter's alone"


async def nobody_got_it(said: Said) -> None:
    """No reader took away what was stopped; of what was shared earlier nothing is said."""
    was, now = said.looks
    for locator in was:
        stopped = {*was[locator].shares} - {*now[locator].shares}
        got = {share.name for share in stopped if share.stage is DeliveryStage.FETCHED}
        assert not got, f"{got} had collected it"


async def program_opens(said: Said) -> None:
    """A program that is started anew, with its own keys, opens it: so could who has these."""
    assert said.case is None or said.now.draft is None or said.now.words == said.case.words


async def program_cannot_open(said: Said) -> None:
    """The program has no way to it any more: not in memory, and not started anew."""
    await account_cannot_open(said)
    assert said.case is not None
    for name, cases in said.judge.cases_of.items():
        if said.case.locator in cases:
            found = await said.world.started_anew(said.world.known[name])
            assert found.words != said.case.words, "the program opens it after a restart"


async def account_cannot_open(said: Said) -> None:
    """From this account there is no way to it any more: not in memory, and not started anew."""
    assert said.case is not None
    assert said.now.words != said.case.words, "the program still has the words in memory"
    assert not said.now.code_words, "the program still has the code"
    found = await said.world.started_anew(said.who)
    assert found.words != said.case.words, "the program opens it after a restart"


async def is_open_now(said: Said) -> None:
    """It is open in memory, as its words opened it."""
    assert said.case is not None
    assert said.now.opened is not None, "no case is open"
    assert said.now.words == said.case.words, "another case is open"


async def words_open_it(said: Said) -> None:
    """The twelve words find it, and open all that is told."""
    assert said.case is not None
    recovery = said.world.application.stores.recovery
    found = await recovery.find_by_words(" ".join(said.case.words))
    assert found is not None, "its words find nothing"
    items = {item for answer in found.answers for item in answer.items}
    assert items or not said.after.told, "its words open no answers"


async def words_open_what_is_kept(said: Said) -> None:
    """Where something keeps it, the twelve words find it."""
    if not said.after.kept or said.now.draft is not None:
        raise NotMeant
    await words_open_it(said)


async def code_finds_it(said: Said) -> None:
    """The newest four words lead to it, and to nothing that could be read."""
    assert said.case is not None
    assert said.case.codes, "no code was ever shown"
    recovery = said.world.application.stores.recovery
    found = await recovery.find_by_code(said.case.codes[-1])
    assert found == said.case.locator, "its code finds nothing"
    assert await recovery.find_by_words(said.case.codes[-1]) is None


async def these_words_open_nothing(said: Said) -> None:
    """What was typed leads nowhere."""
    recovery = said.world.application.stores.recovery
    typed = said.typed.removeprefix("/open").removeprefix("/withdraw").removeprefix("/erase")
    assert await recovery.find_by_words(typed) is None, "these words open a case"


async def code_finds_nothing(said: Said) -> None:
    """What was typed leads nowhere."""
    recovery = said.world.application.stores.recovery
    typed = said.typed.removeprefix("/withdraw").removeprefix("/erase")
    assert await recovery.find_by_code(typed) is None, "this code leads to a case"


async def is_sealed(said: Said) -> None:
    """Nothing that was told stands in any file as it was typed."""
    files = said.world.rig.written().values()
    for text in (text for text in said.after.told if len(text) >= TELLING):
        assert not any(text.encode() in data for data in files), "a text lies there in the open"


async def nobody_reads_meanwhile(said: Said) -> None:
    """All that is shared is held, and of what was shared earlier nobody has a copy."""
    assert said.after.names() == said.after.names(HELD), "it lies ready for somebody"
    assert not said.case or not said.case.had, f"{said.case and said.case.had} have a copy"


# What is saved, and what is not


def _told(state: CaseState) -> Counter[str]:
    return Counter(folded(text) for text in state.told)


async def is_saved(said: Said) -> None:
    """What was typed is sealed in the case now, and nothing else went."""
    new, gone = _told(said.after) - _told(said.before), _told(said.before) - _told(said.after)
    assert sum(new.values()) >= 1, "nothing new is saved"
    for text in new:
        assert set(text.split()) & set(folded(said.typed).split()), "other words are saved"
    assert len(gone) <= len(new), "something went"


async def is_not_saved(said: Said) -> None:
    """No case has anything new, and none has begun."""
    for locator, state in said.looks[1].items():
        earlier = said.looks[0].get(locator)
        assert earlier is not None or not state.told, "a case with words has begun"
        assert earlier is None or not _told(state) - _told(earlier), "something was saved"


async def nothing_changed(said: Said) -> None:
    """All cases are as they were; a *stop* that was no part of the story may have gone."""
    for locator, earlier in said.looks[0].items():
        state = said.looks[1][locator]
        gone = _told(earlier) - _told(state)
        assert all(_means_stop(text) for text in gone), "something of a story went"
        assert state.there == earlier.there, "a case went"
        assert _standing(state) == _standing(earlier), "what is shared, or how far it is, changed"
        assert state.records == earlier.records, "what is allowed changed"


def _means_stop(text: str) -> bool:
    return wants_to_stop(text) or text.split()[:1] in (["stop"], ["help"], ["unsafe"])


def _standing(state: CaseState) -> list[tuple[str, str]]:
    return sorted((share.name, share.code) for share in state.shares)


async def nothing_is_sent_yet(said: Said) -> None:
    """Nothing new lies ready, and so long it is held as is said."""
    assert _standing(said.after) == _standing(said.before)
    hours = said.blanks.get("count")
    assert hours is None or int(hours) == said.world.application.settings.hold_hours


async def is_left_out(said: Said) -> None:
    """One part went out of the case."""
    assert said.case is not None
    gone = _told(said.before) - _told(said.after)
    assert sum(gone.values()) == 1, f"{sum(gone.values())} parts went"
    said.case.left_out |= set(gone)


async def is_dropped(said: Said) -> None:
    """What was put aside went, all of it, and it is in no story."""
    gone = _told(said.before) - _told(said.after)
    assert gone, "nothing went"
    if said.case is not None:
        said.case.left_out |= set(gone)


async def nothing_is_open(said: Said) -> None:
    """The account has no conversation, and no opened case."""
    assert said.now.draft is None
    assert said.now.opened is None
    assert not said.now.words


async def nothing_begun(said: Said) -> None:
    """The account has no conversation, and no case that was not there before."""
    await is_not_saved(said)
    assert said.now.draft is None, "a conversation is open"


async def something_is_told_and_undecided(said: Said) -> None:
    """A story was begun, and the second yes is not given: so it can be added to."""
    assert said.after.story, "nothing is told yet"
    assert _undecided(said), "it was decided"


# What is gone


async def is_gone(said: Said) -> None:
    """No row of it stands, and no byte of what was sealed lies in any file."""
    went = [look for look in said.looks[0] if _goes(said, look)]
    assert not said.after.there, "the case is still there"
    assert went or said.case is None or not said.before.there, "nothing went"
    assert not any((await orphans(said.world)).values()), "rows are left of what is gone"
    files = said.world.rig.written().values()
    for header in (header for look in went for header in said.looks[0][look].headers):
        assert not any(header in data for data in files), "sealed bytes are left"


def _goes(said: Said, locator: bytes) -> bool:
    return said.looks[0][locator].there and not said.looks[1][locator].there


async def only_unkept_gone(said: Said) -> None:
    """Every case whose hand-over was stopped, and which nothing keeps, is gone."""
    stopped = _stopped(said)
    assert stopped, "nothing was stopped"
    for locator in stopped:
        gone = not said.looks[1][locator].there
        assert gone != said.looks[0][locator].kept, "the wrong story is gone"


async def no_story_went(said: Said) -> None:
    """Every case is still there, with all that was told."""
    for locator, earlier in said.looks[0].items():
        assert said.looks[1][locator].there == earlier.there, "a story is gone"
        assert not _told(earlier) - _told(said.looks[1][locator]), "something of a story went"


async def still_there(said: Said) -> None:
    """Every case whose hand-over was stopped is still there."""
    for locator in _stopped(said):
        assert said.looks[1][locator].there, "the story went with what was stopped"


def _stopped(said: Said) -> list[bytes]:
    was, now = said.looks
    return [each for each in was if was[each].shares and not now[each].shares]


# What stands


async def is_kept(said: Said) -> None:
    """A permission keeps it."""
    assert said.after.there, "it is gone"
    assert said.after.kept, "no permission keeps it"


async def is_not_kept(said: Said) -> None:
    """No permission keeps it."""
    assert not said.after.kept, "a permission keeps it"


async def something_is_allowed(said: Said) -> None:
    """What was allowed stands, and nothing of it changed."""
    await nothing_changed(said)
    assert said.after.kept or said.after.shares, "nothing is allowed"


async def never_reads(said: Said) -> None:
    """Nobody of these opens anything, is offered, or is told of it."""
    names = names_in(said.blanks["readers"])
    await are_excluded(said, names)


async def are_excluded(said: Said, names: frozenset[str]) -> None:
    """Hold for these names what is said of who must never read it."""
    mids = {key.mid for name in names for key in said.world.everybody.get(name, [])}
    assert names <= said.world.everybody.keys(), f"nobody has one of these names: {names}"
    assert not mids & said.after.opening, "who must never read it can open it"
    if said.after.records and not _undecided(said):
        barred = {key[:10].hex() for key in mids} & said.after.barred
        assert barred or not names, "their exclusion stands nowhere"
    for name in names & said.world.linked.keys():
        told = [r for to, r in said.world.rig.screen.replies if to == said.world.linked[name].name]
        assert not any("was shared with you" in reply.text for reply in told), f"{name} was told"


def _undecided(said: Said) -> bool:
    return said.now.draft is not None and said.now.draft.phase in UNDECIDED


async def is_allowed(said: Said) -> None:
    """What an overview says of readers is what lies ready; before the second yes, nothing new."""
    names = names_in(said.blanks["readers"])
    if _undecided(said):
        assert _standing(said.after) == _standing(said.before), "what is shared changed"
        assert said.after.records == said.before.records, "what is allowed changed"
    else:
        assert said.after.names() == names, f"it lies ready for {said.after.names()}"


async def keeping_is_allowed(said: Said) -> None:
    """After the second yes a permission keeps what is said to be kept."""
    if not _undecided(said):
        await is_kept(said)


async def the_plan_is_done(said: Said) -> None:
    """What the second yes did is what the last overview said, and nothing else."""
    plan = said.case.plan if said.case else None
    if plan is None:
        raise NotMeant
    assert said.after.names() == plan.reads, f"{said.after.names()} may read it, not {plan.reads}"
    assert said.after.kept == plan.keeps, "it is kept, or not, against what was said"
    await are_excluded(said, plan.never)
    terms = [r.consent.sharing for r in said.after.records if r.revoked is None]
    acts = {may for sharing in terms if sharing for may in sharing.may}
    assert acts <= {plan.act}, f"{acts} was signed, not {plan.act}"


# What lies ready


async def can_read_now(said: Said) -> None:
    """Each of these readers opens the report with their key, as it was allowed."""
    await _can_read(said, names_in(said.blanks["readers"]))


async def they_can_read_now(said: Said) -> None:
    """Everybody for whom it lies ready opens the report with their key, as it was allowed."""
    assert said.after.shares, "it lies ready for nobody"
    await _can_read(said, said.after.names())


async def _can_read(said: Said, names: frozenset[str]) -> None:
    assert said.case is not None
    for name in names:
        shares = [share for share in said.after.shares if share.name == name]
        assert shares, f"nothing lies ready for {name}"
        ready = [share for share in shares if share.stage is not HELD]
        assert ready, f"it is held from {name}"
        for share in ready:
            await _check_report(said, share, await _open(said, share))


async def _open(said: Said, share: Share) -> OpenedReport:
    key = next(k for k in said.world.everybody[share.name] if k.mid == share.mid)
    readers = said.world.application.stores.readers
    member = readers.named(share.name, said.world.now)
    assert member is not None
    return open_delivery(await readers.bundle(member, share.code), key, Notebook())


async def _check_report(said: Said, share: Share, report: OpenedReport) -> None:
    """Hold what the report says, and what it shows, against what was allowed."""
    assert said.case is not None
    told_again = {folded(text) for _, text in said.case.answers}
    for part in said.case.left_out - told_again:
        assert part not in folded(report.text), "a part that was left out stands in the report"
    named_by_themselves = any(said.who.name in text for _, text in said.case.answers)
    is_named = said.who.name in report.text and not named_by_themselves
    assert not is_named, "the account stands in the report"
    assert not {"not", "salt"} & report.statement.fields().keys()
    for barred in _names_of(said, said.after.barred):
        assert barred not in report.text, "readers learn who must never read it"
    plan = said.case.plan
    if plan is not None and "everything" not in plan.parts:
        for text in said.after.story:
            assert folded(text) not in folded(report.text), "the story stands in the report"
    for sentence in sentences_in(report.text):
        inside = replace(
            sentence, blanks={"reader": share.name, **sentence.blanks, "code": share.code}
        )
        await said.judge.hold(replace(said, sentence=inside, text=report.text))


def _names_of(said: Said, barred: frozenset[str]) -> set[str]:
    keys = said.world.everybody.items()
    return {name for name, mine in keys for key in mine if key.mid[:10].hex() in barred}


async def shared_with_these(said: Said) -> None:
    """All for whom it lies ready are named, and nobody else."""
    names = names_in(said.blanks["readers"])
    assert said.after.names() == names, f"{said.after.names()} can open it"


async def report_names_all(said: Said) -> None:
    """A report names everybody who was given it: of these, some may have lost it since."""
    assert said.case is not None
    names = names_in(said.blanks.get("readers") or said.blanks["reader"])
    shares, code = said.after.shares, said.blanks["code"]
    mine = next(share.statement for share in shares if share.code == code)
    given = {share.name for share in shares if share.statement == mine}
    assert given <= names, f"{given} can open it"
    assert names <= said.case.shared, "somebody is named who was given nothing"


async def this_is_signed(said: Said) -> None:
    """What a report says that its readers may do is what its reporter signed."""
    act = said.sentence.name.partition("[")[2].removesuffix("]") or "act.listen"
    terms = [r.consent.sharing for r in said.after.records if r.revoked is None]
    assert {may for sharing in terms if sharing for may in sharing.may} == {act}
