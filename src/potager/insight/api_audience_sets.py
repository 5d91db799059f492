"""Set algebra of audiences over HTTP."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from potager.core import store
from potager.insight import audience_sets, catalogue, present_audiences, queries
from potager.insight.present import language_of
from potager.insight.schemas import AudienceList, AudienceOut
from potager.insight.set_schemas import CombineIn, OverlapOut, OverlapRegion, OverlapSet, SampleIn, SplitAudienceIn
from potager.org.access import actor_of, require_all, require_write

router = Router(tags=["insight"])


@router.get("/overlap", response=OverlapOut, summary="How 2 to 6 audiences overlap: every region, counted exactly")
def get_overlap(request: HttpRequest, key: Query[list[str]]) -> OverlapOut:
    require_all(actor_of(request))
    found, fields = audience_sets.overlap(key), catalogue.load()
    return OverlapOut(
        audiences=[
            OverlapSet(key=each, name_zh=fields.audiences[each].zh, name_en=fields.audiences[each].en, n=len(members))
            for each, members in found.members.items()
        ],
        regions=[OverlapRegion(inside=list(each.inside), n=len(each.members)) for each in found.regions],
        n=sum(len(each.members) for each in found.regions),
    )


@router.post("/combine", response={201: AudienceOut}, summary="Union, intersect or minus as a new audience")
def combine(request: HttpRequest, body: CombineIn) -> Status[AudienceOut]:
    actor = actor_of(request)
    require_write(actor)
    found = audience_sets.combine(body)
    with store.write():
        audience_sets.save(actor, body, None if body.live else found)
    return Status(201, _out(request, [body.key])[0])


@router.post("/{key}/sample", response={201: AudienceOut}, summary="Some of an audience, as a list of its own")
def sample(request: HttpRequest, key: str, body: SampleIn) -> Status[AudienceOut]:
    actor = actor_of(request)
    require_write(actor)
    source = queries.audience(key)
    found = audience_sets.members(source)
    with store.write():
        audience_sets.save_sample(actor, source, body, found)
    return Status(201, _out(request, [body.key])[0])


@router.post("/{key}/split", response={201: AudienceList}, summary="Disjoint parts of an audience, as lists")
def split(request: HttpRequest, key: str, body: SplitAudienceIn) -> Status[AudienceList]:
    actor = actor_of(request)
    require_write(actor)
    source = queries.audience(key)
    found = audience_sets.members(source)
    with store.write():
        audience_sets.save_split(actor, source, body, found)
    items = _out(request, [part.key for part in body.parts])
    return Status(201, AudienceList(items=items, total=len(items)))


def _out(request: HttpRequest, keys: list[str]) -> list[AudienceOut]:
    by_key = {each.key: each for each in present_audiences.audience_list(catalogue.load(), language_of(request))}
    return [by_key[key] for key in keys]
