"""Errors an operator can read: a stable code, one plain sentence per language, the place, the cure."""


class Problem(Exception):
    """An expected refusal. It is shown to the person who caused it and nothing was written.

    code   stable and dotted ("import.encoding"); clients branch on it, never on the sentence
    zh/en  one plain sentence each, saying what is wrong and how to cure it
    place  where in the input: a path ("all[0].within"), a line ("line 12"), a column; "" when the whole
    status the HTTP status it becomes
    """

    def __init__(self, code: str, *, zh: str, en: str, place: str = "", status: int = 422) -> None:
        super().__init__(f"{code}{f' at {place}' if place else ''}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.place = place
        self.status = status

    def say(self, language: str) -> str:
        """The sentence in the reader's language ("zh…" or anything else for English)."""
        return self.zh if language.lower().startswith("zh") else self.en


class NotFound(Problem):
    """The thing named does not exist, or this actor may not know that it does."""

    def __init__(self, what_zh: str, what_en: str, key: object) -> None:
        super().__init__(
            "not_found",
            zh=f"没有找到{what_zh}「{key}」，或者您没有权限查看",
            en=f"There is no {what_en} “{key}”, or you may not see it",
            status=404,
        )


class Forbidden(Problem):
    """The actor is known but may not do this."""

    def __init__(self, zh: str = "您没有权限做这件事", en: str = "You may not do this") -> None:
        super().__init__("forbidden", zh=zh, en=en, status=403)


class Conflict(Problem):
    """The request contradicts what is stored now; reading again and retrying can help."""

    def __init__(self, code: str, *, zh: str, en: str, place: str = "") -> None:
        super().__init__(code, zh=zh, en=en, place=place, status=409)


class Down(Problem):
    """Something this needs does not answer now. Nothing is wrong with the request: it is to be made again later."""

    def __init__(self, code: str, *, zh: str, en: str, place: str = "") -> None:
        super().__init__(code, zh=zh, en=en, place=place, status=503)
