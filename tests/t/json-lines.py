# SPDX-License-Identifier: GPL-2.0
"""
Fails unless each line of a file is a JSON object as nsorphan(8) describes it: in
valid UTF-8, without blanks, each name once, escaped no more than necessary, and
with whole numbers only.

usage: json-lines.py FILE
"""
import json
import re
import sys


def members(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f'one name twice: {names}'
    return dict(pairs)


def refuse(text):
    raise ValueError(f'{text} is no whole number')


DECODER = json.JSONDecoder(object_pairs_hook=members, parse_float=refuse,
                           parse_constant=refuse)


def encode(value):
    text = json.dumps(value, ensure_ascii=False, separators=(',', ':'))
    return re.sub(r'\\u00[01][0-9a-f]', lambda match:
                  '\\u' + match[0][2:].upper(), text)


def main():
    with open(sys.argv[1], 'rb') as file:
        for number, line in enumerate(file, 1):
            try:
                assert line.endswith(b'\n'), 'a line has no end'
                text = line[:-1].decode('utf-8', 'strict')
                value = DECODER.decode(text)
                assert isinstance(value, dict), 'no object'
                assert encode(value) == text, 'another form'
            except (AssertionError, ValueError) as error:
                sys.exit(f'# line {number}: {error}: {line}')


main()
