"""A person's requests about their data: everything told, everything taken out, and nothing brought back."""

import json
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from potager import privacy
from potager.cli.main import cli
from potager.content.links.models import Link as TrackedLink
from potager.content.links.models import PersonalLink, Visit
from potager.core import journal, store
from potager.core.errors import Conflict, Forbidden, NotFound, Problem
from potager.core.journal import to_us
from potager.core.models import JournalEntry
from potager.core.settings import environment
from potager.evidence.models import Assignment, Experiment
from potager.facts import bulk, ingest, lake, loader, plan, rebuild, write_keys
from potager.facts import privacy as facts_privacy
from potager.facts import warehouse as owner
from potager.facts.models import PropertyKind
from potager.insight import tags
from potager.insight.models import ManualTag, TagDefinition
from potager.journeys.models import Journey, JourneyVersion, Run, RunStep
from potager.org.access import SYSTEM, Actor
from potager.org.models import AuditRow, Role, Staff
from potager.people import attributes, consent, households, relations
from potager.people import privacy as people
from potager.people.consent import Stated
from potager.people.customers import Said, put
from potager.people.households import Membership
from potager.people.identify import IdentityRef, Resolved, resolve
from potager.people.models import Customer, Identity, Link, ReviewItem, State, Statement
from potager.people.relations import Follow
from potager.touch.life import State as TouchState
from potager.touch.models import StaffTask, Touch

AT = datetime(2026, 10, 1, 4, tzinfo=UTC)
PHONE = IdentityRef("phone", "", "13800138001")
USER = IdentityRef("user_id", "shop", "anran-2026")
# Everything about 安然 that would tell who she is, wherever it was said.
SECRETS = (
    *("安然", "13800138001", "anran-2026", "310101199001011234", "静安区", "过敏", "喜欢玫瑰", "转交", "老同学"),
    "guideAnran01",
)


def send(*calls: dict) -> None:
    with store.write():
        key = write_keys.WriteKey.objects.first()
        assert key is not None
        outcome = ingest.accept(ingest.read(key, [msgspec.json.encode(call) for call in calls]))
    assert outcome.rejected == []


def call(kind: str, user: str = USER.value, **fields) -> dict:
    return {"type": kind, "userId": user, "timestamp": AT.isoformat(), **fields}


@pytest.fixture
def anran(warehouse) -> Resolved:
    """安然: everything a house can know of a person, said through the doors it is said through."""
    with store.write():
        write_keys.issue(SYSTEM, "shop", name="商城")
        Staff.objects.create(key="lin", name="林小雨")
        attributes.define(SYSTEM, "city", name_zh="城市", kind="text")
        attributes.define(SYSTEM, "id_card", name_zh="身份证", kind="text", personal=True)
        plan.define_event(SYSTEM, "quiz", zh="问卷")
        plan.define_property(SYSTEM, "quiz", "note", kind=PropertyKind.TEXT, zh="备注")
        TagDefinition.objects.create(key="vip", name_zh="贵宾", source="manual", value_kind="text")
        (found,) = resolve([[USER, PHONE]], at=[AT])
        (staff,) = Staff.objects.all()
        values = {"name": "安然", "owner": "lin", "city": "静安区", "id_card": "310101199001011234"}
        put(SYSTEM, [Said(found.iid, found.cid, AT, values, {"likes": "喜欢玫瑰"})])
        relations.begin([Follow(found.iid, found.cid, staff.id, AT, "store", "老同学")])
        consent.record(SYSTEM, [Stated(found.iid, found.cid, "sms", "marketing", False, AT, "reply")])
        households.join([Membership(found.iid, found.cid, "family-1", "buyer")])
        tags.add(SYSTEM, [found.cid], "vip", "过敏")
    send(
        call("track", event="quiz", messageId="q1", properties={"note": "过敏", "phone": "13800138001", "qty": 2}),
        call(
            "track",
            event="Order Completed",
            messageId="o1",
            properties={"order_id": "A1", "total": "99.00", "products": [{"product_id": "cream", "price": "99.00"}]},
        ),
        call("track", event="Order Refunded", messageId="r1", properties={"order_id": "A1", "total": "9.00"}),
        call("track", user="u2", event="quiz", messageId="q2", properties={"note": "别人的话"}),
    )
    act_on(found)
    return found


def act_on(found: Resolved) -> None:
    """One open run, a queued message, one handed over, and an open task."""
    key = Customer.objects.get(id=found.cid).person_key
    us = to_us(AT)
    hello = Journey.objects.create(key="hello", name="问候", updated_at=AT)
    version = JourneyVersion.objects.create(
        journey=hello, n=1, hash="h", definition={}, published_at=AT, published_by="ning"
    )
    run = Run.objects.create(
        journey=hello,
        version=version,
        subject_id=found.cid,
        entry_key="",
        person_key=key,
        step="wait",
        arm="treated",
        waiting=True,
        visit=1,
        due_us=us,
        entered_us=us,
        context={"说": "过敏"},
    )
    RunStep.objects.create(run=run, step="hi", visit=1, at_us=us, kind="message", outcome="sent", detail={"说": "过敏"})
    common = {
        "iid": found.iid,
        "cid": found.cid,
        "person_key": key,
        "channel": "paper",
        "purpose": "marketing",
        "lane": 2,
        "zone": "Asia/Shanghai",
        "created_us": us,
        "asked_us": us,
        "due_us": us,
        "expires_us": us * 2,
        "text": "安然，你好",
    }
    Touch.objects.create(run_id=0, step="manual:1", state=TouchState.QUEUED, **common)
    sent = Touch.objects.create(run_id=run.id, step="hi", state=TouchState.HANDED_OVER, token="t1", **common)
    StaffTask.objects.create(
        token="t1",
        staff="lin",
        iid=found.iid,
        cid=found.cid,
        title="问候安然",
        text="安然，你好",
        touch=sent,
        note="转交",
        created_us=us,
        due_us=us,
        expires_us=us * 2,
    )
    guide = TrackedLink.objects.create(
        key="guide", kind="url", title="手册", target="https://shop.example.com/guide", changed_at=AT, changed_by="ning"
    )
    given = {"iid": found.iid, "cid": found.cid, "touch": sent.pk, "channel": "paper"}
    own = PersonalLink.objects.create(token="guideAnran01", link=guide, created_us=us, sent_us=us, opens=1, **given)
    Visit.objects.create(personal=own, opened_us=us, wall_us=us)
    experiment = Experiment.objects.create(key="journey:hello", created_at=AT)
    Assignment.objects.create(
        experiment=experiment, person_key=key, cid=found.cid, arm="treated", n=1, first_entry_at=AT
    )


def everything_stored() -> str:
    """All rows of the operations store, the lake's files and the warehouse's tables, as text."""
    from django.apps import apps

    parts = [str(list(model.objects.values())) for model in apps.get_models()]
    parts += [str(pq.read_table(path).to_pylist()) for path in environment().lake.rglob("*.parquet")]
    tables = owner.get().query("SELECT table_name AS name FROM duckdb_tables()")["name"].to_pylist()
    parts += [str(owner.get().query(f'FROM "{name}"').to_pylist()) for name in tables]
    return "\n".join(parts)


def found_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def counted() -> list[tuple]:
    """What the warehouse counts: orders, refunds, events."""
    found = []
    for sql in (
        "SELECT cid, day, status, amount FROM orders",
        "SELECT cid, product, amount FROM order_item",
        "SELECT cid, day, amount FROM refund",
        "SELECT e.cid, e.day, t.key, e.qty FROM event e JOIN event_type t ON t.id = e.type WHERE t.key = 'quiz'",
    ):
        found += sorted(tuple(row.values()) for row in owner.get().query(sql).to_pylist())
    return found


def erase(found: Resolved) -> privacy.Erased:
    return privacy.erase(SYSTEM, people.find(cid=found.cid))


class TestExport:
    def test_everything_known_is_told_in_clear(self, anran):
        known = privacy.export(SYSTEM, people.find(cid=anran.cid))
        assert known["customer"]["name"] == "安然"
        assert known["customer"]["owner"] == "林小雨"
        assert known["customer"]["attributes"] == {"city": "静安区", "id_card": "310101199001011234"}
        assert [(each["type"], each["value"]) for each in known["identities"]] == [
            ("user_id", "anran-2026"),
            ("phone", "+8613800138001"),
        ]
        assert known["undeclared_traits"] == {"likes": "喜欢玫瑰"}
        assert [(each["staff"], each["remark"]) for each in known["relations"]] == [("林小雨", "老同学")]
        assert [(each["channel"], each["allowed"]) for each in known["consents"]] == [("sms", False)]
        assert known["households"] == [{"key": "family-1", "name": "", "role": "buyer"}]
        assert [(each["tag"], each["value"]) for each in known["manual_tags"]] == [("vip", "过敏")]
        quiz = next(each for each in known["events"] if each["event"] == "quiz")
        assert quiz["properties"] == {"note": "过敏", "phone": "13800138001", "qty": 2}
        assert quiz["ts"] == "2026-10-01T04:00:00+00:00"
        (order,) = known["orders"]
        assert (order["order_no"], order["amount"], order["items"]) == (
            "A1",
            9900,
            [{"product": "cream", "qty": 1.0, "amount": 9900}],
        )
        assert [(each["order_no"], each["amount"]) for each in known["refunds"]] == [("A1", 900)]
        assert [each["text"] for each in known["touches"]] == ["安然，你好", "安然，你好"]
        assert [each["note"] for each in known["tasks"]] == ["转交"]
        assert [(each["title"], each["opened"]) for each in known["links"]] == [("手册", [{"at": AT, "seconds": 0}])]
        assert [(run["journey"], run["steps"][0]["step"]) for run in known["journeys"]] == [("hello", "hi")]
        assert [each["arm"] for each in known["experiments"]] == ["treated"]
        assert "别人的话" not in str(known)

    def test_the_trail_says_who_asked(self, anran):
        privacy.export(SYSTEM, people.find(identity="phone:138 0013 8001"))
        row = AuditRow.objects.order_by("-id").first()
        assert (row.actor, row.action, row.subject) == ("system", "privacy.export", f"customer:{anran.cid}")

    def test_only_for_an_owner(self, anran):
        for act in (privacy.export, privacy.erase):
            with pytest.raises(Forbidden):
                act(Actor("mei", Role.MANAGER), people.find(cid=anran.cid))
        assert Customer.objects.get(id=anran.cid).state == State.LIVE


class TestFinding:
    def test_by_what_nobody_bears(self, anran):
        with pytest.raises(NotFound) as refused:
            people.find(identity="phone:13900139000")
        assert "139" not in str(refused.value)
        with pytest.raises(NotFound):
            people.find(cid=999)
        with pytest.raises(NotFound, match="user_id:nobody"):
            people.find(identity="user_id:nobody")
        with pytest.raises(Problem) as refused:
            people.find(identity="13800138001")
        assert refused.value.code == "privacy.identity"

    def test_by_what_several_bear_in_different_realms(self, anran):
        with store.write():
            resolve([[IdentityRef("user_id", "other", USER.value)]])
        with pytest.raises(Conflict) as refused:
            people.find(identity=f"user_id:{USER.value}")
        assert refused.value.code == "privacy.ambiguous"

    def test_a_merged_number_leads_to_the_person_and_all_their_numbers(self, anran):
        with store.write():
            (other,) = resolve([[IdentityRef("member_no", "shop", "M1")]])
            resolve([[USER, IdentityRef("member_no", "shop", "M1")]])
        merged = Customer.objects.get(state=State.MERGED).id
        kept = ({anran.cid, other.cid} - {merged}).pop()
        assert people.find(cid=merged).cids == people.find(cid=kept).cids == (kept, merged)


class TestErase:
    def test_nothing_left_tells_who_it_was(self, anran):
        loader.load_all()
        lake.save(journal.last_seq())
        assert set(found_in(everything_stored())) >= {"安然", "静安区", "过敏", "喜欢玫瑰"}
        done = erase(anran)
        assert (done.cid, done.identities) == (anran.cid, 2)
        assert done.files > 0
        assert found_in(everything_stored()) == []
        assert "别人的话" in everything_stored()

    def test_facts_are_counted_as_before(self, anran):
        loader.load_all()
        before = counted()
        erase(anran)
        assert counted() == before
        assert (anran.cid, "cream", 9900) in before

    def test_the_customer_is_no_longer_live(self, anran):
        erase(anran)
        row = Customer.objects.get(id=anran.cid)
        assert (row.state, row.name, row.attrs, row.owner) == (State.DELETED, "", {}, None)
        assert owner.get().query("SELECT live, attrs FROM customer WHERE cid = ?", [anran.cid]).to_pylist() == [
            {"live": False, "attrs": "{}"}
        ]
        assert not Statement.objects.filter(identity__customer_id=anran.cid).exists()
        assert not Link.objects.exists()
        assert not ManualTag.objects.exists()

    def test_a_rebuild_brings_nothing_back(self, anran):
        loader.load_all()
        lake.save(journal.last_seq())
        erase(anran)
        before = counted()
        rebuild.rebuild()
        assert found_in(everything_stored()) == []
        assert counted() == before

    def test_a_rebuild_from_the_lake_alone_brings_nothing_back(self, anran):
        erase(anran)
        lake.save(journal.last_seq())
        JournalEntry.objects.all().delete()
        before = counted()
        rebuild.rebuild()
        assert found_in(everything_stored()) == []
        assert counted() == before

    def test_history_brought_in_whole_is_rewritten_too(self, anran):
        rows = pa.table(
            {
                "source": ["till"] * 2,
                "message_id": ["b1", "b2"],
                "iid": [anran.iid, None],
                "cid": pa.array([anran.cid, None], pa.int32()),
                "ts": pa.array([AT.replace(tzinfo=None)] * 2, pa.timestamp("us")),
                "type": ["quiz", "quiz"],
                "props": ['{"note":"过敏","qty":3}', None],
            }
        )
        bulk.load("history", events=rows)
        erase(anran)
        assert found_in(everything_stored()) == []
        props = owner.get().query("SELECT props FROM event WHERE cid = ? ORDER BY props", [anran.cid])["props"]
        assert '{"qty":3}' in props.to_pylist()

    def test_later_events_begin_a_new_record(self, anran):
        erase(anran)
        send(call("identify", traits={"name": "新来的"}), call("track", event="quiz", messageId="q9"))
        with store.write():
            (back,) = resolve([[USER, PHONE]])
        assert back.cid != anran.cid
        assert Customer.objects.get(id=back.cid).name == "新来的"
        assert Customer.objects.get(id=anran.cid).state == State.DELETED
        loader.load_all()
        cids = owner.get().query("SELECT DISTINCT cid FROM event WHERE seq > 1 AND ts = ?", [AT.replace(tzinfo=None)])
        assert {anran.cid, back.cid} <= set(cids["cid"].to_pylist())
        assert Identity.objects.filter(customer_id=anran.cid).count() == 2

    def test_a_contact_shared_with_somebody_else_never_joins_the_empty_record(self, anran):
        with store.write():
            (other,) = resolve([[IdentityRef("user_id", "shop", "brother"), PHONE]])
        assert ReviewItem.objects.filter(state=ReviewItem.State.OPEN).count() == 1
        erase(anran)
        with store.write():
            resolve([[IdentityRef("user_id", "shop", "brother"), PHONE]])
        assert Customer.objects.get(id=other.cid).state == State.LIVE
        assert not Identity.objects.filter(customer_id=other.cid, value__startswith="erased:").exists()
        assert not ReviewItem.objects.filter(state=ReviewItem.State.OPEN).exists()

    def test_runs_end_messages_are_cancelled_and_texts_are_gone(self, anran):
        erase(anran)
        run = Run.objects.get()
        assert (run.end_reason, run.due_us, run.context) == ("erased", None, {})
        queued, sent = Touch.objects.order_by("id")
        assert (queued.state, queued.text) == (TouchState.CANCELLED, "")
        assert (sent.state, sent.cancel_wanted, sent.text) == (TouchState.HANDED_OVER, True, "")
        task = StaffTask.objects.get()
        assert (task.state, task.title, task.text, task.note) == (StaffTask.State.CANCELLED, "", "", "")

    def test_arms_are_kept_under_a_key_that_leads_to_nobody(self, anran):
        before = Customer.objects.get(id=anran.cid).person_key
        erase(anran)
        now = Customer.objects.get(id=anran.cid).person_key
        assert now != before
        rows = (Assignment.objects.get(), Run.objects.get(), *Touch.objects.all())
        assert {row.person_key for row in rows} == {now}
        assert Assignment.objects.get().arm == "treated"

    def test_once_more_changes_nothing_and_one_cut_short_is_finished(self, anran):
        loader.load_all()
        lake.save(journal.last_seq())
        kept = environment().lake.with_name("lake-before")
        shutil.copytree(environment().lake, kept)
        erase(anran)
        shutil.rmtree(environment().lake)
        kept.rename(environment().lake)
        assert "过敏" in everything_stored()
        erase(anran)
        assert found_in(everything_stored()) == []
        assert erase(anran).files == 0
        assert AuditRow.objects.filter(action="privacy.erase").count() == 3

    def test_nothing_is_changed_while_another_process_has_the_warehouse(self, anran, monkeypatch):
        def owned() -> None:
            raise Conflict("warehouse.owned", zh="正在使用", en="in use")

        monkeypatch.setattr(owner, "get", owned)
        with pytest.raises(Conflict):
            erase(anran)
        assert Customer.objects.get(id=anran.cid).name == "安然"


class TestAnonymous:
    def test_an_event_keeps_what_it_counts(self):
        body = {"amount": 1, "qty": 2, "channel": "mini", "note": "说", "phone": {"sealed": "x"}}
        assert facts_privacy.anonymous("event", "quiz", body) == {"amount": 1, "qty": 2, "channel": "mini"}

    def test_what_the_system_did_keeps_where_it_happened(self):
        body = {"journey": "hello", "step": "hi", "touch": 3, "run": 4, "text": "说", "staff": {"sealed": "x"}}
        assert facts_privacy.anonymous("event", "touch_replied", body) == {
            "journey": "hello",
            "step": "hi",
            "touch": 3,
            "run": 4,
        }
        assert facts_privacy.anonymous("event", "tag_added", {"tag": "vip", "value": "过敏"}) == {"tag": "vip"}

    def test_a_script_said_keeps_which_it_was(self):
        body = {"script": "first-words", "script_version": 7, "staff": "lin", "text": "说"}
        kept = {"script": "first-words", "script_version": 7, "staff": "lin"}
        assert facts_privacy.anonymous("event", "script_used", body) == kept

    def test_people_and_tags_lose_what_was_said_and_orders_nothing(self):
        order = {"order_no": "A1", "amount": 1}
        assert facts_privacy.anonymous("customer", "customer_changed", {"source": "s", "attrs": {"city": "沪"}}) == {
            "source": "s",
            "attrs": {},
        }
        assert facts_privacy.anonymous("tag", "tag_add", {"tag": "vip", "value": "过敏", "op": "add"})["value"] is None
        assert facts_privacy.anonymous("order", "order_paid", order) == order


class TestCommands:
    def run(self, *args: object) -> Result:
        return CliRunner().invoke(cli, ["privacy", *map(str, args)], catch_exceptions=False)

    def test_export_writes_a_file_of_its_own_readable_by_its_writer_only(self, anran, tmp_path: Path):
        file = tmp_path / "anran.json"
        done = self.run("export", "--identity", "phone:13800138001", "--output", file, "--json")
        said = json.loads(done.output)
        assert (said["customer"], said["orders"], said["touches"]) == (anran.cid, 1, 2)
        assert json.loads(file.read_text("utf-8"))["customer"]["name"] == "安然"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert self.run("export", "--customer", anran.cid, "--output", file).exit_code == 2
        text = self.run("export", "--customer", anran.cid, "--output", tmp_path / "again.json").output
        assert text.startswith(f"customer {anran.cid}  identities 2  relations 1")

    def test_erase_asks_first(self, anran):
        asked = self.run("erase", "--customer", anran.cid).output
        assert asked == (f"customer {anran.cid}, 2 identities: this cannot be undone; add --confirm to erase\n")
        assert Customer.objects.get(id=anran.cid).name == "安然"
        assert self.run("erase", "--customer", anran.cid, "--confirm").output.startswith(f"customer {anran.cid} erased")
        assert Customer.objects.get(id=anran.cid).name == ""
        again = json.loads(self.run("erase", "--customer", anran.cid, "--confirm", "--json").output)
        assert again == {"cid": anran.cid, "identities": 2, "files": 0}

    def test_the_person_is_named_one_way(self, anran, tmp_path):
        assert self.run("erase").exit_code == 2
        assert self.run("erase", "--customer", 1, "--identity", "phone:13800138001").exit_code == 2
