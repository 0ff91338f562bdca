# SPDX-License-Identifier: GPL-2.0
"""
The container of which the article asks why it is still there: PID 1 handles
SIGTERM, passes it to its child, and calls sys.exit(0); the child handles it
and goes on. But multiprocessing joins every child when Python exits.
"""
import multiprocessing
import os
import signal
import sys
import time


def child():
    def terminated(_signal, _frame):
        print(f'child {os.getpid()}: got SIGTERM', flush=True)

    signal.signal(signal.SIGTERM, terminated)
    with open('/proc/self/comm', 'w', encoding='ascii') as comm:
        comm.write('child')
    print(f'child {os.getpid()}: up', flush=True)
    while True:
        time.sleep(0.5)


def main():
    process = multiprocessing.Process(target=child)
    process.start()

    def terminated(_signal, _frame):
        print(f'parent {os.getpid()}: shutting down', flush=True)
        os.kill(process.pid, signal.SIGTERM)
        sys.exit(0)

    signal.signal(signal.SIGTERM, terminated)
    print(f'parent {os.getpid()}: up', flush=True)
    while True:
        time.sleep(0.5)


if __name__ == '__main__':
    main()
