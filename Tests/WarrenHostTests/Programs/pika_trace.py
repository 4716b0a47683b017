"""A publisher in a trace and an activity worker, written with pika alone. Neither has a tracer.

Usage: pika_trace.py URL HUB TRACEPARENT TRACESTATE
Prints the trace headers of the work item, then those of the answer, a line each.
"""

import sys

import pika

url, hub, traceparent, tracestate = sys.argv[1:5]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()


def show(what, props):
    headers = props.headers or {}
    print(what, headers.get("traceparent"), headers.get("tracestate"), flush=True)


def on_request(ch, method, props, body):
    """Answers one work item."""
    show("work", props)
    ch.basic_publish(
        exchange="",
        routing_key=props.reply_to,
        properties=pika.BasicProperties(correlation_id=props.correlation_id),
        body=body,
    )
    ch.basic_ack(delivery_tag=method.delivery_tag)


def on_answer(ch, method, props, body):
    """The orchestration's end, on our own reply queue."""
    show("answer", props)
    ch.stop_consuming()


channel.basic_qos(prefetch_count=1)
channel.basic_consume(queue=f"{hub}.activity.ForeignHello", on_message_callback=on_request)
channel.basic_consume(queue="amq.rabbitmq.reply-to", on_message_callback=on_answer, auto_ack=True)
channel.basic_publish(
    exchange=f"{hub}.start",
    routing_key="HelloCities",
    properties=pika.BasicProperties(
        reply_to="amq.rabbitmq.reply-to",
        correlation_id="42",
        headers={"traceparent": traceparent, "tracestate": tracestate},
    ),
    body='["Quito"]',
)
connection.call_later(60, lambda: sys.exit("no answer within 60 s"))
channel.start_consuming()
connection.close()
