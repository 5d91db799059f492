"""A Spark of the JVM as companies run it, on loopback: a master, two workers, a Spark Connect server that uses them."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PATIENCE = 120.0
# What Spark's own starter opens to it on Java 17.
_OPEN = (
    "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util",
    "java.util.concurrent", "java.util.concurrent.atomic", "sun.nio.ch", "sun.nio.cs", "sun.security.action",
    "sun.util.calendar",
)  # fmt: skip
_SETTINGS = {
    "spark.driver.host": HOST,
    "spark.driver.bindAddress": HOST,
    "spark.connect.grpc.binding.address": HOST,
    "spark.executor.memory": "768m",
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
}


@contextmanager
def cluster(folder: Path) -> Iterator[int]:
    """The port of the Connect server, when both workers serve it; everything ends with the context."""
    master, connect = free_port(), free_port()
    running: list[subprocess.Popen[bytes]] = []

    def java(name: str, memory: str, *arguments: str) -> None:
        running.append(start(folder, name, memory, *arguments))

    try:
        package = "org.apache.spark.deploy"
        java("master", "384m", f"{package}.master.Master", "--host", HOST, "--port", str(master), "--webui-port", "0")
        wait_for(master, running)
        url = f"spark://{HOST}:{master}"
        for n in (1, 2):
            where = ("--host", HOST, "--webui-port", "0", "--cores", "1", "--memory", "1g")
            java(f"worker{n}", "384m", f"{package}.worker.Worker", *where, url)
        settings = {
            **_SETTINGS,
            "spark.connect.grpc.binding.port": str(connect),
            "spark.sql.warehouse.dir": str(folder / "tables"),
            "spark.cores.max": "2",
            # Both executors are there before the first statement.
            "spark.scheduler.minRegisteredResourcesRatio": "1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime": "60s",
        }
        given = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
        server = ("--class", "org.apache.spark.sql.connect.service.SparkConnectServer", *given, "spark-internal")
        java("connect", "1g", f"{package}.SparkSubmit", "--master", url, *server)
        wait_for(connect, running)
        yield connect
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()


def start(folder: Path, name: str, memory: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A JVM of the cluster; what it says goes to a file beside its tables."""
    home = next((ROOT / ".spark").glob("lib/python*/site-packages/pyspark"))
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPEN]
    command = ["java", f"-Xmx{memory}", *opened, "-cp", f"{home}/jars/*", *arguments]
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_SCALA_VERSION": "2.13"}
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def wait_for(port: int, running: list[subprocess.Popen[bytes]]) -> None:
    """Until something listens there; a process that ended early is an error."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if any(process.poll() is not None for process in running):
            raise RuntimeError("a process of the cluster ended: see its log beside its tables")
        with socket.socket() as tried:
            tried.settimeout(1)
            if tried.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing listens on {port}")
