"""An activity worker that rejects the one work item it takes, as a consumer that cannot read it would.

Usage: pika_reject.py URL QUEUE
"""

import sys

import pika

url, queue = sys.argv[1:3]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()


def on_request(ch, method, props, body):
    """Refuses the item for good."""
    ch.basic_reject(delivery_tag=method.delivery_tag, requeue=False)
    ch.stop_consuming()


channel.basic_qos(prefetch_count=1)
channel.basic_consume(queue=queue, on_message_callback=on_request)
connection.call_later(60, lambda: sys.exit("no work within 60 s"))
channel.start_consuming()
connection.close()
