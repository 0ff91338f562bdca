# SPDX-License-Identifier: GPL-2.0
"""
Makes the input of json-strings.c, or checks its output byte by byte.

usage: json-strings.py input | check FILE
"""
import itertools
import json
import random
import sys

ESCAPED = {byte: f'\\u{byte:04X}' for byte in range(32)}
ESCAPED.update((ord(character), '\\' + letter) for character, letter in
               zip('"\\\b\f\n\r\t', '"\\bfnrt'))


def strings():
    """
    Yields all strings of one and two bytes; of three and four those at whose
    bytes a decoder takes another way; long ones, and others at random, but
    always the same.
    """
    every = [bytes([byte]) for byte in range(1, 256)]
    edges = [bytes([byte]) for byte in b'\x01\x1f "/\\a\x7f\x80\x8f\x90\x9f\xa0'
             b'\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff']
    yield b''
    yield from every
    yield from map(b''.join, itertools.product(every, every))
    yield from map(b''.join, itertools.product(edges, edges, edges))
    yield from map(b''.join, itertools.product(
        edges[-13:], edges[5:15], edges[5:15], edges[5:15]))
    yield b''.join(every)
    yield '\u2028\u2029\ufeff\ufffd\U0001f600\U0010ffff'.encode()
    yield from (byte * 10000 for byte in every)
    chance = random.Random(1)
    for _ in range(5000):
        yield bytes(chance.choices(range(1, 256), k=chance.randrange(40)))


def check(string, line):
    """Python's decoder puts U+FFFD where the tool has to put it."""
    whole = string.decode('utf-8', 'replace')
    comm = string[:15].decode('utf-8', 'replace')
    value = json.loads(line)
    assert value['string'] == whole, (string, line)
    assert value['process']['comm'] == comm, (string, line)

    whole = '"' + whole.translate(ESCAPED) + '"'
    process = f'{{"comm":"{comm.translate(ESCAPED)}","pid":{2**64 - 1}}}'
    expected = (
        f'{{"string":{whole},"process":{process},"again":{{"process":{process},'
        f'"list":[{{}},[{{}},{{}},{whole},"word",{whole},0,false]],"last":true}},'
        '"none":[]}\n').encode()
    assert line == expected, (line, expected)


def main():
    if sys.argv[1] == 'input':
        for string in strings():
            sys.stdout.buffer.write(string + b'\0')
        return
    count = 0
    with open(sys.argv[2], 'rb') as file:
        for string, line in zip(strings(), file, strict=True):
            check(string, line)
            count += 1
    print(f'# {count} strings')


main()
