"""Groups of tags, and tags given to or taken from a crowd, over HTTP."""

from dataclasses import asdict

from django.http import HttpRequest
from ninja import Router, Status

from potager.core import store
from potager.core.errors import Problem
from potager.insight import catalogue, queries, sets, tag_batches, tag_groups
from potager.insight.conditions import bind_rule, parse, sentence
from potager.insight.present import language_of
from potager.insight.specs import TagGroupSpec
from potager.insight.tag_schemas import (
    TagBatchIn,
    TagBatchList,
    TagBatchOut,
    TagBatchPreview,
    TagBatchUndone,
    TagGroupList,
    TagGroupOrder,
    TagGroupOut,
)
from potager.org.access import actor_of, require_all, require_write

router = Router(tags=["insight"])
_OF_MOST = 300


@router.get("/tag-groups", response=TagGroupList, summary="Groups of tags in their order")
def list_groups(request: HttpRequest) -> TagGroupList:
    actor_of(request)
    items = [TagGroupOut.of(row) for row in tag_groups.listed()]
    return TagGroupList(items=items, total=len(items))


@router.post("/tag-groups", response={201: TagGroupOut}, summary="Create a group of tags")
def create_group(request: HttpRequest, body: TagGroupSpec) -> Status[TagGroupOut]:
    actor = actor_of(request)
    with store.write():
        if any(row.key == body.key for row in tag_groups.listed()):
            raise Problem(
                "tag_group.taken", zh=f"已有标签组「{body.key}」", en=f"There is a group “{body.key}”", place="key"
            )
        return Status(201, TagGroupOut.of(tag_groups.save(actor, body)))


@router.post("/tag-groups/order", response=TagGroupList, summary="Put the groups of tags in order")
def order_groups(request: HttpRequest, body: TagGroupOrder) -> TagGroupList:
    actor = actor_of(request)
    with store.write():
        tag_groups.order(actor, body.keys)
    return list_groups(request)


@router.put("/tag-groups/{key}", response=TagGroupOut, summary="Change a group of tags")
def change_group(request: HttpRequest, key: str, body: TagGroupSpec) -> TagGroupOut:
    actor = actor_of(request)
    tag_groups.group(key)
    with store.write():
        return TagGroupOut.of(tag_groups.save(actor, body.model_copy(update={"key": key})))


@router.delete("/tag-groups/{key}", response={204: None}, summary="Remove a group without tags")
def remove_group(request: HttpRequest, key: str) -> Status[None]:
    actor = actor_of(request)
    with store.write():
        tag_groups.remove(actor, key)
    return Status(204, None)


@router.post("/tags/{key}/batches/preview", response=TagBatchPreview, summary="What a bulk change of a tag would do")
def preview_batch(request: HttpRequest, key: str, body: TagBatchIn) -> TagBatchPreview:
    actor = actor_of(request)
    require_write(actor)
    require_all(actor)
    found = tag_batches.preview(_whom(body), key, body.value, removing=body.removing)
    return TagBatchPreview(**asdict(found))


@router.post("/tags/{key}/batches", response={201: TagBatchOut}, summary="Give or take a tag in bulk")
def run_batch(request: HttpRequest, key: str, body: TagBatchIn) -> Status[TagBatchOut]:
    actor = actor_of(request)
    require_write(actor)
    cids = _whom(body)
    of = sentence(parse(body.condition), language_of(request), catalogue.load())[:_OF_MOST]
    with store.write():
        done = tag_batches.run(actor, cids, key, body.value, removing=body.removing, of=of)
    return Status(201, TagBatchOut.of_row(done))


@router.get("/tags/{key}/batches", response=TagBatchList, summary="The newest bulk changes of a tag")
def list_batches(request: HttpRequest, key: str) -> TagBatchList:
    require_all(actor_of(request))
    queries.tag(key)
    items = [TagBatchOut.of_row(row) for row in tag_batches.recent(key)]
    return TagBatchList(items=items, total=len(items))


@router.post("/tag-batches/{int:number}/undo", response=TagBatchUndone, summary="Take a bulk change back")
def undo_batch(request: HttpRequest, number: int) -> TagBatchUndone:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        return TagBatchUndone(**asdict(tag_batches.undo(actor, tag_batches.batch(number))))


def _whom(body: TagBatchIn) -> list[int]:
    fields = catalogue.load()
    return [int(cid) for cid in sets.members(bind_rule(body.condition, fields), fields=fields)]
