"""Whoever sends ten pictures at once gets one answer."""

from bot.platforms.telegram.albums import MOST_CHATS, AlbumRecorder


def test_the_first_part_of_each_album_stands_for_it() -> None:
    albums = AlbumRecorder()
    found = [albums.is_further_part("a", album) for album in ("1", "1", "", "1", "2", "2")]
    assert found == [False, True, False, True, False, True]


def test_an_album_goes_on_in_the_next_batch() -> None:
    albums = AlbumRecorder()
    assert not albums.is_further_part("a", "1")
    albums.settle()
    assert albums.is_further_part("a", "1")
    assert not albums.is_further_part("b", "1")


def test_a_batch_that_was_not_stored_is_read_from_its_start() -> None:
    albums = AlbumRecorder()
    albums.is_further_part("a", "1")
    albums.settle()
    for _ in range(2):
        assert not albums.is_further_part("a", "2")
        albums.undo()
    assert albums.is_further_part("a", "1")


def test_few_chats_are_remembered() -> None:
    albums = AlbumRecorder()
    for number in range(MOST_CHATS + 1):
        albums.is_further_part(str(number), "1")
        albums.settle()
    assert len(albums.last) == MOST_CHATS
    assert albums.is_further_part(str(MOST_CHATS), "1")
    assert not albums.is_further_part("0", "1")
