"""Client libraries as their users use them: declare the exchange, publish, wait for the answer, run an activity.

Usage: strangers.py CLIENT URL HUB
Prints one JSON object: what came back under each name.
"""

import asyncio
import json
import socket
import sys
import uuid

client, url, hub = sys.argv[1:4]
CITIES = ["Tokyo"]
TEXT = json.dumps(CITIES)
SECONDS = 60


def kombu_client():
    import kombu

    replies = {}
    with kombu.Connection(url) as connection:
        channel = connection.channel()
        start = kombu.Exchange(f"{hub}.start", type="topic", durable=True)
        producer = kombu.Producer(channel, exchange=start)
        # The reply queue of kombu's own examples and of Celery: a UUID.
        queue = kombu.Queue(str(uuid.uuid4()), exclusive=True, auto_delete=True)

        def on_reply(message):
            replies[message.properties["correlation_id"]] = json.loads(message.body)
            message.ack()

        with kombu.Consumer(channel, queues=[queue], on_message=on_reply):
            bodies = {"object": CITIES, "text": TEXT, "text with a mark": "\ufeff" + TEXT}
            for name, body in bodies.items():
                producer.publish(body, routing_key="HelloCities", reply_to=queue.name, correlation_id=name)
            # Refused, and whoever asked is told: bytes of no known type, and a compressed body.
            producer.publish(TEXT.encode(), routing_key="HelloCities", reply_to=queue.name, correlation_id="bytes")
            producer.publish(
                CITIES, routing_key="HelloCities", reply_to=queue.name, correlation_id="zlib", compression="zlib"
            )
            while len(replies) < 5:
                connection.drain_events(timeout=SECONDS)
    return replies


async def aio_pika_client():
    import aio_pika

    replies = {}
    done = asyncio.Event()
    connection = await aio_pika.connect_robust(url)
    async with connection:
        channel = await connection.channel()
        start = await channel.declare_exchange(f"{hub}.start", aio_pika.ExchangeType.TOPIC, durable=True)
        queue = await channel.declare_queue(exclusive=True)

        async def on_reply(message):
            replies[message.correlation_id] = json.loads(message.body)
            if len(replies) == 2:
                done.set()

        async def on_work(message):
            async with message.process():
                answer = aio_pika.Message(
                    json.dumps("Hi " + json.loads(message.body)).encode(), correlation_id=message.correlation_id
                )
                await channel.default_exchange.publish(answer, message.reply_to)

        await queue.consume(on_reply, no_ack=True)
        work = await channel.get_queue(f"{hub}.activity.ForeignHello")
        await work.consume(on_work)
        for name, key in {"start": "HelloCities", "work": "ForeignCities"}.items():
            message = aio_pika.Message(TEXT.encode(), reply_to=queue.name, correlation_id=name)
            await start.publish(message, key)
        await asyncio.wait_for(done.wait(), SECONDS)
    replies["queue"] = queue.name[:4]
    return replies


async def faststream_client():
    from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange, RabbitQueue

    broker = RabbitBroker(url, logger=None)
    start = RabbitExchange(f"{hub}.start", type=ExchangeType.TOPIC, durable=True)

    @broker.subscriber(RabbitQueue(f"{hub}.activity.ForeignHello", declare=False))
    async def hello(city: str) -> str:
        return "Hi " + city

    replies = {}
    await broker.start()
    try:
        for name, body, key in [
            ("object", CITIES, "HelloCities"),
            ("text", TEXT, "HelloCities"),
            ("work", CITIES, "ForeignCities"),
        ]:
            answer = await broker.request(body, routing_key=key, exchange=start, timeout=SECONDS)
            replies[name] = json.loads(answer.body)
    finally:
        await broker.stop()
    return replies


def pika_client():
    """What other clients send, property by property, and the ways that lead to the intake by a detour."""
    import pika

    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    replies = {}

    def on_reply(ch, method, properties, body):
        replies[properties.correlation_id] = json.loads(body)

    for exchange in ["start", "event", "control", "lifecycle", "console"]:
        channel.exchange_declare(f"{hub}.{exchange}", "topic", durable=True)
    acme, queue = f"{hub}-acme", f"reply.{hub}"
    channel.exchange_declare(acme, "topic", durable=True, auto_delete=True)
    channel.exchange_bind(f"{hub}.start", acme, "#")
    channel.queue_declare(queue, exclusive=True)
    channel.basic_consume(queue, on_reply, auto_ack=True)
    body = TEXT.encode()
    for name, exchange, key, properties, content in [
        ("nothing", f"{hub}.start", "HelloCities", {}, body),
        ("Bunny", f"{hub}.start", "HelloCities",
         {"content_type": "application/octet-stream", "delivery_mode": 2, "priority": 0}, body),
        ("Java BASIC", f"{hub}.start", "HelloCities",
         {"content_type": "application/octet-stream", "delivery_mode": 1, "priority": 0}, body),
        ("Java TEXT_PLAIN", f"{hub}.start", "HelloCities",
         {"content_type": "text/plain", "delivery_mode": 1, "priority": 0}, body),
        ("Go", f"{hub}.start", "HelloCities", {"content_type": "text/plain"}, body),
        ("Spring", f"{hub}.start", "HelloCities",
         {"content_type": "text/plain", "content_encoding": "UTF-8", "delivery_mode": 2, "priority": 0,
          "headers": {"__TypeId__": "java.lang.String"}}, body),
        ("php-amqplib", f"{hub}.start", "HelloCities", {"content_type": "text/plain"}, body),
        ("BOM", f"{hub}.start", "HelloCities", {}, b"\xef\xbb\xbf" + body),
        ("MassTransit", f"{hub}.start", "HelloCities", {"content_type": "application/vnd.masstransit+json"},
         json.dumps({"messageId": str(uuid.uuid4()), "message": CITIES}).encode()),
        ("exchange to exchange", acme, "HelloCities", {}, body),
        ("by headers", acme, "some.thing",
         {"headers": {"warren-op": "start", "warren-name": "HelloCities"}}, body),
        ("str(list)", f"{hub}.start", "HelloCities", {}, str(CITIES).encode()),
    ]:
        properties = pika.BasicProperties(reply_to=queue, correlation_id=name, **properties)
        channel.basic_publish(exchange, key, content, properties)
    # An event by a detour, and one as MQTT spells it.
    for name, exchange, key in [
        ("event by another exchange", acme, "wait-1/Approved it"),
        ("event from MQTT", f"{hub}.event", "wait-2.Approved it"),
    ]:
        instance = key.replace("/", ".").split(".")[0]
        properties = pika.BasicProperties(
            reply_to=queue, correlation_id=name, headers={"warren-instance-id": instance})
        channel.basic_publish(f"{hub}.start", "Approval", b"", properties)
        channel.basic_publish(exchange, key, b"true")
    connection.call_later(SECONDS, lambda: sys.exit(f"only these were answered: {sorted(replies)}"))
    while len(replies) < 14:
        connection.process_data_events(time_limit=1)
    channel.exchange_delete(acme)
    connection.close()
    return replies


socket.setdefaulttimeout(SECONDS)
CLIENTS = {"kombu": kombu_client, "aio_pika": aio_pika_client, "faststream": faststream_client, "pika": pika_client}
answers = CLIENTS[client]()
if asyncio.iscoroutine(answers):
    answers = asyncio.run(answers)
print(json.dumps(answers))
