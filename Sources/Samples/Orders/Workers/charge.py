"""The activity `charge` as a plain RPC server, in place of the Swift host's own: orders --without-charge

Usage: charge.py BROKER-URL HUB DATABASE      the database is orders.sqlite in the host's data directory
"""
import json, sqlite3, sys  # noqa: E401
import pika

url, hub, path = sys.argv[1:4]
shop = sqlite3.connect(path, isolation_level=None, timeout=10)  # every statement is a transaction


class CardDeclined(Exception): "Final: trying again will not help."
class PaymentUnavailable(Exception): "May pass: the orchestrator's retry policy decides when to try again."


def charge(key, card, amount):
    shop.execute("INSERT INTO payment_attempts VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET count = count + 1", [key])
    attempt = shop.execute("SELECT count FROM payment_attempts WHERE key = ?", [key]).fetchone()[0]
    if card == "declined": raise CardDeclined(f"the card '{card}' was declined")
    if card == "down" or card == "flaky" and attempt < 3: raise PaymentUnavailable("the bank does not answer")
    # One row for each key, however often it is asked for.
    shop.execute("INSERT OR IGNORE INTO charges (key, card, amount) VALUES (?, ?, ?)", [key, card, amount])
    return {"receipt": f"receipt-{key}", "amount": amount}


def on_request(channel, method, properties, body):
    try:
        status, answer = "ok", charge(**json.loads(body))
    except Exception as error:
        final = isinstance(error, (CardDeclined, TypeError, ValueError))  # the last two: input that makes no sense
        status, answer = "failed", {"type": type(error).__name__, "message": str(error), "retryable": not final}
    reply = pika.BasicProperties(
        correlation_id=properties.correlation_id, headers={"warren-status": status}, delivery_mode=2)
    channel.basic_publish("", properties.reply_to, json.dumps(answer), reply)  # returns when the broker has it
    channel.basic_ack(method.delivery_tag)


channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
channel.confirm_delivery()
channel.basic_qos(prefetch_count=8)
channel.basic_consume(f"{hub}.activity.charge", on_request)
print("ready", flush=True)
channel.start_consuming()
