"""touch.places: what was taken, seen exactly, given back and forgotten."""

from datetime import timedelta

from potager.core import clock, store
from potager.touch import places
from potager.touch.models import CapReservation
from potager.touch.places import Book, Place
from tests.touch.conftest import DAY, HOUR, say
from tests.touch.rules.asking import NOON, Message, sent
from tests.touch.test_intents import message

MOMENT = timedelta(microseconds=1)


def test_places_after_an_instant_oldest_first():
    book = Book(NOON, {"p1": sent(HOUR, 3 * HOUR, 2 * HOUR)})
    assert [place.at for place in book.taken(Message(), NOON - 3 * HOUR)] == [NOON - 2 * HOUR, NOON - HOUR]
    assert len(book.taken(Message(), NOON - 3 * HOUR - MOMENT)) == 3
    assert book.taken(Message(person_key="p2"), NOON - DAY) == []


def test_taking_is_seen_and_a_shadow_is_seen_by_shadows_only():
    book = Book(NOON, {})
    book.take(Message(shadow=True))
    assert book.taken(Message(), NOON - DAY) == []
    book.take(Message(purpose="service"))
    mine = [Place(NOON, "sms", "marketing", shadow=True), Place(NOON, "sms", "service")]
    assert book.taken(Message(shadow=True), NOON - DAY) == mine
    assert book.taken(Message(), NOON - DAY) == mine[1:]


def test_kept_read_and_given_back(people, paper):
    made = say(message(people[0]), message(people[1], run=2))
    now, keys = clock.now(), ["person-0", "person-1"]
    with store.write():
        both = places.book(keys, now - HOUR, now, {})
        places.release([made[0].id])
        one = places.book(keys, now - HOUR, now, {})
    first, second = ([Place(now, "paper", "marketing", False, "welcome", 50, each.id)] for each in made)
    assert [both.taken(Message(person_key=key), now - HOUR) for key in keys] == [first, second]
    assert [one.taken(Message(person_key=key), now - HOUR) for key in keys] == [[], second]


def test_nobody_who_counts_nothing_reads(people, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert places.book(["person-0"], None, NOON, {}).taken(Message(), NOON - DAY) == []


def test_places_are_forgotten_when_no_rule_can_count_them(people, paper):
    say(message(people[0]))
    with clock.frozen(clock.now() + 32 * DAY):
        places.forget()
        assert CapReservation.objects.count() == 1
    with clock.frozen(clock.now() + 32 * DAY + HOUR):
        places.forget()
        assert CapReservation.objects.count() == 0


class TestYielding:
    LOW = Place(NOON - HOUR, "sms", "marketing", False, "win-back", 30, 7)

    def test_a_waiting_place_does_not_count_against_a_higher_priority_and_is_given_up(self):
        book = Book(NOON, {"p1": [self.LOW]})
        high = Message(journey="birthday", priority=60)
        assert book.taken(high, NOON - DAY) == []
        assert book.taken(Message(priority=30), NOON - DAY) == [self.LOW]
        book.take(high)
        assert book.yielded == [7]
        assert book.taken(Message(), NOON - DAY) == [Place(NOON, "sms", "marketing", False, "birthday", 60)]

    def test_one_that_no_rule_asked_about_is_left_alone(self):
        book = Book(NOON, {"p1": [self.LOW]})
        assert book.taken(Message(priority=60), NOON - timedelta(minutes=30)) == []
        book.take(Message(priority=60))
        assert book.yielded == []

    def test_a_shadow_would_have_taken_it_and_takes_nothing(self):
        book = Book(NOON, {"p1": [self.LOW]})
        shadow = Message(priority=60, shadow=True)
        assert book.taken(shadow, NOON - DAY) == []
        book.take(shadow)
        assert (book.yielded, book.taken(Message(priority=30), NOON - DAY)) == ([], [self.LOW])
