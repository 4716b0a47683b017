"""Orders a server, approves the order, and prints how it ended: order.py BROKER-URL HUB"""
import json, sys, time, uuid  # noqa: E401
import pika

url, hub = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.confirm_delivery()  # basic_publish returns once the broker has the message on its disk
answers = {}  # correlation ID: (status, body)


def on_answer(_channel, _method, properties, body):
    answers[properties.correlation_id] = properties.headers["warren-status"], json.loads(body)


channel.basic_consume("amq.rabbitmq.reply-to", on_answer, auto_ack=True)


def ask(exchange, key, body=None, patience=5, times=6, **headers):
    """Publishes until there is an answer. However often the broker has the message, its ID makes it count once."""
    message_id = str(uuid.uuid4())
    properties = pika.BasicProperties(
        message_id=message_id, correlation_id=message_id, reply_to="amq.rabbitmq.reply-to", delivery_mode=2,
        headers={name.replace("_", "-"): value for name, value in headers.items()})
    for _ in range(times):
        channel.basic_publish(f"{hub}.{exchange}", key, json.dumps(body), properties, mandatory=True)
        end = time.monotonic() + patience
        while message_id not in answers and (left := end - time.monotonic()) > 0:
            connection.process_data_events(time_limit=left)
        if message_id in answers:
            status, answer = answers.pop(message_id)
            if status == "rejected":
                sys.exit(f"{key}: {answer['reason']}: {answer['detail']}")
            return status, answer
    sys.exit(f"{key}: no answer; it may still take effect")


order = f"order-{uuid.uuid4()}"
server = {"item": "server", "card": "visa", "address": "1 Main Street"}
# Taken, or refused for good: both within seconds, as `warren-hold-ms` says.
ask("start", "Order", server, warren_instance_id=order, warren_reply="accepted", warren_hold_ms=2000)
ask("event", f"{order}/Approved", True, warren_hold_ms=2000)
# The end may take its time. A question changes nothing, so it is asked again and again.
status, outcome = ask("control", f"{order}/wait", patience=10, times=30)
print(status, json.dumps(outcome))
connection.close()
