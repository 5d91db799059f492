"""What a warehouse says when it is asked for what its engine does not do."""

from potager.core.errors import Conflict, Down, Problem


def no_transactions(engine: str) -> Conflict:
    """Loading facts and merging results need a transaction over many tables."""
    return Conflict(
        "warehouse.read_only",
        zh=(
            f"数据仓库引擎 {engine} 不能直接入库：请在内置引擎上入库，用 potager warehouse copy 拷过去，"
            "再用 potager refresh 在那边全量重算"
        ),
        en=(
            f"Facts are not loaded into the warehouse engine {engine}: load them on the embedded engine, bring them "
            "with potager warehouse copy, then potager refresh computes everything there"
        ),
        place="POTAGER_WAREHOUSE",
    )


def no_own_sql(engine: str, what_zh: str, what_en: str) -> Conflict:
    """What is written for the embedded engine by hand does not run elsewhere."""
    return Conflict(
        "warehouse.unsupported",
        zh=f"{what_zh}目前只在内置引擎上计算，{engine} 上还不能：请把 POTAGER_WAREHOUSE 改回 duckdb:",
        en=f"{what_en} are computed on the embedded engine only, not on {engine} yet: set POTAGER_WAREHOUSE to duckdb:",
        place="POTAGER_WAREHOUSE",
    )


def no_removal(engine: str) -> Conflict:
    """Plain Parquet tables only grow."""
    return Conflict(
        "warehouse.unsupported",
        zh=f"{engine} 的表只能整张替换，不能删去一部分行",
        en=f"A table in {engine} can be replaced whole; rows cannot be taken out of it",
        place="POTAGER_WAREHOUSE",
    )


def no_client(engine: str, extra: str) -> Problem:
    """The client library of the engine is an extra."""
    return Problem(
        "warehouse.client",
        zh=f"没有安装 {engine} 的客户端：pip install 'potager[{extra}]'",
        en=f"The client of {engine} is not installed: pip install 'potager[{extra}]'",
        place="POTAGER_WAREHOUSE",
    )


def bad_url(url: str) -> Problem:
    return Problem(
        "settings.warehouse",
        zh=f"POTAGER_WAREHOUSE「{url}」应写成 duckdb:、remote:、clickhouse://用户:密码@主机:8123/库 或 sc://主机:15002",
        en=(
            f"POTAGER_WAREHOUSE “{url}” must be duckdb:, remote:, clickhouse://user:password@host:8123/database "
            "or sc://host:15002"
        ),
        place="POTAGER_WAREHOUSE",
    )


def unreachable(engine: str, where: str, error: Exception) -> Problem:
    """`where` without the password."""
    return Problem(
        "warehouse.unreachable",
        zh=f"连不上 {engine}（{where}）：请检查地址、账号和网络。对方说：{_first_line(error)}",
        en=f"{engine} at {where} cannot be reached: check address, account and network. It said: {_first_line(error)}",
        place="POTAGER_WAREHOUSE",
    )


def failed(engine: str, error: Exception) -> Problem:
    """The engine refused a statement, most often for a table or a column that was not copied yet."""
    return Problem(
        "warehouse.failed",
        zh=f"{engine} 没有答上来；若缺表或缺列，请再执行 potager warehouse copy。对方说：{_first_line(error)}",
        en=(
            f"{engine} gave no answer; where a table or column is missing, run potager warehouse copy again. "
            f"It said: {_first_line(error)}"
        ),
        place="POTAGER_WAREHOUSE",
    )


def down() -> Down:
    """The process that owns the embedded file does not answer."""
    return Down(
        "warehouse.down",
        zh="数据仓库进程没有回答：请启动 potager warehouse serve；发送和计时照常，需要数据仓库的事等它回来再做",
        en=(
            "The process that owns the warehouse does not answer: start potager warehouse serve. Sending and timing "
            "go on; what needs the warehouse waits for it"
        ),
        place="POTAGER_WAREHOUSE",
    )


def too_long(seconds: float) -> Problem:
    """The statement was broken off at the owner too."""
    return Problem(
        "warehouse.timeout",
        zh=f"数据仓库 {seconds:g} 秒没有答完，已中止：请缩小范围，或用 remote:?timeout=秒数 放宽",
        en=(
            f"The warehouse did not finish within {seconds:g} seconds and was stopped: ask for less, or allow more "
            "with remote:?timeout=SECONDS"
        ),
        place="POTAGER_WAREHOUSE",
        status=504,
    )


def served(pid: str) -> Conflict:
    """Only one process serves a house's warehouse."""
    return Conflict(
        "warehouse.owned",
        zh=f"另一个进程（PID {pid}）已经在提供这个数据仓库：请先停掉它",
        en=f"Another process (PID {pid}) serves this warehouse already: stop it first",
    )


def owner_only() -> Conflict:
    """Making the file anew needs it for oneself."""
    return Conflict(
        "warehouse.owned",
        zh="这件事要独占数据仓库文件：请停掉 potager warehouse serve，再用 POTAGER_WAREHOUSE=duckdb: 执行",
        en=(
            "This needs the warehouse file for itself: stop potager warehouse serve, then run it with "
            "POTAGER_WAREHOUSE=duckdb:"
        ),
        place="POTAGER_WAREHOUSE",
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
