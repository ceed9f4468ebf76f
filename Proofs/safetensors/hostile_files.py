"""Writes the hostile and the odd files that the reader's tests read. Standard library only; same files every time.

    python3 Proofs/safetensors/hostile_files.py

fills Tests/CheckpointsTests/Hostile (each file must be refused, each with the error that HostileFiles.swift names) and
Tests/CheckpointsTests/Odd (each file is unusual and must load). Every file has one thing wrong, the rest of it is right.
"""

import json
import pathlib
import struct

TESTS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "CheckpointsTests"
LIMIT = 100_000_000


def blob(header, data=b"", length=None):
    """A file: the header's length (or a false one), the header, the data."""
    text = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(dtype="F32", shape=(1,), offsets=(0, 4)):
    """The JSON of one tensor's entry, right unless told otherwise."""
    return json.dumps({"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}, separators=(",", ":"))


def one(value, name='"a"', data=b"\0\0\0\0"):
    """A file with one tensor whose entry is `value`, raw JSON."""
    return blob('{%s:%s}' % (name, value), data)


def two(first, second, data=b"\0" * 8, names=("a", "b")):
    return blob('{"%s":%s,"%s":%s}' % (names[0], first, names[1], second), data)


def meta(value):
    return blob('{"__metadata__":%s,"a":%s}' % (value, entry()), b"\0\0\0\0")


F4 = b"\0\0\0\0"

HOSTILE = {
    # the file as a whole
    "empty": b"",
    "seven-bytes": b"\x02\0\0\0\0\0\0",
    "length-zero": blob(""),
    "length-over-limit": blob("{}", length=LIMIT + 1),
    "length-all-ones": blob("{}", length=2**64 - 1),
    "length-sign-bit": blob("{}", length=2**63),
    "length-past-end": blob("{}", length=3),
    "length-only": struct.pack("<Q", 64),
    "git-lfs-pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n",
    "web-page": b"<!DOCTYPE html><title>Sign in</title>",
    "zip-pickle": b"PK\x03\x04\0\0\x08\x08\0\0\0\0\0\0\0\0",
    "bare-pickle": b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.",
    "gguf": b"GGUF\x03\0\0\0\0\0\0\0\0\0\0\0",
    # the JSON as a whole
    "not-utf8-name": blob(b'{"\xff":' + entry().encode() + b"}", F4),
    "overlong-utf8": blob(b'{"\xc0\xaf":' + entry().encode() + b"}", F4),
    "byte-order-mark": blob("\ufeff{}"),
    "leading-space": blob(" {}"),
    "array-header": blob("[]"),
    "string-header": blob('"a"'),
    "nul-padding": blob("{}\0\0\0\0\0\0"),
    "second-object": blob("{}{}"),
    "unclosed-object": blob('{"a":' + entry(), F4),
    "unclosed-string": blob('{"a'),
    "trailing-comma": blob('{"a":%s,}' % entry(), F4),
    "single-quotes": blob("{'a':%s}" % entry(), F4),
    "missing-colon": blob('{"a" %s}' % entry(), F4),
    "unquoted-key": blob("{a:%s}" % entry(), F4),
    "comment": blob('{/**/"a":%s}' % entry(), F4),
    "raw-newline-in-name": one(entry(), name='"a\nb"'),
    "bad-escape": one(entry(), name='"\\x61"'),
    "short-unicode-escape": one(entry(), name='"\\u00"'),
    "lone-high-surrogate": one(entry(), name='"\\ud800"'),
    "lone-low-surrogate": one(entry(), name='"\\udc00"'),
    "wrong-surrogate-pair": one(entry(), name='"\\ud800\\u0061"'),
    "deep-nesting": one("[" * 5000 + "]" * 5000),
    # metadata
    "metadata-array": meta("[]"),
    "metadata-null": meta("null"),
    "metadata-number": meta('{"step":1}'),
    "metadata-nested": meta('{"config":{}}'),
    "metadata-duplicate-key": meta('{"k":"1","k":"2"}'),
    "metadata-twice": blob('{"__metadata__":{},"__metadata__":{}}'),
    # names and entries
    "duplicate-name": two(entry(), entry(), F4, names=("a", "a")),
    "duplicate-name-escaped": two(entry(), entry(), F4, names=("a", "\\u0061")),
    "duplicate-name-normal-form": two(entry(), entry(offsets=(4, 8)), names=("\u00e9", "e\u0301")),
    "empty-name": one(entry(), name='""'),
    "entry-array": one('["F32",[1],[0,4]]'),
    "entry-null": one("null"),
    "duplicate-field": one('{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}'),
    "unknown-field": one('{"dtype":"F32","shape":[1],"data_offsets":[0,4],"strides":[1]}'),
    "no-dtype": one('{"shape":[1],"data_offsets":[0,4]}'),
    "no-shape": one('{"dtype":"F32","data_offsets":[0,4]}'),
    "no-offsets": one('{"dtype":"F32","shape":[1]}'),
    "dtype-number": one('{"dtype":6,"shape":[1],"data_offsets":[0,4]}'),
    "shape-string": one('{"dtype":"F32","shape":"1","data_offsets":[0,4]}'),
    "shape-of-strings": one('{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}'),
    "offsets-object": one('{"dtype":"F32","shape":[1],"data_offsets":{"0":4}}'),
    "dtype-unknown": one(entry(dtype="F33")),
    "dtype-lower-case": one(entry(dtype="f32")),
    "dtype-four-bits": one(entry(dtype="F4", shape=(8,))),
    "dtype-complex": one(entry(dtype="C64", offsets=(0, 8)), data=b"\0" * 8),
    # numbers
    "negative-dimension": one(entry(shape=(-1,))),
    "two-negative-dimensions": one(entry(shape=(-1, -1))),
    "negative-offset": one(entry(offsets=(-4, 0))),
    "negative-zero": one('{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}'),
    "fractional-dimension": one('{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}'),
    "exponent-dimension": one('{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}'),
    "huge-dimension": one(entry(shape=(2**63,))),
    "huge-offset": one(entry(offsets=(0, 2**64))),
    "number-of-500-digits": one('{"dtype":"F32","shape":[%s],"data_offsets":[0,4]}' % ("9" * 500)),
    "leading-zero": one('{"dtype":"F32","shape":[01],"data_offsets":[0,4]}'),
    "plus-sign": one('{"dtype":"F32","shape":[+1],"data_offsets":[0,4]}'),
    "hexadecimal": one('{"dtype":"F32","shape":[0x1],"data_offsets":[0,4]}'),
    "not-a-number": one('{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}'),
    # sizes and places
    "too-many-dimensions": one(entry(shape=(1,) * 65)),
    "twenty-thousand-dimensions": one(entry(shape=(1,) * 20_000)),
    "size-overflow": one(entry(shape=(2**32, 2**32))),
    "size-overflow-in-bytes": one(entry(shape=(2**62,))),
    "size-overflow-to-right-size": one(entry(shape=(2**62 + 1,))),
    "zero-times-absurd": one(entry(shape=(0, 2**62, 2**62), offsets=(0, 0)), data=b""),
    "one-offset": one(entry(offsets=(4,))),
    "three-offsets": one(entry(offsets=(0, 4, 4))),
    "offsets-reversed": one(entry(offsets=(4, 0))),
    "offsets-past-end": one(entry(shape=(2,), offsets=(0, 8))),
    "begin-past-end": one(entry(shape=(0,), offsets=(2**40, 2**40))),
    "truncated-data": two(entry(), entry(offsets=(4, 8)), b"\0" * 7),
    "no-data": one(entry(), data=b""),
    "size-too-small": one(entry(shape=(2,))),
    "size-too-large": one(entry(shape=(1,), offsets=(0, 8)), data=b"\0" * 8),
    "scalar-of-eight-bytes": one(entry(shape=(), offsets=(0, 8)), data=b"\0" * 8),
    "same-bytes-twice": two(entry(), entry(), F4),
    "overlap-by-one": two(entry(), entry(offsets=(3, 7)), b"\0" * 7),
    "empty-inside-another": two(entry(), entry(shape=(0,), offsets=(2, 2)), F4),
    "hole-at-start": one(entry(offsets=(4, 8)), data=b"\0" * 8),
    "hole-between": two(entry(), entry(offsets=(5, 9)), b"\0" * 9),
    "trailing-byte": one(entry(), data=b"\0" * 5),
    "trailing-after-empty-header": blob("{}", b"\0"),
}

ODD = {
    "scalar": one(entry(shape=(), offsets=(0, 4)), data=struct.pack("<f", 1.5)),
    "zero-size": blob(
        '{"front":%s,"middle":%s,"end":%s}'
        % (entry(shape=(0, 3), offsets=(0, 0)), entry(), entry(dtype="BF16", shape=(2, 0), offsets=(4, 4))),
        struct.pack("<f", 2.5)),
    "no-tensors": blob("{}"),
    "metadata-only": blob('{"__metadata__":{"format":"pt","empty":"","nul":"\\u0000"}}'),
    "metadata-last": blob('{"a":%s,"__metadata__":{"z":"1","a":"2"}}' % entry(), struct.pack("<f", 3.5)),
    "unicode-names": two(
        entry(), entry(offsets=(4, 8)), struct.pack("<2f", 1, 2), names=("\u5199\u771f.\U0001f5bc", "\\ud83d\\ude00\\n\\\"")),
    "white-space": blob('{ "a" :\n\t{"shape": [ 1 ] , "data_offsets":[0, 4],\r"dtype" :"F32"} }  \n', struct.pack("<f", 4.5)),
    "unaligned": blob('{"a":%s,"b":%s}' % (entry("U8", (1,), (0, 1)), entry(offsets=(1, 5))), b"\x07" + struct.pack("<f", 5.5)),
    "header-of-odd-length": one(entry(), name='"ab"', data=struct.pack("<f", 6.5)),
    "entries-out-of-order": two(entry(offsets=(4, 8)), entry(), struct.pack("<2f", 1, 2)),
    "all-dtypes": blob(
        "{" + ",".join(
            '"%s":%s' % (name, entry(name, (1,), (begin, begin + size)))
            for name, begin, size in [
                ("U64", 0, 8), ("I64", 8, 8), ("F64", 16, 8), ("F32", 24, 4), ("U32", 28, 4), ("I32", 32, 4), ("BF16", 36, 2),
                ("F16", 38, 2), ("U16", 40, 2), ("I16", 42, 2), ("F8_E4M3", 44, 1), ("F8_E5M2", 45, 1), ("I8", 46, 1),
                ("U8", 47, 1), ("BOOL", 48, 1)]) + "}", bytes(49)),
    "sixty-four-dimensions": one(entry(shape=(1,) * 64), data=struct.pack("<f", 7.5)),
    "long-name": one(entry(), name='"%s"' % ("n" * 5000), data=F4),
    "name-looks-like-metadata": one(entry(), name='"__metadata"', data=F4),
}


def main():
    for folder, files in (("Hostile", HOSTILE), ("Odd", ODD)):
        place = TESTS / folder
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("*.safetensors"):
            old.unlink()
        for name, content in files.items():
            (place / f"{name}.safetensors").write_bytes(content)
        print(f"{len(files)} files in Tests/CheckpointsTests/{folder}")


if __name__ == "__main__":
    main()
