# SPDX-License-Identifier: GPL-2.0
"""Prints figures for the host, a line each, and messages for a person."""
import time


def figure(key, value):
    print('=', key, value, flush=True)


def say(text):
    print(f'{time.monotonic():.3f}: {text}', flush=True)
