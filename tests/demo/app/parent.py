#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The container's PID 1: a parent that is to exit on SIGTERM, and does not.

It passes the signal to its child and calls sys.exit(0). But multiprocessing
has registered an exit handler that joins every child, and this child does not
exit.
"""
import multiprocessing
import os
import signal
import subprocess
import sys
import time


def say(*words):
    print(*words, flush=True)


def child():
    def terminated(_signal, _frame):
        say(f'child {os.getpid()}: got SIGTERM, and goes on')

    signal.signal(signal.SIGTERM, terminated)
    with open('/proc/self/comm', 'w', encoding='ascii') as comm:
        comm.write('child')
    say(f'child {os.getpid()}: hello')
    while True:
        time.sleep(1)


def main():
    say(f'parent {os.getpid()}: hello')
    process = multiprocessing.Process(target=child)
    process.start()

    def terminated(_signal, _frame):
        say(f'parent {os.getpid()}: shutting down gracefully:',
            f'SIGTERM to child {process.pid}, then sys.exit(0)')
        os.kill(process.pid, signal.SIGTERM)
        sys.exit(0)

    signal.signal(signal.SIGTERM, terminated)
    with subprocess.Popen(['/app/helper']) as helper:
        helper.wait()
        say(f'parent {os.getpid()}: my helper is gone; never mind')
        while True:
            time.sleep(1)


if __name__ == '__main__':
    main()
