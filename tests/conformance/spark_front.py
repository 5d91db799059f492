"""A Spark Connect server without a JVM (pysail), for tests and benchmarks: prints its port when it listens.

A process of its own, since it keeps its tables in the folder it is started in.
"""

import threading

from pysail.spark import SparkConnectServer


def main() -> None:
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    print(server.listening_address[1], flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
