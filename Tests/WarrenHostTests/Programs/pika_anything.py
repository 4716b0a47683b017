"""Publishes what AMQP can carry to a hub's intake: tables nested to 40, every type, every byte in every short string.

    pika_anything.py URL HUB COUNT SEED

The same messages for the same seed. Prints how many the broker confirmed.
"""

import datetime
import decimal
import random
import struct
import sys

import pika
import pika.data

url, hub, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
random.seed(seed)


encode_value = pika.data.encode_value


def encode_any_value(pieces, value):
    """Not every version of pika writes numbers with a fraction."""
    if not isinstance(value, float):
        return encode_value(pieces, value)
    pieces.append(struct.pack(">cd", b"d", value))
    return 9


pika.data.encode_value = encode_any_value


def short():
    kind = random.randrange(5)
    if kind == 0:
        return bytes(random.randrange(256) for _ in range(random.randrange(256)))
    if kind == 1:
        return b"a" + bytes([random.randrange(256)]) + b"b"
    if kind == 2:
        return b"\xff" * 255
    return random.choice([b"order-1", b"reply.x", b"Echo", "ä🦊".encode(), b"a/b"])


def scalar():
    return random.choice([
        lambda: None, lambda: True, lambda: random.randrange(-2**63, 2**63), lambda: 7,
        lambda: decimal.Decimal("3.14"), lambda: short(), lambda: "text\0\x1b",
        lambda: datetime.datetime(1970, 1, 2), lambda: {}, lambda: [],
    ])()


def nested(depth):
    value = scalar()
    for _ in range(depth):
        value = {short(): value} if random.randrange(2) else [value, scalar()]
    return value


def headers():
    names = [b"warren-note", b"warren-instance-id", b"warren-hold-ms", b"warren-tag-x", b"warren-message-id", short()]
    table = {random.choice(names): nested(random.randrange(41)) for _ in range(random.randrange(4))}
    # Nothing is held for long, so that nothing is left when the program ends.
    table.setdefault(b"warren-hold-ms", 0)
    return table


def maybe(value):
    return value if random.randrange(3) == 0 else None


connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.confirm_delivery()
for number in range(count):
    exchange, key = random.choice([
        (f"{hub}.start", b"Echo"), (f"{hub}.event", b"w/Go"), (f"{hub}.event", b"nobody/Go"), (f"{hub}.control", b"w/status"),
        (f"{hub}.query", b"hub/list"), (f"{hub}.start", short()), (f"{hub}.event", short()), (f"{hub}.control", short()),
    ])
    properties = pika.BasicProperties(
        content_type=maybe("application/json"), headers=headers(), correlation_id=maybe(short()), reply_to=maybe(short()),
        message_id=maybe(short()), type=maybe(short()), app_id=maybe(short()), delivery_mode=2,
        timestamp=maybe(random.randrange(2**63)), priority=maybe(random.randrange(256)))
    body = random.choice([b"1", b"[1e400]", b"\xff\xfe", b"{", b"", bytes(random.randrange(256) for _ in range(40))])
    channel.basic_publish(exchange, key, body, properties)
print(count)
connection.close()
