"""A start, its answer, and an activity worker, written with pika alone: the RabbitMQ tutorial's RPC server and client.

Usage: pika_roles.py URL HUB INPUT
Prints the orchestration's output.
"""

import json
import sys

import pika

url, hub, start_input = sys.argv[1:4]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()


def on_request(ch, method, props, body):
    """Answers one work item, exactly as tutorial six does."""
    answer = "Hi " + json.loads(body)
    ch.basic_publish(
        exchange="",
        routing_key=props.reply_to,
        properties=pika.BasicProperties(correlation_id=props.correlation_id),
        body=json.dumps(answer),
    )
    ch.basic_ack(delivery_tag=method.delivery_tag)


def on_answer(ch, method, props, body):
    """The orchestration's end, on our own reply queue."""
    print(body.decode())
    ch.stop_consuming()


channel.basic_qos(prefetch_count=1)
channel.basic_consume(queue=f"{hub}.activity.ForeignHello", on_message_callback=on_request)
channel.basic_consume(queue="amq.rabbitmq.reply-to", on_message_callback=on_answer, auto_ack=True)
channel.basic_publish(
    exchange=f"{hub}.start",
    routing_key="HelloCities",
    properties=pika.BasicProperties(reply_to="amq.rabbitmq.reply-to", correlation_id="42"),
    body=start_input,
)
connection.call_later(60, lambda: sys.exit("no answer within 60 s"))
channel.start_consuming()
connection.close()
